"""Read one source and put what is new into the ledger."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from connectors.contract import Fetched, Item, NotPosted, PostError, SourceDown, SourceError, SourceSettings
from flows.app import App
from flows.results import PATIENCE, Collected
from flows.routing import Read, accounts_for, chronological, decide, newest, owner_of, route_for, waits_for
from flows.timelines import Timelines, Tweeted, oldest_of, tweeted
from state.intake import Intake
from state.values import Added


def collect(app: App, name: str) -> Collected:
    """One look at the source called `name`. Its items, posts and validators are stored together or not at all."""
    known = app.ledger.source(name)
    now = app.now()
    if known.not_before and known.not_before > now:
        return Collected(source=name, notices=(f"left alone until {known.not_before:%Y-%m-%d %H:%M} UTC",))
    try:
        fetched = app.config.sources[name].fetch(app.web, known.validators, now=now)
    except SourceError as error:
        app.ledger.source_failed(name, str(error), not_before=getattr(error, "after", None))
        passes = isinstance(error, SourceDown) and known.failures + 1 < PATIENCE
        return Collected(source=name, failure=f"{name}: {error}", passes=passes)
    if fetched.unchanged:
        app.ledger.source_unchanged(name, fetched.validators, now=now)
        return Collected(source=name, notices=fetched.notices)
    try:
        out = out_already(app, name, fetched)
    except PostError as error:
        failure = f"{name}: backfill has to wait until the timeline tells what is out already: {error}"
        return Collected(source=name, failure=failure, passes=isinstance(error, NotPosted))
    with app.ledger.intake(name, now=now) as intake:
        return _store(app, intake, name, fetched, out)


def out_already(app: App, name: str, fetched: Fetched) -> Mapping[str, Tweeted]:
    """By account, what is out of the entries that are to be tweeted on the first read: it is the ledger that is new.

    Raises `PostError` if nobody can tell.
    """
    source = app.config.sources[name]
    if not source.backfill or app.ledger.source(name).first_read_at:
        return {}
    wanted = newest(fetched.items, source.backfill)
    timelines = Timelines(app, since=oldest_of(wanted, app.now()))
    return {account: tweeted(app, account, wanted, timelines) for account in accounts_for(name, app.config.routes)}


def _store(app: App, intake: Intake, name: str, fetched: Fetched, out: Mapping[str, Tweeted]) -> Collected:
    read = replace(read_of(app, intake, name, fetched), out=out)
    added = Counter(post.status for post in posts_of(app, intake, read))
    _hold_back(app, intake, read)
    dates = [item.published for item in fetched.items if item.published]
    intake.done(fetched.validators, oldest_at=min(dates, default=None))
    return Collected(
        source=name,
        new=len(read.new),
        edited=len(read.edited),
        waiting=added["waiting"],
        held=added["held"],
        notices=fetched.notices,
        failure=_burst(name, added["held"]),
    )


def read_of(app: App, intake: Intake, name: str, fetched: Fetched) -> Read:
    """What a look at a source brought, compared with what is known."""
    source = app.config.sources[name]
    compared = intake.sort(fetched.items, own=not source.hold, instead_of=_repeating(app, source))
    owners = [other for other, settings in app.config.sources.items() if not settings.hold]
    return Read(
        source=source,
        sites=intake.hosts(owners) if source.hold else {},
        new=compared.new,
        edited=compared.edited,
        turned=compared.turned,
        first=intake.first_read,
        oldest_at=intake.oldest_at,
        now=app.now(),
    )


def posts_of(app: App, intake: Intake, read: Read) -> list[Added]:
    """Add a post of every new item for each account that a route leads to, oldest item first."""
    return [
        _add(app, intake, item, account, read)
        for item in chronological(read.new)
        for account in accounts_for(item.source, app.config.routes)
    ]


def _add(app: App, intake: Intake, item: Item, account: str, read: Read) -> Added:
    if known := read.out.get(account, {}).get(item.id):
        return intake.restore(item, account, *known)
    _, objection = route_for(item, account, app.config.routes)
    owner = owner_of(item, account, read, app.config.routes)
    verdict = decide(item, read, app.config.accounts[account], objection, owner=owner)
    return intake.add(
        replace(item, story="") if verdict.silent else item,
        account,
        status=verdict.status,
        reason=verdict.reason,
        not_before=verdict.not_before,
        expires_at=verdict.expires_at,
        instead_of=_repeating(app, read.source),
    )


def _repeating(app: App, source: SourceSettings) -> list[str]:
    """The sources whose posts give way to those of this one: all that repeat stories, if it tells its own."""
    return [] if source.hold else [name for name, other in app.config.sources.items() if other.hold]


def _hold_back(app: App, intake: Intake, read: Read) -> None:
    """What is about another source's story only since an edit waits for that source, as if it were new."""
    for item in read.turned:
        for account in accounts_for(item.source, app.config.routes):
            if owner := owner_of(item, account, read, app.config.routes):
                intake.hold_back(item, account, read.now + read.source.hold, waits_for(owner))


def _burst(name: str, held: int) -> str:
    if not held:
        return ""
    return (
        f"{name}: {held} posts are held, for so many unknown entries at once are hardly news; see `crosspost status`, "
        "then decide each with `crosspost settle ID waiting` or `skipped`"
    )
