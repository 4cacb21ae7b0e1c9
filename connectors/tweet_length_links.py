"""Finds what X turns into a link, by the rules of its reference (twitter-text 3.1.0), in linear time.

Source of every rule: github.com/twitter/twitter-text, js/src. The reference counts UTF-16 units, so a character beyond
U+FFFF is two to it, and a host name can even begin in the middle of one.

One difference is left: where a host without protocol holds the same name twice, glued by other letters
("t.coשt.co"), the reference can report the first place for the second. Here the link is where it is.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from connectors.tweet_length_data import TLDS

_LONGEST_URL = 4096
_LONGEST_LABEL = 63
_LONGEST_TCO_SLUG = 40
# "xn--" and at most eight digits for each of seven characters are no more than 63.
_SURELY_SHORT = 7

_ASTRAL = r"\U00010000-\U0010ffff"
_MARKS = r"\x85\xa0\u061c\u1680\u180e\u2000-\u200a\u200e\u200f\u2028-\u202f\u205f\u2066-\u2069\u3000\ufeff\ufffe\uffff"
_NOT_HOST = rf"\t-\r !#-,/:-@\[-^{{-~{_MARKS}"
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

# The next run of labels joined by dots; whatever cannot be one is skipped on the way.
_DOTTED = re.compile(
    rf"(?:[{_NOT_HOST}]++|\.++|[^{_NOT_HOST}.]++(?!\.[^{_NOT_HOST}.]))*+"
    rf"(?:([^{_NOT_HOST}.]++\.[^{_NOT_HOST}]*+)|\Z)"
)
# A host begins here, whatever the character before it is part of.
_FREE = rf"(?<![0-9A-Za-z#$@\uff03\uff20\ufeff\ufffe\uffff])[^{_NOT_HOST}._-]"
_FREE_START = re.compile(_FREE)
_START = re.compile(rf"[{_ASTRAL}]|{_FREE}")
_ASCII_TLD = re.compile(r"([A-Za-z]++)(?![-+0-9@])|[Xx][Nn]--[-0-9A-Za-z]++")
_NAMED_TLDS = frozenset(TLDS.split())
_LONGEST_TLD = max(map(len, _NAMED_TLDS))
_LATIN_HOST = re.compile(rf"[{_LATIN}.]++")
_LATIN_LABELS = re.compile(rf"(?:[{_LATIN}]++\.)++")
_IDNA_DOTS = re.compile("[\u3002\uff0e\uff61]")

_PORT = re.compile(r":[0-9]++")
_PATH = re.compile(rf"/(?:{_PARENS})*+(?:(?:{_PATH_MIDDLE}|{_PARENS})*+{_PATH_END}++(?:{_PARENS})*+)*+")
_QUERY = re.compile(rf"\?{_QUERY_LETTERS}++")
_NO_QUERY_END = "!$%'()*+,.:;?@[]|~"
_TCO = re.compile(rf"https?://t\.co/([0-9a-z]+)(?:\?{_QUERY_LETTERS}++)?", re.IGNORECASE | re.ASCII)


class Link(NamedTuple):
    """A link at text[start:end]; `rest` is what of it the reference weighs on its own: nearly always nothing."""

    start: int
    end: int
    rest: str = ""


_Label = tuple[int, int, int, int]


class _Host(NamedTuple):
    """A host name at text[start:end], its protocol (perhaps none) at text[begin:start].

    `halved`: it begins in the middle of its first character.
    """

    begin: int
    start: int
    end: int
    halved: bool = False


def find(text: str) -> list[Link]:
    """The links of a text in NFC, in order."""
    links: list[Link] = []
    done = position = 0
    while (run := _DOTTED.match(text, position)) and run[1]:
        first, last = run.span(1)
        for label in _labels(text, first, last):
            if label[1] > done and (host := _host(text, first, label, done)):
                done, has_path = _tail(text, host.end)
                links += _links(text, host, done, has_path)
        position = max(done, last)
    return links


def _labels(text: str, first: int, last: int) -> list[_Label]:
    """The labels of a run, in order, in which a host can begin.

    Each as (start, end, near, far): the host ends at `near` if the label right behind is the top-level domain, at `far`
    if a later one is; 0 where there is none.
    """
    labels: list[_Label] = []
    far, end = 0, text.rfind(".", first, last)
    while end >= 0:
        dot = text.rfind(".", first, end)
        start = dot + 1 if dot >= 0 else first
        near = _tld_end(text, end + 1)
        ends_well = end > start and text[end - 1] not in "-_"
        if ends_well and (near or far):
            labels.append((start, end, near, far))
        if not ends_well or text[start] in "-_":
            far = 0
        elif not far and "_" not in text[start:end]:
            far = near
        end = dot
    labels.reverse()
    return labels


def _tld_end(text: str, start: int) -> int:
    """Where the top-level domain that begins at `start` ends; 0 if none does."""
    if (word := _ASCII_TLD.match(text, start)) and (word[1] is None or word[1].lower() in _NAMED_TLDS):
        return word.end()
    name = text[start : start + _LONGEST_TLD]
    if name.isascii() or name[0].upper() not in _WIDE_STARTS:
        return 0
    return _wide_tld_end(text, start, _fold(name))


def _wide_tld_end(text: str, start: int, name: str) -> int:
    for length in range(len(name), 1, -1):
        end = start + length
        if name[:length] in _WIDE_TLDS and not _ASCII_BEHIND.match(text, end):
            return end
    return 0


def _fold(text: str) -> str:
    """The text as JavaScript compares it when it ignores case: character by character, never from beyond into ASCII."""
    return "".join(char if len(upper := char.upper()) > 1 or upper < "\x80" <= char else upper for char in text)


_WIDE_TLDS = frozenset(_fold(tld) for tld in _NAMED_TLDS if not tld.isascii())
_WIDE_STARTS = frozenset(tld[0] for tld in _WIDE_TLDS)
_ASCII_BEHIND = re.compile(r"[-+0-9@A-Za-z]")


def _host(text: str, first: int, label: _Label, done: int) -> _Host | None:
    """The host that begins in the label, behind `done`."""
    start, end, near, far = label
    # Right before the top-level domain there may be no underscore; before that, they are fine.
    low = start if far else max(start, text.rfind("_", start, end) + 1)
    if low == first and text[first - 1] == "/" and text[first] not in "-_":
        begin = _protocol_start(text, first, done)
        if begin is not None:
            return _Host(begin, first, far or near)
    return _bare_host(text, low, end, far or near, done)


def _protocol_start(text: str, host: int, done: int) -> int | None:
    before = text[max(done, host - len("https://")) : host].lower()
    if not before.endswith(("http://", "https://")):
        return None
    start = host - len("https://" if before.endswith("https://") else "http://")
    is_free = start == 0 or (start > done and _FREE_START.match(text, start))
    return start if is_free else None


def _bare_host(text: str, low: int, high: int, end: int, done: int) -> _Host | None:
    """The host without protocol that begins between `low` and `high`: a character that allows it must stand before."""
    low = max(low, done)
    if low < high and low == done > 0 and text[low] <= "\uffff":
        low += 1
    if not (found := _START.search(text, low, high)):
        return None
    start = found.start()
    if start > 0 or text[0] > "\uffff":
        halved = text[start] > "\uffff" and (start == done or not _FREE_START.match(text, start))
        return _Host(start, start, end, halved)
    # The reference first takes the first character of a text for the one before the host.
    start = 1 if _FREE_START.match(text, 1, high) else 0
    return _Host(start, start, end)


def _tail(text: str, end: int) -> tuple[int, bool]:
    """Where port, path and query behind a host end, and whether there is a path."""
    if text[end : end + 1] not in (":", "/", "?"):
        return end, False
    if port := _PORT.match(text, end):
        end = port.end()
    if path := _PATH.match(text, end):
        end = path.end()
    if query := _QUERY.match(text, end):
        end += len(query[0].rstrip(_NO_QUERY_END))
    return end, path is not None


def _links(text: str, host: _Host, end: int, has_path: bool) -> list[Link]:
    """The links in text[host.begin:end]; without protocol there can be none, or several."""
    if host.begin == host.start:
        follows_joint = host.start > 0 and not host.halved and text[host.start - 1] in "-_./"
        links = [] if follows_joint else _bare_links(text, host, end, has_path)
    elif tco := _TCO.match(text, host.begin, end):
        links = [Link(host.begin, tco.end())] if len(tco[1]) <= _LONGEST_TCO_SLUG else []
    else:
        links = [Link(host.begin, end)]
    return links if links and _is_valid(text, host, end) else []


def _bare_links(text: str, host: _Host, end: int, has_path: bool) -> list[Link]:
    """The Latin parts of a host without protocol; port, path and query belong to the last, if there is a path."""
    if _LATIN_HOST.fullmatch(text, host.start, host.end):
        return [Link(host.start, end if has_path else host.end)]
    links = [Link(*span) for span in _latin_hosts(text, host.start, host.end)]
    if links and has_path:
        start, latin_end, _ = links[-1]
        counted = latin_end - start + end - host.end
        rest = _utf16(text[start:end])[2 * counted :].decode("utf-16-le", "surrogatepass")
        links[-1] = Link(start, end, rest)
    return links


def _latin_hosts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Latin labels within a host, each time with the last top-level domain that follows."""
    while labels := _LATIN_LABELS.search(text, start, end):
        start = labels.end()
        if tld_end := _last_tld_end(text, *labels.span()):
            yield labels.start(), tld_end
            start = tld_end


