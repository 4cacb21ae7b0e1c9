"""One step of one post: the guarded UPDATE and its line in the history."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, select, update

from connectors.contract import Draft, Image, Posted
from state.engine import writing
from state.models import History, Post
from state.values import Claim, Doubt, LostClaim, Status

# What belongs to a status leaves with it.
_NOTHING: dict[str, Any] = {
    "not_before": None,
    "lease_until": None,
    "unsure_since": None,
    "looks": 0,
    "looked_at": None,
}


def move(
    connection: Connection,
    post_id: int,
    status: Status,
    reason: str,
    *where: ColumnElement[bool],
    now: datetime,
    **changes: Any,
) -> Row[Any] | None:
    """Bring a post to `status` if it still is as `where` says, and note it; None if it is not."""
    values = _NOTHING | changes | {"status": status, "reason": reason, "updated_at": now}
    row = connection.execute(
        update(Post).where(Post.id == post_id, *where).values(values).returning(Post)
    ).one_or_none()
    if row is not None:
        note(connection, row, reason, now=now, text=row.text if status == "sending" else None)
    return row


def note(
    connection: Connection, row: Row[Any], reason: str, *, now: datetime, text: str | None = None, tweet_id: str = ""
) -> None:
    """A line in the history of the post that `row` is."""
    connection.execute(
        insert(History).values(
            post_id=row.id,
            at=now,
            status=row.status,
            reason=reason,
            attempt=row.attempt,
            text=text,
            tweet_id=tweet_id or row.tweet_id,
        )
    )


def words(draft: Draft) -> dict[str, Any]:
    """The columns of a draft."""
    images = [{"url": image.url, "alt": image.alt} for image in draft.images]
    return {
        "text": draft.text,
        "link": draft.link,
        "weight": draft.weight,
        "price": draft.price,
        "images": images,
    }


def images(row: Row[Any]) -> tuple[Image, ...]:
    return tuple(Image(**image) for image in row.images or ())


def draft(row: Row[Any]) -> Draft:
    """The draft in the columns of a post that has words."""
    price: Decimal = row.price
    return Draft(text=row.text, link=row.link, weight=row.weight, price=price, images=images(row))


def lock(connection: Connection, post_id: int) -> Row[Any] | None:
    """The post as it is, and stays until the end of the transaction."""
    return connection.execute(select(Post).where(Post.id == post_id).with_for_update()).one_or_none()


def lost(hand: Claim | Doubt) -> LostClaim:
    return LostClaim(f"post {hand.id}: attempt {hand.attempt} is over, somebody else or a person has decided meanwhile")


def end_attempt(
    connection: Connection,
    hand: Claim | Doubt,
    before: Status,
    after: Status,
    why: str,
    *,
    now: datetime,
    **changes: Any,
) -> None:
    """Bring the attempt that `hand` holds from one status to another. Raises `LostClaim`."""
    holds = (Post.status == before, Post.attempt == hand.attempt)
    if move(connection, hand.id, after, why, *holds, now=now, **changes) is None:
        raise lost(hand)


def succeed(engine: Engine, hand: Claim | Doubt, posted: Posted, why: str, *, now: datetime) -> str:
    """Settle an attempt as posted, from wherever it may be by now. Raises `LostClaim`, after noting the tweet.

    Empty if it is posted now; else why it is held: the tweet is another post already.
    """
    with writing(engine) as connection:
        row = lock(connection, hand.id)
        if row is None:
            raise lost(hand)
        if row.tweet_id == posted.id:
            return ""  # the same fact, told twice
        holds = row.attempt == hand.attempt and row.status in ("sending", "unsure", "held", "waiting")
        other = tweeted_as(connection, row.account, posted.id)
        if not holds:
            note(
                connection,
                row,
                f"attempt {hand.attempt} is out all the same: {posted.url}",
                now=now,
                tweet_id=posted.id,
            )
        elif other:
            doubt = f"what looks like it, {posted.url}, is post {other}"
            move(connection, row.id, "held", doubt, now=now)
            return doubt
        else:
            tweet = {"tweet_id": posted.id, "tweet_url": posted.url, "posted_at": posted.at}
            move(connection, row.id, "posted", why, now=now, **tweet)
    if not holds:
        raise lost(hand)
    return ""


def tweeted_as(connection: Connection, account: str, tweet_id: str) -> int | None:
    """The post of this account that is known to be this tweet."""
    return connection.execute(select(Post.id).where(Post.account == account, Post.tweet_id == tweet_id)).scalar()
