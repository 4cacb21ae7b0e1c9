"""What the proof found, as one table."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Found:
    """What one part of the proof did, and every mistake that it saw, each in a line of its own."""

    part: str
    places: dict[str, list[str]] = field(default_factory=dict)  # where polls were killed, by scene
    faults: int = 0
    inputs: int = 0
    twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    hung: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def killed(self) -> int:
        return sum(map(len, self.places.values()))

    @property
    def mistakes(self) -> list[str]:
        kinds = ("twice", "lost", "hung", "leaked")
        return [f"{kind}: {mistake}" for kind in kinds for mistake in getattr(self, kind)]


COLUMNS = ("places killed", "faults", "bad inputs", "twice", "lost", "hung", "leaked")


def table(parts: Iterable[Found]) -> str:
    """Markdown, so that it can stand in the README as it is."""
    parts = list(parts)
    rows = [(found.part, *_numbers(found)) for found in parts]
    total = [sum(column) for column in zip(*(_numbers(found) for found in parts), strict=True)]
    lines = [("", *COLUMNS), ("---", *("---:" for _ in COLUMNS)), *rows, ("**all**", *total)]
    return "\n".join(
        f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else cell for cell in line)} |" for line in lines
    )


def _numbers(found: Found) -> tuple[int, ...]:
    mistakes = (len(each) for each in (found.twice, found.lost, found.hung, found.leaked))
    return (found.killed, found.faults, found.inputs, *mistakes)


def listing(found: Found) -> str:
    """Every place where a poll was killed, neighbours drawn together."""
    return "\n".join(f"{scene}: {', '.join(_ranges(places))}" for scene, places in found.places.items())


def _ranges(places: Iterable[str]) -> list[str]:
    """ "sent 1", "sent 2", "sent 3" are "sent 1 2 3"."""
    by_kind: dict[str, list[str]] = {}
    for place in places:
        words = place.split()
        number = words.pop(1) if words[0] in ("statement", "commit") else words.pop() if words[-1].isdecimal() else ""
        by_kind.setdefault(" ".join(words), []).append(number)
    return [f"{kind} {' '.join(numbers)}".strip() for kind, numbers in by_kind.items()]
