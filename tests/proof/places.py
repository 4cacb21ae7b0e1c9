"""The places where a poll can die: around every statement, every commit, and at every byte of the exchange with X."""

import os
import signal
from typing import Any

import httpcore
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect


class Places:
    """Counts what this process passes, and ends it by SIGKILL at the place called `die_at`."""

    def __init__(self, die_at: str = "") -> None:
        self.die_at = die_at
        self.passed: list[str] = []
        self._counted = {"statement": 0, "commit": 0, "exchange": 0}

    def number(self, kind: str) -> int:
        self._counted[kind] += 1
        return self._counted[kind]

    def reach(self, place: str) -> None:
        self.passed.append(place)
        if place == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def bytes_until_death(self, direction: str) -> int | None:
        """After so many bytes of this direction ("exchange 1 sent") the end comes, if it comes there."""
        before, _, count = self.die_at.rpartition(" ")
        return int(count) if before == direction else None


def watch(places: Places, x_port: int) -> None:
    """Hook `places` into SQLAlchemy and httpcore, for the rest of this process."""
    event.listen(
        Engine, "before_cursor_execute", lambda *_: places.reach(f"statement {places.number('statement')} before")
    )
    event.listen(
        Engine, "after_cursor_execute", lambda *_: places.reach(f"statement {places._counted['statement']} after")
    )
    DefaultDialect.do_commit = _watched_commit(places)  # type: ignore[method-assign]
    connect = httpcore.SyncBackend.connect_tcp

    def connect_tcp(self: httpcore.SyncBackend, host: str, port: int, *rest: Any) -> httpcore.NetworkStream:
        stream = connect(self, host, port, *rest)
        return Fragile(stream, places) if port == x_port else stream

    httpcore.SyncBackend.connect_tcp = connect_tcp  # type: ignore[assignment,method-assign]


def _watched_commit(places: Places) -> Any:
    def do_commit(_dialect: DefaultDialect, connection: Any) -> None:
        number = places.number("commit")
        places.reach(f"commit {number} before")
        connection.commit()
        places.reach(f"commit {number} after")

    return do_commit


class Fragile(httpcore.NetworkStream):
    """A connection to X at any byte of which the process may end."""

    def __init__(self, inner: httpcore.NetworkStream, places: Places) -> None:
        self._inner, self._places = inner, places
        self._name = f"exchange {places.number('exchange')}"
        self._sent = self._received = 0
        places.reach(f"{self._name} connected")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        end = self._places.bytes_until_death(f"{self._name} sent")
        if end is not None and end <= self._sent + len(buffer):
            self._inner.write(buffer[: end - self._sent], timeout)
            os.kill(os.getpid(), signal.SIGKILL)
        self._inner.write(buffer, timeout)
        self._places.passed += [f"{self._name} sent {self._sent + count}" for count in range(1, len(buffer) + 1)]
        self._sent += len(buffer)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        end = self._places.bytes_until_death(f"{self._name} received")
        if end is not None:
            max_bytes = min(max_bytes, end - self._received)
        data = self._inner.read(max_bytes, timeout)
        self._places.passed += [f"{self._name} received {self._received + count}" for count in range(1, len(data) + 1)]
        self._received += len(data)
        if self._received == end:
            os.kill(os.getpid(), signal.SIGKILL)
        return data

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
