"""Bad days of a server, a worker, a database and a clock: each tried for real. README says what a person sees of each."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from connectors.simulators.server import serving
from connectors.simulators.x_faults import Fault
from flows.prefect_server import LASTING, Server, start_server
from tests.conftest import create_database
from tests.house import MINUTE, NOW, House, article, open_house
from tests.prefect_kit import (
    PATIENCE_SECONDS,
    ROOT,
    Prefect,
    environment,
    free_port,
    in_process,
    private_environment,
    running,
    until,
)

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

CLI = [sys.executable, "-m", "flows.cli"]
PASSWORD = "ops:needle"
OURS = ("Prefect: http", "Polling every ", "Prefect at http", "Stopping: ")
FAST = {"PREFECT_RUNNER_POLL_FREQUENCY": "1", "PREFECT_CLIENT_MAX_RETRIES": "1"}


class Amid:
    """Does something, once, while X holds a tweet; X takes the tweet."""

    def __init__(self, what: Any) -> None:
        self.what = what
        self.done = False

    def __call__(self, endpoint: str, _request: object) -> Fault | None:
        if endpoint == "post" and not self.done:
            self.done = True
            self.what()
        return None


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, article(1), top='every = "10s"') as house:
        house.poll()
        house.blog.publish(article(2))
        yield house


def command(house: House, name: str, *more: str) -> list[str]:
    return [*CLI, name, *more, "--config", str(house.folder / "crosspost.toml")]


def carry_out(house: House, settings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(house, *words),
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


class Mortal:
    """A server that may die and come back at the same address. It wants a password."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.prefect = Prefect(f"http://127.0.0.1:{self.port}", home)
        self.prefect._client.auth = ("ops", "needle")
        self.server: Server | None = None

    @property
    def environment(self) -> dict[str, str]:
        return self.prefect.environment | FAST | {"PREFECT_API_AUTH_STRING": PASSWORD}

    def live(self) -> "Mortal":
        if self.server is None:
            with environment(private_environment(self.home, PREFECT_SERVER_API_AUTH_STRING=PASSWORD)):
                self.server = start_server(LASTING, port=self.port)
        return self

    def die(self) -> None:
        if self.server:
            self.server.process.kill()
            self.server.process.wait()
            self.server = None


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    mortal = Mortal(tmp_path_factory.mktemp("mortal"))
    yield mortal
    mortal.die()


def settled(house: House) -> None:
    """All doubts are looked up: what was interrupted is known to be out, or goes out now."""
    house.now = datetime.now(UTC) + 3 * MINUTE
    house.x.duplicate_check = False  # a net of X's that is none of ours
    house.poll_until_quiet()


# --- The Prefect server -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["serve"], ["ops", "install"]])
def test_another_password_than_the_servers_is_one_clear_line(mortal: Mortal, house: House, words: list[str]) -> None:
    assert httpx.get(f"{mortal.live().prefect.api}/admin/version", trust_env=False).status_code == 401
    refused = carry_out(house, mortal.environment | {"PREFECT_API_AUTH_STRING": "ops:guess"}, *words)
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert "wants another password" in line
    assert "guess" not in line


def test_a_run_without_the_password_tweets_all_the_same_and_says_so(mortal: Mortal, house: House) -> None:
    without = carry_out(house, mortal.live().prefect.environment, "run")
    assert without.returncode == 0
    assert "wants another password" in without.stderr.splitlines()[0]
    assert "shows in no UI" in without.stderr
    assert len(house.tweets) == 1


def test_a_run_whose_prefect_server_dies_amid_its_tweet_tweets_once_and_says_what_is_lost(
    mortal: Mortal, house: House
) -> None:
    mortal.live()
    house.x.policy = Amid(mortal.die)
    done = carry_out(house, mortal.environment, "run")
    assert done.returncode == 1
    assert "the UI lacks the end of this run" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(house.tweets) == house.counts()["posted"] == 1