def _last_tld_end(text: str, start: int, end: int) -> int:
    while (end := text.rfind(".", start, end)) >= 0:
        if tld_end := _tld_end(text, end + 1):
            return tld_end
    return 0


def _is_valid(text: str, host: _Host, end: int) -> bool:
    protocol = host.start - host.begin or len("https://")
    if 2 * (end - host.begin) + protocol > _LONGEST_URL:
        units = len(_utf16(text[host.begin : end])) // 2 - host.halved
        if units + protocol > _LONGEST_URL:
            return False
    name = text[host.start : host.end]
    if len(name) <= _LONGEST_LABEL and name.isascii() and name.isprintable():
        return True
    if name.startswith("xn--") and not any(_latin_hosts(text, host.start, host.end)):
        return False
    if host.halved:
        name = chr(0xDC00 | ord(name[0]) & 0x3FF) + name[1:]
    return all(map(_fits, name.split(".")))


def _fits(label: str) -> bool:
    """Whether a label is at most 63 characters in ASCII ("xn--...")."""
    if len(label) <= _SURELY_SHORT or len(label) > _LONGEST_LABEL:
        return len(label) <= _SURELY_SHORT
    parts = _IDNA_DOTS.split(label)
    return len(parts) - 1 + sum(map(_encoded_length, parts)) <= _LONGEST_LABEL


def _encoded_length(part: str) -> int:
    if part.isascii() and part.isprintable():
        return len(part)
    return len("xn--") + len(part.encode("punycode"))


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
