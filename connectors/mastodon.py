"""Source `mastodon`: what an account says to everybody, with neither boosts nor replies. It needs no token."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import unescape
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from connectors.contract import Duration, Fetched, Image, Item, SourceBroken, SourceSettings
from connectors.links import story_of
from connectors.plain_text import plain_text
from connectors.web import Web

_LINK = re.compile(r'<a href="(https?://[^"]+)"(?![^>]*\bmention\b)')  # a hashtag is a "mention hashtag"


class _Status(BaseModel):  # the part that is read of https://docs.joinmastodon.org/entities/Status
    id: str
    url: str
    created_at: AwareDatetime
    content: str
    spoiler_text: str
    visibility: str
    in_reply_to_id: str | None
    media_attachments: list[dict[str, Any]]

    def item(self, source: str) -> Item:
        link = unescape(next(iter(_LINK.findall(self.content)), ""))
        words: dict[str, Any] = {"title": self.spoiler_text, "text": plain_text(self.content)}
        where: dict[str, Any] = {"link": link or self.url, "story": story_of(link)}
        pictures = (media for media in self.media_attachments if media.get("type") == "image" and media.get("url"))
        images = tuple(Image(url=media["url"], alt=media.get("description") or "") for media in pictures)
        return Item(source=source, id=self.id, published=self.created_at, images=images, **where, **words)


class MastodonAccount(SourceSettings):
    """The newest posts of `account`: name@server."""

    kind: Literal["mastodon"] = "mastodon"
    account: Annotated[str, Field(pattern=r"^[\w.-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$")]
    hold: Duration = timedelta(minutes=30)  # it repeats what the blog says, as a Facebook page does

    def fetch(self, web: Web, validators: Mapping[str, str], *, now: datetime) -> Fetched:  # noqa: ARG002
        name, _, server = self.account.partition("@")
        url = f"https://{server}/api/v1/accounts"
        try:
            found = web.get(f"{url}/lookup?acct={name}").check(now=now)
            number = TypeAdapter(dict[str, Any]).validate_json(found.body).get("id")
            said = web.get(f"{url}/{number}/statuses?exclude_reblogs=true&limit=40").check(now=now)
            statuses = TypeAdapter(list[_Status]).validate_json(said.body)
        except ValidationError:
            raise SourceBroken(f"{server} does not answer as Mastodon does: correct {self.account}") from None
        own = [each for each in statuses if each.visibility == "public" and not each.in_reply_to_id and each.content]
        return Fetched(items=tuple(status.item(self.name) for status in own))
