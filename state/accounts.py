"""Whose account it is, and whether it may post."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from connectors.contract import Profile
from state.engine import Connected, insert_if_missing
from state.models import Account
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
