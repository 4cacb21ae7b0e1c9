"""Says what a document is that is no feed, and what to do about it."""

import html
import re
from urllib.parse import urljoin

_HEAD = 200_000  # bytes that are looked at
_TAG = re.compile(r"<([A-Za-z][\w:.-]{0,40})")
_LINK = re.compile(r"<link\s[^<>]{0,1000}>", re.IGNORECASE)
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_FEED_TYPE = re.compile(r"application/(?:(?:rss|atom)\+xml|feed\+json)", re.IGNORECASE)
_STARTS = {
    b"\x1f\x8b": "gzip-packed data",
    b"PK": "a ZIP archive",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8": "a picture",
}
_ROOTS = {
    "html": "an HTML page",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
    "opml": "an OPML list of feeds",
    "rss": "an RSS document without a channel",
}
_GENERAL = "correct the address in the config, or ask whoever runs the site"


def describe(body: bytes, url: str) -> str:
    """Half a sentence: what `body`, found at `url`, looks like, and the remedy."""
    if not body.strip():
        return f"is empty: {_GENERAL}"
    for start, what in _STARTS.items():
        if body.startswith(start):
            return f"is {what}, not a feed: {_GENERAL}"
    text = body[:_HEAD].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text[:1] in ("{", "["):
        return f"is JSON, but no JSON Feed: {_GENERAL}"
    feed = _advertised(text, url)
    if feed:
        return f"is an HTML page, not a feed: it names {feed} as its feed, put that into the config"
    return f"is {_kind(text)}, not a feed: {_GENERAL}"


def _kind(text: str) -> str:
    if re.match(r"<!doctype\s+html", text, re.IGNORECASE):
        return "an HTML page"
    root = _TAG.search(text)
    if root is None:
        return "plain text"
    return _ROOTS.get(root[1].lower(), f"an XML document <{root[1]}>")


def _advertised(text: str, url: str) -> str:
    """The first feed that a page names in its head."""
    for tag in _LINK.findall(text):
        href = _HREF.search(tag)
        if href and _FEED_TYPE.search(tag) and re.search(r"\brel\s*=\s*[\"']?alternate", tag, re.IGNORECASE):
            return urljoin(url, html.unescape(href[1] or href[2] or href[3]).strip())
    return ""
