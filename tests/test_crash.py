"""A process that is killed while it tweets leaves one tweet behind: not two, not none."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.simulators.x_faults import ANSWER_LOST, REQUEST_LOST, Fault
from tests.house import MINUTE, House, article, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        house.blog.publish(article(2))
        house.blog.publish(article(3))
        yield house


def run(house: House) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.poll_once", house.folder / "crosspost.toml"])


class Killer:
    """Kills a poll at its first POST; `fault` says whether X takes the tweet."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.victim: subprocess.Popen[bytes] | None = None

    def __call__(self, endpoint: str, _request: object) -> Fault | None:
        victim, self.victim = self.victim, None
        if endpoint != "post" or victim is None:
            self.victim = victim
            return None
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        return self.fault


@pytest.mark.parametrize("fault", [ANSWER_LOST, REQUEST_LOST], ids=["after X accepted", "before X accepted"])
def test_a_killed_poll_makes_one_tweet_of_each_item(house: House, fault: Fault) -> None:
    house.x.policy = killer = Killer(fault)
    killer.victim = victim = run(house)
    assert victim.wait(timeout=60) == -signal.SIGKILL
    assert house.counts()["sending"] == 1
    house.now = datetime.now(UTC) + 3 * MINUTE
    house.poll_until_quiet()
    assert sorted(tweet.splitlines()[0] for tweet in house.tweets) == [article(2).title, article(3).title]


def test_two_polls_at_once_tweet_everything_once(house: House) -> None:
    for number in range(4, 10):
        house.blog.publish(article(number))
    house.configure(account="max_per_run = 20")
    workers = [run(house) for _ in range(4)]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0, 0, 0]
    assert len(house.tweets) == len(set(house.tweets)) == 8
    assert house.counts()["posted"] == 8
