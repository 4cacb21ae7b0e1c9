"""The parts of a tweet that may give way, and how much each of them must."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Self

from templates.defuse import Links
from templates.hashtags import hashtags
from templates.language import Known
from templates.shorten import chop, shorten

_LINE_ENDS = re.compile(r" *\n *")
_EMPTY_LINES = re.compile(r"\n{3,}")

_RUNS_ON = re.compile(r"\)*[^\W_]|\(")  # what a link would take for its own
_BEFORE_A_LINK = " \n([\"'„“»«"

Weigh = Callable[[str], int]


class DoesNotFit(Exception):
    """What may not shrink is too long; the message says by how much."""


def _set_apart(link: str, text: str) -> str:
    """With blanks around the link where a word stands against it: it would be none, or another one."""
    before, *after = text.split(link)
    for following in after:
        apart = " " if before and before[-1] not in _BEFORE_A_LINK else ""
        before = f"{before}{apart}{link}{' ' if _RUNS_ON.match(following) else ''}{following}"
    return before


class Part(str):
    """What gives way where room is short.

    It is printed among plain words and told from them by its type alone: no text can pretend to be one.
    """

    def __str__(self) -> "Part":
        """Itself: Jinja asks for the words of all that it prints."""
        return self


class Shrinkable(Part):
    """Words that may be shortened; of several, those of the lowest order first."""

    order: int

    def __new__(cls, text: str, order: int) -> Self:
        """These words, to give way in this order."""
        part = super().__new__(cls, text)
        part.order = order
        return part


class Droppable(Part):
    """The place of the hashtags, which are made last and drop from the end."""

    tags: tuple[str, ...]

    def __new__(cls, tags: Iterable[str]) -> Self:
        """A place for hashtags of these tags."""
        part = super().__new__(cls)
        part.tags = tuple(tags)
        return part


def _apart(printed: Iterable[str]) -> tuple[list[str], list[Part]]:
    """The fixed pieces, of which there is one more, and the parts between them."""
    fixed: list[list[str]] = [[]]
    parts: list[Part] = []
    for piece in printed:
        if isinstance(piece, Part):
            parts.append(piece)
            fixed.append([])
        else:
            fixed[-1].append(piece)
    return ["".join(pieces) for pieces in fixed], parts


class Layout:
    """What a template printed: fixed pieces, and between them the parts that may shrink or drop."""

    def __init__(self, printed: Iterable[str], *, link: str, language: Known, most_tags: int) -> None:
        self.fixed, parts = _apart(printed)
        self.parts = {place: (part.order, part[:]) for place, part in enumerate(parts) if isinstance(part, Shrinkable)}
        places = {place: part.tags for place, part in enumerate(parts) if isinstance(part, Droppable)}
        self.places, self.tags_at = range(len(parts)), min(places, default=None)
        self.link, self.language = link, language
        said = " ".join([*self.fixed, *(text for _, text in self.parts.values())])
        tags = (tag for of_place in places.values() for tag in of_place)
        self.tags = hashtags(tags, language, text=said, most=most_tags)

    def text(self, shown: dict[int, str], tags: int) -> str:
        """The tweet with these parts and the first so many hashtags."""
        tag_line = " ".join(self.tags[:tags])
        words = [self.fixed[0]]
        for place, piece in zip(self.places, self.fixed[1:], strict=True):
            part = tag_line if place == self.tags_at else shown.get(place, "")
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

    def means(self, link: str, links: Links) -> bool:
        """Whether a link in the tweet is the item's own, or one that the template itself spells out."""
        if self.link and self.link in link:
            return True
        return any(link == piece[start:end] for piece in self.fixed for start, end in links(piece))

    def fit(self, weigh: Weigh, limit: int) -> str:
        """The tweet, with as much of every part as there is room for. Raises `DoesNotFit`."""
        if sum(map(len, self.fixed)) > limit:
            self._require_room(weigh, limit)
        shown = {place: text for place, (_, text) in self.parts.items()}
        order = sorted(shown, key=lambda place: (self.parts[place][0], -place))  # of equals, the later gives way
        for place in order:
            if cut := self._shortened(weigh, shown, place, limit):
                return cut
            shown[place] = ""
            if any(shown.values()) and (whole := self._as_it_is(weigh, shown, limit)):
                return whole
        for place in reversed(order):
            if part := chop(self.parts[place][1], self._weigher(weigh, shown, place, 0), limit):
                return self.text({**shown, place: part}, 0)
        if whole := self._as_it_is(weigh, shown, limit):
            return whole
        self._require_room(weigh, limit)
        return ""

    def _require_room(self, weigh: Weigh, limit: int) -> None:
        if (weight := weigh(self.text({}, 0))) > limit:
            raise DoesNotFit(f"what may not shrink weighs {weight}, and the limit is {limit}")

    def _shortened(self, weigh: Weigh, shown: dict[int, str], place: int, limit: int) -> str:
        """The tweet with one part made shorter; a whole sentence is worth more than a hashtag."""
        cut = ""
        for tags in self._fewer_and_fewer_tags():
            part = shorten(shown[place], self._weigher(weigh, shown, place, tags), limit, self.language)
            if part and not part.endswith("…"):
                return self.text({**shown, place: part}, tags)
            cut = cut or (self.text({**shown, place: part}, tags) if part else "")
        return cut

    def _as_it_is(self, weigh: Weigh, shown: dict[int, str], limit: int) -> str:
        """The tweet with these parts and as many hashtags as fit; empty if they do not fit."""
        for tags in self._fewer_and_fewer_tags():
            text = self.text(shown, tags)
            if weigh(text) <= limit:
                return text
        return ""

    def _weigher(self, weigh: Weigh, shown: dict[int, str], place: int, tags: int) -> Weigh:
        """The weight of the whole tweet, by the words of one part."""
        return cache(lambda part: weigh(self.text({**shown, place: part}, tags)))

    def _fewer_and_fewer_tags(self) -> Iterator[int]:
        return iter(range(len(self.tags), -1, -1))
