"""The canonical link of an article: two links with one canonical link are one story.

To merge two articles loses a tweet, to miss that two links are one only repeats it on the other channel, so whatever
is not known to be a wrapper, a variant or a tracking mark stays as it is.
"""

import re
from collections.abc import Iterator
from itertools import dropwhile
from unicodedata import normalize
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

import idna

from connectors.tracking_marks import is_mark

# Nobody publishes a longer or more wrapped link; the bounds keep the work on hostile input small
_LONGEST = 8192
_DEEPEST = 20

_HTTP = re.compile(r"https?://", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp;|#0{0,4}38;|#x0{0,4}26;)+", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid)(?:=[^/;?#]*)?", re.IGNORECASE)
_INDEX = re.compile(r"(?:index|default)\.(?:[sx]?html?|php|aspx?|jsp|cfm)", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"\.amp(?=(?:\.html?)?$)", re.IGNORECASE)

_PATH_SAFE = "~!$&'()*+,=:@"  # with letters, digits and -._ all that a path segment may hold bare, except ";"
_OPENERS = "<([{\"'„“‚‘«»‹›"
_ENDERS = ".,;?>\"'„“”‚‘’«»‹›…\u00ad\u200b\u200e\u200f\u2060\ufeff"
_UNSURE = "!:"  # a sentence may end so, but so does /wiki/Yahoo!
_CLOSERS = {")": "(", "]": "[", "}": "{"}

_HOST_VARIANTS = frozenset({"www", "m", "mobile", "amp"})
# Under these anybody can own a name, even www.co.uk or m.com.au
_PUBLIC_SUFFIX = re.compile(r"(?:co|com|org|net|gov|gob|gouv|gv|mil|ac|edu|or|ne|go)\.[a-z]{2}")
_ALIASES = (
    (re.compile(r"(?:mbasic|touch|web|[a-z]{2}-[a-z]{2})\.facebook\.com"), "facebook.com"),
    (re.compile(r"old\.reddit\.com"), "reddit.com"),
    (re.compile(r"twitter\.com"), "x.com"),
)

# Addresses that only forward to another one, which stands in one of _TARGETS
_GOOGLE = r"google\.(?:[a-z]{2,3}|com?\.[a-z]{2})"
_SHIM = re.compile(
    rf"""lm?\.(?:facebook|instagram|messenger|workplace|threads)\.(?:com|net)/
    |(?:[\w-]+\.)?facebook\.com/(?:l\.php|flx/warn|safe_image\.php)
    |[\w.-]+\.fbcdn\.net/safe_image\.php
    |out\.reddit\.com/
    |t\.umblr\.com/redirect
    |youtube\.com/redirect
    |{_GOOGLE}/url
    |linkedin\.com/(?:redir/redirect|safety/go)
    |l\.wl\.co/
    |vk\.com/away
    |duckduckgo\.com/l/
    |slack-redir\.net/link
    |steamcommunity\.com/linkfilter
    |(?:exit|gate)\.sc/
    |medium\.com/r/
    |getpocket\.com/redirect
    |pinterest\.[a-z]{{2,3}}/offsite
    |[\w-]+\.safelinks\.protection\.outlook\.com/""",
    re.VERBOSE,
)
_TARGETS = ("u", "url", "q", "z", "to", "uddg")
_SHORT_VIDEO = re.compile(r"youtu\.be/([A-Za-z0-9_-]+)/?")
_AMP_CACHE = re.compile(
    rf"(?:(?:[\w-]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)/[a-z]{{1,3}}|{_GOOGLE}/amp)/(?:s/)?([^/]+\.[^/].*)"
)


def canonical_link(url: str) -> str:
    """The one form of every link to the same article; what is no http(s) URL comes back as it is, stripped.

    Always https, without `www.`, mobile and AMP variants, tracking marks, redirect shims and fragments (except routes:
    `#!…`, `#/…`); path case, port, subdomain and every unknown query key are kept. Never raises.
    """
    link = url.strip()
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
    """The story that an item with this link tells: empty for a front page, which many name."""
    parts = _split(link)
    is_article = parts is not None and (parts.path.strip("/") or parts.query)
    return canonical_link(link) if is_article else ""


def _simpler(link: str) -> str:
    parts = _split(_trim(link))
    if parts is None:
        return link
    if target := _behind_shim(parts) or _behind_cache(parts) or _behind_short_video(parts):
        return target
    host = _host(parts)
    query = _query(parts.query, host)
    return f"https://{host}{_port(parts)}/{_path(parts.path)}{query}{_fragment(parts.fragment, host)}"


def _split(link: str) -> SplitResult | None:
    """The parts of an http(s) URL with a possible host and port, else None."""
    if len(link) > _LONGEST or not _HTTP.match(link):
        return None
    try:
        parts = urlsplit(_ESCAPED_AMPERSAND.sub("&", link.encode(errors="ignore").decode()))
        return parts if _host(parts) and parts.port != 0 else None
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
    if not _SHIM.match(_host(parts) + parts.path):
        return ""
    query = parse_qs(parts.query)
    targets = (query[key][0].strip() for key in _TARGETS if key in query)
    return next((link for target in targets for link in (target, unquote(target)) if _split(link)), "")


def _behind_cache(parts: SplitResult) -> str:
    """The page that an AMP cache shows, if this is a link into one."""
    cached = _AMP_CACHE.match(_host(parts) + parts.path)
    link = f"https://{cached[1]}?{parts.query}" if cached else ""
    return link if _split(link) else ""


def _behind_short_video(parts: SplitResult) -> str:
    video = _SHORT_VIDEO.fullmatch(_host(parts) + parts.path)
    return f"https://youtube.com/watch?v={video[1]}&{parts.query}" if video else ""


def _without_fbclid(link: str) -> str:
    parts = _split(link)
    if parts is None or "fbclid=" not in parts.query:
        return link
    kept = [pair for pair in parts.query.split("&") if not pair.startswith("fbclid=")]
    return parts._replace(query="&".join(kept)).geturl()


def _host(parts: SplitResult) -> str:
    """The host as DNS knows it, without its mobile and AMP variants and aliases; empty if it can be none."""
    host = unquote(parts.hostname or "").rstrip(".")
    if len(host) > 253:
        return ""
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = idna.encode(host, uts46=True).decode()  # IDNA 2008, as browsers: straße is not strasse
    return _main_host(host.lower()) if _HOST.fullmatch(host.lower()) else ""


def _main_host(host: str) -> str:
    labels = host.split(".")
    own = 3 if _PUBLIC_SUFFIX.fullmatch(".".join(labels[-2:])) else 2
    sub = [label for label in dropwhile(_HOST_VARIANTS.__contains__, labels[:-own]) if label != "m"]
    main = ".".join(sub + labels[-own:])
    return next((name for alias, name in _ALIASES if alias.fullmatch(main)), main)


def _port(parts: SplitResult) -> str:
    default = {None, 443, 80 if parts.scheme == "http" else 443}
    return "" if parts.port in default else f":{parts.port}"


def _path(path: str) -> str:
    segments: list[str] = []
    for raw in _SESSION.sub("", path).split("/"):
        segment = _quoted(raw, _PATH_SAFE)
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return "/".join(_without_variants(segments))


def _without_variants(segments: list[str]) -> list[str]:
    segments = [segment for segment in segments if segment.lower() != "index.php"]
    while segments and (_INDEX.fullmatch(segments[-1]) or (segments[-1].lower() == "amp" and len(segments) > 1)):
        segments.pop()
    return segments[:-1] + [_AMP_SUFFIX.sub("", segment) for segment in segments[-1:]]


def _query(query: str, host: str) -> str:
    """`?` and the pairs that say which article it is, keys sorted, in order within a key; empty if there are none."""
    pairs = list(_pairs(query))
    marks = {pair for pair in pairs if is_mark(*pair, host)}
    if any(key.lower() == "share" for key, _ in marks):
        marks.add(("nb", "1"))  # Jetpack's buttons add ?share=facebook&nb=1
    kept = sorted((pair for pair in pairs if pair not in marks), key=lambda pair: pair[0])
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
