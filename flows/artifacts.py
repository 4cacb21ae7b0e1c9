"""What a run shows in Prefect's UI, in Markdown: its news, and how everything stands."""

import re
from collections.abc import Iterable, Mapping, Sequence

from flows.app import App
from flows.results import Report, shortened
from flows.status import Overview
from state.values import PostRow, Status

# What a person must decide or may wonder about, first what is stuck; so many of each, the newest.
QUEUED: tuple[Status, ...] = ("held", "unsure", "waiting")
STUCK: tuple[Status, ...] = ("held", "unsure")
LISTED = 20

_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~]")
_BREAKS_A_LINK = re.compile(r"[\s()<>|\\]")

Queued = Mapping[Status, Sequence[PostRow]]


def queued(app: App) -> Queued:
    """The newest posts of each status that has not come to its end."""
    return {status: app.ledger.posts(statuses=[status], limit=LISTED) for status in QUEUED}


def news(report: Report) -> str:
    """A table of every post that a run touched; empty if it touched none."""
    rows = [
        (
            _text(outcome.source),
            _text(outcome.title),
            _text(outcome.account),
            outcome.status,
            _text(outcome.reason),
            _link("tweet", outcome.url) if outcome.url else "",
        )
        for outcome in report.outcomes
    ]
    return _table(("source", "item", "account", "outcome", "reason", "link"), rows) if rows else ""


def headline(now: Overview, queued: Queued) -> str:
    """What needs a person, as a description: the page of an artifact has that above the list of its versions."""
    counts = " · ".join(f"{now.posts[status]} {status}" for status in QUEUED)
    return "\n\n".join([f"**{counts}**", *_lists(now, queued, STUCK)])


def queue(now: Overview, queued: Queued) -> str:
    """The queue, the accounts and the sources. The same as long as nothing has happened."""
    counts = [(status, str(count)) for status, count in now.posts.items()]
    return "\n\n".join(
        [
            *_lists(now, queued, QUEUED),
            _table(("posts", "number"), counts),
            _accounts(now),
            _sources(now),
            "`crosspost status` lists the posts, `crosspost show ID` says why, `crosspost settle ID` decides.",
        ]
    )


def _lists(now: Overview, queued: Queued, statuses: Iterable[Status]) -> list[str]:
    return [_list(status, queued[status], now.posts[status]) for status in statuses if queued[status]]


def _list(status: Status, posts: Sequence[PostRow], count: int) -> str:
    rows = [(str(post.id), _text(post.source), _item(post), _text(post.account), _text(_why(post))) for post in posts]
    table = _table(("ID", "source", f"{status}: {count}", "account", "reason"), rows)
    return f"{table}\n\nand {count - len(rows)} more" if count > len(rows) else table


def _item(post: PostRow) -> str:
    name = shortened(post.title or post.text or post.item)
    return _link(name, post.article) if post.article else _text(name)


def _why(post: PostRow) -> str:
    later = f"not before {post.not_before:%Y-%m-%d %H:%M} UTC" if post.not_before else "due"
    return post.reason or later


def _accounts(now: Overview) -> str:
    rows = [
        (
            _text(name),
            f"@{_text(account.state.username)}" if account.state.username else "",
            f"{account.last_posted_at:%Y-%m-%d %H:%M} UTC" if account.last_posted_at else "never",
            f"{account.spent_this_month:.2f} USD",
            _text(f"stopped: {account.stopped}" if account.stopped else "fine"),
        )
        for name, account in now.accounts.items()
    ]
    rows += [(_text(name), "", "", "", _text(why)) for name, why in now.forsaken.items()]
    return _table(("account", "on X", "last tweet", "spent this month", "state"), rows)


def _sources(now: Overview) -> str:
    rows = [
        (_text(name), _text(f"failing: {source.last_error}" if source.failures else "fine"))
        for name, source in now.sources.items()
    ]
    return _table(("source", "state"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ("---",) * len(head), *rows))


def _link(text: str, url: str) -> str:
    """A link; what would end its address early is written otherwise."""
    return f"[{_text(text)}]({_BREAKS_A_LINK.sub(lambda found: f'%{ord(found[0]):02X}', url)})"


def _text(text: str) -> str:
    """The text itself, in one line: no Markdown, no HTML, no picture from elsewhere."""
    return _MARKDOWN.sub(r"\\\g<0>", " ".join(text.split()))
