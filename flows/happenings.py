"""What a run has to tell Prefect as events, for other people's automations. It only reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flows.app import App
from flows.results import Collected, Outcome, Report
from flows.routing import accounts_for

# What became of a post, if it is worth an event.
OF_POSTS = {"posted": "crosspost.tweeted", "held": "crosspost.held", "unsure": "crosspost.unsure"}


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An event: its name, what it happened to (`post.7`, `account.office`), details, and who has to do with it.

    `related` are pairs of a role (`account`, `source`) and a name.
    """

    event: str
    to: str
    name: str
    related: Sequence[tuple[str, str]] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


def happenings(app: App, report: Report, *, since: datetime) -> list[Happening]:
    """Everything that happened in a run that began at `since`. What lasts is told when it begins, and not again."""
    return [
        *_posts(report.outcomes),
        *_bursts(app, report, since),
        *_accounts_down(app, since),
        *_sources_down(app, report),
    ]


def _posts(outcomes: Iterable[Outcome]) -> Iterable[Happening]:
    for outcome in outcomes:
        if outcome.status in OF_POSTS:
            related = [("account", outcome.account)] + [("source", outcome.source)] * bool(outcome.source)
            details = {"title": outcome.title, "reason": outcome.reason, "text": outcome.text, "url": outcome.url}
            yield Happening(
                event=OF_POSTS[outcome.status],
                to=f"post.{outcome.post}",
                name=outcome.title,
                related=related,
                details={name: value for name, value in details.items() if value},
            )


def _bursts(app: App, report: Report, since: datetime) -> Iterable[Happening]:
    for result in report.results:
        if isinstance(result, Collected) and result.held:
            yield Happening(
                event="crosspost.held",
                to=f"source.{result.source}",
                name=result.source,
                related=[("account", name) for name in app.config.accounts if _holds(app, name, result.source, since)],
                details={"posts": result.held, "reason": result.failure},
            )


def _holds(app: App, account: str, source: str, since: datetime) -> bool:
    """Whether a post of that source for this account came in held since then."""
    held = app.ledger.posts(account=account, statuses=["held"], limit=1000)
    return any(post.source == source and post.created_at >= since for post in held)


def _accounts_down(app: App, since: datetime) -> Iterable[Happening]:
    for name in app.config.accounts:
        state = app.ledger.account(name)
        if state.paused_at and state.paused_at >= since:
            yield Happening(
                event="crosspost.account.down",
                to=f"account.{name}",
                name=name,
                related=[
                    ("source", source)
                    for source in app.config.sources
                    if name in accounts_for(source, app.config.routes)
                ],
                details={"reason": state.paused_why},
            )


def _sources_down(app: App, report: Report) -> Iterable[Happening]:
    read = [result.source for result in report.results if isinstance(result, Collected) and result.failure]
    for name in read:
        state = app.ledger.source(name)
        if state.failures == 1:
            yield Happening(
                event="crosspost.source.down",
                to=f"source.{name}",
                name=name,
                related=[("account", account) for account in accounts_for(name, app.config.routes)],
                details={"reason": state.last_error},
            )
