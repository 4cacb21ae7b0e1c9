"""What `status` and `show` tell: everything here only reads."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from connectors.contract import Item
from state.engine import Connected
from state.intake import ITEM
from state.models import History, Post, SeenItem
from state.transition import images
from state.values import STATUSES, PostRow, Status

_UNSEEN = "\u00ad\u200b\u2060\ufeff"


def seen(text: str) -> str:
    """The text without the marks that nobody sees: two texts that differ by them alone say the same."""
    return text.translate(dict.fromkeys(map(ord, _UNSEEN)))


class Reports(Connected):
    """The part of the ledger that is read by people."""

    def counts(self) -> dict[Status, int]:
        """How many posts are in each of the seven states."""
        with self._reading() as connection:
            rows = connection.execute(select(Post.status, func.count()).group_by(Post.status)).all()
        found = {row[0]: row[1] for row in rows}
        return {status: found.get(status, 0) for status in STATUSES}

    def posts(
        self, *, account: str | None = None, statuses: Sequence[Status] | None = None, limit: int = 50
    ) -> list[PostRow]:
        """The posts that changed last, newest first."""
        query = _POSTS.order_by(Post.updated_at.desc(), Post.id.desc()).limit(limit)
        if account is not None:
            query = query.where(Post.account == account)
        if statuses is not None:
            query = query.where(Post.status.in_(statuses))
        with self._reading() as connection:
            return [_post_row(row) for row in connection.execute(query)]

    def show(self, post_id: int) -> dict[str, Any] | None:
        """Everything known about a post, its item and its history, ready for JSON."""
        with self._reading() as connection:
            post = connection.execute(select(Post).where(Post.id == post_id)).one_or_none()
            if post is None:
                return None
            item = connection.execute(select(SeenItem).where(SeenItem.id == post.item_id)).one()
            history = connection.execute(select(History).where(History.post_id == post_id).order_by(History.id)).all()
        return {
            **_plain(post),
            "item": _plain(item),
            "history": [_plain(row, leave_out=("id", "post_id")) for row in history],
        }

    def spent(self, account: str, since: datetime) -> Decimal:
        """What an account's tweets have cost since then, in USD; what may be out counts as out."""
        may_be_out = Post.status.in_(("sending", "unsure")) & (Post.claimed_at >= since)
        query = select(func.sum(Post.price)).where(Post.account == account, (Post.posted_at >= since) | may_be_out)
        with self._reading() as connection:
            return connection.execute(query).scalar() or Decimal(0)

    def same_words(self, account: str, text: str) -> int | None:
        """The post that says, or is about to say, the same on another account; what nobody sees is no difference."""
        speaks = Post.status.in_(("waiting", "sending", "unsure", "posted"))
        shown: ColumnElement[Any] = func.coalesce(Post.text, "")
        for mark in _UNSEEN:
            shown = func.replace(shown, mark, "")
        query = select(func.min(Post.id)).where(Post.account != account, shown == seen(text), speaks)
        with self._reading() as connection:
            return connection.execute(query).scalar()

    def newest_items(self, source: str, *, limit: int = 50) -> list[Item]:
        """What a source brought lately, newest first, as it was read last."""
        query = select(SeenItem.payload).where(SeenItem.source == source).order_by(SeenItem.id.desc()).limit(limit)
        with self._reading() as connection:
            return [ITEM.validate_python(payload) for payload in connection.execute(query).scalars()]

    def last_posted(self, account: str) -> datetime | None:
        """When the account tweeted last."""
        with self._reading() as connection:
            return connection.execute(select(func.max(Post.posted_at)).where(Post.account == account)).scalar()


_FROM_POST = [column for column in Post.__table__.columns if column.name in PostRow.__slots__]
_FROM_ITEM = (SeenItem.source, SeenItem.guid.label("item"), SeenItem.title, SeenItem.link.label("article"))
_POSTS = select(*_FROM_POST, *_FROM_ITEM).join(SeenItem, SeenItem.id == Post.item_id)


def _post_row(row: Row[Any]) -> PostRow:
    return PostRow(**{**row._mapping, "images": images(row), "link": row.link or ""})


def _plain(row: Row[Any], *, leave_out: Sequence[str] = ()) -> dict[str, Any]:
    return {name: _json(value) for name, value in row._mapping.items() if name not in leave_out}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
