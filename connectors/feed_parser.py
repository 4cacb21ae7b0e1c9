"""Reads RSS, Atom and JSON Feed into a Document. Hostile input can make it hang: `feed_process` runs it and ends it."""

import calendar
import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import feedparser

from connectors.feed_document import Document, Entry, Picture
from connectors.feed_markup import absolute, clean, first_picture, is_tracker, language_of, plain
from connectors.json_feed import looks_like_json, parse_json_feed
from connectors.not_a_feed import describe

_ROOT = re.compile(rb"<[A-Za-z]")
_BLANKS = re.compile(rb"\s{2,}")
_END = re.compile(rb"</\s*(?:[\w-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_CAPTION = re.compile(rb"<(/?)media:description\b[^<>]{0,300}?(/?)>")
_CUT = re.compile(r"(?:…|\.\.\.)\W{0,3}$")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)
_TEASER = 40  # characters from which a summary may stand for the whole


def parse(body: bytes, *, url: str, content_type: str = "", content_language: str = "") -> Document:
    """Never raises for anything in `body`; relative addresses are relative to `url`."""
    if looks_like_json(body):
        return parse_json_feed(body, url) or Document(problem=describe(body, url))
    headers = {"content-type": content_type, "content-language": content_language}
    feed = feedparser.parse(
        io.BytesIO(_defused(body)),  # never bytes: feedparser takes them for a path or an address
        response_headers={name: value for name, value in headers.items() if value},
        sanitize_html=False,  # all markup becomes plain text here; five times as fast
        resolve_relative_uris=False,
    )
    cut_off = not _END.search(body.replace(b"\0", b""))
    if not feed.get("version") or not (feed.entries or cut_off or feed.feed.get("title") or feed.feed.get("link")):
        return Document(problem=describe(body, url))
    return _document(feed, url, cut_off=cut_off)


def _defused(body: bytes) -> bytes:
    """Takes away what feedparser 6.0 stumbles over.

    Blank lines before the root element cost it quadratic time, and a media:description, the caption of a picture,
    overwrites the description of the entry.
    """
    root = _ROOT.search(body)
    start = root.start() if root else len(body)
    return _BLANKS.sub(b"\n", body[:start]) + _CAPTION.sub(rb"<\1media:caption\2>", body[start:])


def _document(feed: Any, url: str, *, cut_off: bool) -> Document:
    entries: list[Entry] = []
    notices: list[str] = []
    sources = feed.entries[:-1] if cut_off else feed.entries
    for position, entry in enumerate(sources, start=1):
        try:
            entries.append(_entry(entry, feed.feed, url))
        except Exception as error:  # one odd entry must not cost the others
            name = clean(entry.get("title"))[:80] or f"number {position}"
            notices.append(f"the entry {name} could not be read ({type(error).__name__}) and was left out")
    if cut_off:
        notices.append("the feed ends in the middle; its last entry waits until it comes complete")
    return Document(entries=tuple(entries), notices=tuple(notices), cut_off=cut_off)


def _entry(entry: Any, feed: Any, url: str) -> Entry:
    markup = _content(entry)
    has_updated = "updated" in entry  # .get() would give `published` instead
    return Entry(
        id=clean(entry.get("id")),
        link=_link(entry, url),
        title=_title(entry),
        text=_text(entry, markup),
        published=clean(entry.get("published")),
        published_read=_read(entry.get("published_parsed")),
        updated=clean(entry["updated"]) if has_updated else "",
        updated_read=_read(entry.get("updated_parsed")) if has_updated else "",
        images=_images(entry, markup or str(entry.get("summary") or ""), url),
        tags=tuple(_tags(entry)),
        author=_author(entry) or _author(feed),
        language=_language(entry, feed),
        price=clean(entry.get("g_sale_price") or entry.get("g_price")),
        until=clean(entry.get("g_sale_price_effective_date")).rpartition("/")[2]
        or clean(entry.get("g_expiration_date")),
    )


