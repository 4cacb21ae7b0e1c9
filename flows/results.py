"""What the steps of a poll report: each says in one line what it did, and in `failure` what went wrong.

A failure that `passes` may well be over by the next run; any other needs a person.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Protocol, Self

from connectors.contract import Draft, Item
from state.values import Doubt, Status, Waiting

LONGEST_TITLE = 60

# What stumbles once comes back by itself; after so many times in a row a person should look.
PATIENCE = 3


def title_of(item: Item) -> str:
    """What to call an item in a line of its own."""
    return shortened(item.title or item.text.partition("\n")[0] or item.id)


def shortened(text: str) -> str:
    """The first line of a text, if it is not too long for a title."""
    name = text.partition("\n")[0]
    return name if len(name) <= LONGEST_TITLE else name[: LONGEST_TITLE - 1].rstrip() + "…"


class Result(Protocol):
    """What every step gives back. `failure` is empty if all is well."""

    @property
    def failure(self) -> str: ...

    @property
    def passes(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A step that ended in a way nobody foresaw, or without its database."""

    failure: str
    passes: bool = False

    def __str__(self) -> str:
        return self.failure


@dataclass(frozen=True, kw_only=True)
class Collected:
    """One look at a source: how many items were new, and what became of their posts."""

    source: str
    new: int = 0
    edited: int = 0
    waiting: int = 0
    held: int = 0
    notices: Sequence[str] = ()
    failure: str = ""
    passes: bool = False

    def __str__(self) -> str:
        if self.failure:
            return self.failure
        news = f"{self.new} new, {self.waiting} to tweet" if self.new else "nothing new"
        edited = f", {self.edited} edited" if self.edited else ""
        return "; ".join((f"{self.source}: {news}{edited}", *self.notices))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one post in this run. `stop` says that the account should be left alone until the next run."""

    account: str
    post: int
    source: str
    title: str
    status: Status
    reason: str = ""
    text: str = ""
    weight: int = 0
    price: Decimal = Decimal(0)
    url: str = ""
    failure: str = ""
    passes: bool = False
    stop: bool = False

    @classmethod
    def of(cls, account: str, post: Waiting, *, status: Status, draft: Draft | None = None, **more: Any) -> Self:
        """What became of a post in the queue; `draft` where it was sent."""
        words: dict[str, Any] = {"text": draft.text, "weight": draft.weight, "price": draft.price} if draft else {}
        source, title = post.item.source, title_of(post.item)
        return cls(account=account, post=post.id, source=source, title=title, status=status, **words, **more)

    @classmethod
    def of_doubt(cls, doubt: Doubt, *, status: Status, **more: Any) -> Self:
        """What became of a post that nobody knew of whether it was out."""
        draft = doubt.draft
        words: dict[str, Any] = {"text": draft.text, "weight": draft.weight, "price": draft.price}
        title = draft.text.partition("\n")[0]
        return cls(account=doubt.account, post=doubt.id, source="", title=title, status=status, **words, **more)

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON; keys are only ever added. `price` is in USD."""
        return {**asdict(self), "price": float(self.price)}

    def __str__(self) -> str:
        what = f"{self.status}: {self.url or self.reason}"
        return f"{self.account}: post {self.post} “{self.title}” {what}"


@dataclass(frozen=True, kw_only=True)
class Settled:
    """One look at the timeline for the doubtful posts of an account."""

    account: str
    outcomes: Sequence[Outcome] = ()

    @property
    def failure(self) -> str:
        return "; ".join(outcome.failure for outcome in self.outcomes if outcome.failure)

    @property
    def passes(self) -> bool:
        return all(outcome.passes for outcome in self.outcomes if outcome.failure)

    def __str__(self) -> str:
        return self.failure or "; ".join(map(str, self.outcomes))


@dataclass(kw_only=True)
class Report:
    """All of one poll."""

    results: list[Result] = field(default_factory=list)

    @property
    def outcomes(self) -> list[Outcome]:
        """Every post that the poll touched, in order."""
        return [
            outcome
            for result in self.results
            for outcome in (result.outcomes if isinstance(result, Settled) else [result])
            if isinstance(outcome, Outcome)
        ]

    @property
    def failures(self) -> list[str]:
        """What went wrong, one line each, and first what needs a person; empty if the poll went well."""
        return [result.failure for result in sorted(self.results, key=lambda each: each.passes) if result.failure]

    @property
    def needs(self) -> list[str]:
        """What of it needs a person."""
        return [result.failure for result in self.results if result.failure and not result.passes]

    @property
    def summary(self) -> str:
        """The whole poll in a few words."""
        tweeted = sum(outcome.status == "posted" for outcome in self.outcomes)
        return f"{tweeted} tweeted" if tweeted else "nothing to tweet"
