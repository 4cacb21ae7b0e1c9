"""A blog or any other feed: RSS, Atom or JSON Feed."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from pydantic import field_validator

from connectors.contract import Fetched, SourceBroken, SourceDown, SourceSettings
from connectors.feed_items import items_of
from connectors.feed_process import parse_apart
from connectors.web import Response, Web, public

_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


class RssFeed(SourceSettings):
    """The feed at `url`."""

    kind: Literal["rss"] = "rss"
    url: str

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url.strip())
            _ = parts.port
        except ValueError:
            raise ValueError(
                "is no address: write it as the browser shows it, https://blog.example.com/feed/"
            ) from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is no web address: write it in full, like https://blog.example.com/feed/")
        if parts.username or parts.password:
            raise ValueError("holds a user name or password: give an address that needs none")
        return url.strip()

    def fetch(self, web: Web, validators: Mapping[str, str], *, now: datetime) -> Fetched:
        """The entries that the feed lists now, newest as it orders them. Raises `SourceError`."""
        mark = hashlib.sha256(self.url.encode()).hexdigest()  # the address itself may hold a token
        known = validators if validators.get("feed") == mark else {}  # of another feed they say nothing
        response = web.get(self.url, headers=_conditions(known)).check(now=now)
        moved = _moved(response)
        notes = {**_validators(response), "feed": mark}
        if response.status == 304:
            return Fetched(unchanged=True, validators={**known, **notes}, notices=moved)
        if not response.body.strip():
            raise SourceDown(f"{public(self.url)} answered with nothing; the next run tries again")
        notes["sha256"] = hashlib.sha256(response.body).hexdigest()
        if notes["sha256"] == known.get("sha256"):
            return Fetched(unchanged=True, validators=notes, notices=moved)
        return self._read(response, notes, moved, now)

    def _read(self, response: Response, notes: Mapping[str, str], moved: tuple[str, ...], now: datetime) -> Fetched:
        headers = response.headers
        document = parse_apart(
            response.body,
            url=public(self.url),  # relative links must not inherit a token
            content_type=headers.get("content-type", ""),
            content_language=headers.get("content-language", ""),
        )
        if document.problem:
            raise SourceBroken(f"{public(self.url)} {document.problem}")
        # A link to the feed itself would publish what may be secret in its address; without a query, nothing is.
        own = self.url.partition("#")[0] if "?" in self.url else None
        entries = [replace(e, link="") if e.link.partition("#")[0] == own else e for e in document.entries]
        items, empty = items_of(entries, source=self.name, now=now)
        return Fetched(
            items=tuple(items),
            validators={} if document.cut_off else notes,  # what is incomplete must be read again
            notices=(*moved, *document.notices, *empty),
        )


def _conditions(known: Mapping[str, str]) -> dict[str, str]:
    """Ask for nothing but news; a server takes the validators back as it gave them, to the letter."""
    named = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("last-modified")}
    return {"Accept": _ACCEPT, **{name: value for name, value in named.items() if value}}


def _validators(response: Response) -> dict[str, str]:
    return {name: response.headers[name] for name in ("etag", "last-modified") if response.headers.get(name)}


def _moved(response: Response) -> tuple[str, ...]:
    if not response.moved_to:
        return ()
    return (f"the feed has moved for good to {public(response.moved_to)}: change its url in the config",)
