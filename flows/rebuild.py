"""A ledger that was lost, made anew from the sources and the accounts' own timelines: nothing goes out again.

It may have been polled meanwhile, or come from a backup: whatever it has not sent is looked for among what is out.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from connectors.contract import Draft, Item, PostError, Timeline
from connectors.links import story_of
from flows.app import App
from flows.collect import collect
from flows.left_alone import left_alone
from flows.owners import take_over
from flows.routing import DATE_SLACK, chronological, route_for
from flows.timelines import A_YEAR, Timelines, marks
from state.values import Unsent

HELD = "rebuilt: the timeline does not show it, and nobody knows why"


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What became of one account, or why a source could not be read."""

    text: str = ""
    failure: str = ""


def rebuild(app: App) -> list[Rebuilt]:
    """Read every source, as a poll does, then compare what was not sent with the timelines. Nothing is sent."""
    take_over(app)
    unread = list(_read_sources(app))
    unsent = {account: app.ledger.unsent(account) for account in app.config.accounts}
    timelines = Timelines(app, since=_since(app, [post.item for posts in unsent.values() for post in posts]))
    return [*unread, *(_compare(app, account, posts, timelines) for account, posts in unsent.items())]


def _read_sources(app: App) -> Iterator[Rebuilt]:
    """Read all that there is, as if there were nothing to backfill; those that fail."""
    sources = {name: source.model_copy(update={"backfill": 0}) for name, source in app.config.sources.items()}
    quiet = replace(app, config=app.config.model_copy(update={"sources": sources}))
    for name in sources:
        if why := left_alone(app, name):
            yield Rebuilt(failure=f"{name}: not rebuilt: {why}")
        elif failure := collect(quiet, name).failure:
            yield Rebuilt(failure=f"not rebuilt, run it again: {failure}")


def _since(app: App, items: Sequence[Item]) -> datetime:
    """A year back, or as old as the oldest item: it costs $0.001 for each tweet that X shows."""
    return min([app.now() - A_YEAR, *(item.published for item in items if item.published)]) - DATE_SLACK


def _compare(app: App, account: str, unsent: Sequence[Unsent], timelines: Timelines) -> Rebuilt:
    counts: Counter[str] = Counter()
    try:
        timeline = timelines.of(account)
        for _, posts in groupby(unsent, key=lambda post: post.item.source):
            counts += _of_source(app, account, list(posts), timeline)
    except PostError as error:
        return Rebuilt(
            failure=f"{account}: its timeline cannot be read, so nothing was restored; run it again: {error}"
        )
    counts["more"] = _remember(app, account, timeline)
    return Rebuilt(
        text=f"{account}: {counts['posted']} found in the timeline, {counts['held']} held; "
        f"{counts['more']} more tweets are known by their links{_waiting(app, account, counts['waiting'])}"
    )


def _of_source(app: App, account: str, unsent: Sequence[Unsent], timeline: Timeline) -> Counter[str]:
    """Restore what is out. What is newer than that and is not out may have waited in a lost queue: a person decides."""
    posts, known = {post.item.id: post for post in unsent if not post.repeats}, app.ledger.tweets(account)
    counts: Counter[str] = Counter()
    for item in chronological([post.item for post in posts.values()]):
        post = posts[item.id]
        draft = marks(app, account, item)
        if posted := timeline.find(_decisive(post, draft), since=_not_before(post), but=known):
            known.add(posted.id)
            counts["posted"] += app.ledger.restore(post.id, posted, draft, now=app.now())
        elif post.early and counts["posted"] and _is_wanted(app, account, item):
            counts["held"] += app.ledger.hold_early(post.id, HELD, now=app.now())
        elif not post.early:
            counts["waiting"] += 1
    return counts


def _decisive(post: Unsent, draft: Draft) -> Draft:
    """Of what may still be sent, a link to a home page is no mark: anything may link that."""
    return draft if post.early or story_of(draft.link) else replace(draft, link="")


def _not_before(post: Unsent) -> datetime | None:
    """What may still be sent was not tweeted before it was published: that was something else with its link."""
    published = post.item.published
    return None if post.early or published is None else published - DATE_SLACK


def _waiting(app: App, account: str, number: int) -> str:
    """A timeline may lag behind the account's last tweet."""
    if not number:
        return ""
    lag = app.config.accounts[account].look_again.total_seconds() / 60
    return (
        f"; {number} not found: if it has tweeted in the last {lag:g} minutes, run this once more before anything else"
    )


def _is_wanted(app: App, account: str, item: Item) -> bool:
    """Whether it would be tweeted today: a route wants it, and it is not too old."""
    max_age = app.config.accounts[account].max_age
    is_old = max_age is not None and item.published is not None and item.published + max_age <= app.now()
    return not is_old and route_for(item, account, app.config.routes)[0] is not None


def _remember(app: App, account: str, timeline: Timeline) -> int:
    """Tweets of articles that no source shows any more: one of them may come back, or be shared; how many."""
    # What is in doubt is looked up for itself.
    in_doubt = (timeline.find(doubt.draft) for doubt in app.ledger.doubts(account))
    known = app.ledger.tweets(account) | {posted.id for posted in in_doubt if posted}
    source = f"timeline of {account}"
    linking = ((posted, draft) for posted, draft in timeline.linking() if posted.id not in known)
    more = [(posted, draft) for posted, draft in linking if story_of(draft.link)]
    items = {
        posted.id: Item(
            source=source,
            id=posted.id,
            link=draft.link,
            story=story_of(draft.link),
            text=draft.text,
            published=posted.at,
        )
        for posted, draft in more
    }
    with app.ledger.intake(source, now=app.now()) as intake:
        intake.sort(list(items.values()), own=False)
        restored = [intake.restore(items[posted.id], account, posted, draft) for posted, draft in reversed(more)]
        intake.done({})
    return sum(added.status == "posted" for added in restored)
