"""The canonical link of an article: two links with one canonical link are one story.

To merge two articles loses a tweet, to miss that two links are one only repeats it on the other channel, so whatever
is not known to be a wrapper, a variant or a tracking mark stays as it is.
"""

import re
from collections.abc import Iterator
from unicodedata import normalize
from urllib.parse import SplitResult, quote, unquote, urlsplit

from connectors.link_hosts import host_in
from connectors.link_wrappers import cached_page, shim_targets
from connectors.tracking_marks import without_marks

# Nobody publishes a longer or more wrapped link; the bounds keep the work on hostile input small
_LONGEST = 4096
_DEEPEST = 20

_HTTP = re.compile(r"https?://", re.IGNORECASE)
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp;|#0{0,4}38;|#x0{0,4}26;)+", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid)(?:=[^/;?#]*)?", re.IGNORECASE)
_INDEX = re.compile(r"(?:index|default)\.(?:[sx]?html?|php|aspx?|jsp|cfm)", re.IGNORECASE)
# /blog/neu, /neue-halle, /halle7 are hardly names of sections; /de/gitarren and /2024/05 are
_ARTICLE = re.compile(r"(?:[a-z]{2}(?:[-_][a-z]{2})?/)?+(?![\d/]+$).*[-/\d]", re.IGNORECASE | re.DOTALL)
_AMP_SUFFIX = re.compile(r"\.amp(?=(?:\.html?)?$)", re.IGNORECASE)

_PATH_SAFE = "~!$&'()*+,=:@"  # with letters, digits and -._ all that a path segment may hold bare, except ";"
_OPENERS = "<([{\"'„“‚‘«»‹›"
_ENDERS = ".,;?>\"'„“”‚‘’«»‹›…\u00ad\u200b\u200e\u200f\u2060\ufeff"
_UNSURE = "!:"  # a sentence may end so, but so does /wiki/Yahoo!
_CLOSERS = {")": "(", "]": "[", "}": "{"}


def canonical_link(url: str) -> str:
    """The one form of every link to the same article; what is no http(s) URL comes back as it is, stripped.

    Always https, without `www.`, mobile and AMP variants, tracking marks, redirect shims and fragments (except routes:
    `#!…`, `#/…`); path case, port, subdomain and every unknown query key are kept. Never raises.
    """
    link = url.strip()
    if len(link) > _LONGEST:
        return link
    # One step may lay bare what another takes away: a shim in a shim, /amp behind index.html.
    for _ in range(_DEEPEST):
        if (simpler := _simpler(link)) == link:
            return link
        link = simpler
    return url.strip()


def unwrap(url: str) -> str:
    """Where a redirect shim such as l.facebook.com/l.php?u=… leads, without fbclid; any other link as it is."""
    while (parts := _split(url)) and (target := _behind_shim(parts)):
        url = _without_fbclid(target)
    return url


def story_of(link: str) -> str:
    """The story that an item with this link tells: empty for a front page, which many name, however it is spelled."""
    story = canonical_link(link)
    parts = _split(story)
    return story if parts and (parts.path.strip("/") or parts.query or parts.fragment) else ""


def host_of(link: str) -> str:
    """The host of a link, without `www.` and other variants; empty if it is none."""
    parts = _split(link.strip())
    return host_in(parts) if parts else ""


def _simpler(link: str) -> str:
    parts = _split(_trim(link))
    if parts is None:
        return link
    if target := _behind_shim(parts) or _behind_cache(parts):
        return target
    host = host_in(parts)
    query = _query(parts.query, host)
    return f"https://{host}{_port(parts)}/{_path(parts.path)}{query}{_fragment(parts.fragment, host)}"


def _split(link: str) -> SplitResult | None:
    """The parts of an http(s) URL with a possible host and port, else None."""
    if len(link) > _LONGEST or not _HTTP.match(link):
        return None
    try:
        parts = urlsplit(_ESCAPED_AMPERSAND.sub("&", link.encode(errors="ignore").decode()))
        return parts if host_in(parts) and parts.port != 0 else None
    except ValueError:
        return None


