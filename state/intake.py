"""One read of a source, compared with what is known and stored: all of it, or nothing."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from connectors.contract import SHORT_LINK, Draft, Item, Posted
from state.engine import Connected, insert_if_missing
from state.identity import Known, alike, short
from state.models import History, Post, SeenItem, Source
from state.stories import give_up, gives_way, hosts_of, rename, repeat, retell, same_story, take_back, teller_of
from state.transition import lock, move, note, tweeted_as, words
from state.values import BEFORE_SETUP, Added, Sorted, SourceState

ITEM = TypeAdapter(Item)
EARLY = and_(Post.status == "skipped", Post.attempt == 0, Post.reason.startswith(BEFORE_SETUP))
# What may be out all the same, if this ledger is younger than its account's tweets, or comes from a backup.
UNSENT = or_(EARLY, Post.status.in_(("waiting", "held", "refused")))
RESTORED = "found in the timeline: it is out, though this ledger has not sent it"
_EDITED = "edited at the source"
_INTAKE = 7_267_002  # as `state.database._MIGRATING`


class Intake:
    """One read of one source, inside its transaction. `Ledger.intake` makes it."""

    def __init__(self, connection: Connection, source: Row[Any], *, now: datetime) -> None:
        self._connection = connection
        self._source: str = source.name
        self._now = now
        self._ids: dict[str, int] = {}
        self.first_read: bool = source.first_read_at is None
        self.oldest_at: datetime | None = source.oldest_at

    def sort(self, items: Sequence[Item], *, own: bool = True, instead_of: Collection[str] = ()) -> Sorted:
        """Tell new items from known and edited ones, and remember all of them.

        Of two items with one id the first counts. An edited item keeps its posts: those that wait follow its words and
        its story (`instead_of` is as in `add`), the others note the edit. A source that tells its `own` stories may
        move an article to another address; elsewhere another link is another story.
        """
        known = Known(self._connection, self._source, items)
        new, edited, turned = [], [], []
        for item in known.items:
            seen = known.match(item)
            if seen is None:
                seen_id = self._remember(item)
                new.append(item)
            else:
                seen_id = seen.id
                if seen.content_hash != _content_hash(item):
                    self._edit(seen, item, own=own, instead_of=instead_of)
                    edited.append(item)
                    turned += [item] if seen.story != item.story else []
            self._ids[item.id] = seen_id
        known.name(self._ids)
        old = len(known.items) - len(new) - len(edited)
        return Sorted(new=tuple(new), edited=tuple(edited), turned=tuple(turned), known=old)

    def add(
        self,
        item: Item,
        account: str,
        *,
        status: Literal["waiting", "skipped", "held"],
        reason: str = "",
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
        instead_of: Collection[str] = (),
    ) -> Added:
        """Put an item that `sort` has seen on its way to an account; its post, as it was stored.

        Once per item and account: a second call changes nothing. A story that another post already tells to this
        account is skipped and points there, unless this one is to be tweeted and that one, of a source that
        `instead_of` names, was not attempted yet: then this post takes the story over, and that one points here.
        """
        item_id, story = self._ids[item.id], short(item.story)
        known = select(Post).where(Post.account == account, Post.item_id == item_id)
        row: Row[Any] | None = self._connection.execute(known).one_or_none()
        if row is None:
            values: dict[str, Any] = {"item_id": item_id, "account": account, "expires_at": expires_at}
            values |= {"status": status, "reason": reason, "not_before": not_before}
            row = self._tell(story, values, instead_of if status == "waiting" else ())
            note(self._connection, row, row.reason, now=self._now)
        return Added(
            id=row.id, item=item.id, account=account, status=row.status, reason=row.reason, not_before=row.not_before
        )

    def restore(self, item: Item, account: str, posted: Posted, draft: Draft) -> Added:
        """As `add`, of an item that is out as this tweet; `draft` is what would be tweeted of it today."""
        added = self.add(item, account, status="skipped", reason=f"{BEFORE_SETUP}: it is out as {posted.url}")
        if not restore(self._connection, added.id, posted, draft, now=self._now):
            return added
        return replace(added, status="posted", reason=RESTORED)

    def hold_back(self, item: Item, account: str, until: datetime, why: str) -> None:
        """Let the post of an item wait until then, if it waits and was never attempted."""
        mine = (Post.item_id == self._ids[item.id], Post.account == account)
        idle = (Post.status == "waiting", Post.attempt == 0)
        changes = {"not_before": until, "reason": why, "updated_at": self._now}
        self._connection.execute(update(Post).where(*mine, *idle).values(changes))

    def hosts(self, sources: Collection[str]) -> dict[str, frozenset[str]]:
        """The hosts of these sources' own stories, by source, as far as their newest items tell."""
        return {source: hosts_of(self._connection, source) for source in sources}

    def done(self, validators: Mapping[str, str], *, oldest_at: datetime | None = None) -> None:
        """The read was good. `validators` are for the next look; `oldest_at` counts on the first read alone."""
        changes: dict[str, Any] = {"validators": dict(validators), **_success(self._now)}
        if self.first_read:
            changes |= {"first_read_at": self._now, "oldest_at": oldest_at}
        self._connection.execute(update(Source).where(Source.name == self._source).values(changes))

    def _tell(self, story: str, values: dict[str, Any], instead_of: Collection[str]) -> Row[Any]:
        """Store a new post, as the one that tells the story or as one that repeats it."""
        teller = teller_of(self._connection, values["account"], story)
        if teller is None:
            return self._insert(values | {"story": story})
        if not gives_way(teller, instead_of):
            # What is skipped for a reason of its own is nobody's heir.
            why = values["reason"] if values["status"] == "skipped" else same_story(teller.id)
            repeats = {"status": "skipped", "reason": why, "not_before": None}
            return self._insert(values | repeats | {"same_as": teller.id})
        give_up(self._connection, teller)
        row = self._insert(values | {"story": story})
        repeat(self._connection, teller, row, now=self._now)
        return row

    def _insert(self, values: dict[str, Any]) -> Row[Any]:
        values = values | {"created_at": self._now, "updated_at": self._now}
        return self._connection.execute(insert(Post).values(values).returning(Post)).one()

    def _remember(self, item: Item) -> int:
        values = {"source": self._source, "guid": item.id, "first_seen_at": self._now, **_content(item)}
        return int(self._connection.execute(insert(SeenItem).values(values).returning(SeenItem.id)).scalar_one())

    def _edit(self, seen: Row[Any], item: Item, *, own: bool, instead_of: Collection[str]) -> None:
        values = {"changed_at": self._now, **_content(item)}
        self._connection.execute(update(SeenItem).where(SeenItem.id == seen.id).values(values))
        is_same = item.extra.get(SHORT_LINK) == seen.link or (own and alike(item, seen))
        old, new = short(seen.story), short(item.story)
        # Locked: a worker on PostgreSQL may claim one in the very moment that its story is decided.
        for row in self._connection.execute(select(Post).where(Post.item_id == seen.id).with_for_update()).all():
            self._note_edit(row)
            if old != new and is_same:
                rename(self._connection, row, old, new, instead_of=instead_of, now=self._now)
            elif old != new:
                retell(self._connection, row, new, instead_of=instead_of, now=self._now)

    def _note_edit(self, row: Row[Any]) -> None:
        # Some feeds print the time of day in every entry: an edit a poll. The first one tells it all.
        latest = select(History.reason).where(History.post_id == row.id).order_by(History.id.desc()).limit(1)
        if self._connection.execute(latest).scalar() != _EDITED:
            note(self._connection, row, _EDITED, now=self._now)


