"""Finds what X turns into a link, by the rules of its reference (twitter-text 3.1.0), in linear time.

Source of every rule: github.com/twitter/twitter-text, js/src.

One difference is left: where a host without protocol holds the same name twice, glued by other letters
("t.coשt.co"), the reference can report the first place for the second. Here the link is where it is.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from connectors.tweet_length_hosts import DOTTED, Host, has_short_labels, host_in, starts, tld_ends

_LONGEST_URL = 4096
_LONGEST_TCO_SLUG = 40

# What the reference's classes match when it ignores case as JavaScript does (hence the Greek iota).
_LATIN = (
    r"-0-9A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0260\u0263\u0268\u0269\u026f\u0272"
    r"\u0275\u0280\u0283\u0288-\u028c\u0292\u02bb\u0300-\u036f\u0399\u03b9\u1e00-\u1eff\u1fbe\u2c65\u2c66\u2c7e\u2c7f"
    r"\ua7dc"
)
_PATH_END = rf"[{_LATIN}#+/=_\u0400-\u04ff\u1c80-\u1c87]"
_PATH_MIDDLE = r"[!$-'*,.:;@\[\]|~\u2013]"
_IN_PARENS = rf"(?:{_PATH_END}|{_PATH_MIDDLE})"
_PARENS = rf"\((?:{_IN_PARENS}++|{_IN_PARENS}*+\({_IN_PARENS}++\){_IN_PARENS}*+)\)"
_QUERY_LETTERS = r"[0-9A-Za-z!#-;=?@\[\]_|~]"

_LATIN_HOST = re.compile(rf"[{_LATIN}.]++")
_LATIN_LABELS = re.compile(rf"(?:[{_LATIN}]++\.)++")

# Port, path and query behind a host.
_TAIL = re.compile(
    rf"(?::[0-9]++)?+"
    rf"(/(?:{_PARENS})*+(?:(?:{_PATH_MIDDLE}|{_PARENS})*+{_PATH_END}++(?:{_PARENS})*+)*+)?+"
    rf"(\?{_QUERY_LETTERS}++)?+"
)
_NO_QUERY_END = "!$%'()*+,.:;?@[]|~"
_TCO = re.compile(rf"https?://t\.co/([0-9a-z]+)(?:\?{_QUERY_LETTERS}++)?", re.IGNORECASE | re.ASCII)


# A link at text[start:end], and what of it the reference weighs on its own: nearly always nothing.
Link = tuple[int, int, str]
# Where each top-level domain ends, by the place of the dot before it.
_Tlds = dict[int, int]


@lru_cache(maxsize=4)  # whoever weighs a draft asks for its links as well
def find(text: str) -> tuple[Link, ...]:
    """The links of a text in NFC, in order."""
    links: list[Link] = []
    tlds = tld_ends(text)
    last_tld = max(tlds, default=0)
    done = position = 0
    while position < last_tld and (run := DOTTED.match(text, position)):
        first, position = run.span(1)
        for low, high, end in starts(text, first, position, tlds):
            if high > done and (host := host_in(text, low, high, end, done)):
                done, has_path = _tail(text, end)
                links += _links(text, host, done, has_path, tlds)
        position = max(done, position)
    return tuple(links)


def _tail(text: str, end: int) -> tuple[int, bool]:
    """Where port, path and query behind a host end, and whether there is a path."""
    if text[end : end + 1] not in (":", "/", "?") or not (tail := _TAIL.match(text, end)):
        return end, False
    path, query = tail.groups(default="")
    return tail.end() - len(query) + len(query.rstrip(_NO_QUERY_END)), bool(path)


def _links(text: str, host: Host, end: int, has_path: bool, tlds: _Tlds) -> list[Link]:
    """The links in text[host.begin:end]; without protocol there can be none, or several."""
    begin, start, host_end, halved = host
    if begin == start:
        follows_joint = start > 0 and not halved and text[start - 1] in "-_./"
        links = [] if follows_joint else _bare_links(text, start, host_end, end if has_path else host_end, tlds)
    elif tco := _TCO.match(text, begin, end):
        links = [(begin, tco.end(), "")] if len(tco[1]) <= _LONGEST_TCO_SLUG else []
    else:
        links = [(begin, end, "")]
    return links if links and _is_valid(text, host, end, tlds) else []


def _bare_links(text: str, start: int, host_end: int, end: int, tlds: _Tlds) -> list[Link]:
    """The Latin parts of a host without protocol; what follows the host, up to `end`, belongs to the last."""
    if _LATIN_HOST.fullmatch(text, start, host_end):
        return [(start, end, "")]
    links = [(*span, "") for span in _latin_hosts(text, start, host_end, tlds)]
    if links and end > host_end:
        start, latin_end, _ = links[-1]
        counted = latin_end - start + end - host_end
        rest = _utf16(text[start:end])[2 * counted :].decode("utf-16-le", "surrogatepass")
        links[-1] = (start, end, rest)
    return links


def _latin_hosts(text: str, start: int, end: int, tlds: _Tlds) -> Iterator[tuple[int, int]]:
    """Latin labels within a host, each time with the last top-level domain that follows."""
    while labels := _LATIN_LABELS.search(text, start, end):
        start = labels.end()
        if tld_end := _last_tld_end(text, *labels.span(), tlds):
            yield labels.start(), tld_end
            start = tld_end


def _last_tld_end(text: str, start: int, end: int, tlds: _Tlds) -> int:
    while (end := text.rfind(".", start, end)) >= 0:
        if tld_end := tlds.get(end):
            return tld_end
    return 0


def _is_valid(text: str, host: Host, end: int, tlds: _Tlds) -> bool:
    begin, start, host_end, halved = host
    protocol = start - begin or len("https://")
    if 2 * (end - begin) + protocol > _LONGEST_URL:
        units = len(_utf16(text[begin:end])) // 2 - halved
        if units + protocol > _LONGEST_URL:
            return False
    name = text[start:host_end]
    if name.startswith("xn--") and not any(_latin_hosts(text, start, host_end, tlds)):
        return False
    if halved:
        name = chr(0xDC00 | ord(name[0]) & 0x3FF) + name[1:]
    return has_short_labels(name)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
