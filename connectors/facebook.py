"""Source `facebook`: the posts of a Facebook page, read through the Graph API with a Page token."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

from connectors.contract import Duration, Fetched, Item, SourceBroken, SourceError, SourceSettings
from connectors.facebook_api import GraphApi
from connectors.facebook_errors import NoSuchObject, TooMuchData
from connectors.facebook_notes import Notes, is_resting, is_token_check_due
from connectors.facebook_posts import FIELDS, is_taken_back, read_posts
from connectors.facebook_token import read_token
from connectors.facebook_values import as_object, is_outside, plain, string
from connectors.short_links import lengthened
from connectors.web import Web

_LIMITS = ("25", "12", "6")  # posts per answer; fewer where the API says that these are too much
_MOST_PAGES = 3


def _page(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", value):
        raise ValueError("write the number of the page, or its name as in facebook.com/NAME")
    return value


def _secret(value: SecretStr) -> SecretStr:
    """A secret that fits into a header: httpx would quote any other in its error."""
    text = value.get_secret_value().strip()
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("it is empty or has characters that no token has; copy it again")
    return SecretStr(text)


def _api_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("write an https:// address: a token is sent there")
    if parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise ValueError("write an address like https://graph.facebook.com/v26.0")
    return value.rstrip("/")


Secret = Annotated[SecretStr, AfterValidator(_secret)]


class FacebookPage(SourceSettings):
    """A page and the token to read it with.

    Facts about the API: https://developers.facebook.com/docs/graph-api/reference/page/feed and what it links to.
    """

    kind: Literal["facebook"] = "facebook"
    page: Annotated[str, AfterValidator(_page)]
    token: Secret
    hold: Duration = timedelta(minutes=30)  # a post that links the blog waits for the blog's own item
    app_secret: Secret | None = None  # adds appsecret_proof to every call
    api_url: Annotated[str, AfterValidator(_api_url)] = "https://graph.facebook.com/v26.0"

    def fetch(self, web: Web, validators: Mapping[str, str], *, now: datetime) -> Fetched:
        """Read the newest page of posts, and once a day the state of the token. Raises `SourceError`."""
        if is_resting(validators, now):
            return Fetched(validators=dict(validators), unchanged=True)
        api = self._api(web, now)
        notes = Notes(validators, page=self.page, now=now)
        page_id, username = self._identity(api, validators)
        notes.kept |= {self._id_note: page_id, self._name_note: username}
        posts = self._posts(api, first=not validators)
        posted, skipped = read_posts(posts, source=self.name, page=self.page, page_id=page_id, username=username)
        notes.posts(len(posts), skipped)
        if is_token_check_due(validators, now):
            self._check_token(api, notes)
        notes.usage(api.used)
        fetched = Fetched(items=tuple(posted), validators=notes.kept, notices=tuple(notes.notices))
        return lengthened(fetched, web, validators)

    def check(self, web: Web, *, now: datetime) -> list[str]:
        """What the token is and how long it lasts, in sentences. Raises `SourceBroken` where a person must act."""
        api = self._api(web, now)
        me = api.get("me", fields="id,name")
        whose = f"{plain(me.get('name'))[:100]} ({string(me, 'id')[:40]})"
        if string(me, "id") != self._identity(api, {})[0]:
            raise SourceBroken(
                f"the token belongs to {whose}, not to the page {self.page}: use the Page token of that page"
                " (/me/accounts lists it)"
            )
        return [f"the token is the one of the page {whose}", self._health(api, now)]

    def withdrawn(self, web: Web, item: Item, validators: Mapping[str, str], *, now: datetime) -> str:
        """Whether the post is gone or hidden, or what it leads to is gone. Raises `SourceError`.

        Facebook is asked as an API: to a stranger, its pages answer the same whether there is such a post or not.
        """
        if not is_resting(validators, now) and (why := self._post_withdrawn(self._api(web, now), item.id)):
            return why
        away = replace(item, extra={}, link=item.link if is_outside(item.link) else "")
        return super().withdrawn(web, away, validators, now=now)

    def _post_withdrawn(self, api: GraphApi, post_id: str) -> str:
        try:
            post = api.get(post_id, fields="id,is_published,is_hidden,is_expired")
        except NoSuchObject:
            # The same answer comes to a token that may not see the post; such a token cannot read the page either.
            api.get(f"{self.page}/published_posts", fields="id", limit="1")
            return "Facebook has no such post by now"
        return "the post is hidden by now" if is_taken_back(post) else ""

    def _health(self, api: GraphApi, now: datetime) -> str:
        health = read_token(api.token())
        if health is None:
            return "Facebook does not tell how long the token lasts"
        if not health.valid:
            raise SourceBroken(f"the page {self.page} cannot be read: {health.warning(now)}")
        if health.missing:
            missing = " and ".join(health.missing)
            raise SourceBroken(
                f"the token of the page {self.page} lacks {missing}: make a new Page token that has both"
            )
        return health.sentence(now)

    def _api(self, web: Web, now: datetime) -> GraphApi:
        secret = self.app_secret.get_secret_value() if self.app_secret else ""
        token = self.token.get_secret_value()
        return GraphApi(web, url=self.api_url, page=self.page, token=token, app_secret=secret, now=now)

    @property
    def _id_note(self) -> str:
        return f"id of {self.page}"

    @property
    def _name_note(self) -> str:
        return f"name of {self.page}"

    def _identity(self, api: GraphApi, notes: Mapping[str, str]) -> tuple[str, str]:
        """The number of the page, and its name in addresses, which it need not have. Asked once."""
        if self._id_note in notes and self._name_note in notes:
            return notes[self._id_note], notes[self._name_note]
        about = api.get(self.page, fields="id,username")
        page_id = self.page if self.page.isdecimal() else string(about, "id")
        if not page_id.isdecimal():
            raise SourceBroken(f"Facebook does not tell the number of the page {self.page}: write it as `page`")
        return page_id, string(about, "username")

    def _posts(self, api: GraphApi, *, first: bool) -> list[object]:
        """The newest page of posts; on the first read the one after it too. A page may be empty and not the last."""
        posts: list[object] = []
        after = ""
        for number in range(_MOST_PAGES):
            answer = self._answer(api, {"after": after} if after else {})
            posts += _data(answer)
            after = _after(answer)
            if not after or (posts and (number or not first)):
                break
        return posts

    def _answer(self, api: GraphApi, cursor: Mapping[str, str]) -> Mapping[str, Any]:
        for limit in _LIMITS[:-1]:
            try:
                return api.get(f"{self.page}/published_posts", fields=FIELDS, limit=limit, **cursor)
            except TooMuchData:
                continue
        return api.get(f"{self.page}/published_posts", fields=FIELDS, limit=_LIMITS[-1], **cursor)

    def _check_token(self, api: GraphApi, notes: Notes) -> None:
        try:
            notes.token(read_token(api.token()))
        except SourceError as error:
            notes.token_unknown(error)


def _data(answer: Mapping[str, Any]) -> list[object]:
    posts = answer.get("data")
    if not isinstance(posts, list):
        raise SourceBroken("the answer lists no posts, so this is not the Graph API: check `api_url`")
    return posts


def _after(answer: Mapping[str, Any]) -> str:
    """The cursor of the next page, if there is one. `next` itself is an address with the token in it: never used."""
    paging = as_object(answer.get("paging"))
    return string(as_object(paging.get("cursors")), "after") if paging.get("next") else ""
