"""The parts of a tweet that may give way, and how much each of them must."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from templates.hashtags import hashtags
from templates.language import Known
from templates.sandbox import Bounds
from templates.shorten import chop, shorten

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # no characters at all, by Unicode's own word: no text has them once it is clean
_MARK = re.compile(f"{_OPEN}aZ(\\d+){_CLOSE}")  # the letters show if a filter has changed it
_LINE_ENDS = re.compile(r" *\n *")
_EMPTY_LINES = re.compile(r"\n{3,}")

_BEFORE_A_LINK = " \n([\"'„“»«"

Weigh = Callable[[str], int]


class DoesNotFit(Exception):
    """What may not shrink is too long; the message says by how much."""


def _set_apart(link: str, text: str) -> str:
    """With blanks around the link where a word stands against it: it would be none, or another one."""
    before, *after = text.split(link)
    for following in after:
        apart = " " if before and before[-1] not in _BEFORE_A_LINK else ""
        before = f"{before}{apart}{link}{' ' if following[:1].isalnum() else ''}{following}"
    return before


class Sheet(Bounds):
    """The notes of one render: its marks, and the parts that they stand for."""

    def __init__(self) -> None:
        super().__init__()
        self.fits: dict[int, tuple[int, str]] = {}
        self.tags: list[str] = []
        self.tags_at: int | None = None
        self.marks = 0

    def may_shrink(self, text: str, order: int) -> str:
        self.spend(len(text))
        self.fits[self.marks] = (order, text)
        return self._mark()

    def may_drop(self, tags: Sequence[str]) -> str:
        self.tags += tags
        self.tags_at = self.marks if self.tags_at is None else self.tags_at
        return self._mark()

    def _mark(self) -> str:
        self.marks += 1
        return f"{_OPEN}aZ{self.marks - 1}{_CLOSE}"


class Layout:
    """What a template printed: fixed pieces, and between them the parts that may shrink."""

    def __init__(self, printed: str, sheet: Sheet, *, link: str, language: Known, most_tags: int) -> None:
        pieces = _MARK.split(printed)
        self.fixed, self.marks = pieces[::2], [int(mark) for mark in pieces[1::2]]
        if any(_OPEN in piece or _CLOSE in piece for piece in self.fixed):
            raise ValueError(
                "a filter follows fit or hashtags: these two come last, as in {{ item.text | upper | fit }}"
            )
        self.link = link
        self.parts = {mark: sheet.fits[mark] for mark in self.marks if mark in sheet.fits}
        self.language, self.tags_at = language, sheet.tags_at
        said = " ".join([*self.fixed, *(text for _, text in self.parts.values())])
        self.tags = hashtags(sheet.tags, language, text=said, most=most_tags)

    def text(self, shown: dict[int, str], tags: int) -> str:
        """The tweet with these parts and the first so many hashtags."""
        tag_line = " ".join(self.tags[:tags])
        words = [self.fixed[0]]
        for mark, piece in zip(self.marks, self.fixed[1:], strict=True):
            part = tag_line if mark == self.tags_at else shown.get(mark, "")
            words += [" " if part and self.link and words[-1].endswith(self.link) else "", part, piece]
        text = _set_apart(self.link, "".join(words)) if self.link else "".join(words)
        if " \n" in text or "\n " in text:
            text = _LINE_ENDS.sub("\n", text)
        return (_EMPTY_LINES.sub("\n\n", text) if "\n\n\n" in text else text).strip()

    def prints(self, words: str) -> bool:
        """Whether the template printed these words (a link), shrinkable or not."""
        return bool(words) and any(
            words in piece for piece in (*self.fixed, *(text for _, text in self.parts.values()))
        )

    def means(self, link: str) -> bool:
        """Whether a link in the tweet is the item's own, or one that the template itself spells out."""
        return bool(self.link and self.link in link) or any(link in piece for piece in self.fixed)

    def fit(self, weigh: Weigh, limit: int) -> str:
        """The tweet, with as much of every part as there is room for. Raises `DoesNotFit`."""
        shown = {mark: text for mark, (_, text) in self.parts.items()}
        order = sorted(shown, key=lambda mark: (self.parts[mark][0], -mark))  # of equals, the later gives way
        for mark in order:
            if cut := self._shortened(weigh, shown, mark, limit):
                return cut
            shown[mark] = ""
            if any(shown.values()) and (whole := self._as_it_is(weigh, shown, limit)):
                return whole
        for mark in reversed(order):
            if part := chop(self.parts[mark][1], self._weigher(weigh, shown, mark, 0), limit):
                return self.text({**shown, mark: part}, 0)
        if whole := self._as_it_is(weigh, shown, limit):
            return whole
        fixed = self.text(shown, 0)
        if not fixed:
            return ""
        raise DoesNotFit(f"what may not shrink weighs {weigh(fixed)}, and the limit is {limit}")

    def _shortened(self, weigh: Weigh, shown: dict[int, str], mark: int, limit: int) -> str:
        """The tweet with one part made shorter; a whole sentence is worth more than a hashtag."""
        cut = ""
        for tags in self._fewer_and_fewer_tags():
            part = shorten(shown[mark], self._weigher(weigh, shown, mark, tags), limit, self.language)
            if part and not part.endswith("…"):
                return self.text({**shown, mark: part}, tags)
            cut = cut or (self.text({**shown, mark: part}, tags) if part else "")
        return cut

    def _as_it_is(self, weigh: Weigh, shown: dict[int, str], limit: int) -> str:
        """The tweet with these parts and as many hashtags as fit; empty if they do not fit."""
        for tags in self._fewer_and_fewer_tags():
            text = self.text(shown, tags)
            if weigh(text) <= limit:
                return text
        return ""

    def _weigher(self, weigh: Weigh, shown: dict[int, str], mark: int, tags: int) -> Weigh:
        """The weight of the whole tweet, by the words of one part."""
        return cache(lambda part: weigh(self.text({**shown, mark: part}, tags)))

    def _fewer_and_fewer_tags(self) -> Iterator[int]:
        return iter(range(len(self.tags), -1, -1))
