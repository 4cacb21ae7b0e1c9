"""Source `mastodon`: what an account says to everybody, with neither boosts nor replies. It needs no token."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import unescape
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from connectors.contract import Duration, Fetched, Image, Item, SourceSettings, is_web_address
from connectors.json_answers import read_list, read_object
from connectors.links import story_of
from connectors.plain_text import plain_text
from connectors.short_links import lengthened
from connectors.web import Web

_LINK = re.compile(r'<a href="(https?://[^"]+)"(?![^>]*\bmention\b)')  # a hashtag is a "mention hashtag"


class _Media(BaseModel):
    type: str
    url: str | None
    description: str | None


class _Status(BaseModel):  # the part that is read of https://docs.joinmastodon.org/entities/Status
    id: str
    url: str
    created_at: AwareDatetime
    content: str
    spoiler_text: str
    visibility: str
    in_reply_to_id: str | None
    media_attachments: list[_Media]

    def item(self, source: str) -> Item | None:
        if self.visibility != "public" or self.in_reply_to_id or not self.content:
            return None
        link = next(filter(is_web_address, map(unescape, _LINK.findall(self.content))), "")
        where: dict[str, Any] = {"link": link or self.url, "story": story_of(link), "extra": {"permalink": self.url}}
        words: dict[str, Any] = {"title": self.spoiler_text, "text": plain_text(self.content)}
        images = [Image(url=m.url or "", alt=m.description or "") for m in self.media_attachments if m.type == "image"]
        return Item(source=source, id=self.id, published=self.created_at, images=tuple(images), **where, **words)


class MastodonAccount(SourceSettings):
    """The newest posts of `account`: name@server."""

    kind: Literal["mastodon"] = "mastodon"
    account: Annotated[str, Field(pattern=r"^[\w.-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$")]
    hold: Duration = timedelta(minutes=30)  # it repeats what the blog says, as a Facebook page does

    def fetch(self, web: Web, validators: Mapping[str, str], *, now: datetime) -> Fetched:
        name, _, server = self.account.partition("@")
        number = read_object(web.get(f"https://{server}/api/v1/accounts/lookup?acct={name}").check(now=now)).get("id")
        said = web.get(f"https://{server}/api/v1/accounts/{number}/statuses?exclude_reblogs=1&limit=40").check(now=now)
        fetched = read_list(said, lambda status: _Status.model_validate(status).item(self.name))
        return lengthened(fetched, web, validators)
