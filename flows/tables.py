"""What the commands print for people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from flows.preview import Row
from flows.results import Outcome
from flows.status import Overview
from state.values import PostRow, SourceState

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
    """What a run did: for each post its source, weight and price, its words, and the tweet or why there is none."""
    table = _cards()
    for row in rows:
        facts = [f"post {row.post}", row.source]
        if row.text:
            facts += [f"{row.weight} of {limits[row.account]}", f"{row.price:.3f} USD"]
        what = row.url or f"{row.status}: {row.reason}"
        table.add_row("\n".join(filter(None, facts)), _words(row.text or row.title, what, STYLES[row.status]))
    return table


def _cards() -> Table:
    """Two columns, whatever the width of the terminal: what words say needs all the room there is."""
    table = Table(box=box.HORIZONTALS, show_header=False, show_lines=True, border_style="dim", pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    return table


def _words(text: str, below: str, style: str) -> Text:
    return Text.assemble(text, "\n", (below, style))


def preview(rows: Sequence[Row], timezone: ZoneInfo) -> RenderableType:
    """What the next run would tweet, and below it how many posts it would not, by reason."""
    table = _cards()
    skipped: dict[str, int] = {}
    for row in rows:
        if row.status == "skipped":
            skipped[row.reason] = skipped.get(row.reason, 0) + 1
            continue
        facts = [f"{row.item.source} → {row.account}"]
        if row.draft:
            facts += [f"weight {row.draft.weight}", f"{row.draft.price:.3f} USD"]
        text = row.draft.text if row.draft else row.title
        table.add_row("\n".join(facts), _words(text, _fate(row, timezone), STYLES[row.status]))
    lines = [Text(f"{count} not tweeted: {reason}", style="dim") for reason, count in skipped.items()]
    return Group(table if table.row_count else Text("The next run would tweet nothing."), *lines)


def _fate(row: Row, timezone: ZoneInfo) -> str:
    when = f"not before {_when(row.not_before, timezone)}" if row.not_before else "next run"
    if row.status == "held":
        return f"held: {row.reason}"
    return f"{when}: {row.reason}" if row.reason else when


def status(now: Overview, posts: Sequence[PostRow], timezone: ZoneInfo) -> RenderableType:
    """The queue, the accounts, the sources and the posts that changed last."""
    counts = Text.assemble(*(part for pair in _counts(now.posts) for part in (pair, "   ")))
    accounts = _table("account", "on X", "last tweet", "USD this month", "state")
    for name, account in now.accounts.items():
        state = f"stopped: {account.stopped}" if account.stopped else "fine"
        handle = f"@{account.state.username}" if account.state.username else ""
        last = _when(account.last_posted_at, timezone)
        accounts.add_row(name, handle, last, f"{account.spent_this_month:.2f}", Text(state))
    for name, why in now.forsaken.items():
        accounts.add_row(name, "", "", "", Text(why))
    sources = _table("source", "first read", "last success", "state")
    for name, source in now.sources.items():
        first, last = _when(source.first_read_at, timezone), _when(source.last_success_at, timezone)
        sources.add_row(name, first, last, Text(_source(source, overdue=name in now.overdue)))
    return Group(counts, accounts, sources, _posts(posts, timezone))


def _source(source: SourceState, *, overdue: bool) -> str:
    failures = [f"failed {source.failures} times: {source.last_error}"] if source.failures else []
    return "; ".join(failures + ["nothing reads it"] * overdue) or "fine"


def _posts(posts: Sequence[PostRow], timezone: ZoneInfo) -> Table:
    table = _cards()
    for post in posts:
        when = _when(post.posted_at or post.updated_at, timezone)
        title = post.title or (post.text or post.item).partition("\n")[0]
        what = post.tweet_url or f"{post.status}: {post.reason}".removesuffix(": ")
        facts = f"post {post.id}\n{post.source} → {post.account}\n{when}"
        table.add_row(facts, _words(title, what, STYLES[post.status]))
    return table


def post(known: dict[str, Any], timezone: ZoneInfo) -> RenderableType:
    """Everything about one post: the row, the item, and the history line by line."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
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
