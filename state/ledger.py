"""The state machine: where every post is, and why. Nothing is ever sent again on a guess.

                ┌────────── release ───────────┐
                ▼                              │
    add ──▶ waiting ──claim──▶ sending ──confirm──▶ posted
      │        │                  │  └──refuse──▶ refused
      │        └──────────▶ skipped └──doubt──▶ unsure ──found──▶ posted
      ├──▶ skipped (before setup, filtered,         ├──absent twice, minutes apart──▶ waiting
      │            same story, expired)             └──cannot look──▶ held
      └──▶ held (burst of unknown ids, template error)   held ──a person──▶ waiting | skipped | posted

What waits is skipped when its time is over, when its page is gone, or when the source whose story it is brings it after
all: then that one's post takes the story over.

Every step is one short transaction: an UPDATE that names the status and the attempt it expects, and a line in the
history. The call to X stands between two of them, never inside one. `attempt` is the fencing token: whoever holds an
older one changes nothing.
"""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row

from state.accounts import Accounts
from state.doubts import Doubts
from state.intake import Sources
from state.pruning import Pruning
from state.rebuilding import Rebuilding
from state.report import Reports
from state.sending import Sending
from state.stories import WORDLESS, has_turned, take_back
from state.told import ToldTroubles
from state.transition import lock, move, tweeted_as
from state.values import SettleError


class Ledger(Sources, Sending, Doubts, Accounts, Rebuilding, ToldTroubles, Reports, Pruning):
    """What happened to everything. `state.database.open_ledger` makes one; its threads may share it.

    Every call raises `DatabaseError` when the database fails.
    """

    def settle(
        self,
        post_id: int,
        status: Literal["posted", "waiting", "skipped"],
        *,
        now: datetime,
        tweet_id: str | None = None,
    ) -> None:
        """A person decides what becomes of a post. Raises `SettleError` where there is nothing to decide."""
        with self._writing() as connection:
            row = lock(connection, post_id)
            if row is None:
                raise SettleError(f"there is no post {post_id}")
            _check(row, status, tweet_id)
            other = tweet_id and tweeted_as(connection, row.account, tweet_id)
            if other:
                raise SettleError(f"tweet {tweet_id} is post {other} already")
            if status == "waiting" and row.attempt and has_turned(connection, row):
                raise SettleError(
                    f"the source has made another story of post {post_id}: settle it as posted or skipped"
                )
            # What X was asked to send keeps the story that it had then, whatever has become of its item.
            teller = take_back(connection, row, now=now) if status != "skipped" and not row.attempt else None
            if teller and status == "waiting":
                raise SettleError(f"post {teller} tells this story already: this one would be a second tweet of it")
            # The end of its time was a machine's judgement: the person's counts more. Its words are those of today.
            anew = {"expires_at": None, **(WORDLESS if not row.attempt else {})}
            changes = {"tweet_id": tweet_id, "posted_at": now} if status == "posted" else anew
            move(connection, post_id, status, f"a person settled it: it was {row.status}", now=now, **changes)


def _check(row: Row[Any], status: str, tweet_id: str | None) -> None:
    """Raise `SettleError` unless a person may bring this post to this status."""
    if tweet_id and status != "posted":
        raise SettleError("a tweet id belongs to a post that is settled as posted")
    if row.status == "posted":
        raise SettleError(f"post {row.id} is out: it was posted on {row.posted_at:%Y-%m-%d %H:%M} UTC")
    if row.status == "sending":
        raise SettleError(f"post {row.id} is being sent right now; look again after {row.lease_until:%H:%M:%S} UTC")
    if row.same_as is not None:
        raise SettleError(f"post {row.id} only repeats post {row.same_as}: settle that one")
    if row.status == status:
        raise SettleError(f"post {row.id} is {status} already")
