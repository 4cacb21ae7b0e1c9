"""What the next run would tweet, found out without sending anything, nor storing what was read."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.contract import Draft, Item, PostError, SourceError
from flows.app import App
from flows.collect import out_already, posts_of, read_of
from flows.left_alone import left_alone, remember
from flows.results import title_of
from flows.words import draft_for
from state.values import Added, Status
from templates.render import TemplateError


@dataclass(frozen=True, kw_only=True)
class Row:
    """One post as the next run would have it; `draft` only where it would be tweeted."""

    item: Item
    account: str
    status: Status
    reason: str = ""
    draft: Draft | None = None
    not_before: datetime | None = None

    @property
    def title(self) -> str:
        """What to call it in a table."""
        return title_of(self.item)

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON; keys are only ever added. `price` is in USD."""
        draft = self.draft
        return {
            "source": self.item.source,
            "item": self.item.id,
            "account": self.account,
            "status": self.status,
            "text": draft.text if draft else None,
            "weight": draft.weight if draft else None,
            "price": float(draft.price) if draft else None,
            "link": draft.link if draft else self.item.link,
            "images": [image.url for image in draft.images] if draft else [],
            "not_before": self.not_before.isoformat() if self.not_before else None,
            "reason": self.reason,
        }


@dataclass(kw_only=True)
class Foreseen:
    """The rows, oldest first for each account, and what could not be read."""

    rows: list[Row] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class _NothingStored(Exception):
    """Ends an intake so that its transaction is rolled back."""


def foresee(app: App) -> Foreseen:
    """Read every source, and render every post that waits already or would wait then."""
    foreseen = Foreseen()
    rows = [row for name in app.config.accounts for row in _queue(app, name)]
    for name in app.config.sources:
        if why := left_alone(app, name):
            foreseen.failures.append(f"{name}: {why}")
            continue
        try:
            rows = _with_news(app, name, rows)
        except SourceError as error:
            remember(app, name, error)
            foreseen.failures.append(f"{name}: {error}")
        except PostError as error:
            foreseen.failures.append(f"{name}: nobody can tell what of it is out already: {error}")
    for name in app.config.accounts:
        told = _once_each(app, [row for row in rows if row.account == name])
        foreseen.rows += _in_turns(app, name, [_worded(app, row) for row in told])
    return foreseen


def _queue(app: App, account: str) -> list[Row]:
    return [
        Row(item=post.item, account=account, status="waiting", reason=post.reason, not_before=post.not_before)
        for post in app.ledger.waiting(account, now=app.now())
    ]


def _with_news(app: App, name: str, rows: list[Row]) -> list[Row]:
    """The rows as they would be after a look at this source."""
    # No validators: "unchanged since last time" would tell nothing to somebody who wants to see.
    fetched = app.config.sources[name].fetch(app.web, {}, now=app.now())
    out = out_already(app, name, fetched)
    try:
        with app.ledger.intake(name, now=app.now()) as intake:
            read = replace(read_of(app, intake, name, fetched), out=out)
            posts = posts_of(app, intake, read)
            raise _NothingStored  # noqa: TRY301  (this is how a transaction is told to roll back)
    except _NothingStored:
        edited = {item.id: item for item in read.edited}
    items = {item.id: item for item in read.new}
    return [
        *(replace(row, item=edited.get(row.item.id, row.item)) if row.item.source == name else row for row in rows),
        *(_row(items[post.item], post) for post in posts),
    ]


def _row(item: Item, post: Added) -> Row:
    return Row(item=item, account=post.account, status=post.status, reason=post.reason, not_before=post.not_before)


def _once_each(app: App, rows: list[Row]) -> list[Row]:
    """Of the posts that would be tweeted with one story, the one that tells its own; else the first."""
    repeating = {name for name, source in app.config.sources.items() if source.hold}
    tellers: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row.item.source in repeating):
        if row.status == "waiting":
            tellers.setdefault(row.item.story, row)
    return [_repeating(row, tellers[row.item.story]) if row.status == "waiting" else row for row in rows]


def _repeating(row: Row, teller: Row) -> Row:
    if row is teller:
        return row
    reason = f"same story as “{teller.title}” of {teller.item.source}"
    return replace(row, status="skipped", reason=reason, not_before=None)


def _worded(app: App, row: Row) -> Row:
    if row.status != "waiting":
        return row
    try:
        return replace(row, draft=draft_for(app, row.account, row.item))
    except TemplateError as error:
        return replace(row, status="held", reason=str(error))


def _in_turns(app: App, account: str, rows: list[Row]) -> list[Row]:
    """Say of the posts that the next run has no turn for that they wait for a later one."""
    turns = app.config.accounts[account].max_per_run
    due = [row for row in rows if row.status == "waiting" and (row.not_before is None or row.not_before <= app.now())]
    later = {id(row) for row in due[turns:]}
    reason = f"a later run: at most {turns} a run (max_per_run)"
    return [replace(row, reason=reason) if id(row) in later else row for row in rows]
