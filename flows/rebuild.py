"""A ledger that was lost, made anew from the sources and the accounts' own timelines: nothing goes out again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.contract import Draft, Fetched, Item, Posted, PostError, SourceError
from flows.app import App
from flows.left_alone import left_alone, remember
from flows.routing import Read, Verdict, accounts_for, chronological, decide, route_for
from flows.words import draft_for
from state.intake import Intake
from templates.render import TemplateError

# Dates in feeds are off by up to a day; where there are none, a tweet of a year ago is hardly in the feed any more.
DATE_SLACK = timedelta(days=1)
WITHOUT_DATES = timedelta(days=365)

Tweeted = Mapping[str, tuple[Draft, Posted | None]]
"""By the id of an item: what would be tweeted of it, and the tweet that it is out as, if it is."""


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What became of one source. `failure` is empty if all is well."""

    text: str = ""
    failure: str = ""


def rebuild(app: App) -> list[Rebuilt]:
    """Take in every source that was never read. What is in an account's timeline is posted, and nothing waits."""
    return [_rebuild(app, name) for name in app.config.sources]


def _rebuild(app: App, name: str) -> Rebuilt:
    if app.ledger.source(name).first_read_at:
        return Rebuilt(text=f"{name}: the ledger knows it already; it stays as it is")
    if why := left_alone(app, name):
        return Rebuilt(failure=f"{name}: not rebuilt: {why}")
    now = app.now()
    try:
        fetched = app.config.sources[name].fetch(app.web, {}, now=now)
        accounts = accounts_for(name, app.config.routes)
        tweeted = {account: _tweeted(app, account, fetched.items, now) for account in accounts}
    except (SourceError, PostError) as error:
        if isinstance(error, SourceError):
            remember(app, name, error)
        return Rebuilt(failure=f"{name}: not rebuilt, and nothing of it was stored; run it again: {error}")
    with app.ledger.intake(name, now=now) as intake:
        return Rebuilt(text=f"{name}: {_store(app, intake, name, fetched, tweeted)}")


def _tweeted(app: App, account: str, items: Sequence[Item], now: datetime) -> Tweeted:
    """Which of these items the account's timeline shows. Raises `PostError`."""
    destination = app.config.accounts[account]
    profile = destination.whoami()
    app.ledger.introduce(account, profile)
    since = min((item.published for item in items if item.published), default=now - WITHOUT_DATES) - DATE_SLACK
    drafts = [_marks(app, account, item) for item in items]
    found = destination.find_all(drafts, user_id=profile.id, since=since)
    return {item.id: (draft, posted) for item, draft, posted in zip(items, drafts, found, strict=True)}


def _marks(app: App, account: str, item: Item) -> Draft:
    """What to know the item's tweet by: its link before all, its words where they can be written."""
    destination = app.config.accounts[account]
    try:
        draft = draft_for(app, account, item)
    except TemplateError:
        draft = Draft(text="", weight=0, price=destination.price(""))
    return replace(draft, link=item.link or draft.link)


def _store(app: App, intake: Intake, name: str, fetched: Fetched, tweeted: Mapping[str, Tweeted]) -> str:
    items = chronological(intake.sort(fetched.items).new)
    read = Read(source=app.config.sources[name], new=(), first=False, oldest_at=None, now=app.now())
    counts: Counter[str] = Counter()
    for account, tweets in tweeted.items():
        before_setup = True
        for item in items:
            draft, posted = tweets[item.id]
            if posted:
                before_setup = False
                counts[intake.restore(item, account, posted, draft).status] += 1
            else:
                verdict = _verdict(app, item, account, read, before_setup=before_setup)
                counts[intake.add(item, account, status=verdict.status, reason=verdict.reason).status] += 1
    dates = [item.published for item in fetched.items if item.published]
    intake.done(fetched.validators, oldest_at=min(dates, default=None))
    return f"{counts['posted']} found in the timeline, {counts['held']} held, {counts['skipped']} skipped"


def _verdict(app: App, item: Item, account: str, read: Read, *, before_setup: bool) -> Verdict:
    """What becomes of an item that the timeline does not show: a person decides, unless nothing was to be tweeted."""
    _, objection = route_for(item, account, app.config.routes)
    verdict = decide(item, read, app.config.accounts[account], objection)
    if verdict.status != "waiting":
        return verdict
    if before_setup:
        return Verdict(status="skipped", reason="before setup: older than every tweet that the rebuild found")
    return Verdict(status="held", reason="rebuilt: the timeline does not show it, and nobody knows why")
