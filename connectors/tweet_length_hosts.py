"""Finds the host names that X makes links of, by the rules of its reference (twitter-text 3.1.0), in linear time.

Source of every rule: github.com/twitter/twitter-text, js/src. The reference counts UTF-16 units, so a character beyond
U+FFFF is two to it, and a host name can even begin in the middle of one.
"""

import re

from connectors.tweet_length_data import TLDS

_ASTRAL = r"\U00010000-\U0010ffff"
_MARKS = r"\x85\xa0\u061c\u1680\u180e\u2000-\u200a\u200e\u200f\u2028-\u202f\u205f\u2066-\u2069\u3000\ufeff\ufffe\uffff"
_NOT_HOST = rf"\t-\r !#-,/:-@\[-^{{-~{_MARKS}"

# The next run of labels joined by dots; whatever cannot be one is skipped on the way.
DOTTED = re.compile(
    rf"(?:[{_NOT_HOST}]++|\.++|[^{_NOT_HOST}.]++(?!\.[^{_NOT_HOST}.]))*+"
    rf"([^{_NOT_HOST}.]++\.[^{_NOT_HOST}]*+)"
)
# A host begins here, whatever the character before it is part of.
_FREE = rf"(?<![0-9A-Za-z#$@\uff03\uff20\ufeff\ufffe\uffff])[^{_NOT_HOST}._-]"
_FREE_START = re.compile(_FREE)
_START = re.compile(rf"[{_ASTRAL}]|{_FREE}")

_ASCII_BEHIND = re.compile(r"[-+0-9@A-Za-z]")
# Behind a dot: a name of its own, one in Punycode, or perhaps one in another script that more follows.
_TLD = re.compile(
    rf"\.(?:([A-Za-z]++|[^\x00-\x7f]++)(?!{_ASCII_BEHIND.pattern})|([Xx][Nn]--[-0-9A-Za-z]++)|(?=[^\x00-\x7f]))"
)
_NAMED_TLDS = frozenset(TLDS.split())

# (begin, start, end, halved): a host name at text[start:end], its protocol (perhaps none) at text[begin:start], and
# whether it begins in the middle of its first character.
Host = tuple[int, int, int, bool]

_IDNA_DOTS = re.compile("[\u3002\uff0e\uff61]")
_LONGEST_LABEL = 63
# Bytes of UTF-8: Punycode writes at most 5/2 digits for each byte of a character; "xn--" and "-" come on top.
_SURELY_SHORT = 23


def tld_ends(text: str) -> dict[int, int]:
    """Where the top-level domains of a text end, each by the place of the dot before it."""
    ends = {}
    for found in _TLD.finditer(text):
        dot = found.start()
        name, in_punycode = found.groups()
        is_known = in_punycode or (name and name.lower() in _NAMED_TLDS)
        if end := found.end() if is_known else _wide_tld_end(text, dot + 1):
            ends[dot] = end
    return ends


def _wide_tld_end(text: str, start: int) -> int:
    if text[start].upper() not in _WIDE_STARTS:
        return 0
    name = _fold(text[start : start + _LONGEST_WIDE_TLD].partition(" ")[0])
    for length in range(len(name), 1, -1):
        end = start + length
        if name[:length] in _WIDE_TLDS and not _ASCII_BEHIND.match(text, end):
            return end
    return 0


def _fold(text: str) -> str:
    """The text as JavaScript compares it when it ignores case: character by character, never from beyond into ASCII."""
    return "".join(char if len(upper := char.upper()) > 1 or upper < "\x80" <= char else upper for char in text)


_WIDE_TLDS = frozenset(_fold(tld) for tld in _NAMED_TLDS if not tld.isascii())
_LONGEST_WIDE_TLD = max(map(len, _WIDE_TLDS))
_WIDE_STARTS = frozenset(tld[0] for tld in _WIDE_TLDS)


def starts(text: str, first: int, last: int, tlds: dict[int, int]) -> list[tuple[int, int, int]]:
    """Where hosts can begin in a run of labels: in each of these text[low:high], to end then at `end`; in order."""
    found = []
    far, high = 0, text.rfind(".", first, last)
    while high > first:
        low = text.rfind(".", first, high) + 1 or first
        if low == high or text[high - 1] in "-_":
            far = 0
        else:
            start, near = low, tlds.get(high, 0)
            if near and not far:
                # Right before the top-level domain there may be no underscore; before that, they are fine.
                start = text.rfind("_", low, high) + 1 or low
            if end := far or near:
                found.append((start, high, end))
            far = end if start == low and text[low] not in "-_" else 0
        high = low - 1
    found.reverse()
    return found


def host_in(text: str, low: int, high: int, end: int, done: int) -> Host | None:
    """The host that begins in text[low:high], behind `done`, and ends at `end`."""
    if low > 0 and text[low - 1] == "/" and text[low] not in "-_":
        begin = _protocol_start(text, low, done)
        if begin is not None:
            return begin, low, end, False
    return _bare_host(text, max(low, done), high, end, done)


def _protocol_start(text: str, host: int, done: int) -> int | None:
    before = text[max(done, host - len("https://")) : host].lower()
    if not before.endswith(("http://", "https://")):
        return None
    start = host - len("https://" if before.endswith("https://") else "http://")
    is_free = start == 0 or (start > done and _FREE_START.match(text, start))
    return start if is_free else None


def _bare_host(text: str, low: int, high: int, end: int, done: int) -> Host | None:
    """The host without protocol that begins in text[low:high]: a character that allows it must stand before."""
    if low == done > 0 and low < high and text[low] <= "\uffff":
        low += 1
    if not (found := _START.search(text, low, high)):
        return None
    start = found.start()
    if start > 0 or text[0] > "\uffff":
        halved = text[start] > "\uffff" and (start == done or _FREE_START.match(text, start) is None)
        return start, start, end, halved
    # The reference first takes the first character of a text for the one before the host.
    start = 1 if _FREE_START.match(text, 1, high) else 0
    return start, start, end, False


def has_short_labels(name: str) -> bool:
    """Whether each label is at most 63 characters in ASCII ("xn--...")."""
    return len(name.encode("utf-8", "surrogatepass")) <= _SURELY_SHORT or all(map(_is_short, name.split(".")))


def _is_short(label: str) -> bool:
    if len(label) > _LONGEST_LABEL or len(label.encode("utf-8", "surrogatepass")) <= _SURELY_SHORT:
        return len(label) <= _LONGEST_LABEL
    parts = _IDNA_DOTS.split(label)
    return len(parts) - 1 + sum(map(_encoded_length, parts)) <= _LONGEST_LABEL


def _encoded_length(part: str) -> int:
    if part.isascii() and part.isprintable():
        return len(part)
    return len("xn--") + len(part.encode("punycode"))
