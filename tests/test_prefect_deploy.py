"""A clean clone is deployed, and a worker runs it: against a real server, without a network."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house import House, article, open_house
from tests.prefect_kit import ROOT, Prefect, running, until

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

DEPLOYED = ["collect/production", "crosspost/production", "publish/production"]


@pytest.fixture(scope="module")
def clone(prefect: Prefect, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of this repository, deployed."""
    folder = tmp_path_factory.mktemp("clean") / "clone"
    if subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=False).returncode:
        pytest.skip("this is no git repository: there is nothing to clone")
    prefect.command("work-pool", "create", "local", "--type", "process", folder=folder)
    prefect.command("deploy", "--all", "--no-prompt", folder=folder)
    return folder


@pytest.fixture(scope="module")
def worker(prefect: Prefect, clone: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "local", "--type", "process"]
    environment = prefect.environment | {"PREFECT_WORKER_QUERY_SECONDS": "1", "PYTHONPATH": str(clone)}
    with running(command, folder=clone, env=environment):
        yield


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        yield house


def deployment(prefect: Prefect, name: str) -> Any:
    return prefect.get(f"deployments/name/{name}")


def finished(prefect: Prefect, flow_run: str) -> Any:
    def look() -> Any:
        run = prefect.get(f"flow_runs/{flow_run}")
        return run if run["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"} else None

    return until(look, "the end of the run")


def start(prefect: Prefect, name: str, **parameters: Any) -> str:
    path = f"deployments/{deployment(prefect, name)['id']}/create_flow_run"
    run = prefect.post(path, {"parameters": parameters, "state": {"type": "SCHEDULED"}})
    return str(run["id"])


def test_all_three_are_deployed_one_at_a_time_and_only_the_whole_is_scheduled(prefect: Prefect, clone: Path) -> None:
    for name in DEPLOYED:
        deployed = deployment(prefect, name)
        assert deployed["global_concurrency_limit"]["limit"] == 1
        assert deployed["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
        assert deployed["description"]
        assert [schedule["active"] for schedule in deployed["schedules"]] == [name == "crosspost/production"]


def test_the_form_explains_every_parameter(prefect: Prefect, clone: Path) -> None:
    for name in DEPLOYED:
        for parameter in deployment(prefect, name)["parameter_openapi_schema"]["properties"].values():
            assert parameter["description"].endswith((".", "all."))


def test_the_schedule_creates_runs(prefect: Prefect, clone: Path) -> None:
    mine = {"deployments": {"id": {"any_": [deployment(prefect, "crosspost/production")["id"]]}}}
    runs = until(lambda: prefect.flow_runs(**mine), "scheduled runs")
    assert all(run["auto_scheduled"] for run in runs)


def test_a_worker_runs_the_clone(prefect: Prefect, clone: Path, worker: None, house: House) -> None:
    house.blog.publish(article(2))
    run = finished(prefect, start(prefect, "crosspost/production", config=str(house.folder / "crosspost.toml")))
    assert (run["state"]["name"], run["state"]["message"]) == ("Completed", "1 tweeted")
    assert len(house.tweets) == 1


def test_a_worker_runs_the_halves(prefect: Prefect, clone: Path, worker: None, house: House) -> None:
    config = str(house.folder / "crosspost.toml")
    house.blog.publish(article(2))
    read = finished(prefect, start(prefect, "collect/production", config=config, sources=["blog"]))
    assert read["state"]["name"] == "Completed"
    assert house.counts()["waiting"] == 1
    tweeted = finished(prefect, start(prefect, "publish/production", config=config, accounts=["office"]))
    assert tweeted["state"]["message"] == "1 tweeted"
