"""Open the ledger at the newest schema, one process at a time."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from state.engine import BUSY_SECONDS, address, make_engine, writing
from state.ledger import Ledger
from state.values import DatabaseError

SCHEMA = "0002"  # the newest revision in migrations/versions
VERSION_TABLE = "crosspost_schema"  # not Alembic's usual name: Prefect, in the same database, has that one
MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = 7_267_001  # any number that nobody else locks


def open_ledger(url: str) -> Ledger:
    """The ledger at `url` (an SQLite path there is absolute), brought to the newest schema.

    Raises `DatabaseError`: no such address or folder, not reachable, no database, or one of a newer Crosspost.
    """
    engine = make_engine(url)
    try:
        with _alone(engine), writing(engine) as connection:
            _migrate(connection)
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine)


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """On SQLite, keep others from opening meanwhile; on PostgreSQL the transaction itself does, in `_migrate`.

    Changing to WAL is refused at once, without waiting, while anybody else reads: so the file is not touched at all
    before its turn. The lock is SQLite's own, on an empty file beside: it works wherever SQLite does, and dies with its
    process.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    try:
        with closing(
            sqlite3.connect(f"{engine.url.database}.lock", timeout=BUSY_SECONDS, isolation_level=None)
        ) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            with closing(sqlite3.connect(str(engine.url.database), timeout=BUSY_SECONDS)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
            yield
    except sqlite3.Error as error:
        raise DatabaseError(f"database {address(engine)}: {error}") from error


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
    version = _version(connection)
    if version == SCHEMA:
        return
    if version > SCHEMA:
        raise DatabaseError(
            f"database {address(connection.engine)} was written by a newer Crosspost (schema {version}, this one knows "
            f"{SCHEMA}); update Crosspost"
        )
    _upgrade(connection)


def _version(connection: Connection) -> str:
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() or ""  # noqa: S608


def _upgrade(connection: Connection) -> None:
    # Imported here: every run opens the ledger, and next to none of them has anything to migrate.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")