def test_serve_goes_on_without_its_prefect_server_and_with_it_once_it_is_back(mortal: Mortal, house: House) -> None:
    mortal.live()
    with running(command(house, "serve"), folder=ROOT, env=mortal.environment, stderr=subprocess.PIPE) as process:
        until(lambda: house.tweets, "the tweet")
        house.x.policy = Amid(mortal.die)
        house.blog.publish(article(3))
        until(lambda: mortal.server is None, "the end of the server")
        house.blog.publish(article(4))
        until(lambda: len(house.tweets) == 3, "a tweet without Prefect")
        back = len(mortal.live().prefect.flow_runs())
        until(lambda: completed(mortal.prefect) and len(mortal.prefect.flow_runs()) > back, "a run with Prefect")
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
        assert process.stderr
        said = process.stderr.read().decode()
    assert [line for line in said.splitlines() if not line.startswith(OURS)] == [], "nothing but what a person can use"
    assert house.counts()["posted"] == len(house.tweets) == 3


def test_serve_notices_soon_that_its_idle_prefect_server_is_gone(mortal: Mortal, house: House) -> None:
    """With Prefect's own settings: left to itself, its runner takes five minutes, and says tracebacks."""
    patient = {name: value for name, value in mortal.live().environment.items() if name not in FAST}
    with running(command(house, "serve"), folder=ROOT, env=patient, stderr=subprocess.PIPE) as process:
        until(lambda: house.tweets and completed(mortal.prefect), "the first run")
        mortal.die()
        house.blog.publish(article(3))
        until(lambda: len(house.tweets) == 2, "a tweet without Prefect")
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
        assert process.stderr
        said = process.stderr.read().decode().splitlines()
    assert [line for line in said if not line.startswith(OURS)] == []


def test_serve_can_be_stopped_just_after_its_prefect_server_has_died(mortal: Mortal, house: House) -> None:
    mortal.live()
    with running(command(house, "serve"), folder=ROOT, env=mortal.environment, stderr=subprocess.PIPE) as process:
        until(lambda: house.tweets and completed(mortal.prefect), "the first run")
        mortal.die()
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0


def completed(prefect: Prefect) -> bool:
    """Whether the last run that began has succeeded."""
    began = {"flow_runs": {"start_time": {"is_null_": False}}}
    return [run["state"]["type"] for run in prefect.flow_runs(**began)][:1] == ["COMPLETED"]


# --- Workers ----------------------------------------------------------------------------------------------------------


def test_a_worker_that_is_ended_amid_a_tweet_leaves_one_tweet_and_no_run_that_runs_for_ever(
    prefect: Prefect, clone: Path, house: House
) -> None:
    config = str(house.folder / "crosspost.toml")
    with automations(prefect, dead_after=timedelta(seconds=10)):
        with prefect.worker(clone) as worker:
            house.x.policy = Amid(worker.terminate)
            run = prefect.start("crosspost/production", config=config)
            assert worker.wait(PATIENCE_SECONDS) == 0
        assert prefect.end_of(run)["state"]["type"] == "CRASHED"
    house.blog.publish(article(3))
    with prefect.worker(clone):
        after = prefect.end_of(prefect.start("crosspost/production", config=config))
    assert (after["state"]["name"], after["state"]["message"]) == ("Completed", "1 tweeted")
    settled(house)
    assert house.counts()["posted"] == len(house.tweets) == 2


def test_a_week_of_missed_runs_is_one_run_that_tweets_what_is_young_enough(
    prefect: Prefect, clone: Path, house: House
) -> None:
    house.configure(account='max_age = "3d"\nmax_per_run = 2')
    house.blog.publish(article(3, published=NOW - timedelta(days=6)))
    for number in (4, 5):
        house.blog.publish(article(number))
    runs = missed(prefect, house, count=30)
    with prefect.worker(clone):
        ends = Counter(prefect.end_of(run)["state"]["type"] for run in runs)
    assert ends == {"COMPLETED": 1, "CANCELLED": 29}
    assert len(house.tweets) == 2
    assert house.counts() | {"skipped": 0} == dict.fromkeys(house.counts(), 0) | {"posted": 2, "waiting": 1}


def missed(prefect: Prefect, house: House, *, count: int) -> list[str]:
    """Runs that were due in the last week, and that nobody took."""
    path = f"deployments/{prefect.deployment('crosspost/production')['id']}/create_flow_run"
    parameters = {"config": str(house.folder / "crosspost.toml")}

    def create(number: int) -> str:
        due = (datetime.now(UTC) - timedelta(days=7) * (number + 1) / count).isoformat()
        state = {"type": "SCHEDULED", "state_details": {"scheduled_time": due}}
        return str(prefect.post(path, {"parameters": parameters, "state": state})["id"])

    return [create(number) for number in range(count)]


