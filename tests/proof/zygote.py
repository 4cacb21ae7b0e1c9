"""Polls in processes that may be killed: forked from one that has everything imported, so that each costs milliseconds."""

import json
import logging
import os
import subprocess
import sys
import traceback
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg  # noqa: F401  (once for all children)
from sqlalchemy import Engine, event

from connectors.web import Web
from flows.app import opened
from flows.config import ConfigError, load
from flows.pipeline import poll
from state.values import DatabaseError
from tests.house import House
from tests.proof.places import Places, watch

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, kw_only=True)
class Job:
    """One poll: `die_at` names the place of its death, `pages` is the room that is left on the disk."""

    config: str
    now: str
    x_port: int
    sources: tuple[str, ...] | None = None  # None means all
    die_at: str = ""
    pages: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a poll ended: its exit code, -9 if it was killed, and the places that it passed if it was not."""

    code: int
    passed: list[str]


class Zygote:
    """One process that forks a process for each poll."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def poll(self, *jobs: Job) -> list[Ended]:
        """Carry out polls, all at once, and wait for all."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([asdict(job) for job in jobs]) + "\n")
        self._process.stdin.flush()
        return [Ended(**ended) for ended in json.loads(self._process.stdout.readline())]


def job(house: House, **more: Any) -> Job:
    """A poll of this house, at its time or at `now`."""
    now = more.pop("now", house.now).isoformat()
    port = urlsplit(house.x_url).port or 0
    return Job(config=str(house.folder / "crosspost.toml"), now=now, x_port=port, **more)


# --- The process itself -----------------------------------------------------------------------------------------------


def _poll(job: Job) -> list[str]:
    places = Places(job.die_at)
    watch(places, job.x_port)
    if job.pages is not None:
        event.listen(Engine, "connect", lambda connection, _: _leave_room(connection, job.pages or 0))
    now = datetime.fromisoformat(job.now)
    with opened(load(Path(job.config)), now=lambda: now) as app:
        poll(app, sources=job.sources)
    return places.passed


def _leave_room(connection: Any, pages: int) -> None:
    """The disk is full after so many more pages."""
    used = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {used + pages}")


def _fork(job: Job) -> tuple[int, int]:
    """The child's id, and where to read what it passed."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    try:
        with os.fdopen(writer, "w") as result:
            json.dump(_poll(job), result)
    except (ConfigError, DatabaseError):  # the disk is full, or the database is gone
        os._exit(1)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _end_of(pid: int, reader: int) -> Ended:
    with os.fdopen(reader) as result:
        passed = result.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return Ended(code=code, passed=json.loads(passed) if code == 0 else [])


def main() -> None:
    logging.getLogger("crosspost").setLevel(logging.CRITICAL)
    Web(allow_private_hosts=True)  # reads the certificates, once for all children
    for line in sys.stdin:
        children = [_fork(Job(**values)) for values in json.loads(line)]
        sys.stdout.write(json.dumps([asdict(_end_of(*child)) for child in children]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
