"""What to leave out first: a text made shorter the way an editor would (pure)."""

import re
from bisect import bisect_right
from collections.abc import Callable

from templates.graphemes import between_graphemes
from templates.language import Known, dangles
from templates.sentences import sentence_ends
from templates.together import CLOSERS, QUOTES, Spans, Together, enclosed, word_before

ENOUGH = 0.6  # a tweet that uses this share of its room ends with a whole sentence
_WORTHWHILE = 0.8  # a text that is cut at a word for the sake of its room should then use it
_CLAUSE = 0.8  # the end of a clause is preferred to any other word if it uses this share
_AHEAD = 200  # what stands this far behind a cut says nothing about it
_LITTLE = 0.4  # a text that uses less of its own room goes on into a quotation
_STUB = 20  # a cut text of fewer characters than this says nothing

_BLANK = re.compile(r"\s+")
_CHINESE = r"[\u3040-\u30ff\u3400-\u9fff]"  # has no blanks
_GAP = re.compile(rf"\s+|(?<={_CHINESE})(?={_CHINESE})")
_HAS_CHINESE = re.compile(_CHINESE)
_UNQUOTED = str.maketrans(dict.fromkeys('"„“”‟«»‚‘›‹()[]', " "))
_HANGING = re.compile(r"""(?:[\s,;:–—(„‚\[/&+|•·*-]|(?<=\s)["'“”«»‘›‹])+\Z""")  # what no text should end with


def shorten(text: str, weigh: Callable[[str], int], limit: int, language: Known) -> str:
    """The longest good beginning of `text` for which `weigh` says at most `limit`; empty if none says anything.

    `weigh` is asked a handful of times. The end is a whole sentence where at least 60 % of the limit is then used, else
    a word and "…"; never inside a link, a number with its unit or a grapheme, and inside a quotation, which is then
    closed, only if little is said outside of it.
    """
    if not text or weigh("") >= limit:
        return ""
    return _Shortening(text, weigh, limit, language).best()