def restore(connection: Connection, post_id: int, posted: Posted, draft: Draft, *, now: datetime) -> bool:
    """Settle an unsent post as this tweet, unless it only repeats another or the tweet is known as another's."""
    row = lock(connection, post_id)
    if row is None or row.same_as is not None or tweeted_as(connection, row.account, posted.id):
        return False
    tweet = {"tweet_id": posted.id, "tweet_url": posted.url, "posted_at": posted.at}
    said = {} if row.attempt else words(draft)
    if move(connection, post_id, "posted", RESTORED, UNSENT, now=now, **tweet, **said) is None:
        return False
    if not row.attempt:
        take_back(connection, row, now=now)  # what a network said before setup has left its story to others
    return True


class Sources(Connected):
    """The part of the ledger that knows sources."""

    def source(self, name: str) -> SourceState:
        """What is known of a source; one never heard of was never read."""
        with self._reading() as connection:
            row = connection.execute(select(Source).where(Source.name == name)).one_or_none()
        if row is not None:
            return SourceState(**row._mapping)
        return SourceState(
            name=name,
            validators={},
            first_read_at=None,
            oldest_at=None,
            last_success_at=None,
            failures=0,
            last_error="",
            not_before=None,
        )

    @contextmanager
    def intake(self, source: str, *, now: datetime) -> Iterator[Intake]:
        """Store one read, in one transaction: nothing of it if the block raises.

        Nothing else may be written to the ledger inside the block, by the same thread: it would wait for itself.
        """
        with self._writing() as connection:
            _one_at_a_time(connection)
            insert_if_missing(connection, Source, {"name": source})
            yield Intake(connection, connection.execute(select(Source).where(Source.name == source)).one(), now=now)

    def source_unchanged(self, name: str, validators: Mapping[str, str], *, now: datetime) -> None:
        """The source answered that nothing is new."""
        self._update_source(name, validators=dict(validators), **_success(now))

    def source_failed(self, name: str, why: str, *, not_before: datetime | None = None) -> int:
        """The source could not be read, and wants to be left alone until then; how many times in a row now."""
        self._update_source(name, failures=Source.failures + 1, last_error=why, not_before=not_before)
        return self.source(name).failures

    def _update_source(self, name: str, **values: object) -> None:
        with self._writing() as connection:
            insert_if_missing(connection, Source, {"name": name})
            connection.execute(update(Source).where(Source.name == name).values(**values))


def _one_at_a_time(connection: Connection) -> None:
    # Two sources may bring one story in the same moment, in any order of their items: on row locks alone that is a
    # deadlock, or one of the two fails on UNIQUE(account, story). SQLite has one writer anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_INTAKE)))


def _success(now: datetime) -> dict[str, Any]:
    return {"last_success_at": now, "failures": 0, "last_error": "", "not_before": None}


def _content(item: Item) -> dict[str, Any]:
    return {
        "link": item.link,
        "story": item.story,
        "title": item.title,
        "content_hash": _content_hash(item),
        "payload": ITEM.dump_python(item, mode="json"),
        "published_at": item.published,
    }


def _content_hash(item: Item) -> str:
    """A mark that changes with what a reader of the item would see, and with nothing else."""
    payload = ITEM.dump_python(item, mode="json", include={"title", "text", "link", "images", "tags", "offer"})
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
