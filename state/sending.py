"""The way of a post out of the house: worded, claimed, sent."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from connectors.contract import Draft, Posted
from state.engine import Connected
from state.identity import short
from state.intake import ITEM
from state.models import Post, SeenItem
from state.stories import has_turned, pass_on, story_of
from state.transition import draft as draft_of
from state.transition import end_attempt, images, lock, move, note, succeed, words
from state.values import _LEDGER, Claim, Waiting

_TURNED = "the source has made another story of it since X was asked to send it: settle it as posted or skipped"


class Sending(Connected):
    """The part of the ledger that a sender works with."""

    def waiting(self, account: str, *, now: datetime) -> list[Waiting]:
        """What waits to be tweeted, oldest first, whether it is due or not; what has expired by `now` waits no more."""
        query = (
            select(Post, SeenItem.payload)
            .join(SeenItem, SeenItem.id == Post.item_id)
            .where(Post.account == account, Post.status == "waiting", _in_time(now))
            .order_by(func.coalesce(SeenItem.published_at, SeenItem.first_seen_at), Post.id)
        )
        with self._reading() as connection:
            return [_waiting(row) for row in connection.execute(query)]

    def word(self, post_id: int, draft: Draft, *, story: str, now: datetime) -> bool:
        """Give a waiting post its words, which tell this story; False if it does not wait any more, or not with it.

        A post that X was asked to send once tells its story for good: it is held if its item has turned to another.
        """
        with self._writing() as connection:
            row = lock(connection, post_id)
            if row is None or row.status != "waiting" or story_of(connection, row) != short(story):
                return False
            if row.attempt and has_turned(connection, row):
                move(connection, post_id, "held", _TURNED, now=now)
                return False
            new = words(draft)
            if any(new[name] != row._mapping[name] for name in new):
                connection.execute(update(Post).where(Post.id == post_id).values(**new, updated_at=now))
                if row.text is not None:
                    note(connection, row, "worded anew", now=now, text=row.text)
            return True

    def hold(self, post_id: int, why: str, *, now: datetime) -> bool:
        """Keep a waiting post back until a person decides; False if it does not wait any more."""
        with self._writing() as connection:
            return move(connection, post_id, "held", why, Post.status == "waiting", now=now) is not None

    def withdraw(self, post_id: int, why: str, *, now: datetime) -> bool:
        """Skip a waiting post whose item is gone; False if it does not wait any more."""
        return self._skip(post_id, why, Post.status == "waiting", now=now)

    def expire(self, account: str, *, now: datetime) -> list[int]:
        """Skip what has waited beyond its end; the ids of those posts."""
        query = select(Post.id, Post.expires_at).where(
            Post.account == account, Post.status == "waiting", ~_in_time(now)
        )
        with self._reading() as connection:
            over = connection.execute(query.order_by(Post.id)).all()
        return [post_id for post_id, end in over if self._expire(post_id, end, now)]

    def _expire(self, post_id: int, end: datetime, now: datetime) -> bool:
        why = f"expired: its time ended on {end:%Y-%m-%d %H:%M} UTC"
        return self._skip(post_id, why, Post.status == "waiting", ~_in_time(now), now=now)

    def _skip(self, post_id: int, why: str, *where: ColumnElement[bool], now: datetime) -> bool:
        """Skip a post, and leave its story to others, unless it may be out after all: X was asked to send it."""
        with self._writing() as connection:
            row = move(connection, post_id, "skipped", why, *where, now=now)
            if row is not None and not row.attempt:
                pass_on(connection, row, now=now)
        return row is not None

    def claim(self, post_id: int, *, lease: timedelta, now: datetime) -> Claim | None:
        """Take the right to send a post once; its words are frozen from here on.

        None if it cannot be sent now: somebody else was quicker, it has no words, is not due, or has expired.
        """
        due = Post.not_before.is_(None) | (Post.not_before <= now)
        ready = (Post.status == "waiting", Post.text.is_not(None), due, _in_time(now))
        changes = {"attempt": Post.attempt + 1, "claimed_at": now, "lease_until": now + lease}
        with self._writing() as connection:
            row = move(connection, post_id, "sending", "", *ready, now=now, **changes)
            if row is None:
                return None
            title = connection.execute(select(SeenItem.title).where(SeenItem.id == row.item_id)).scalar_one()
        return _claim(row, title)

    def confirm(self, claim: Claim, posted: Posted, *, now: datetime) -> None:
        """It is out: a fact, whatever was believed meanwhile.

        Raises `LostClaim` if the post was claimed anew or decided by a person; the tweet is noted all the same.
        """
        succeed(self._engine, claim, posted, "", now=now)

    def release(self, claim: Claim, why: str, *, not_before: datetime | None, now: datetime) -> None:
        """It is certainly not out: it waits again, until `not_before` at least. Raises `LostClaim`."""
        with self._writing() as connection:
            end_attempt(connection, claim, "sending", "waiting", why, now=now, not_before=not_before)

    def refuse(self, claim: Claim, why: str, *, now: datetime) -> None:
        """It is not out and never will be. Raises `LostClaim`."""
        with self._writing() as connection:
            end_attempt(connection, claim, "sending", "refused", why, now=now)

    def doubt(self, claim: Claim, why: str, *, now: datetime) -> None:
        """Nobody knows whether it is out. Raises `LostClaim`."""
        with self._writing() as connection:
            end_attempt(connection, claim, "sending", "unsure", why, now=now, unsure_since=now)


def _in_time(now: datetime) -> ColumnElement[bool]:
    return Post.expires_at.is_(None) | (Post.expires_at > now)


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        item=ITEM.validate_python(row.payload),
        text=row.text,
        weight=row.weight,
        price=row.price,
        link=row.link or "",
        images=images(row),
        attempt=row.attempt,
        not_before=row.not_before,
        expires_at=row.expires_at,
        reason=row.reason,
    )


def _claim(row: Row[Any], title: str) -> Claim:
    return Claim(
        id=row.id,
        attempt=row.attempt,
        account=row.account,
        item_title=title,
        draft=draft_of(row),
        claimed_at=row.claimed_at,
        lease_until=row.lease_until,
        made_by=_LEDGER,
    )
