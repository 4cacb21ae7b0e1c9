"""Who tells a story: of all posts of one account with one story, one tells it, and the others point there."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, select, update

from state.identity import short
from state.models import Post, SeenItem, Source
from state.transition import move

_WORDLESS = dict.fromkeys(("text", "link", "weight", "price", "images"))
_NEWEST = 100  # items that tell which hosts a source writes about
_LONGEST_STORY = 8192  # characters of a link: looking at the host takes quadratic time in it


def same_story(post_id: int) -> str:
    """The reason of a post that only repeats another."""
    return f"same story as post {post_id}"


def teller_of(connection: Connection, account: str, story: str) -> Row[Any] | None:
    """The post that tells this story to this account, with its `source`; nobody changes it meanwhile."""
    query = (
        select(Post, SeenItem.source)
        .join(SeenItem, SeenItem.id == Post.item_id)
        .where(Post.account == account, Post.story == story)
    )
    return connection.execute(query.with_for_update(of=Post)).one_or_none()


def gives_way(teller: Row[Any], sources: Collection[str]) -> bool:
    """Whether a post of one of these sources can still leave its story to another: X was never asked to send it."""
    return teller.source in sources and teller.status in ("waiting", "held") and teller.attempt == 0


def give_up(connection: Connection, teller: Row[Any]) -> None:
    """Free the story for another post. `repeat` must follow: until then the row tells a story that is nobody's."""
    connection.execute(update(Post).where(Post.id == teller.id).values(story=f"post {teller.id}"))


def repeat(connection: Connection, old: Row[Any], new: Row[Any], *, now: datetime) -> None:
    """From now on `old`, and every post that pointed to it, only repeats `new`."""
    why = same_story(new.id)
    move(connection, old.id, "skipped", why, now=now, story=None, same_as=new.id)
    connection.execute(update(Post).where(Post.same_as == old.id).values(same_as=new.id, reason=why, updated_at=now))


def pass_on(connection: Connection, row: Row[Any], *, now: datetime) -> None:
    """`row` will not tell its story: the oldest post that repeated it does, else whoever brings it next.

    Not if it was attempted (it may be out after all), and not to what was there before its source was set up.
    """
    if row.story is None or row.attempt:
        return
    give_up(connection, row)
    heirs = (
        select(Post.id)
        .join(SeenItem, SeenItem.id == Post.item_id)
        .join(Source, Source.name == SeenItem.source)
        .where(Post.same_as == row.id, Post.created_at > Source.first_read_at)
    )
    heir = connection.execute(heirs.order_by(Post.id).limit(1).with_for_update(of=Post)).scalar()
    if heir is None:
        return
    why = f"post {row.id} does not tell this story any more"
    move(connection, heir, "waiting", why, now=now, story=row.story, same_as=None)
    others = {"same_as": heir, "reason": same_story(heir), "updated_at": now}
    connection.execute(update(Post).where(Post.same_as == row.id).values(others))


def retell(
    connection: Connection, row: Row[Any], story: str, *, instead_of: Collection[str] = (), now: datetime
) -> None:
    """An edited item may be about something else by now: its post tells that, or repeats who tells it already.

    It has no words then until it is worded anew: another worker may be about to send the old ones.
    """
    if row.story in (None, story) or row.attempt or row.status not in ("waiting", "held"):
        return
    pass_on(connection, row, now=now)
    teller = teller_of(connection, row.account, story)
    if teller is not None and not gives_way(teller, instead_of):
        move(connection, row.id, "skipped", same_story(teller.id), now=now, story=None, same_as=teller.id)
        return
    if teller is not None:
        give_up(connection, teller)
        repeat(connection, teller, row, now=now)
    connection.execute(update(Post).where(Post.id == row.id).values(story=story, **_WORDLESS))


def reveal(
    connection: Connection, row: Row[Any], story: str, *, instead_of: Collection[str] = (), now: datetime
) -> None:
    """What an item is about has come out, for its short link could be looked up: even a tweet has told that story."""
    if not row.attempt or row.story in (None, story):
        retell(connection, row, story, instead_of=instead_of, now=now)
        return
    teller = teller_of(connection, row.account, story)
    if teller is not None and gives_way(teller, {teller.source}):
        give_up(connection, teller)
        repeat(connection, teller, row, now=now)
    elif teller is not None:
        return
    connection.execute(update(Post).where(Post.id == row.id).values(story=story))


def take_back(connection: Connection, row: Row[Any], *, now: datetime) -> int | None:
    """A person wants this post after all: it tells the story of its item, unless another has. The id of that other."""
    story = short(connection.execute(select(SeenItem.story).where(SeenItem.id == row.item_id)).scalar_one())
    if row.story in (None, story):
        return None
    teller = teller_of(connection, row.account, story)
    if teller is not None and not gives_way(teller, {teller.source}):
        return int(teller.id)
    if teller is not None:
        give_up(connection, teller)
        repeat(connection, teller, row, now=now)
    connection.execute(update(Post).where(Post.id == row.id).values(story=story))
    return None


def hosts_of(connection: Connection, source: str) -> frozenset[str]:
    """The hosts of the newest stories of a source."""
    newest = select(SeenItem.story).where(SeenItem.source == source).order_by(SeenItem.id.desc()).limit(_NEWEST)
    return frozenset(filter(None, map(host_of, connection.execute(newest).scalars())))


def host_of(story: str) -> str:
    """The host of a story that is a link; empty where it is none."""
    if not story.startswith("https://") or len(story) > _LONGEST_STORY:
        return ""
    try:
        return urlsplit(story).hostname or ""
    except ValueError:  # "https://[": nobody can open it, but feeds may hold it
        return ""
