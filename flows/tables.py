"""What the commands print for people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from flows.preview import Row
from flows.results import Outcome
from flows.status import Overview
from state.values import PostRow

STYLES = {
    "posted": "green",
    "waiting": "cyan",
    "sending": "cyan",
    "unsure": "yellow",
    "held": "yellow",
    "skipped": "dim",
    "refused": "red",
}


def outcomes(rows: Iterable[Outcome], limits: dict[str, int]) -> Table:
    """What a run did: source, words, weight, price, and the link to the tweet or the reason why there is none."""
    table = _table("source", "words", "weight", "USD", "tweet")
    for row in rows:
        weight = f"{row.weight} of {limits[row.account]}" if row.weight else ""
        what = Text(row.url or f"{row.status}: {row.reason}", style=STYLES[row.status], overflow="fold")
        table.add_row(row.source, Text(row.text or row.title), weight, f"{row.price:.3f}" if row.text else "", what)
    return table


def preview(rows: Sequence[Row], timezone: ZoneInfo) -> RenderableType:
    """What the next run would tweet, and below it how many posts it would not, by reason."""
    table = _table("source", "account", "words", "weight", "USD", "when")
    skipped: dict[str, int] = {}
    for row in rows:
        if row.status == "skipped":
            skipped[row.reason] = skipped.get(row.reason, 0) + 1
            continue
        draft = row.draft
        when = row.reason if row.status == "held" or not row.not_before else _when(row.not_before, timezone)
        table.add_row(
            row.item.source,
            row.account,
            Text(draft.text if draft else row.title),
            str(draft.weight) if draft else "",
            f"{draft.price:.3f}" if draft else "",
            Text(f"held: {when}" if row.status == "held" else when or "next run", style=STYLES[row.status]),
        )
    lines = [Text(f"{count} not tweeted: {reason}", style="dim") for reason, count in skipped.items()]
    return Group(table if table.row_count else Text("The next run would tweet nothing."), *lines)


def status(now: Overview, posts: Sequence[PostRow], timezone: ZoneInfo) -> RenderableType:
    """The queue, the accounts, the sources and the posts that changed last."""
    counts = Text.assemble(*(part for pair in _counts(now.posts) for part in (pair, "   ")))
    accounts = _table("account", "on X", "last tweet", "USD this month", "state")
    for name, account in now.accounts.items():
        state = f"stopped: {account.state.paused_why}" if account.state.paused_at else "fine"
        handle = f"@{account.state.username}" if account.state.username else ""
        last = _when(account.last_posted_at, timezone)
        accounts.add_row(name, handle, last, f"{account.spent_this_month:.2f}", Text(state))
    sources = _table("source", "first read", "last success", "state")
    for name, source in now.sources.items():
        state = f"failed {source.failures} times: {source.last_error}" if source.failures else "fine"
        first, last = _when(source.first_read_at, timezone), _when(source.last_success_at, timezone)
        sources.add_row(name, first, last, Text(state))
    return Group(counts, accounts, sources, _posts(posts, timezone))


def _posts(posts: Sequence[PostRow], timezone: ZoneInfo) -> Table:
    table = _table("ID", "account", "source", "title", "status", "when", "tweet or reason")
    for post in posts:
        what = Text(post.tweet_url or post.reason, overflow="fold")
        state = Text(post.status, style=STYLES[post.status])
        when = _when(post.posted_at or post.updated_at, timezone)
        table.add_row(str(post.id), post.account, post.source, Text(post.title), state, when, what)
    return table


def post(known: dict[str, Any], timezone: ZoneInfo) -> RenderableType:
    """Everything about one post: the row, the item, and the history line by line."""
    facts = Table.grid(padding=(0, 2))
    item = known["item"]
    for name, value in (
        *((name, known[name]) for name in known if name not in {"item", "history"}),
        *((f"item.{name}", item[name]) for name in item if name != "payload"),
    ):
        if value not in (None, "", []):
            facts.add_row(Text(name, style="dim"), Text(_shown(value, timezone)))
    history = _table("when", "status", "attempt", "why")
    for line in known["history"]:
        status = Text(line["status"], style=STYLES.get(line["status"], ""))
        history.add_row(_shown(line["at"], timezone), status, str(line["attempt"]), Text(line["reason"] or ""))
    return Group(facts, history)


def _counts(posts: dict[str, int]) -> list[tuple[str, str]]:
    return [(f"{count} {name}", STYLES[name] if count else "dim") for name, count in posts.items()]


def _table(*columns: str) -> Table:
    table = Table(header_style="bold", border_style="dim", show_lines=False, expand=False)
    for column in columns:
        right = column in {"weight", "USD", "ID", "attempt", "USD this month"}
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    return table


def _when(moment: datetime | None, timezone: ZoneInfo) -> str:
    return moment.astimezone(timezone).strftime("%Y-%m-%d %H:%M") if moment else ""


def _shown(value: Any, timezone: ZoneInfo) -> str:
    """A moment in the company's time zone; everything else as it is."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return str(value)
    return moment.astimezone(timezone).strftime("%Y-%m-%d %H:%M:%S") if moment.tzinfo else str(value)
