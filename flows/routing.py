"""Which route an item takes to an account, and what becomes of an item that nobody has seen before. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from connectors.contract import AccountSettings, Draft, Item, Posted, SourceSettings
from flows.config import Route
from state.stories import host_of
from state.values import BEFORE_SETUP

# Dates in feeds are off by up to a day where a time zone is missing or wrong.
DATE_SLACK = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The state in which a post enters the ledger, and why; a `silent` one leaves its story to other sources."""

    status: Literal["waiting", "skipped", "held"]
    reason: str = ""
    silent: bool = False
    not_before: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Read:
    """One read of a source: what of it is new, and what was there before.

    `sites` are the hosts of the sources whose stories this one may repeat; empty for a source without `hold`. `turned`
    are the edited items that are about something else now. `out` says, by account and by the id of an item, which are
    tweeted though the ledger does not know it.
    """

    source: SourceSettings
    sites: Mapping[str, frozenset[str]] = field(default_factory=dict)
    new: Sequence[Item]
    edited: Sequence[Item] = ()
    turned: Sequence[Item] = ()
    first: bool
    oldest_at: datetime | None
    now: datetime
    out: Mapping[str, Mapping[str, tuple[Posted, Draft]]] = field(default_factory=dict)

    @property
    def backfilled(self) -> frozenset[str]:
        """On the first read, the ids of the newest entries that the config wants tweeted all the same."""
        return frozenset(item.id for item in newest(self.new, self.source.backfill if self.first else 0))

    @property
    def is_burst(self) -> bool:
        """More unknown entries than a blog writes between two polls: ids have changed, or something is wrong."""
        return not self.first and len(self.new) > self.source.max_new


def chronological(items: Sequence[Item]) -> list[Item]:
    """Oldest first: by date where every item has one, else the source's own order, which is newest first."""
    as_listed = list(reversed(items))
    return sorted(as_listed, key=_published) if all(item.published for item in items) else as_listed


def newest(items: Sequence[Item], number: int) -> list[Item]:
    """So many of them, oldest first."""
    return chronological(items)[-number:] if number else []


def _published(item: Item) -> datetime:
    assert item.published is not None  # noqa: S101  (`chronological` has looked)
    return item.published


def accounts_for(source: str, routes: Iterable[Route]) -> list[str]:
    """The accounts that any route leads to from this source, in the order of the file."""
    return list(dict.fromkeys(name for route in routes if source in route.sources for name in route.accounts))


def route_for(item: Item, account: str, routes: Iterable[Route]) -> tuple[Route | None, str]:
    """The first route that wants this item for this account; if there is none, why not."""
    reason = f"filtered: no route leads from {item.source} to {account}"
    for route in routes:
        if item.source in route.sources and account in route.accounts:
            reason = objection(item, route)
            if not reason:
                return route, ""
    return None, reason


def objection(item: Item, route: Route) -> str:
    """Why this route does not want this item; empty if it does."""
    for word in route.exclude:
        if _mentions(item, word):
            return f'filtered: exclude = "{word}"'
    if route.include and not any(_mentions(item, word) for word in route.include):
        return f"filtered: nothing of include = {list(route.include)}"
    return ""


def owner_of(item: Item, account: str, read: Read, routes: Iterable[Route]) -> str:
    """The source that may bring this item's story to this account itself, because it is about its site; else empty."""
    host = host_of(item.story)
    owners = (name for name, hosts in read.sites.items() if host in hosts)
    return next((name for name in owners if account in accounts_for(name, routes)), "")


def decide(item: Item, read: Read, account: AccountSettings, objections: str, *, owner: str = "") -> Verdict:
    """What becomes of an item that nobody has seen before, for one account.

    `objections` are the routes'; `owner` is the source that may bring the same story itself.
    """
    wanted = item.id in read.backfilled
    if read.first and not wanted:
        return _before_setup("it was there at the first read", read, objections)
    if objections:
        return Verdict(status="skipped", reason=objections, silent=True)
    if read.is_burst:
        many = f"{len(read.new)} unknown entries at once (max_new = {read.source.max_new})"
        return Verdict(status="held", reason=f"burst: {many}")
    if not wanted and _resurfaced(item, read):
        return _before_setup("older than everything at the first read", read, objections)
    verdict = _waiting(item, account, wanted=wanted, now=read.now)
    return _held_back(verdict, owner, read.now + read.source.hold) if owner else verdict


def _before_setup(why: str, read: Read, objections: str) -> Verdict:
    """An article of the blog was told in its own time; what a network said of it was not."""
    return Verdict(status="skipped", reason=f"{BEFORE_SETUP}: {why}", silent=bool(objections or read.source.hold))


def _resurfaced(item: Item, read: Read) -> bool:
    """A feed shows its newest ten; when one is deleted, an eleventh comes back that nobody has seen."""
    return bool(item.published and read.oldest_at and item.published < read.oldest_at - DATE_SLACK)


def _waiting(item: Item, account: AccountSettings, *, wanted: bool, now: datetime) -> Verdict:
    if account.max_age is None:
        return Verdict(status="waiting")
    born = now if wanted else min(item.published or now, now)
    expires_at = born + account.max_age
    if expires_at <= now:
        why = f"expired: published {born:%Y-%m-%d %H:%M} UTC, older than max_age"
        return Verdict(status="skipped", reason=why, silent=True)
    return Verdict(status="waiting", expires_at=expires_at)


def _held_back(verdict: Verdict, owner: str, until: datetime) -> Verdict:
    """The story is `owner`'s own: until then, its words are waited for."""
    if verdict.status != "waiting":
        return verdict
    return replace(verdict, not_before=until, reason=waits_for(owner))


def waits_for(owner: str) -> str:
    """Why a post does not go out yet."""
    return f"waits for {owner} to bring the same story itself"


def _mentions(item: Item, word: str) -> bool:
    pattern = _word(word)
    return any(pattern.search(text) for text in (item.title, item.text, *item.tags))


@cache
def _word(word: str) -> re.Pattern[str]:
    """A whole word, whatever its case; `*` stands for any letters, so that "*angebot*" finds Sonderangebote."""
    pattern = re.escape(word).replace(r"\*", r"\w*")
    return re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)
