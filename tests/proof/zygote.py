"""Polls in processes that may be killed: forked from one that has everything imported, so that each costs milliseconds."""

import json
import os
import subprocess
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Engine, event

from flows.app import opened
from flows.config import load
from flows.pipeline import poll
from tests.proof.places import Places, watch

ROOT = Path(__file__).parent.parent.parent


class Zygote:
    """One process that forks a poll at a time. `start` and `wait` are apart, so that several can poll at once."""

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

    def start(self, config: Path, now: datetime, **job: Any) -> None:
        """Begin a poll; `die_at` names the place of its death, `x_port` X, `sources` what to read (default: all)."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"config": str(config), "now": now.isoformat(), **job}) + "\n")
        self._process.stdin.flush()

    def wait(self) -> tuple[int, list[str]]:
        """The exit code of the poll, -9 if it was killed, and the places that it passed if it was not."""
        assert self._process.stdout
        answer = json.loads(self._process.stdout.readline())
        return answer["code"], answer["passed"]


def _poll(job: dict[str, Any]) -> list[str]:
    places = Places(job.get("die_at", ""))
    watch(places, job["x_port"])
    if job.get("pages"):
        event.listen(Engine, "connect", lambda connection, _: _leave_room(connection, job["pages"]))
    now = datetime.fromisoformat(job["now"])
    with opened(load(Path(job["config"])), now=lambda: now) as app:
        poll(app, sources=job.get("sources"))
    return places.passed


def _leave_room(connection: Any, pages: int) -> None:
    """The disk is full after so many more pages."""
    used = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {used + pages}")


def _fork(job: dict[str, Any]) -> dict[str, Any]:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            with os.fdopen(writer, "w") as result:
                json.dump(_poll(job), result)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as result:
        passed = result.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"code": code, "passed": json.loads(passed) if code == 0 else []}


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_fork(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
