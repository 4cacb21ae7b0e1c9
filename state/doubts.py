"""Posts of which nobody knows whether they are out, until the account's own timeline has told."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from connectors.contract import Posted
from state.engine import Connected
from state.models import History, Post
from state.transition import draft, end_attempt, lock, lost, move, note, succeed
from state.values import Doubt, Status

_CLOCKS_DIFFER = timedelta(hours=1)  # X's and ours, at most; ours may also have been set right since


class Doubts(Connected):
    """The part of the ledger that clears up doubts."""

    def overdue(self, account: str, *, now: datetime) -> list[int]:
        """Doubt every send whose lease ran out: its worker died, or hangs. The ids of those posts."""
        over = _over(now)
        with self._reading() as connection:
            ids = (
                connection.execute(select(Post.id).where(Post.account == account, *over).order_by(Post.id))
                .scalars()
                .all()
            )
        return [post_id for post_id in ids if self._interrupt(post_id, now)]

    def _interrupt(self, post_id: int, now: datetime) -> bool:
        why = "the send was interrupted: nobody knows whether the tweet is out"
        with self._writing() as connection:
            return move(connection, post_id, "unsure", why, *_over(now), now=now, unsure_since=now) is not None

    def doubts(self, account: str) -> list[Doubt]:
        """What must be looked up in the account's timeline, the oldest doubt first."""
        # Not since the last claim: an attempt that nobody could find may still show up while the next one runs.
        first_claim = select(func.min(History.at)).where(History.post_id == Post.id, History.status == "sending")
        query = (
            select(Post, first_claim.scalar_subquery().label("since"))
            .where(Post.account == account, Post.status == "unsure")
            .order_by(Post.unsure_since, Post.id)
        )
        with self._reading() as connection:
            return [_doubt(row) for row in connection.execute(query)]

    def found(self, doubt: Doubt, posted: Posted, *, now: datetime) -> str:
        """It is out: here is its tweet. Empty, or why it is held instead. Raises `LostClaim` as `confirm` does."""
        return succeed(self._engine, doubt, posted, "found in the timeline", now=now)

    def absent(self, doubt: Doubt, *, seen_at: datetime, look_again: timedelta, now: datetime) -> Status:
        """The timeline does not show it; the post's status now. Raises `LostClaim`.

        One empty look proves nothing, a timeline may lag: after the second one, at least `look_again` later, the post
        waits again. Looks in between do not count. `seen_at` is the moment of the look by the timeline's own clock. So
        much time must have passed by that clock and by ours: any may be wrong for once, and those of workers differ.
        """
        with self._writing() as connection:
            row = lock(connection, doubt.id)
            if row is None or (row.status, row.attempt) != ("unsure", doubt.attempt):
                raise lost(doubt)
            # Nothing else changes the row of a post in doubt, so that was the moment of the first look by our clock.
            passed = min(seen_at - row.looked_at, now - row.updated_at) if row.looks else timedelta()
            if row.looks == 0 or passed < timedelta():
                # A clock that was wrong for once must not keep it in doubt until that time comes.
                _first_look(connection, row, seen_at, now)
                return "unsure"
            if passed < look_again:
                return "unsure"
            why = f"the timeline was looked at twice, {passed} apart, and does not show it"
            end_attempt(connection, doubt, "unsure", "waiting", why, now=now)
            return "waiting"

    def cannot_look(self, doubt: Doubt, why: str, *, now: datetime) -> None:
        """The timeline cannot be read: a person must. Raises `LostClaim`."""
        with self._writing() as connection:
            end_attempt(connection, doubt, "unsure", "held", why, now=now)


def _over(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A lease that has run out, or one from a future that our clock had wrong: that would last for days."""
    wrong = Post.claimed_at > now + _CLOCKS_DIFFER
    return Post.status == "sending", (Post.lease_until <= now) | wrong


def _first_look(connection: Connection, row: Row[Any], seen_at: datetime, now: datetime) -> None:
    connection.execute(update(Post).where(Post.id == row.id).values(looks=1, looked_at=seen_at, updated_at=now))
    note(connection, row, "the timeline does not show it; one more look to come", now=now)


def _doubt(row: Row[Any]) -> Doubt:
    return Doubt(
        id=row.id,
        attempt=row.attempt,
        account=row.account,
        draft=draft(row),
        since=min(row.since, row.unsure_since) - _CLOCKS_DIFFER,  # the claim may be from a wrong future
        looks=row.looks,
        looked_at=row.looked_at,
        unsure_since=row.unsure_since,
    )
