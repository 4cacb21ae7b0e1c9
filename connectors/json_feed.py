"""Reads JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from html import escape
from typing import Any

from connectors.feed_document import Document, Entry
from connectors.feed_markup import absolute, first_picture, language_of, plain


def looks_like_json(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def parse_json_feed(body: bytes, url: str) -> Document | None:
    """The feed, or None if this is no JSON Feed."""
    try:
        feed = json.loads(_decoded(body))
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return None
    if "jsonfeed.org" not in str(feed.get("version", "")):
        return None
    items = [item for item in feed["items"] if isinstance(item, dict)]
    strays = len(feed["items"]) - len(items)
    notices = (f"{strays} items of the JSON Feed are no objects and were left out",) if strays else ()
    return Document(entries=tuple(_entry(item, feed, url) for item in items), notices=notices)


def _decoded(body: bytes) -> str:
    """JSON is UTF-8; where it is not, its maker meant what Windows writes in the West."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _entry(item: dict[str, Any], feed: dict[str, Any], url: str) -> Entry:
    markup = _text(item, "content_html") or escape(_text(item, "content_text"), quote=False).replace("\n", "<br>")
    teaser = escape(_text(item, "summary"), quote=False)
    return Entry(
        id=_text(item, "id"),
        link=absolute(_text(item, "url") or _text(item, "external_url"), url),
        title=" ".join(_text(item, "title").split()),
        text=plain(markup) or plain(teaser),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        images=_images(item, markup, url),
        tags=tuple(str(tag).strip() for tag in _list(item, "tags") if tag),
        author=_author(item) or _author(feed),
        language=language_of(_text(item, "language") or _text(feed, "language")),
    )


def _images(item: dict[str, Any], markup: str, url: str) -> tuple[tuple[str, str], ...]:
    named = absolute(_text(item, "image") or _text(item, "banner_image"), url)
    if named:
        return ((named, ""),)
    return first_picture(markup, url)


def _author(part: dict[str, Any]) -> str:
    authors = [*_list(part, "authors"), part.get("author")]
    return next((_text(author, "name") for author in authors if isinstance(author, dict) and author.get("name")), "")


def _text(part: dict[str, Any], key: str) -> str:
    """A string; numbers count, because ids are numbers in many feeds."""
    value = part.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _list(part: dict[str, Any], key: str) -> list[Any]:
    value = part.get(key)
    return value if isinstance(value, list) else []
