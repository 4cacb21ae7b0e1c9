"""A clean clone is deployed, and a worker runs it: against a real server, without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.simulators.faults import answer
from tests.house import House, article, open_house
from tests.prefect_kit import Prefect, until

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

DEPLOYED = ["collect/production", "crosspost/production", "publish/production"]


@pytest.fixture(scope="module")
def worker(prefect: Prefect, clone: Path) -> Iterator[None]:
    with prefect.worker(clone):
        yield


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        yield house


def test_all_three_are_deployed_one_at_a_time_and_only_the_whole_is_scheduled(prefect: Prefect, clone: Path) -> None:
    for name in DEPLOYED:
        deployed = prefect.deployment(name)
        assert deployed["global_concurrency_limit"]["limit"] == 1
        assert deployed["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
        assert deployed["description"]
        assert [schedule["active"] for schedule in deployed["schedules"]] == [name == "crosspost/production"]


def test_the_form_explains_every_parameter(prefect: Prefect, clone: Path) -> None:
    for name in DEPLOYED:
        for parameter in prefect.deployment(name)["parameter_openapi_schema"]["properties"].values():
            assert parameter["description"].endswith((".", "all."))


def test_the_schedule_creates_runs(prefect: Prefect, clone: Path) -> None:
    deployed = prefect.deployment("crosspost/production")["id"]
    prefect.post(f"deployments/{deployed}/resume_deployment")  # a worker of another test has paused it
    mine = {"deployments": {"id": {"any_": [deployed]}}}
    until(lambda: any(run["auto_scheduled"] for run in prefect.flow_runs(**mine)), "scheduled runs")


def test_a_worker_runs_the_clone(prefect: Prefect, clone: Path, worker: None, house: House) -> None:
    house.blog.publish(article(2))
    run = prefect.end_of(prefect.start("crosspost/production", config=str(house.folder / "crosspost.toml")))
    assert (run["state"]["name"], run["state"]["message"]) == ("Completed", "1 tweeted")
    assert len(house.tweets) == 1


def test_a_failed_run_of_a_worker_leaves_no_traceback(
    prefect: Prefect, clone: Path, worker: None, house: House
) -> None:
    house.blog.instead = answer(404)
    started = prefect.start("crosspost/production", config=str(house.folder / "crosspost.toml"))
    assert prefect.end_of(started)["state"]["name"] == "Failed"
    prefect.end_of(prefect.start("publish/production", config=str(house.folder / "crosspost.toml")))
    lines = prefect.logs(started)  # the worker is at the next run: the first has said its last word
    assert any("404" in line for line in lines)
    assert not any("Traceback" in line for line in lines)


def test_a_worker_runs_the_halves(prefect: Prefect, clone: Path, worker: None, house: House) -> None:
    config = str(house.folder / "crosspost.toml")
    house.blog.publish(article(2))
    read = prefect.end_of(prefect.start("collect/production", config=config, sources=["blog"]))
    assert read["state"]["name"] == "Completed"
    assert house.counts()["waiting"] == 1
    tweeted = prefect.end_of(prefect.start("publish/production", config=config, accounts=["office"]))
    assert tweeted["state"]["message"] == "1 tweeted"