def _trim(link: str) -> str:
    """Without what the sentence around it glued to the link; a bracket that was opened inside the link stays."""
    link = link.lstrip(_OPENERS)
    surplus = {closer: link.count(closer) - link.count(opener) for closer, opener in _CLOSERS.items()}
    end = len(link)
    while end and (link[end - 1] in _ENDERS + _UNSURE or surplus.get(link[end - 1], 0) > 0):
        end -= 1
        if link[end] in surplus:
            surplus[link[end]] -= 1
    # Behind a closing quote an exclamation mark is the sentence's; right behind the path it may be the link's
    while end < len(link) and link[end] in _UNSURE:
        end += 1
    return link[:end]


def _behind_shim(parts: SplitResult) -> str:
    return next(filter(_split, shim_targets(host_in(parts) + parts.path, parts.query)), "")


def _behind_cache(parts: SplitResult) -> str:
    link = cached_page(host_in(parts) + parts.path, parts.query)
    return link if _split(link) else ""


def _without_fbclid(link: str) -> str:
    parts = _split(link)
    if parts is None or "fbclid=" not in parts.query:
        return link
    kept = [pair for pair in parts.query.split("&") if not pair.startswith("fbclid=")]
    return parts._replace(query="&".join(kept)).geturl()


def _port(parts: SplitResult) -> str:
    # http://firma.de:443/ is what a site behind a proxy writes for https://firma.de/
    default = {None, 443, 80 if parts.scheme == "http" else 443}
    return "" if parts.port in default else f":{parts.port}"


def _path(path: str) -> str:
    path = _SESSION.sub("", path)
    segments: list[str] = []
    for raw in path.split("/"):
        segment = _quoted(raw, _PATH_SAFE)
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return "/".join(_without_variants(segments, is_folder=path.endswith("/")))


def _without_variants(segments: list[str], *, is_folder: bool) -> list[str]:
    segments = [segment for segment in segments if segment.lower() != "index.php"]
    while segments and (_INDEX.fullmatch(segments[-1]) or _is_amp_version(segments, is_folder=is_folder)):
        segments.pop()
    return segments[:-1] + [_AMP_SUFFIX.sub("", segment) for segment in segments[-1:]]


def _is_amp_version(segments: list[str], *, is_folder: bool) -> bool:
    """`/neu/amp/` is what WordPress makes of `/neu/`; without that slash `/guitar/amp` may be an article of its own."""
    *before, last = segments
    return last.lower() == "amp" and bool(before) and (is_folder or bool(_ARTICLE.match(unquote("/".join(before)))))


def _query(query: str, host: str) -> str:
    """`?` and the pairs that say which article it is, keys sorted, in order within a key; empty if there are none."""
    kept = sorted(without_marks(list(_pairs(query)), host), key=lambda pair: pair[0])
    return "?" + "&".join(f"{key}={value}" if value else key for key, value in kept) if kept else ""


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    # Mail and campaign tools add their marks with a second "?" where they overlook the first
    query = query.replace("+", " ").replace("?utm_", "&utm_").replace("?fbclid=", "&fbclid=")
    for pair in query.split("&"):
        key, _, value = pair.removeprefix("amp;").partition("=")
        if key or value:
            yield _quoted(key), _quoted(value)


def _fragment(fragment: str, host: str) -> str:
    """A route inside an app names a page of its own; any other fragment is a place in the page, or a mark."""
    if not fragment.startswith(("!", "/")):
        return ""
    route, _, query = fragment.partition(":~:")[0].partition("?")
    shown = _path(route.lstrip("!/")) + _query(query, host)
    return f"#{'!' if fragment[0] == '!' else ''}/{shown}" if shown else ""


def _quoted(text: str, safe: str = "") -> str:
    """Percent-encoded in the one way RFC 3986 calls normal; bytes that are no UTF-8 stay what they are."""
    plain = normalize("NFC", unquote(text, errors="surrogateescape"))
    return quote(plain, safe=safe, errors="surrogateescape")
