"""What a run has to tell Prefect: as events for other people's automations, and as tables for the UI. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flows.app import App
from flows.results import Collected, Outcome, Report
from flows.status import Overview

# What became of a post, if it is worth an event.
OF_POSTS = {"posted": "crosspost.tweeted", "held": "crosspost.held", "unsure": "crosspost.unsure"}


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An event: its name, what it happened to (`post.7`, `account.office`), who else has to do with it, and details."""

    event: str
    to: str
    name: str
    related: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)


# --- Events -----------------------------------------------------------------------------------------------------------


def happenings(app: App, report: Report, *, since: datetime) -> list[Happening]:
    """Everything that happened in a run that began at `since`. What lasts is told when it begins, and not again."""
    return [*_posts(report.outcomes), *_bursts(report), *_accounts_down(app, since), *_sources_down(app, report)]


def _posts(outcomes: Iterable[Outcome]) -> Iterable[Happening]:
    for outcome in outcomes:
        if outcome.status in OF_POSTS:
            related = {"account": outcome.account} | ({"source": outcome.source} if outcome.source else {})
            details = {"title": outcome.title, "reason": outcome.reason, "text": outcome.text, "url": outcome.url}
            yield Happening(
                event=OF_POSTS[outcome.status],
                to=f"post.{outcome.post}",
                name=outcome.title,
                related=related,
                details={name: value for name, value in details.items() if value},
            )


def _bursts(report: Report) -> Iterable[Happening]:
    for result in report.results:
        if isinstance(result, Collected) and result.held:
            details = {"posts": result.held, "reason": result.failure}
            yield Happening(event="crosspost.held", to=f"source.{result.source}", name=result.source, details=details)


def _accounts_down(app: App, since: datetime) -> Iterable[Happening]:
    for name in app.config.accounts:
        state = app.ledger.account(name)
        if state.paused_at and state.paused_at >= since:
            details = {"reason": state.paused_why}
            yield Happening(event="crosspost.account.down", to=f"account.{name}", name=name, details=details)


def _sources_down(app: App, report: Report) -> Iterable[Happening]:
    read = [result.source for result in report.results if isinstance(result, Collected) and result.failure]
    for name in read:
        state = app.ledger.source(name)
        if state.failures == 1:
            details = {"reason": state.last_error}
            yield Happening(event="crosspost.source.down", to=f"source.{name}", name=name, details=details)


# --- Tables -----------------------------------------------------------------------------------------------------------


def news(report: Report) -> str:
    """A Markdown table of every post that a run touched; empty if it touched none."""
    rows = [
        (
            outcome.source,
            outcome.title,
            outcome.account,
            outcome.status,
            outcome.reason,
            f"[tweet]({outcome.url})" if outcome.url else "",
        )
        for outcome in report.outcomes
    ]
    return _table(("source", "item", "account", "outcome", "reason", "link"), rows) if rows else ""


def queue(now: Overview) -> str:
    """The queue and the accounts in Markdown. The same as long as nothing has happened."""
    counts = [(status, str(count)) for status, count in now.posts.items()]
    accounts = [
        (
            name,
            f"@{account.state.username}" if account.state.username else "",
            f"{account.last_posted_at:%Y-%m-%d %H:%M} UTC" if account.last_posted_at else "never",
            f"{account.spent_this_month:.2f} USD",
            f"stopped: {account.state.paused_why}" if account.state.paused_at else "fine",
        )
        for name, account in now.accounts.items()
    ]
    sources = [
        (name, f"failing: {source.last_error}" if source.failures else "fine") for name, source in now.sources.items()
    ]
    return "\n\n".join(
        [
            _table(("posts", "number"), counts),
            _table(("account", "on X", "last tweet", "spent this month", "state"), accounts),
            _table(("source", "state"), sources),
            "`crosspost status` lists the posts, `crosspost show ID` says why, `crosspost settle ID` decides.",
        ]
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(map(_cell, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    """One line that ends no cell and is no HTML."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