def _link(entry: Any, url: str) -> str:
    """Where a reader opens the entry. A guid is a link only if it is an address by itself."""
    alternates = [link for link in entry.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    pages = [link for link in alternates if "html" in str(link.get("type", "text/html"))]
    named = [entry.get("feedburner_origlink"), *(link.get("href") for link in (*pages, *alternates))]
    own = clean(entry.get("link"))
    if own != clean(entry.get("id")) or own.startswith(("http://", "https://")):
        named.append(own)
    return next((link for candidate in named if candidate and (link := absolute(candidate, url))), "")


def _title(entry: Any) -> str:
    """Titles of type text/plain are decoded already: decoding them again would eat what they say about markup."""
    title = str(entry.get("title") or "")
    is_markup = "html" in str((entry.get("title_detail") or {}).get("type"))
    return clean(plain(title) if is_markup else title)


def _content(entry: Any) -> str:
    """The full text, as markup; of several the HTML one."""
    contents = sorted(entry.get("content", ()), key=lambda part: "html" not in str(part.get("type")))
    return next((_markup(part) for part in contents if clean(part.get("value"))), "")


def _markup(detail: Any) -> str:
    """The value of an element as HTML, whatever its type says: most "plain" texts in feeds hold markup."""
    value = str(detail.get("value") or "")
    if "html" in str(detail.get("type")) or re.search(r"<[a-zA-Z/!]|&[#\w]{2,8};", value):
        return value
    return value.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


def _text(entry: Any, markup: str) -> str:
    """The summary if somebody wrote one that stands by itself, else the full text."""
    full = plain(markup)
    summary = plain(_markup(entry.get("summary_detail") or {"value": entry.get("summary")}))
    if len(summary) >= _TEASER and not _CUT.search(summary) and not full.startswith(summary):
        return summary
    return full or summary or plain(_markup({"value": entry.get("media_caption")}))


def _read(moment: Any) -> str:
    """feedparser's reading; it can be a year that does not exist."""
    try:
        return datetime.fromtimestamp(calendar.timegm(moment), UTC).isoformat() if moment else ""
    except (TypeError, ValueError, OverflowError):
        return ""


def _images(entry: Any, markup: str, url: str) -> tuple[Picture, ...]:
    """The pictures of the entry. media: elements offer one picture in several sizes: the largest counts."""
    shown = dict(first_picture(markup, url))
    for addresses in (
        _largest(filter(_is_picture, entry.get("media_content", ())), url),
        [absolute(part.get("href"), url) for part in entry.get("enclosures", ()) if _is_picture(part)],
        shown,
        _largest(entry.get("media_thumbnail", ()), url),
    ):
        found = [address for address in dict.fromkeys(addresses) if address and not is_tracker(address)]
        if found:
            return tuple((address, shown.get(address, "")) for address in found)
    return ()


def _largest(parts: Iterable[Any], url: str) -> list[str]:
    usable = [part for part in parts if not is_tracker(str(part.get("url")), part.get("width"), part.get("height"))]
    return [absolute(part.get("url"), url) for part in sorted(usable, key=_size, reverse=True)[:1]]


def _is_picture(part: Any) -> bool:
    kind = str(part.get("medium") or part.get("type") or "")
    address = str(part.get("url") or part.get("href"))
    return kind.startswith("image") if kind else bool(_PICTURE_FILE.search(address.partition("?")[0]))


def _size(part: Any) -> int:
    width = str(part.get("width") or "")
    return int(width) if re.fullmatch(r"[0-9]{1,6}", width) else 0


def _tags(entry: Any) -> list[str]:
    """Each tag once, in the order of the feed; GData uses categories for its own kinds."""
    found: dict[str, str] = {}
    for part in entry.get("tags", ()):
        if "schemas.google.com" in str(part.get("scheme")):
            continue
        tag = clean(plain(str(part.get("label") or part.get("term") or "")))[:100]
        found.setdefault(tag.casefold(), tag)
    return [tag for tag in found.values() if tag]


def _author(part: Any) -> str:
    """A name. An address of e-mail is no name, and not ours to publish."""
    name = clean(plain(str((part.get("author_detail") or {}).get("name") or part.get("author") or "")[:1000]))
    return "" if "@" in name else name[:200]


def _language(entry: Any, feed: Any) -> str:
    details = [*entry.get("content", ()), entry.get("title_detail") or {}, entry.get("summary_detail") or {}]
    named = [entry.get("language"), *(detail.get("language") for detail in details), feed.get("language")]
    return next((language_of(tag) for tag in named if tag), "")
