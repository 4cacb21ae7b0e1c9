"""Two workers of one pool, one of which loses its power amid a tweet: against a real server and a real PostgreSQL."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from connectors.simulators.x_faults import Fault
from flows import ops
from tests.conftest import create_database
from tests.house import House, article, open_house
from tests.prefect_kit import Prefect, in_process, until

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

EVERY = timedelta(minutes=15)
DEAD_AFTER = timedelta(seconds=30)  # the least that lets both runs come to their meeting
ACCOUNT = 'max_per_run = 20\nlease = "30s"\nlook_again = "3s"'


class PowerCut:
    """Cuts the power of one worker as soon as both are amid a tweet. X takes both tweets."""

    def __init__(self, house: House, victim: subprocess.Popen[bytes]) -> None:
        self.house, self.victim = house, victim

    def __call__(self, endpoint: str, _request: object) -> Fault | None:
        if endpoint == "post" and self.victim.poll() is None:
            until(lambda: self.house.counts()["sending"] == 2, "two tweets at once")
            worker = psutil.Process(self.victim.pid)
            for process in [worker, *worker.children(recursive=True)]:  # a run outlives its worker's process group
                process.kill()
            self.victim.wait()
        return None


@pytest.fixture
def house(tmp_path: Path, postgresql: str) -> Iterator[House]:
    database = create_database(postgresql)
    with open_house(tmp_path, article(1), top=f'database = "{database}"', account=ACCOUNT) as house:
        house.poll()
        house.x.clock = lambda: datetime.now(UTC)
        yield house


def test_a_worker_that_loses_its_power_amid_a_tweet_leaves_it_to_the_other(
    prefect: Prefect, clone: Path, house: House
) -> None:
    for number in range(2, 10):
        house.blog.publish(article(number))
    config = str(house.folder / "crosspost.toml")
    with ExitStack() as stack, in_process(prefect):
        ops.install(every=EVERY, dead_after=DEAD_AFTER)
        stack.callback(ops.install, every=EVERY)
        victim, _ = (stack.enter_context(prefect.worker(clone)) for _ in range(2))
        house.x.policy = PowerCut(house, victim)
        prefect.end_of(prefect.start("collect/production", config=config))
        assert house.counts()["waiting"] == 8
        runs = [prefect.start(name, config=config) for name in ("crosspost/production", "publish/production")]
        ends = sorted(prefect.end_of(run)["state"]["type"] for run in runs)
        assert ends == ["COMPLETED", "CRASHED"]
        assert house.counts() | {"skipped": 0} == dict.fromkeys(house.counts(), 0) | {"posted": 7, "sending": 1}
        last = prefect.end_of(prefect.start("crosspost/production", config=config))
        assert last["state"]["name"] == "Completed"
        assert house.counts()["posted"] == 8
    assert sorted(tweet.partition("\n")[0] for tweet in house.tweets) == [article(n).title for n in range(2, 10)]
