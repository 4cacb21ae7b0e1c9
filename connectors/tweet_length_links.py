"""Finds what X turns into a link, by the rules of its reference (twitter-text 3.1.0), in linear time.

Source of every rule: github.com/twitter/twitter-text, js/src. The reference counts UTF-16 units, so a character beyond
U+FFFF is two to it, and a host name can even begin in the middle of one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from connectors.tweet_length_data import TLDS

_LONGEST_URL = 4096
_LONGEST_LABEL = 63
_LONGEST_TCO_SLUG = 40

_ASTRAL = r"\U00010000-\U0010ffff"
_MARKS = r"\x85\xa0\u061c\u1680\u180e\u2000-\u200a\u200e\u200f\u2028-\u202f\u205f\u2066-\u2069\u3000\ufeff\ufffe\uffff"
_NOT_HOST = rf"\t-\r !#-,/:-@\[-^{{-~{_MARKS}"
# What the reference's classes match when it ignores case as JavaScript does (hence the Greek iota).
_LATIN = (
    r"-0-9A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0260\u0263\u0268\u0269\u026f\u0272"
    r"\u0275\u0280\u0283\u0288-\u028c\u0292\u02bb\u0300-\u036f\u0399\u03b9\u1e00-\u1eff\u1fbe\u2c65\u2c66\u2c7e\u2c7f"
    r"\ua7dc"
)
_IN_PATH = rf"[{_LATIN}!#-'*+,./:;=@\[\]_|~\u0400-\u04ff\u1c80-\u1c87\u2013]"
_QUERY_LETTERS = r"[0-9A-Za-z!#-;=?@\[\]_|~]"

# The next run of labels joined by dots; whatever cannot be one is skipped on the way.
_DOTTED = re.compile(
    rf"(?:[{_NOT_HOST}]++|\.++|[^{_NOT_HOST}.]++(?!\.[^{_NOT_HOST}.]))*+"
    rf"(?:([^{_NOT_HOST}.]++\.[^{_NOT_HOST}]*+)|\Z)"
)
_FREE = rf"(?<![0-9A-Za-z#$@\uff03\uff20\ufeff\ufffe\uffff])[^{_NOT_HOST}._-]"
_FREE_START = re.compile(_FREE)
_START = re.compile(rf"[{_ASTRAL}]|{_FREE}")
_ASCII_TLD = re.compile(r"([A-Za-z]++)(?![-+0-9@])|[Xx][Nn]--[-0-9A-Za-z]++")
_NAMED_TLDS = frozenset(TLDS.split())
_LONGEST_TLD = max(map(len, _NAMED_TLDS))
_LATIN_LABELS = re.compile(rf"(?:[{_LATIN}]++\.)++")
_IDNA_DOTS = re.compile("[\u3002\uff0e\uff61]")

_PORT = re.compile(r":[0-9]++")
_PATH = re.compile(rf"/(?:{_IN_PATH}++|\((?:{_IN_PATH}++|{_IN_PATH}*+\({_IN_PATH}++\){_IN_PATH}*+)\))*+")
_NO_PATH_END = "!$%&'*,.:;@[]|~–"
_QUERY = re.compile(rf"\?{_QUERY_LETTERS}++")
_NO_QUERY_END = "!$%'()*+,.:;?@[]|~"
_TCO = re.compile(rf"https?://t\.co/([0-9a-z]+)(?:\?{_QUERY_LETTERS}++)?", re.IGNORECASE | re.ASCII)


class Link(NamedTuple):
    """A link at text[start:end]. `rest` is the end of it that the reference weighs on its own: nearly always nothing."""

    start: int
    end: int
    rest: str = ""


class _Label(NamedTuple):
    """A label with a dot behind it, where a host can begin.

    `near` is where the host ends if the label right behind the dot is the top-level domain, `far` if a later one is; 0
    where there is none.
    """

    start: int
    end: int
    near: int
    far: int


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
            if host := _host(text, first, label, done):
                done, path = _tail(text, host.end)
                links += _links(text, host, done, path)
        position = max(done, last)
    return links


def _labels(text: str, first: int, last: int) -> list[_Label]:
    """The labels of a run of which a host can be made, in order."""
    labels: list[_Label] = []
    far, end = 0, text.rfind(".", first, last)
    while end >= 0:
        dot = text.rfind(".", first, end)
        start = max(dot + 1, first)
        near = _tld_end(text, end + 1)
        ends_well = end > start and text[end - 1] not in "-_"
        if ends_well and (near or far):
            labels.append(_Label(start, end, near, far))
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
    return 0 if name.isascii() else _wide_tld_end(text, start, _fold(name))


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
_ASCII_BEHIND = re.compile(r"[-+0-9@A-Za-z]")


def _host(text: str, first: int, label: _Label, done: int) -> _Host | None:
    """The host that begins in the label, behind `done`."""
    last_underscore = text.rfind("_", label.start, label.end)
    if label.start == first and text[first] not in "-_" and (label.far or last_underscore < 0):
        begin = _protocol_start(text, first, done)
        if begin is not None:
            return _Host(begin, first, label.far or label.near)
    if label.far:
        return _bare_host(text, label.start, label.end, label.far, done)
    return _bare_host(text, max(label.start, last_underscore + 1), label.end, label.near, done)


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
    path = _PATH.match(text, end)
    if path:
        end += len(path[0].rstrip(_NO_PATH_END))
    if query := _QUERY.match(text, end):
        letters = query[0].rstrip(_NO_QUERY_END)
        end += len(letters)
    return end, path is not None


def _links(text: str, host: _Host, end: int, has_path: bool) -> Iterator[Link]:
    """The links in text[host.begin:end]; without protocol there can be none, or several."""
    if not _is_valid(text, host, end):
        return
    if host.begin == host.start:
        if host.start == 0 or host.halved or text[host.start - 1] not in "-_./":
            yield from _bare_links(text, host, end, has_path)
    elif tco := _TCO.match(text, host.begin, end):
        if len(tco[1]) <= _LONGEST_TCO_SLUG:
            yield Link(host.begin, tco.end())
    else:
        yield Link(host.begin, end)


def _bare_links(text: str, host: _Host, end: int, has_path: bool) -> Iterator[Link]:
    """The Latin parts of a host without protocol; port, path and query belong to the last, if there is a path."""
    spans = list(_latin_hosts(text, host.start, host.end))
    if not has_path or not spans:
        yield from (Link(*span) for span in spans)
        return
    yield from (Link(*span) for span in spans[:-1])
    start, latin_end = spans[-1]
    counted = latin_end - start + end - host.end
    yield Link(start, end, _utf16(text[start:end])[2 * counted :].decode("utf-16-le", "surrogatepass"))


def _latin_hosts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Latin labels within a host, each time with the last top-level domain that follows."""
    while labels := _LATIN_LABELS.search(text, start, end):
        start = dot = labels.end()
        while (dot := text.rfind(".", labels.start(), dot)) >= 0:
            if tld_end := _tld_end(text, dot + 1):
                yield labels.start(), tld_end
                start = tld_end
                break


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
    return all(_encoded_length(label) <= _LONGEST_LABEL for label in name.split("."))


def _encoded_length(label: str) -> int:
    """How long a label is in ASCII ("xn--..."); of one that is too long anyway, just too long."""
    if len(label) > _LONGEST_LABEL:
        return len(label)
    parts = _IDNA_DOTS.split(label)
    return len(parts) - 1 + sum(map(_encoded_part_length, parts))


def _encoded_part_length(part: str) -> int:
    if part.isascii() and part.isprintable():
        return len(part)
    return len("xn--") + len(part.encode("punycode"))


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
