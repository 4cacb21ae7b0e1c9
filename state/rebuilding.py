"""What the ledger has not sent, compared with what is out."""

from datetime import datetime

from sqlalchemy import select

from connectors.contract import Draft, Posted
from state.engine import Connected
from state.intake import EARLY, ITEM, UNSENT, restore
from state.models import Post, SeenItem
from state.transition import move
from state.values import Unsent


class Rebuilding(Connected):
    """The part of the ledger that restores one that was lost."""

    def unsent(self, account: str) -> list[Unsent]:
        """What was there before the ledger was set up, and what may still be sent, by source."""
        query = (
            select(Post.id, Post.status, Post.same_as, SeenItem.payload)
            .join(SeenItem, SeenItem.id == Post.item_id)
            .where(Post.account == account, UNSENT)
            .order_by(SeenItem.source, Post.id)
        )
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return [
            Unsent(
                id=row.id,
                item=ITEM.validate_python(row.payload),
                early=row.status == "skipped",
                repeats=row.same_as is not None,
            )
            for row in rows
        ]

    def tweets(self, account: str) -> set[str]:
        """The ids of all tweets of this account that are known."""
        ids = select(Post.tweet_id).where(Post.account == account)
        with self._reading() as connection:
            return set(filter(None, connection.execute(ids).scalars()))

    def restore(self, post_id: int, posted: Posted, draft: Draft, *, now: datetime) -> bool:
        """It is out as this tweet, though this ledger has not sent it. False if it has, or if the tweet is known.

        `draft` is what would be tweeted of it today: nobody knows its words and its price any better.
        """
        with self._writing() as connection:
            return restore(connection, post_id, posted, draft, now=now)

    def hold_early(self, post_id: int, why: str, *, now: datetime) -> bool:
        """Let a person decide on a post that was skipped as too early; False if it was not."""
        with self._writing() as connection:
            return move(connection, post_id, "held", why, EARLY, now=now) is not None
