"""Who tells a story: of all posts of one account with one story, one tells it, and the others point there.

A story has one name, the address of its article, until the article moves; then it has several.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, delete, select, update

from state.engine import insert_if_missing
from state.identity import short
from state.models import Post, SeenItem, StoryName
from state.transition import move

WORDLESS = dict.fromkeys(("text", "link", "weight", "price", "images"))
_NEWEST = 100  # items that tell which hosts a source writes about
_LONGEST_STORY = 8192  # characters of a link: looking at the host takes quadratic time in it


def same_story(post_id: int) -> str:
    """The reason of a post that only repeats another."""
    return f"same story as post {post_id}"


def teller_of(connection: Connection, account: str, story: str) -> Row[Any] | None:
    """The post that tells this story to this account, with its `source`; nobody changes it meanwhile."""
    named = select(StoryName.post_id).where(StoryName.account == account, StoryName.story == story)
    query = (
        select(Post, SeenItem.source)
        .join(SeenItem, SeenItem.id == Post.item_id)
        .where(Post.account == account, (Post.story == story) | Post.id.in_(named))
    )
    # The oldest: a person may settle in the very moment in which an article moves.
    return connection.execute(query.order_by(Post.id).limit(1).with_for_update(of=Post)).one_or_none()


def gives_way(teller: Row[Any], sources: Collection[str]) -> bool:
    """Whether a post of one of these sources can still leave its story to another: X was never asked to send it."""
    return teller.source in sources and teller.status in ("waiting", "held") and teller.attempt == 0


def give_up(connection: Connection, teller: Row[Any]) -> None:
    """Free the story for another post. `repeat` must follow: until then the row tells a story that is nobody's."""
    connection.execute(update(Post).where(Post.id == teller.id).values(story=f"post {teller.id}"))


def repeat(connection: Connection, old: Row[Any], new: Row[Any], *, now: datetime) -> None:
    """From now on `old`, and every post that pointed to it, only repeats `new`, which has all names of its story."""
    why = same_story(new.id)
    move(connection, old.id, "skipped", why, now=now, story=None, same_as=new.id)
    _follow(connection, old.id, new.id, now=now)
    _name(connection, new, old.story)


def pass_on(connection: Connection, row: Row[Any], *, now: datetime) -> None:
    """`row` will not tell its story: the oldest post that only repeated it does, else whoever brings it next."""
    if row.story is None:
        return
    give_up(connection, row)
    heir = _heir(connection, row)
    if heir is None:
        connection.execute(delete(StoryName).where(StoryName.post_id == row.id))
        return
    why = f"post {row.id} does not tell this story any more"
    move(connection, heir, "waiting", why, now=now, story=row.story, same_as=None)
    _follow(connection, row.id, heir, now=now)


def _heir(connection: Connection, row: Row[Any]) -> int | None:
    heirs = select(Post.id).where(Post.same_as == row.id, Post.reason == same_story(row.id))
    return connection.execute(heirs.order_by(Post.id).limit(1).with_for_update()).scalar()


def _follow(connection: Connection, old: int, new: int, *, now: datetime) -> None:
    """What repeated one post, and every name of its story, belongs to another."""
    repeats = update(Post).where(Post.same_as == old)
    only_that = Post.reason == same_story(old)
    connection.execute(repeats.where(only_that).values(same_as=new, reason=same_story(new), updated_at=now))
    connection.execute(repeats.values(same_as=new, updated_at=now))
    connection.execute(update(StoryName).where(StoryName.post_id == old).values(post_id=new))


def rename(
    connection: Connection, row: Row[Any], old: str, story: str, *, instead_of: Collection[str] = (), now: datetime
) -> None:
    """The article of this post has moved, or the target of its short link has come out: one story, another name.

    Whoever tells the story answers to both names then, if it is this post or the one that it repeats.
    """
    teller = teller_of(connection, row.account, old)
    if teller is None or teller.id not in (row.id, row.same_as):
        return
    other = teller_of(connection, row.account, story)
    if other is None or other.id == teller.id:
        _name(connection, teller, story)
    elif _takes_over(connection, teller, other, {other.source} if teller.attempt else instead_of, now=now):
        pass
    elif gives_way(teller, {teller.source}):
        repeat(connection, teller, other, now=now)


def retell(
    connection: Connection, row: Row[Any], story: str, *, instead_of: Collection[str] = (), now: datetime
) -> None:
    """An edited item is about something else by now: its post tells that, or repeats who tells it already.

    It has no words then until it is worded anew: another worker may be about to send the old ones.
    """
    if row.story == story or not _may_turn(row, story):
        return
    pass_on(connection, row, now=now)
    teller = teller_of(connection, row.account, story)
    if teller is not None and not _takes_over(connection, row, teller, instead_of, now=now):
        if teller.id != row.same_as:
            move(connection, row.id, "skipped", same_story(teller.id), now=now, story=None, same_as=teller.id)
        return
    tells = {"story": story, "same_as": None, **WORDLESS}
    if row.same_as is None:
        connection.execute(update(Post).where(Post.id == row.id).values(tells))
    else:
        why = f"it is about something else than post {row.same_as} since an edit"
        move(connection, row.id, "waiting", why, now=now, **tells)


def _may_turn(row: Row[Any], story: str) -> bool:
    """Whether a post may tell another story: X was never asked to send it, and nothing else has decided on it.

    One that only repeats may if there is a link: one that is gone altogether may be a whim of the source's server.
    """
    if row.same_as is None:
        return not row.attempt and row.status in ("waiting", "held")
    return bool(host_of(story)) and row.reason == same_story(row.same_as)


def story_of(connection: Connection, row: Row[Any]) -> str:
    """What the item of this post is about, as its source tells it now."""
    return short(connection.execute(select(SeenItem.story).where(SeenItem.id == row.item_id)).scalar_one())


def has_turned(connection: Connection, row: Row[Any]) -> bool:
    """Whether the item of this post is about something else than the story that the post tells."""
    teller = teller_of(connection, row.account, story_of(connection, row))
    return teller is None or teller.id != row.id


def _name(connection: Connection, teller: Row[Any], story: str) -> None:
    if story != teller.story:
        insert_if_missing(connection, StoryName, {"account": teller.account, "story": story, "post_id": teller.id})


def _takes_over(
    connection: Connection, row: Row[Any], teller: Row[Any], sources: Collection[str], *, now: datetime
) -> bool:
    """Whether `row` has taken the story over from its teller, which only repeats it from now on."""
    if not gives_way(teller, sources):
        return False
    give_up(connection, teller)
    repeat(connection, teller, row, now=now)
    return True


def take_back(connection: Connection, row: Row[Any], *, now: datetime) -> int | None:
    """A person wants this post after all: it tells the story of its item, unless another has. The id of that other."""
    story = story_of(connection, row)
    teller = teller_of(connection, row.account, story)
    if teller is not None and teller.id == row.id:
        return None
    pass_on(connection, row, now=now)
    if teller is not None and not _takes_over(connection, row, teller, {teller.source}, now=now):
        return int(teller.id)
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
