"""`crosspost run` as a process: its Prefect server comes and goes with it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.simulators.x_faults import ANSWER_LOST, Fault
from tests.house import House, article, open_house
from tests.prefect_kit import PATIENCE_SECONDS, ROOT, listen_to_ctrl_c, private_environment, until

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        house.blog.publish(article(2))
        yield house


def run(house: House, **settings: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "flows.cli", "run", "--json", "--config", str(house.folder / "crosspost.toml")]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=private_environment(house.folder / "prefect", **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=listen_to_ctrl_c,  # noqa: PLW1509  (no thread here holds a lock)
    )


def servers_of(process: subprocess.Popen[str]) -> list[int]:
    """The Prefect servers that this process has started."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Stop:
    """Sends a signal to a run while X holds its tweet; `fault` says what X does then."""

    def __init__(self, number: int, fault: Fault | None) -> None:
        self.number, self.fault = number, fault
        self.victim: subprocess.Popen[str] | None = None
        self.servers: list[int] = []

    def __call__(self, endpoint: str, _request: object) -> Fault | None:
        victim, self.victim = self.victim, None
        if endpoint != "post" or victim is None:
            self.victim = victim
            return None
        self.servers = servers_of(victim)
        os.kill(victim.pid, self.number)
        if self.number == signal.SIGKILL:
            victim.wait()
        return self.fault


linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see the children of a process")


@linux
def test_a_killed_run_leaves_no_server_behind(house: House) -> None:
    house.x.policy = stop = Stop(signal.SIGKILL, ANSWER_LOST)
    stop.victim = victim = run(house)
    assert victim.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    assert stop.servers
    until(lambda: not any(map(lives, stop.servers)), "the end of the server")


@linux
def test_ctrl_c_amid_a_tweet_waits_until_the_tweet_is_written_down(house: House) -> None:
    house.x.policy = stop = Stop(signal.SIGINT, None)
    stop.victim = victim = run(house)
    _, said = victim.communicate(timeout=PATIENCE_SECONDS)
    assert victim.returncode == 1
    assert "nothing is lost" in said
    assert "Traceback" not in said
    assert house.counts()["posted"] == 1
    assert len(house.tweets) == 1


def test_two_runs_at_once_on_a_fresh_machine_both_succeed(house: House) -> None:
    runs = [run(house), run(house)]
    outcomes = [(json.loads(each.communicate(timeout=PATIENCE_SECONDS)[0]), each.returncode) for each in runs]
    assert [code for _, code in outcomes] == [0, 0]
    assert len(house.tweets) == 1


def test_without_its_prefect_server_a_run_tweets_all_the_same_and_says_so(house: House) -> None:
    without = run(house, PREFECT_API_URL="http://127.0.0.1:9/api")
    _, said = without.communicate(timeout=PATIENCE_SECONDS)
    assert without.returncode == 0
    assert "shows in no UI" in said
    assert "Traceback" not in said
    assert len(house.tweets) == 1
