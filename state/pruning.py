"""What the ledger forgets: the words of items that were decided long ago. Posts and their history stay."""

from datetime import datetime

from sqlalchemy import func, select, update

from state.engine import Connected
from state.models import Post, SeenItem

_OPEN = ("waiting", "sending", "unsure", "held")
_AT_ONCE = 500  # items: a transaction should be short


class Pruning(Connected):
    """The part of the ledger that keeps it small."""

    def prune(self, *, before: datetime) -> int:
        """Forget the texts and pictures of items that nothing has happened to since then; of how many.

        Title, link and the mark by which an edit is noticed stay, and an edit brings the text back.
        """
        last_change = func.coalesce(SeenItem.changed_at, SeenItem.first_seen_at)
        is_open = select(Post.id).where(Post.item_id == SeenItem.id, Post.status.in_(_OPEN)).exists()
        has_text = SeenItem.payload["text"].as_string() != ""
        old = select(SeenItem.id, SeenItem.payload).where(last_change < before, has_text, ~is_open).limit(_AT_ONCE)
        with self._reading() as connection:
            rows = connection.execute(old).all()
        if rows:
            with self._writing() as connection:
                for row in rows:
                    pruned = update(SeenItem).where(SeenItem.id == row.id, last_change < before)
                    connection.execute(pruned.values(payload=row.payload | {"text": "", "images": []}))
        return len(rows)
