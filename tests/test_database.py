"""Opening the ledger: at the newest schema, by one process at a time, or with one clear line."""

import multiprocessing
import sqlite3
from collections.abc import Callable
from contextlib import closing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from conftest import NewDatabase
from ledger_kit import NOW, add, item
from sqlalchemy import Engine, create_engine, inspect, text

from state import database
from state.database import MIGRATIONS, SCHEMA, VERSION_TABLE, open_ledger
from state.engine import make_engine, reading
from state.models import Base
from state.values import DatabaseError

# --- The schema -------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def url(new_database: NewDatabase) -> str:
    return new_database()


@pytest.fixture
def migrated(url: str) -> Engine:
    open_ledger(url).close()
    return create_engine(url)


def test_the_migrations_lead_to_the_tables_of_the_models(migrated: Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_lead_to_the_rules_of_the_models(migrated: Engine, new_database: NewDatabase) -> None:
    """Alembic's own comparison does not see CHECKs."""
    modelled = create_engine(new_database())
    Base.metadata.create_all(modelled)
    assert _rules(migrated) == _rules(modelled)
    assert len(_rules(migrated)["posts"]) > 15


def _rules(engine: Engine) -> dict[str, dict[str, str]]:
    look = inspect(engine)
    return {
        table: {str(check["name"]): check["sqltext"] for check in look.get_check_constraints(table)}
        for table in Base.metadata.tables
    }


def test_the_newest_migration_is_the_schema_that_the_code_expects() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == SCHEMA


def test_a_database_at_the_newest_schema_opens_without_any_migration(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ledger(url).close()
    monkeypatch.setattr(database, "_upgrade", lambda connection: pytest.fail("there is nothing to migrate"))
    open_ledger(url).close()


def test_opening_again_keeps_what_happened(url: str) -> None:
    first = open_ledger(url)
    post_id = add(first, item())
    first.close()
    again = open_ledger(url)
    assert [post.id for post in again.posts()] == [post_id]
    again.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = database._upgrade

    def break_at_the_end(connection: object) -> None:
        upgrade(connection)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(database, "_upgrade", break_at_the_end)
    with pytest.raises(KeyboardInterrupt):
        open_ledger(url)
    assert inspect(create_engine(url)).get_table_names() == []


def test_the_ledger_shares_a_database_with_another_program_that_uses_alembic(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('ffff')"))
    ledger = open_ledger(url)
    assert sum(ledger.counts().values()) == 0
    ledger.close()


def test_eight_processes_may_open_an_empty_database_at_once(url: str) -> None:
    fork = multiprocessing.get_context("fork")  # a fresh interpreter each would spend seconds on imports
    together = fork.Barrier(8)
    processes = [fork.Process(target=_open_and_write, args=(url, together)) for _ in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 8
    ledger = open_ledger(url)
    assert ledger.source("blog").failures == 8
    ledger.close()


def _open_and_write(url: str, together: Barrier) -> None:
    together.wait()
    ledger = open_ledger(url)
    ledger.source_failed("blog", "no route")
    ledger.close()


def test_on_sqlite_nobody_touches_the_file_while_another_opens_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The race above is rare: 6 of 300 rounds of eight processes fail without the lock ("database is locked")."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    with closing(sqlite3.connect(f"{file}.lock", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseError, match="database is locked"):
            open_ledger(f"sqlite:///{file}")
        assert not file.exists()
    open_ledger(f"sqlite:///{file}").close()


# --- What SQLite promises ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)]
)
def test_sqlite_is_set_to_keep_what_was_committed(file: Path, pragma: str, value: object) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    with ledger._reading() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    ledger.close()


def test_somebody_may_read_while_somebody_writes(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    with ledger.intake("blog", now=NOW) as intake:
        intake.sort([item()])
        intake.add(item(), "office", status="waiting")
        assert ledger.posts() == []
    assert len(ledger.posts()) == 1
    ledger.close()


def test_a_folder_with_a_percent_sign_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "100 % ok"
    folder.mkdir()
    open_ledger(f"sqlite:///{folder}/ledger.db").close()


# --- One clear line ---------------------------------------------------------------------------------------------------


def test_a_database_of_a_newer_crosspost_is_left_alone(migrated: Engine, url: str) -> None:
    with migrated.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match=r"written by a newer Crosspost \(schema 9999.*update Crosspost"):
        open_ledger(url)


def _no_database(folder: Path) -> str:
    (folder / "ledger.db").write_text("Sehr geehrte Damen und Herren, " * 100)
    return f"sqlite:///{folder}/ledger.db"


WRONG: dict[str, Callable[[Path], str]] = {
    "file is not a database": _no_database,
    "the folder .*/missing does not exist; create it": lambda folder: f"sqlite:///{folder}/missing/ledger.db",
    "unable to open database file": lambda folder: f"sqlite:///{folder}",
    "a ledger in memory would forget": lambda folder: "sqlite://",
    "this is no database address": lambda folder: "crosspost.db",
    "mysql is not supported": lambda folder: "mysql://root@localhost/x",
    "connection refused": lambda folder: "postgresql+psycopg://me:hunter2@127.0.0.1:1/x",
}


@pytest.mark.parametrize("sentence", WRONG)
def test_a_database_that_cannot_be_opened_says_why_in_one_line(sentence: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=f"(?i){sentence}") as error:
        open_ledger(WRONG[sentence](tmp_path))
    assert "\n" not in str(error.value)
    assert "hunter2" not in str(error.value)
    assert str(error.value).startswith("database")


def test_a_database_that_goes_away_later_says_so_too(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE history")
    with pytest.raises(DatabaseError, match="no such table: history"):
        add(ledger, item())
    with pytest.raises(DatabaseError), reading(make_engine(f"sqlite:///{file}")) as connection:
        connection.exec_driver_sql("SELECT * FROM history")
    ledger.close()
