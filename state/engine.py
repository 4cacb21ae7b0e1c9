"""Engines that behave alike on SQLite and PostgreSQL, and one transaction on them."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

from state.values import DatabaseError

BUSY_SECONDS = 30  # how long a writer waits for the others
_READS = "crosspost_only_reads"


def make_engine(url: str) -> Engine:
    """An engine for `url`. Raises `DatabaseError`: no address, none of the two kinds, or a folder that is missing."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        # The address may hold a password: it is not repeated.
        raise DatabaseError(
            "database: this is no database address; write sqlite:///crosspost.db or postgresql+psycopg://…"
        ) from None
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _sqlite(parsed)
    if parsed.drivername == "postgresql+psycopg":
        return _postgresql(parsed)
    raise DatabaseError(f"database: {parsed.drivername} is not supported; use sqlite:/// or postgresql+psycopg://")


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseError(
            "database: a ledger in memory would forget what was tweeted; name a file: sqlite:///crosspost.db"
        )
    folder = Path(url.database).parent
    if not folder.is_dir():
        raise DatabaseError(f"database: the folder {folder} does not exist; create it, or correct the path")
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101
    connection.isolation_level = None  # we say BEGIN ourselves, in _begin_sqlite
    connection.execute("PRAGMA foreign_keys = ON")
    # A claim must survive a power cut before its tweet leaves the house, or the tweet would leave twice.
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    # A writer that starts as a reader may be refused at its first write, without any waiting: so it says at once
    # what it is. Readers must not stand in that queue.
    reads = connection.get_execution_options().get(_READS)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    # READ COMMITTED is enough: every transition is one UPDATE whose WHERE names the status and attempt it expects.
    # Whoever waited for another's row lock has its WHERE checked again on the new row, and updates nothing. The one
    # transaction that reads, decides and then writes, the intake, runs alone under an advisory lock. SERIALIZABLE
    # would add failures to retry and no safety.
    return create_engine(
        url,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,  # a server that was restarted meanwhile costs nothing
        connect_args={"connect_timeout": 10},
    )


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: all of it or nothing. Raises `DatabaseError` when the database fails."""
    with _one_line(engine), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent look, beside any writer. Raises `DatabaseError` when the database fails."""
    with _one_line(engine), engine.execution_options(**{_READS: True}).begin() as connection:
        yield connection


@contextmanager
def _one_line(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (exc.IntegrityError, exc.ProgrammingError, exc.DataError):
        raise  # a fault of ours, not of the database
    except (exc.DBAPIError, exc.TimeoutError) as error:
        raise DatabaseError(f"database {address(engine)}: {_first_line(error)}") from error


def address(engine: Engine) -> str:
    """Which database this is, without a password."""
    return engine.url.set(query={}).render_as_string(hide_password=True)


def _first_line(error: exc.DBAPIError | exc.TimeoutError) -> str:
    why = str(error.orig if isinstance(error, exc.DBAPIError) else error).strip()
    return why.splitlines()[0] if why else type(error).__name__


class Connected:
    """What every part of the ledger stands on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _writing(self) -> AbstractContextManager[Connection]:
        return writing(self._engine)

    def _reading(self) -> AbstractContextManager[Connection]:
        return reading(self._engine)


def insert_if_missing(connection: Connection, table: type[DeclarativeBase], *rows: dict[str, object]) -> None:
    """Insert rows, but none whose key stands there already, whoever put it there."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if rows:
        connection.execute(insert(table).on_conflict_do_nothing(), list(rows))