def chop(text: str, weigh: Callable[[str], int], limit: int) -> str:
    """The last resort, for one endless word: as many graphemes as fit, and "…"."""
    cuts = [cut for cut in range(1, len(text) + 1) if between_graphemes(text, cut)]
    fitting = _last_fitting(len(cuts), lambda index: weigh(text[: cuts[index]] + "…") <= limit, limit // 2)
    return text[: cuts[fitting]] + "…" if fitting >= 0 else ""


def _last_fitting(count: int, fits: Callable[[int], bool], guess: int) -> int:
    """The last index below `count` that fits, if the smaller ones do; -1 if none. Asks near `guess` first."""
    low, high, step = -1, count, 1
    index = min(max(guess, 0), count - 1)
    while 0 <= index < count and low < index < high:
        if fits(index):
            low, index = index, index + step
        else:
            high, index = index, index - step
        step *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


class _Shortening:
    """One text on its way to be shortened. A cut is a place between two words, given as what stands before it."""

    def __init__(self, text: str, weigh: Callable[[str], int], limit: int, language: Known) -> None:
        self.text, self.weigh, self.limit, self.language = text, weigh, limit, language
        self.room = limit - weigh("")
        self.dots = " …" if language == "de" else "…"
        self.enclosed = enclosed(text)
        self.quotations = Spans(self.enclosed)
        self.ends = self._ends(text)

    def best(self) -> str:
        end = self._last_end()
        if end == len(self.text):
            return self._finished()
        sentence = self.text[:end]
        if self._uses(ENOUGH, sentence):
            return sentence
        self.cuts = self._gaps()
        last = self._last_cut()
        reach = self.cuts[last] + _AHEAD if last >= 0 else 0
        self.together = Together(self.text[:reach], self.ends)
        cut = self._word(last)
        if sentence and not self._uses(_WORTHWHILE, cut):
            cut = sentence
        if self.weigh(cut) - self.weigh("") >= _LITTLE * self.room:
            return cut
        return self._quoted_sentences(last) or self._quoted_words(last) or cut

    def _uses(self, share: float, cut: str) -> bool:
        return bool(cut) and self.weigh(cut) >= share * self.limit

    def _ends(self, text: str) -> list[int]:
        """The ends of sentences that may be within reach."""
        ends = sentence_ends(text[: self._horizon()], self.language)
        return [end for end in ends if end < self._horizon()]

    def _horizon(self) -> int:
        return 2 * self.room + _AHEAD

    def _last_end(self) -> int:
        """The last end of a sentence, or of the text, for which there is room; 0 if there is none."""
        ends = [end for end in self.ends if end < len(self.text) and not self.quotations.hold(end)]
        ends = [0, *ends, len(self.text)]
        guess = bisect_right(ends, self.room) - 1
        return ends[_last_fitting(len(ends), lambda index: self.weigh(self.text[: ends[index]]) <= self.limit, guess)]

    def _finished(self) -> str:
        """The whole text, but not a last sentence that the source itself has cut off, nor a colon before nothing."""
        if not self.text.endswith(("…", "...")):
            return self.text.rstrip(" :") or self.text
        end = max(sentence_ends(self.text, self.language), default=0)
        return self.text[:end] if end >= ENOUGH * len(self.text) else self.text

    def _gaps(self) -> list[int]:
        gap = _GAP if _HAS_CHINESE.search(self.text) else _BLANK
        return [match.start() for match in gap.finditer(self.text)]

    def _last_cut(self) -> int:
        """The last cut that leaves room for its "…"; -1 if none does."""
        guess = bisect_right(self.cuts, self.room - len(self.dots)) - 1
        return _last_fitting(len(self.cuts), lambda index: self.weigh(self._until(index)) <= self.limit, guess)

    def _until(self, index: int, closing: str = "") -> str:
        return _HANGING.sub("", self.text[: self.cuts[index]]) + self.dots + closing

    def _word(self, last: int) -> str:
        """The best word to end with: the end of a clause, else one that promises nothing, else any."""
        usable = good = None
        for index in range(last, -1, -1):
            at = self.cuts[index]
            if good is not None and at < _CLAUSE * self.cuts[good]:
                break
            if self.quotations.hold(at) or self.together.parted_at(at):
                continue
            usable = index if usable is None else usable
            if not self._dangles(at):
                good = index if good is None else good
                if self.text[at - 1] in ",;:–—" or self.text[at] == "\n":
                    good = index
                    break
        return self._cut_at(good) or self._cut_at(usable)

    def _cut_at(self, index: int | None, closing: str = "") -> str:
        cut = "" if index is None else self._until(index, closing)
        return cut if len(cut) >= _STUB else ""

    def _quoted_sentences(self, last: int) -> str:
        """A quotation that is too long ends early, after a whole sentence, and is closed."""
        if last < 0 or not self.quotations.hold(self.cuts[last]):
            return ""
        ends = self._ends(self.text.translate(_UNQUOTED))
        for end in reversed(ends[: bisect_right(ends, self.cuts[last])]):
            whole = self.text[:end] + self._closing(end)
            if not self._uses(ENOUGH, whole):
                break
            if self.weigh(whole) <= self.limit:
                return whole
        return ""

    def _quoted_words(self, last: int) -> str:
        """Where there is hardly more than one long quotation, it ends after a word and is closed."""
        for index in range(last, -1, -1):
            at = self.cuts[index]
            if not self.together.parted_at(at) and not self._dangles(at):
                cut = self._cut_at(index, self._closing(at))
                if self.weigh(cut) <= self.limit:
                    return cut
        return ""

    def _closing(self, at: int) -> str:
        """The marks that close what is open at this place, the innermost first."""
        opened = sorted(start for start, end in self.enclosed if start < at < end)
        return "".join(CLOSERS[self.text[start]][0] for start in reversed(opened))

    def _dangles(self, at: int) -> bool:
        word = word_before(self.text, at).strip(QUOTES + "()[],;:–—-!?…")
        return not word or dangles(re.split("['’]", word)[0], self.language)
