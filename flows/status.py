"""The state of everything at one moment, for `status` and for monitoring."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.app import App
from flows.overdue import is_overdue, longest_pause
from flows.owners import foreign_keys, forsaken
from state.values import AccountState, SourceState


@dataclass(frozen=True, kw_only=True)
class AccountOverview:
    """One account: who it is, what it did last and what it has cost since the month began (USD).

    `stopped` says why it does not tweet; empty if it may.
    """

    state: AccountState
    stopped: str
    last_posted_at: datetime | None
    spent_this_month: float

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "user_id": self.state.user_id,
            "username": self.state.username,
            "paused_at": _text(self.state.paused_at),
            "paused_why": self.state.paused_why,
            "last_posted_at": _text(self.last_posted_at),
            "spent_this_month": self.spent_this_month,
            "stopped": self.stopped,
        }


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The queue, the accounts and the sources, and of these the ones that nobody reads.

    `forsaken` are the accounts that only the ledger knows though posts wait for them, each with what to do.
    """

    posts: dict[str, int]
    accounts: dict[str, AccountOverview]
    sources: dict[str, SourceState]
    overdue: dict[str, SourceState]
    forsaken: dict[str, str]

    @property
    def needs_a_person(self) -> bool:
        """Something waits for a decision or for a repair, or nothing polls; a refused post is history."""
        stopped = any(account.stopped for account in self.accounts.values())
        failing = any(source.failures for source in self.sources.values())
        return bool(self.posts["held"] or self.overdue or self.forsaken) or stopped or failing

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON; keys are only ever added."""
        return {
            "posts": self.posts,
            "accounts": {name: account.as_json() for name, account in self.accounts.items()},
            "sources": {
                name: _source_as_json(source) | {"overdue": name in self.overdue}
                for name, source in self.sources.items()
            },
            "forsaken": self.forsaken,
        }


def overview(app: App) -> Overview:
    """Everything as it is now."""
    month, now, pause = app.month_start, app.now(), longest_pause(app.config.every)
    sources = {name: app.ledger.source(name) for name in app.config.sources}
    return Overview(
        posts={status: count for status, count in app.ledger.counts().items()},  # noqa: C416  (a plain dict of str)
        accounts={
            name: AccountOverview(
                state=(state := app.ledger.account(name)),
                stopped=state.paused_why or foreign_keys(app, name),
                last_posted_at=app.ledger.last_posted(name),
                spent_this_month=float(app.ledger.spent(name, month)),
            )
            for name in app.config.accounts
        },
        sources=sources,
        forsaken=dict(forsaken(app)),
        overdue={name: source for name, source in sources.items() if is_overdue(source, pause, now=now)},
    )


def _source_as_json(source: SourceState) -> dict[str, Any]:
    return {
        "first_read_at": _text(source.first_read_at),
        "last_success_at": _text(source.last_success_at),
        "failures": source.failures,
        "last_error": source.last_error,
        "not_before": _text(source.not_before),
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
