"""Reads single values out of Graph API answers (pure): whatever stands there, the result has the type it says."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from connectors.links import unwrap

_ON_FACEBOOK = re.compile(
    r"(?:(?:www|web|m|mbasic|mobile|touch|business|l|lm|[a-z]{2}-[a-z]{2})\.)?(?:facebook|fb)\.com|fb\.watch"
)
_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f\ud800-\udfff<>\"]+", re.IGNORECASE)
_ADDRESS_IN_TEXT = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"]+", re.IGNORECASE)
_MOST_ADDRESSES = 100  # in one post; keeps the work on a hostile one small
_SENTENCE_ENDERS = ".,;:!?…'*“”„‘’»«]}"
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")

# First words of addresses on Facebook that do not name whose page it is
_COMMON = frozenset(
    [
        *("events", "groups", "hashtag", "media", "permalink.php", "photo", "photo.php", "profile.php", "reel"),
        *("reels", "share", "sharer", "stories", "story.php", "video.php", "watch"),
    ]
)


def as_object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def edge(value: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects that `value` is connected with under `key`: `{"data": […]}`."""
    entries = as_object(value.get(key)).get("data")
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def string(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return _NO_TEXT.sub("", found) if isinstance(found, str) else ""


def plain(value: object) -> str:
    """Text without control characters and half characters; one line per paragraph."""
    if not isinstance(value, str):
        return ""
    lines = (" ".join(line.split()) for line in _NO_TEXT.sub("", value).splitlines())
    return "\n".join(line for line in lines if line)


def moment(value: object) -> datetime | None:
    """A time such as 2021-07-09T19:09:52+0000, in UTC."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None


def address(value: object) -> str:
    """An absolute http(s) address without Facebook's detours (l.facebook.com, safe_image.php), or nothing."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        return ""
    direct = unwrap(value)
    return direct if _ADDRESS.fullmatch(direct) and _split(direct) else ""


def target(attachment: Mapping[str, Any]) -> str:
    """Where an attachment leads."""
    told = (attachment.get("unshimmed_url"), attachment.get("url"), as_object(attachment.get("target")).get("url"))
    return next((found for found in map(address, told) if found), "")


def outside_link_in(text: str) -> str:
    """The first address in a text that leads away from Facebook."""
    for match in islice(_ADDRESS_IN_TEXT.finditer(text), _MOST_ADDRESSES):
        enders = _SENTENCE_ENDERS if "(" in match[0] else f"{_SENTENCE_ENDERS})"
        written = match[0].rstrip(enders)
        found = address(written if "://" in written else f"https://{written}")
        if is_outside(found):
            return found
    return ""


def is_outside(link: str) -> bool:
    """Whether a link leads away from Facebook itself; its blogs (ai.facebook.com) are sites like others."""
    parts = _split(link)
    return parts is not None and not _is_on_facebook(parts)


def owner(link: str) -> str:
    """Whose page a link on Facebook belongs to, number or name in lower case; empty where it does not say."""
    parts = _split(link)
    if parts is None or not _is_on_facebook(parts):
        return ""
    segments = [segment.lower() for segment in parts.path.split("/") if segment]
    if not segments or segments[0] in _COMMON:
        return "".join(parse_qs(parts.query).get("id", [])[:1])
    if segments[0] in ("pages", "people", "p"):
        return segments[-1].rpartition("-")[2]
    return segments[0]


def _is_on_facebook(parts: SplitResult) -> bool:
    return _ON_FACEBOOK.fullmatch((parts.hostname or "").rstrip(".")) is not None


def _split(link: str) -> SplitResult | None:
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    return parts if parts.hostname else None
