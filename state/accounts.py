"""Whose account it is, and whether it may post."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.orm import aliased

from connectors.contract import Profile
from state.engine import Connected, insert_if_missing
from state.models import Account, Post, StoryName
from state.values import AccountState


class Accounts(Connected):
    """The part of the ledger that knows accounts."""

    def account(self, name: str) -> AccountState:
        """What is known of an account; one never heard of is nobody's, and not paused."""
        with self._reading() as connection:
            row = connection.execute(select(Account).where(Account.name == name)).one_or_none()
        if row is None:
            return AccountState(name=name, user_id="", username="", paused_at=None, paused_why="")
        return AccountState(**row._mapping)

    def introduce(self, name: str, profile: Profile) -> None:
        """Remember whose account this is."""
        self._update(name, user_id=profile.id, username=profile.username)

    def adopt(self, name: str, user_id: str, *, in_use: Collection[str]) -> None:
        """Remember whose account this is; all that is known of it under names that are not `in_use` becomes its own."""
        same = select(Account.name).where(Account.user_id == user_id)
        with self._reading() as connection:
            names = set(connection.execute(same).scalars())
        if name not in names:
            self._update(name, user_id=user_id)
        for old in sorted(names - {name, *in_use}):
            with self._writing() as connection:
                _move(connection, old, name)

    def open_posts(self) -> dict[str, int]:
        """By account, how many posts wait, are sent or are in doubt."""
        count = select(Post.account, func.count()).where(Post.status.in_(("waiting", "sending", "unsure")))
        with self._reading() as connection:
            return {name: number for name, number in connection.execute(count.group_by(Post.account))}  # noqa: C416

    def pause(self, name: str, why: str, *, now: datetime) -> bool:
        """Stop posting to an account. True if this is news; a second reason does not replace the first."""
        return self._update(name, Account.paused_at.is_(None), paused_at=now, paused_why=why)

    def resume(self, name: str) -> bool:
        """Let an account post again. True if it was paused."""
        return self._update(name, Account.paused_at.is_not(None), paused_at=None, paused_why="")

    def _update(self, name: str, *where: ColumnElement[bool], **values: object) -> bool:
        with self._writing() as connection:
            insert_if_missing(connection, Account, {"name": name})
            return (
                connection.execute(update(Account).where(Account.name == name, *where).values(**values)).rowcount == 1
            )


def _move(connection: Connection, old: str, new: str) -> None:
    """What would then stand twice under the new name stays where it is."""
    other = aliased(Post)
    same = (other.item_id == Post.item_id) | (other.story == Post.story) | (other.tweet_id == Post.tweet_id)
    taken = select(other.id).where(other.account == new, same).exists()
    connection.execute(update(Post).where(Post.account == old, ~taken).values(account=new))
    moved = select(Post.id).where(Post.account == new)
    names = update(StoryName).where(StoryName.account == old, StoryName.post_id.in_(moved))
    connection.execute(names.values(account=new))
    connection.execute(update(Account).where(Account.name == old).values(user_id=""))  # it is nobody's name any more
