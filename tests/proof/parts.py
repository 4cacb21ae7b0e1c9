"""The parts of the proof, each in a process of its own: what it does at which share of its full length."""

import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.house import open_house
from tests.proof import scenes
from tests.proof.crash_everywhere import (
    Choice,
    around_the_database,
    every,
    every_byte,
    here_and_there,
    kill_everywhere,
)
from tests.proof.databases import Databases, Sqlite, postgresql
from tests.proof.faults import endure
from tests.proof.hostile import CORPUS, beside_a_good_source, feeds, mutations, read_all
from tests.proof.needles import plain_runs, prefect_run
from tests.proof.report import Found
from tests.proof.zygote import ROOT, Zygote

PROPERTIES = ("test_ledger_model.py", "test_links.py", "test_plain_text.py", "test_tweet_length.py", "test_render.py")
LEDGERS = ("ledger", "intake", "models", "database", "rebuild", "stories", "pruning")


@contextmanager
def chosen(kind: str, folder: Path) -> Iterator[Databases]:
    if kind == "SQLite":
        (folder / "ledgers").mkdir()
        yield Sqlite(folder / "ledgers")
    else:
        with postgresql() as server:
            yield server


def crashes(kind: str, share: float, found: Found, folder: Path) -> None:
    step = round(1 / share)
    walk: list[tuple[scenes.Scene, Choice]] = [
        *((scene, around_the_database) for scene in (scenes.FIRST_POLL, scenes.NEWS, scenes.DOUBTS)),
        *((scene, every_byte) for scene in (scenes.TWEET, scenes.LOOK)),
        (scenes.PICTURE, here_and_there),
    ]
    with chosen(kind, folder) as databases, Zygote() as zygote:
        for number, (scene, choose) in enumerate(walk):
            house = folder / str(number)
            house.mkdir()
            kill_everywhere(house, zygote, scene, databases, every(step, choose), found)
    _at_least(2500 * share, found.killed, "places", found)


def faults(kind: str, share: float, found: Found, folder: Path) -> None:
    with chosen(kind, folder) as databases, Zygote() as zygote:
        endure(folder, zygote, databases, found, items=round(1000 * share))
    _at_least(500 * share, found.faults, "faults", found)


def hostile(_kind: str, share: float, found: Found, folder: Path) -> None:
    if not CORPUS.is_dir():
        found.part += " (left out: the corpus is not on this machine)"
        return
    originals = feeds()
    (folder / "beside").mkdir()
    with open_house(folder) as house, house.app() as app:
        bodies = [*originals, *mutations(originals, round(10_000 * share))]
        ended = read_all(bodies, app, found, store_every=20)
    beside_a_good_source(folder / "beside", [*ended[:20], *mutations(originals, 10, seed=2)], found)
    _at_least(10_000 * share, found.inputs, "inputs", found)


def _at_least(wanted: float, done: int, what: str, found: Found) -> None:
    """A part that does next to nothing proves nothing."""
    if done < wanted:
        found.lost.append(f"only {done} {what} were tried, and not {wanted:.0f}")


def secrets(_kind: str, _share: float, found: Found, folder: Path) -> None:
    for name in ("plain", "prefect"):
        (folder / name).mkdir()
    leaks, heard = plain_runs(folder / "plain", polls=36)
    found.leaked += leaks + prefect_run(folder / "prefect")
    found.faults += 36
    if len(heard) < 4:
        found.lost.append(f"only these secrets ever left the house, so little is proved: {heard}")


def properties(_kind: str, share: float, found: Found, _folder: Path) -> None:
    """The state machine of the ledger and the pure functions, with many more examples than every day."""
    _pytest(found, *PROPERTIES, *(["--hypothesis-profile=proof"] if share == 1 else []))


def suites(_kind: str, _share: float, found: Found, _folder: Path) -> None:
    """The ledger on both databases, the guards of everything that is fetched, and two workers under Prefect."""
    _pytest(found, *(f"test_{name}.py" for name in (*LEDGERS, "web", "prefect_workers")))


def _pytest(found: Found, *arguments: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-n0", *arguments]
    run = subprocess.run(command, cwd=ROOT / "tests", capture_output=True, text=True, check=False)
    if run.returncode:
        found.lost.append(run.stdout[-2000:])


Part = tuple[str, Callable[[str, float, Found, Path], None], str]
PARTS: tuple[Part, ...] = (
    ("killed anywhere, SQLite", crashes, "SQLite"),
    ("killed anywhere, PostgreSQL", crashes, "PostgreSQL"),
    ("faults at random, SQLite", faults, "SQLite"),
    ("faults at random, PostgreSQL", faults, "PostgreSQL"),
    ("hostile feeds", hostile, ""),
    ("planted secrets", secrets, ""),
    ("properties", properties, ""),
    ("ledgers, guards, two workers", suites, ""),
)


def carry_out(part: Part, share: float) -> Found:
    name, work, kind = part
    found, began = Found(part=name), time.monotonic()
    logging.getLogger("crosspost").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="crosspost-proof-", ignore_cleanup_errors=True) as folder:
        try:
            work(kind, share, found, Path(folder))
        except Exception as error:
            found.lost.append(f"the part itself failed: {type(error).__name__}: {error}")
    found.seconds = time.monotonic() - began
    return found
