"""What a cut must not part: a quotation, a number and its unit, a telephone number, a name (pure)."""

import re
from bisect import bisect_left
from collections.abc import Iterable

# A mark that opens, and those that close it, as people type them. What may be an apostrophe opens only before a letter,
# closes only where none follows, and is an apostrophe if nothing closes it; so with ”, which mostly closes.
CLOSERS = {"„": '“”"‟', "“": '”"', "”": "”", "«": "»", "»": "«", "(": ")", "[": "]", '"': '"”“'}
CLOSERS |= {"‚": "‘’", "‘": "’", "›": "‹", "‹": "›", "'": "'"}
QUOTES = "\"„“”‟«»‚‘’'›‹"
_DOUBTFUL = "‚‘'”"
_DEEPEST = 20  # nobody nests so deep; the time it would take grows with it
_MARK = re.compile(r"[\"„“”‟«»‚‘’'›‹()\[\]](?:(?<=')')?")

_NUMBER = re.compile(r"\d[.,:]?$|^(?:€|\$|US\$|£|§+|EUR|CHF|USD|No\.?|Nr\.?|#)$")
_DIGITS = re.compile(r"[\d€$£]")
_NAMED = re.compile(r"[(„\"]?[\w.-]*[A-ZÄÖÜ][\w.-]*$")  # Seite 4, Dezember 2026, iPhone 15
_UNITS = "–—-€%°&/+×"
_AFTER_A_NUMBER = " –—−-+×&/*=|•·"  # what stands alone or ends a price, and would be cut off with the unit: 49,– Euro

_FIGURE = r"(?<![\d.,()])[+(]?\d[\d.,()]*"
_MAGNITUDE = (
    r"(?:(?:[Tt]ausend|[Mm]illion|[Mm]illiard|[Bb]illi(?:on|ard))(?:en|e|s)?|Mio\.?|Mrd\.?|Tsd\.?|thousand|hundred"
    r"|trillions?|Dutzend|dozens?|Grad|degrees|per(?= cent)|square|cubic|nautical)"
)
_RIVERS = (
    "Main|Rhein|Neckar|Inn|Isar|Lech|Harz|See|Berg|Oder|Ruhr|Saale|Weser|Aller|Donau|Elbe|Fulda|Lahn|Spree|Tauber"
    "|Breisgau|Allgäu|Sieg|Mosel|Aisch|Ilm|Havel|Enz|Brenz|Straße"
)
_NAME = r"(?<![\w-])[A-ZÀ-ÖØ-ÞŁŚŠŻŽ][\w-]*"
_TOGETHER = re.compile(
    rf"{_FIGURE}(?:(?: ?[/–-] ?|(?: ?[\w%€]{{1,2}})? [x×+] | )\(?\d[\d.,()]*)+"  # 0221 / 12 34 56, 90 cm x 200 cm
    rf"|(?<!\S)\S+ {_MAGNITUDE} \w+"  # 3 Millionen Euro, 20 square metres
    rf"|{_FIGURE} \w+ (?:pro|per) \w+"
    rf"|{_NAME}(?:,? (?:am|an der|ob der|im) (?:{_RIVERS})\b)"
    rf"|{_NAME}(?: (?:(?:of|van|von|de|di|da|del|zu|y|&) ){{0,2}}{_NAME})+"
    r"|(?<!\S)\w+ ['’‘]n['’‘] \w+"
)
_LONGEST_NAME = 5  # words; more of them with a capital are a headline


def enclosed(text: str) -> list[tuple[int, int]]:
    """What stands in quotation marks or brackets: (first, after last). One that is never closed ends with its line."""
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    for match in _MARK.finditer(text):
        mark, at = match.group().replace("''", '"'), match.start()
        start = None if _goes_on(mark, text, at) else _opened_by(mark, text, opened)
        if start is not None:
            del opened[opened.index(start) :]
            spans.append((start, match.end()))
        elif mark in CLOSERS and len(opened) < _DEEPEST and _opens(text, at):
            opened.append(at)
    for start in opened:
        if text[start] not in _DOUBTFUL:
            end = text.find("\n", start)
            spans.append((start, len(text) if end < 0 else end))
    return spans


def _goes_on(mark: str, text: str, at: int) -> bool:
    """Whether a word follows so that the mark closes nothing: an apostrophe, or one that opens."""
    return text[at + 1 : at + 2].isalnum() and (mark in "'‘’" or text[at - 1 : at].isspace())


def _opened_by(mark: str, text: str, opened: list[int]) -> int | None:
    """The opening that this mark closes; openings in between may have been apostrophes."""
    for start in reversed(opened):
        if mark in CLOSERS[text[start]]:
            return start
        if text[start] not in _DOUBTFUL:
            break
    return None


def _opens(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] in "([" and before:
        return before not in ":;-"
    return not before.isalnum() and (text[at] not in _DOUBTFUL or after.isalpha())


class Spans:
    """Stretches of a text, to be asked often."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def hold(self, at: int) -> bool:
        """Whether this place is inside one of them, and not at its edge."""
        found = bisect_left(self._starts, at) - 1
        return found >= 0 and at < self._ends[found]


class Together:
    """The places of a text at which words belong together."""

    def __init__(self, text: str, sentence_ends: list[int]) -> None:
        self.text, self.sentence_ends = text, sentence_ends
        found = _TOGETHER.finditer(text)
        self.spans = Spans(match.span() for match in found if not _is_headline(match.group()))

    def parted_at(self, cut: int) -> bool:
        """Whether a cut here parts what belongs together: 10 Uhr, 1. Dezember, Seite 4, z. B., Anna Schmidt."""
        if self.spans.hold(cut):
            return True
        before, after = word_before(self.text, cut), self.text[cut : cut + 9].lstrip()
        if before.endswith(".") and cut not in self.sentence_ends:
            return True
        if _NUMBER.search(word_before(self.text, cut, _AFTER_A_NUMBER)):
            return True
        return after[:1] in _UNITS or bool(_DIGITS.match(after) and _NAMED.match(before))


def _is_headline(words: str) -> bool:
    return words[0].isupper() and words.count(" ") >= _LONGEST_NAME


def word_before(text: str, cut: int, without: str = "") -> str:
    words = text[max(0, cut - 40) : cut].rstrip(without or None).split()
    return words[-1] if words else ""
