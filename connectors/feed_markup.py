"""What the markup in an entry holds: words, pictures, links. Used in the parsing process alone."""

import html
import re
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from connectors.feed_document import Picture
from connectors.plain_text import plain_text

MOST_MARKUP = 200_000  # characters of one entry; parsing deeply nested markup takes quadratic time
_LONGEST_ADDRESS = 8192  # characters: taking an address apart may take quadratic time in it
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_TRACKERS = re.compile(
    r"gravatar\.com/|feeds\.feedburner\.com/|feedsportal\.com/|/core/emoji/|pixel\.wp\.com/|doubleclick\.net/"
    r"|stats\.wordpress\.com/|/(?:pixel|spacer|blank|1x1|clear)\.(?:gif|png)|vg\d\d\.met\.vgwort\.de/",
    re.IGNORECASE,
)
_LAZY = ("data-src", "data-lazy-src", "data-original", "src")  # WordPress plugins move the true address


def clean(value: object) -> str:
    """One line without control characters and halves of surrogates, which no database takes."""
    return " ".join(_CONTROL.sub(" ", str(value or "")).split())


def plain(markup: str) -> str:
    return _CONTROL.sub("", plain_text(markup[:MOST_MARKUP]))


def absolute(address: object, base: str) -> str:
    """The absolute http(s) address, or nothing; what leads nowhere from `base`, as "#top" does, is nothing."""
    address = clean(address)
    if "&amp;" in address:
        address = html.unescape(address)
    if len(address) > _LONGEST_ADDRESS:
        return ""
    try:
        joined = urljoin(base, address) if address else ""
        parts = urlsplit(joined)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        stays = not urlsplit(address).netloc and joined.partition("#")[0].removesuffix("?") == base
    except ValueError:
        return ""
    return joined.replace(" ", "%20") if usable and not stays else ""


def language_of(tag: object) -> str:
    """ "de-DE" is "de"."""
    return clean(tag).replace("_", "-").split("-")[0].lower()


def first_picture(markup: str, base: str) -> tuple[Picture, ...]:
    """The first picture in the markup that is meant to be seen."""
    if "<img" not in markup[:MOST_MARKUP].lower():
        return ()
    for node in LexborHTMLParser(markup[:MOST_MARKUP]).css("img"):
        address = _source(node, base)
        if address and not is_tracker(address, node.attributes.get("width"), node.attributes.get("height")):
            return ((address, clean(node.attributes.get("alt"))),)
    return ()


def _source(node: LexborNode, base: str) -> str:
    addresses = (absolute(node.attributes.get(name), base) for name in _LAZY)
    return next((address for address in addresses if address), "")


def is_tracker(address: str, width: object = None, height: object = None) -> bool:
    """A picture that counts readers, or that decorates every entry alike."""
    tiny = any(re.fullmatch(r"[0-3](?:px)?", str(size).strip()) for size in (width, height))
    return tiny or bool(_TRACKERS.search(address))
