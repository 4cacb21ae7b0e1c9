"""A tweet as X keeps it and shows it: links wrapped in t.co, the text escaped for HTML, entities beside it."""

import hashlib
import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.tweet_length import find_links, tweet_length

SHOWN = 280  # of a longer tweet, the rest stands in `note_post`
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tweet:
    """`raw` is the text as it was sent, `text` as X returns it."""

    id: str
    raw: str
    text: str
    urls: tuple[dict[str, Any], ...]
    created_at: datetime
    media: tuple[str, ...] = field(default=())

    @property
    def weight(self) -> int:
        return tweet_length(self.raw)

    @property
    def price(self) -> Decimal:
        """What X charges for it, in USD (price list of August 2026)."""
        has_link = any("media_key" not in url for url in self.urls)
        return Decimal("0.200") if has_link else Decimal("0.015")

    def as_json(self, fields: set[str]) -> dict[str, Any]:
        """The three fields that X always gives, and of the others those asked for."""
        shown: dict[str, Any] = {"id": self.id, "text": self._shown, "edit_history_post_ids": [self.id]}
        if "created_at" in fields:
            shown["created_at"] = f"{self.created_at:%Y-%m-%dT%H:%M:%S}.{self.created_at.microsecond // 1000:03d}Z"
        if "entities" in fields and self.urls:
            shown["entities"] = {"urls": [url for url in self.urls if url["end"] <= len(self._shown)]}
        if fields & {"note_post", "note_tweet"} and self._is_long:
            name = "note_post" if "note_post" in fields else "note_tweet"
            shown[name] = {"text": self.text, "entities": {"urls": list(self.urls)}}
        return shown

    @property
    def _is_long(self) -> bool:
        return self.weight > SHOWN

    @property
    def _shown(self) -> str:
        return f"{self.text[: SHOWN - 1]}…" if self._is_long else self.text


def publish(raw: str, *, tweet_id: str, username: str, media: tuple[str, ...], at: datetime) -> Tweet:
    """Turn a text into a tweet."""
    text, urls, end = "", [], 0
    for start, stop in find_links(raw):
        text += html.escape(raw[end:start], quote=False)
        urls.append(_entity(raw[start:stop], start=len(text), key=tweet_id))
        text += urls[-1]["url"]
        end = stop
    text += html.escape(raw[end:], quote=False)
    if media:
        text = f"{text} ".lstrip()
        address = f"https://x.com/{username}/status/{tweet_id}/photo/1"
        urls.append(_entity(address, start=len(text), key=tweet_id) | {"media_key": f"3_{media[0]}"})
        text += urls[-1]["url"]
    return Tweet(id=tweet_id, raw=raw, text=text, urls=tuple(urls), created_at=at, media=media)


def cashtags(text: str) -> int:
    """How many $TAGS a text has."""
    return len(_CASHTAG.findall(text))


def _entity(link: str, *, start: int, key: str) -> dict[str, Any]:
    short = f"https://t.co/{hashlib.sha256(f'{key} {start} {link}'.encode()).hexdigest()[:10]}"
    expanded = link if "://" in link else f"http://{link}"
    display = re.sub(r"^https?://(?:www\.)?", "", expanded, flags=re.IGNORECASE).rstrip("/")
    shown = display if len(display) <= 27 else f"{display[:26]}…"
    return {"start": start, "end": start + len(short), "url": short, "expanded_url": expanded, "display_url": shown}