@contextmanager
def automations(prefect: Prefect, **times: timedelta) -> Iterator[None]:
    """The automations of ops with short times."""
    from flows import ops  # noqa: PLC0415  (after the environment is set)

    with in_process(prefect):
        ops.install(every=timedelta(seconds=1), **times)
        yield
        ops.install(every=timedelta(minutes=15))


# --- Being told -------------------------------------------------------------------------------------------------------


def test_ops_are_told_that_a_run_is_late_and_that_none_has_succeeded(
    prefect: Prefect, clone: Path, house: House
) -> None:
    told: list[str] = []
    with notification_block(prefect, told), automations(prefect, no_success_for=timedelta(seconds=10)):
        [run] = missed(prefect, house, count=1)
        until(lambda: any("a run is late" in each for each in told), "the notice of a late run")
        until(lambda: any("no successful run for too long" in each for each in told), "the notice of no success")
        prefect.post(f"flow_runs/{run}/set_state", {"state": {"type": "CANCELLED"}, "force": True})


@contextmanager
def notification_block(prefect: Prefect, told: list[str]) -> Iterator[None]:
    """The block named `crosspost`, whose notices come in `told`."""

    def ear(environ: Any, start_response: Any) -> list[bytes]:
        told.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]

    with serving(ear) as url, in_process(prefect):
        from prefect.blocks.notifications import CustomWebhookNotificationBlock  # noqa: PLC0415

        block = CustomWebhookNotificationBlock(name="crosspost", url=url, json_data={"text": "{{subject}}: {{body}}"})
        block.save("crosspost", overwrite=True)
        yield


# --- The ledger -------------------------------------------------------------------------------------------------------

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


class Locked:
    """SQLite, held by another process for as long as that lives."""

    def __init__(self, house: House, _: pytest.FixtureRequest) -> None:
        self.path = house.folder / "crosspost.db"

    def lose(self) -> None:
        command = [sys.executable, "-c", LOCKER, str(self.path)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout
        assert self.process.stdout.readline() == b"locked\n"

    def give_back(self) -> None:
        self.process.communicate()


class Closed:
    """PostgreSQL that ends its connections and takes no more."""

    def __init__(self, house: House, request: pytest.FixtureRequest) -> None:
        self.server = request.getfixturevalue("postgresql")
        address = create_database(self.server)
        self.name = make_url(address).database
        house.configure(top=f'database = "{address}"')

    def _execute(self, command: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(command)

    def lose(self) -> None:
        self._execute(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false")
        self._execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")

    def give_back(self) -> None:
        self._execute(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")


@pytest.fixture(params=[Locked, Closed])
def ledger_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[House, Locked | Closed]]:
    """A house, and what takes its ledger away. One article waits to be read and tweeted."""
    with open_house(tmp_path, article(1)) as house:
        trouble = request.param(house, request)
        house.poll()
        house.blog.publish(article(2))
        yield house, trouble


def run_impatiently(house: House, prefect: Prefect) -> subprocess.CompletedProcess[str]:
    """`crosspost run`, but it waits a second for a locked SQLite, not half a minute."""
    code = "import state.engine, sys; state.engine.BUSY_SECONDS = 1; from flows.cli import main; sys.exit(main())"
    call = [sys.executable, "-c", code, "run", "--config", str(house.folder / "crosspost.toml")]
    return subprocess.run(
        call, cwd=ROOT, env=prefect.environment, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )


def test_a_run_that_cannot_have_its_ledger_says_so_and_the_next_one_tweets(
    prefect: Prefect, ledger_of: tuple[House, Locked | Closed]
) -> None:
    house, trouble = ledger_of
    trouble.lose()
    failed = run_impatiently(house, prefect)
    trouble.give_back()
    assert failed.returncode == 1
    [line] = failed.stderr.splitlines()
    assert line.startswith("database ")
    house.poll()
    assert len(house.tweets) == house.counts()["posted"] == 1


def test_a_ledger_that_goes_amid_a_tweet_knows_it_when_it_is_back(
    prefect: Prefect, ledger_of: tuple[House, Locked | Closed]
) -> None:
    house, trouble = ledger_of
    house.x.policy = amid = Amid(trouble.lose)
    failed = run_impatiently(house, prefect)
    assert amid.done, failed.stderr
    trouble.give_back()
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    assert house.counts()["sending"] == 1
    settled(house)
    assert len(house.tweets) == house.counts()["posted"] == 1
