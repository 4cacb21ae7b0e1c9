"""`crosspost serve` as a process: it polls by itself, and ends when it is told to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prefect.client.schemas.objects import ConcurrencyLimitStrategy

from connectors.simulators.x_faults import Fault
from flows.config import load
from flows.serve import deployment
from tests.house import House, article, open_house
from tests.prefect_kit import PATIENCE_SECONDS, ROOT, Prefect, free_port, private_environment, running, until

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

COMMAND = [sys.executable, "-m", "flows.cli", "serve", "--config"]
ORDINARY = ("Polling every 0:00:10; Ctrl-C ends it.", "Stopping: what is being sent")
FAST = {"PREFECT_RUNNER_POLL_FREQUENCY": "1"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, article(1), top='every = "10s"') as house:
        house.poll()
        yield house


Send = Callable[[int, int], None]


class StopAmidATweet:
    """Sends the signal while X holds the first tweet."""

    def __init__(self, send: Send, number: int) -> None:
        self.send, self.number = send, number
        self.victim: subprocess.Popen[bytes] | None = None

    def __call__(self, endpoint: str, _request: object) -> Fault | None:
        if endpoint == "post" and self.victim:
            self.send(self.victim.pid, self.number)
            self.victim = None
            time.sleep(2)  # X takes its time: whoever is not waited for is dead by then
        return None


@pytest.mark.parametrize(
    ("send", "number", "ends"),
    [
        (os.killpg, signal.SIGINT, "Completed"),  # Ctrl-C goes to every process of the group
        (os.kill, signal.SIGTERM, "Completed"),  # as our unit has systemd do it
        (os.killpg, signal.SIGTERM, "Crashed"),  # as systemd does it by itself; Prefect's own answer in the run
    ],
)
def test_serve_polls_by_itself_and_a_stop_amid_a_tweet_ends_it_cleanly(
    prefect: Prefect, house: House, send: Send, number: int, ends: str
) -> None:
    command = [*COMMAND, str(house.folder / "crosspost.toml")]
    house.x.policy = stop = StopAmidATweet(send, number)
    with running(command, folder=ROOT, env=prefect.environment | FAST) as process:
        until(lambda: len(house.blog.requests) > 1, "the first poll")
        stop.victim = process
        house.blog.publish(article(2))
        house.blog.publish(article(3))
        until(lambda: house.tweets, "the tweet")
        assert process.wait(PATIENCE_SECONDS) == 0
    counts = house.counts()
    assert (counts["posted"], counts["waiting"], len(house.tweets)) == (1, 1, 1), "nothing more is begun"
    assert not unfinished(prefect, house), "nobody is left who could finish it"
    assert last_state(prefect, house) == ends


@pytest.mark.parametrize(
    ("line", "number"),
    [("Prefect: http", signal.SIGTERM), ("Polling every ", signal.SIGTERM), ("Polling every ", signal.SIGINT)],
)
def test_a_stop_while_serve_starts_ends_it_as_cleanly(prefect: Prefect, house: House, line: str, number: int) -> None:
    command = [*COMMAND, str(house.folder / "crosspost.toml")]
    with running(command, folder=ROOT, env=prefect.environment | FAST, stderr=subprocess.PIPE) as process:
        assert process.stderr
        until(lambda: process.stderr and process.stderr.readline().decode().startswith(line), f"“{line}”")
        process.send_signal(number)
        said = [line for line in process.stderr.read().decode().splitlines() if not line.startswith(ORDINARY)]
        assert said == []
        assert process.wait(PATIENCE_SECONDS) == 0


def last_state(prefect: Prefect, house: House) -> str:
    """The state of the run of this house that has tweeted."""
    config = str(house.folder / "crosspost.toml")
    ended = [run for run in prefect.flow_runs() if run["parameters"].get("config") == config and run["start_time"]]
    return str(max(ended, key=lambda run: run["start_time"])["state"]["name"])


def unfinished(prefect: Prefect, house: House) -> list[str]:
    """The state of every run of this house that has begun and not ended."""
    running = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}}
    config = str(house.folder / "crosspost.toml")
    return [run["state"]["name"] for run in prefect.flow_runs(**running) if run["parameters"].get("config") == config]


def test_serve_brings_its_own_server_with_a_ui_that_finds_its_api(house: House) -> None:
    port = free_port()
    environment = private_environment(house.folder / "prefect", PREFECT_SERVER_API_PORT=str(port), **FAST)
    with running([*COMMAND, str(house.folder / "crosspost.toml")], folder=ROOT, env=environment) as process:
        prefect = Prefect(f"http://127.0.0.1:{port}", house.folder / "prefect")
        until(lambda: len(house.blog.requests) > 1, "the first poll")
        settings = prefect._client.get(f"{prefect.url}/ui-settings").json()
        assert settings["api_url"] == prefect.api
        until(
            lambda: [
                run for run in prefect.flow_runs() if run["auto_scheduled"] and run["state"]["type"] == "COMPLETED"
            ],
            "a scheduled run",
        )
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0


def refusal(house: House, *, code: int = 1, **settings: str) -> str:
    """What serve says when it cannot begin."""
    environment = private_environment(house.folder / "prefect", **settings)
    command = [*COMMAND, str(house.folder / "crosspost.toml")]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


def test_a_port_that_is_taken_is_told_with_the_remedy(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "PREFECT_SERVER_API_PORT" in refusal(house, PREFECT_SERVER_API_PORT=str(taken.getsockname()[1]))


def test_a_home_that_cannot_be_made_is_told_with_the_remedy(house: House) -> None:
    in_the_way = house.folder / "file"
    in_the_way.touch()
    (line,) = refusal(house, PREFECT_HOME=str(in_the_way / "prefect")).splitlines()
    assert "set PREFECT_HOME" in line


def test_a_port_that_no_machine_has_is_told(house: House) -> None:
    assert refusal(house, PREFECT_SERVER_API_PORT="99999").startswith("port 99999 of this machine cannot be had")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PREFECT_SERVER_API_PORT", "abc"),
        ("PREFECT_LOGGING_LEVEL", "loud"),
        ("PREFECT_API_URL", "http://127.0.0.1:4200x/api"),
    ],
)
def test_a_setting_that_prefect_does_not_take_is_one_line_that_names_it(house: House, name: str, value: str) -> None:
    (line,) = refusal(house, code=2, **{name: value}).splitlines()
    assert line.startswith(f"{name}: ")


def test_settings_of_prefect_that_contradict_each_other_are_one_line(house: House) -> None:
    wrong = {"PREFECT_LOGGING_TO_API_MAX_LOG_SIZE": "9", "PREFECT_LOGGING_TO_API_BATCH_SIZE": "1"}
    assert len(refusal(house, code=2, **wrong).splitlines()) == 1


def test_profiles_that_are_no_toml_are_one_line(house: House) -> None:
    (house.folder / "prefect").mkdir()
    (house.folder / "prefect" / "profiles.toml").write_text("a = = b", encoding="utf-8")
    (line,) = refusal(house, code=2).splitlines()
    assert line.startswith("Prefect cannot read its settings")


def test_a_server_that_does_not_answer_is_told_with_the_remedy(house: House) -> None:
    assert "does not answer" in refusal(house, PREFECT_API_URL="http://127.0.0.1:9/api")


def test_a_run_that_finds_another_one_working_is_cancelled(house: House) -> None:
    wanted = deployment(load(house.folder / "crosspost.toml")).concurrency_options
    assert wanted is not None
    assert wanted.collision_strategy is ConcurrencyLimitStrategy.CANCEL_NEW


def test_the_server_of_serve_tells_nobody_keeps_a_month_and_frees_what_a_power_cut_left(prefect: Prefect) -> None:
    settings = prefect._client.get(f"{prefect.api}/admin/settings").raise_for_status().json()["server"]
    assert not settings["analytics_enabled"]
    assert settings["events"]["retention_period"] == "P1D"
    assert settings["services"]["db_vacuum"]["retention_period"] == "P30D"
    assert sorted(settings["services"]["db_vacuum"]["enabled"]) == ["events", "flow_runs"]
    assert settings["concurrency"]["lease_storage"].endswith(".filesystem")


def test_the_client_tells_nobody_either() -> None:
    ask = "import os; from flows.prefect_api import configured_api; configured_api(); print(os.environ['DO_NOT_TRACK'])"
    quiet = {name: value for name, value in os.environ.items() if name != "DO_NOT_TRACK"}
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert done.stdout == "1\n"


def test_serve_ends_with_its_server_so_that_somebody_starts_it_anew(house: House) -> None:
    port = free_port()
    environment = private_environment(house.folder / "prefect", PREFECT_SERVER_API_PORT=str(port), **FAST)
    with running([*COMMAND, str(house.folder / "crosspost.toml")], folder=ROOT, env=environment) as process:
        until(lambda: len(house.blog.requests) > 1, "the first poll")
        for child in children(process.pid):
            if b"flows.prefect_server" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGKILL)
        assert process.wait(PATIENCE_SECONDS) == 1


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
