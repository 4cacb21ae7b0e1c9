"""Kills polls wherever they can die, and looks at what becomes of their tweets."""

import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from flows.pipeline import poll
from tests.house import MINUTE, House, open_house
from tests.proof.databases import Databases
from tests.proof.report import Found
from tests.proof.scenes import Scene
from tests.proof.zygote import Ended, Zygote, job

MOST_POLLS = 20
LAG = timedelta(seconds=30)  # simulated, until a tweet is in the timeline


class Stage:
    """One scene on one kind of database, set up again and again from one snapshot."""

    def __init__(self, house: House, zygote: Zygote, scene: Scene, databases: Databases) -> None:
        self.house, self.zygote, self.scene, self.databases = house, zygote, scene, databases
        self._use(databases.copy())
        scene.prepare(house)
        has_ledger = scene.source == ""
        self._snapshot = self._address if has_ledger else ""
        self._posts, self._tweets, self._now = dict(house.blog._posts), list(house.x.tweets), house.now

    def die(self, place: str) -> Ended:
        """Set the scene, and let a poll run until it reaches `place`."""
        house = self.house
        house.blog._posts, house.x.tweets, house.now = dict(self._posts), list(self._tweets), self._now
        house.x._windows.clear()
        self._use(self.databases.copy(self._snapshot))
        (ended,) = self.zygote.poll(job(house, die_at=place, sources=self.scene.sources))
        return ended

    def recover(self, place: str, found: Found) -> None:
        """Poll until all is quiet, and count the tweets."""
        where = f"{self.scene.name}, {self.databases.name}, {place}"
        let_x_finish(self.house)
        counts = self._poll_until_quiet()
        if counts["waiting"] + counts["sending"] + counts["unsure"]:
            found.hung.append(f"{where}: {counts}")
        titles = Counter(tweet.raw.partition("\n")[0] for tweet in self.house.x.tweets)
        found.twice += [f"{where}: {title}" for title, count in titles.items() if count > 1]
        if len(titles) < self.scene.tweets or counts["posted"] != self.scene.tweets:
            found.lost.append(f"{where}: {self.house.rows()}")
        self.databases.drop(self._address)

    def _poll_until_quiet(self) -> dict[str, int]:
        """As `House.poll_until_quiet`, with one opened ledger for all polls: this happens a thousand times."""
        with self.house.app() as app:
            for _ in range(MOST_POLLS):
                self.house.sleep(5 * MINUTE)
                poll(app)
                counts = {str(status): count for status, count in app.ledger.counts().items()}
                if not counts["waiting"] + counts["sending"] + counts["unsure"]:
                    break
        return counts

    def _use(self, address: str) -> None:
        self._address = address
        self.house.configure(top=f'database = "{address}"', source=self.scene.source, route=self.scene.route)


def let_x_finish(house: House) -> None:
    """Wait until X has dealt with everything that dead processes have sent; it takes connections in their order."""
    house.x.released.set()  # whoever hangs there waits for nobody any more
    house.x.released = threading.Event()
    connection = HTTPConnection("127.0.0.1", urlsplit(house.x_url).port)
    connection.request("GET", "/")
    connection.getresponse().read()
    connection.close()
    ends = time.monotonic() + 2
    while _answering() and time.monotonic() < ends:
        time.sleep(0.002)


def _answering() -> bool:
    return any("process_request_thread" in thread.name for thread in threading.enumerate())


@contextmanager
def stage(folder: Path, zygote: Zygote, scene: Scene, databases: Databases) -> Iterator[Stage]:
    with open_house(folder) as house:
        house.x.lag, house.x.duplicate_check = LAG, False
        yield Stage(house, zygote, scene, databases)


Choice = Callable[[Sequence[str]], Iterable[str]]


def kill_everywhere(
    folder: Path, zygote: Zygote, scene: Scene, databases: Databases, choose: Choice, found: Found
) -> None:
    """Kill a poll at each of the places that `choose` takes of all that an undisturbed poll passes."""
    with stage(folder, zygote, scene, databases) as on:
        undisturbed = on.die("")
        assert undisturbed.code == 0, "an undisturbed poll fails"
        on.recover("nowhere", found)
        for place in choose(undisturbed.passed):
            if (
                on.die(place).code == -signal.SIGKILL
            ):  # answers differ by a byte now and then: not every place is reached each time
                found.places.setdefault(f"{databases.name}, {scene.name}", []).append(place)
            on.recover(place, found)


def around_the_database(passed: Sequence[str]) -> list[str]:
    """Before and after every statement and every commit, and at every connection to X."""
    return [place for place in passed if re.search(r"before|after|connected", place)]


def every_byte(passed: Sequence[str]) -> list[str]:
    """After each byte of what goes to X and of what comes back."""
    return [place for place in passed if " sent " in place or " received " in place]


def here_and_there(passed: Sequence[str]) -> list[str]:
    """Around the database, and after every fiftieth byte: a picture is thousands of them."""
    return [*around_the_database(passed), *every_byte(passed)[::50]]


def every(step: int, choose: Choice) -> Choice:
    """One of so many of the places that `choose` takes."""
    return lambda passed: list(choose(passed))[::step]


def spread(count: int) -> Choice:
    """A few places, evenly spread over all."""
    return lambda passed: passed[:: max(1, len(passed) // count)][:count]
