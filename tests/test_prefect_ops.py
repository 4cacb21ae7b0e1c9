"""What ops can hang their own automations on, and what keeps polling alive: events, artifacts, automations."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.simulators import x_faults
from connectors.simulators.faults import answer
from connectors.simulators.server import serving
from connectors.simulators.x_faults import ANSWER_LOST, Fault
from tests.house import House, article, open_house
from tests.prefect_kit import ROOT, Prefect, free_port, in_process, private_environment, running, until

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]


@pytest.fixture
def api(prefect: Prefect) -> Iterator[Prefect]:
    with in_process(prefect):
        yield prefect


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        yield house


def run(house: House, **config: str) -> str:
    """The id of one flow run."""
    from flows.crosspost import crosspost  # noqa: PLC0415  (after the environment is set)

    return str(crosspost(str(house.configure(**config)), return_state=True).state_details.flow_run_id)


def events(api: Prefect, name: str, flow_run: str) -> list[dict[str, Any]]:
    """Those of this name that came out of this run; the server learns of them a moment later."""

    def look() -> list[dict[str, Any]]:
        found = api.post("events/filter", {"filter": {"event": {"name": [name]}}})["events"]
        origin = f"prefect.flow-run.{flow_run}"
        return [event for event in found if origin in {each["prefect.resource.id"] for each in event["related"]}]

    return list(until(look, f"the event {name}"))


def related(event: dict[str, Any]) -> dict[str, str]:
    """The role of each of our resources that an event names beside its own."""
    named = {each["prefect.resource.id"]: each["prefect.resource.role"] for each in event["related"]}
    return {resource: role for resource, role in named.items() if resource.startswith("crosspost.")}


def artifacts(api: Prefect, key: str, flow_run: str | None = None) -> list[dict[str, Any]]:
    where: dict[str, Any] = {"key": {"any_": [key]}} | ({"flow_run_id": {"any_": [flow_run]}} if flow_run else {})
    found: list[dict[str, Any]] = api.post("artifacts/filter", {"artifacts": where, "sort": "CREATED_DESC"})
    return found


# --- Events -----------------------------------------------------------------------------------------------------------


def test_a_tweet_is_an_event_that_names_its_account_and_its_source(api: Prefect, house: House) -> None:
    house.blog.publish(article(2))
    [event] = events(api, "crosspost.tweeted", run(house))
    assert event["payload"]["url"].startswith("http")
    assert related(event) == {"crosspost.account.office": "account", "crosspost.source.blog": "source"}


def test_a_lost_answer_is_an_event(api: Prefect, house: House) -> None:
    house.blog.publish(article(2))
    house.x.next(x_faults.Fault(accepted=True))
    [event] = events(api, "crosspost.unsure", run(house))
    assert event["resource"]["prefect.resource.name"] == article(2).title


def test_a_burst_is_an_event_of_its_source_that_names_the_accounts_it_holds_up(
    api: Prefect, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "1000003-simulated-access-token")
    for number in range(2, 20):
        house.blog.publish(article(number))
    [event] = events(api, "crosspost.held", run(house, **three_accounts(house)))
    assert event["resource"]["prefect.resource.id"] == "crosspost.source.blog"
    assert event["payload"]["posts"] == 36
    assert related(event) == {"crosspost.account.office": "account", "crosspost.account.branch": "account"}


def three_accounts(house: House) -> dict[str, str]:
    """A config in which `office` and `branch` want every article, and `shop` none of these."""
    shop = house.branch.replace("[accounts.branch]", "[accounts.shop]").replace("BRANCH_TOKEN", "SHOP_TOKEN")
    wanted = 'to = ["{}"]\ntemplate = "blog.j2"\n{}'
    routes = [wanted.format("branch", ""), wanted.format("shop", 'include = ["Sonderpreis"]\n')]
    return {
        "account": house.branch + shop,
        "routes": "".join(f'[[routes]]\nfrom = ["blog"]\n{route}' for route in routes),
    }


def test_an_account_that_goes_down_is_an_event(api: Prefect, house: House) -> None:
    house.blog.publish(article(2))
    house.x.next(x_faults.NO_CREDITS)
    [event] = events(api, "crosspost.account.down", run(house))
    assert "402" in event["payload"]["reason"]
    assert related(event) == {"crosspost.source.blog": "source"}


def test_a_source_that_goes_down_is_an_event_once(api: Prefect, house: House) -> None:
    house.blog.instead = answer(404)
    [event] = events(api, "crosspost.source.down", run(house))
    assert event["resource"]["prefect.resource.id"] == "crosspost.source.blog"
    assert related(event) == {"crosspost.account.office": "account"}


# --- Artifacts --------------------------------------------------------------------------------------------------------


def test_news_is_a_table_with_a_link_to_the_tweet(api: Prefect, house: House) -> None:
    house.blog.publish(article(2, title="Gut | günstig"))
    [artifact] = artifacts(api, "crosspost-news", run(house))
    head, _, row = artifact["data"].splitlines()
    assert head == "| source | item | account | outcome | reason | link |"
    assert row.startswith("| blog | Gut \\| günstig | office | posted |")
    assert "[tweet](http" in row


def test_the_queue_is_shown_and_a_quiet_run_leaves_nothing(api: Prefect, house: House) -> None:
    run(house)
    before = artifacts(api, "crosspost-queue")
    assert "| office |" in before[0]["data"]
    quiet = run(house)
    assert artifacts(api, "crosspost-news", quiet) == []
    assert len(artifacts(api, "crosspost-queue")) == len(before)
    house.blog.publish(article(2))
    run(house)
    assert "| posted | 1 |" in artifacts(api, "crosspost-queue")[0]["data"]
    assert artifacts(api, "crosspost-queue")[0]["description"] == "**0 held · 0 unsure · 0 waiting**"


# --- Automations ------------------------------------------------------------------------------------------------------


def installed(api: Prefect) -> dict[str, Any]:
    return {found["name"]: found for found in api.post("automations/filter") if found["name"].startswith("crosspost: ")}


def install(api: Prefect, house: House) -> list[str]:
    command = [sys.executable, "-m", "flows.cli", "ops", "install", "--config", str(house.folder / "crosspost.toml")]
    # Python orders sets by this seed; with 7, an automation and the server's copy of it print in different orders.
    environment = api.environment | {"PYTHONHASHSEED": "7"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_automations_are_installed_once_and_those_switched_off_stay_off(api: Prefect, house: House) -> None:
    names = install(api, house)
    first = installed(api)
    assert set(names) <= set(first)
    api.patch(f"automations/{first[names[0]]['id']}", {"enabled": False})
    install(api, house)
    again = installed(api)
    assert {name: found["id"] for name, found in again.items()} == {name: found["id"] for name, found in first.items()}
    untouched = names[1]
    assert again[untouched]["updated"] == first[untouched]["updated"], "it may be counting the minutes of a dead run"
    assert not again[names[0]]["enabled"]
    api.patch(f"automations/{first[names[0]]['id']}", {"enabled": True})


def test_ops_are_told_through_a_notification_block_named_crosspost(api: Prefect, house: House) -> None:
    from prefect.blocks.notifications import CustomWebhookNotificationBlock  # noqa: PLC0415

    told: list[str] = []

    def ear(environ: Any, start_response: Any) -> list[bytes]:
        told.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]

    for told_before in installed(api).values():  # in six hours, people are told once
        api.delete(f"automations/{told_before['id']}")
    with serving(ear) as url:
        block = CustomWebhookNotificationBlock(name="crosspost", url=url, json_data={"text": "{{subject}}: {{body}}"})
        block.save("crosspost", overwrite=True)
        assert len(install(api, house)) == 5
        house.blog.instead = answer(404)
        tagged(api, house)
        until(lambda: told, "the notification")
    assert "a run has failed or crashed" in told[0]
    assert "404" in told[0]


def tagged(api: Prefect, house: House) -> None:
    from prefect import tags  # noqa: PLC0415

    with tags("crosspost"):
        run(house)


def test_a_run_whose_heart_has_stopped_becomes_crashed(api: Prefect, house: House) -> None:
    from flows import ops  # noqa: PLC0415

    ops.install(every=timedelta(minutes=15), dead_after=timedelta(seconds=10))
    flow = api.post("flows/", {"name": "crosspost"})["id"]
    dead = api.post("flow_runs/", {"flow_id": flow, "tags": ["crosspost"], "state": {"type": "RUNNING"}})["id"]
    beat(dead)
    until(lambda: api.get(f"flow_runs/{dead}")["state"]["type"] == "CRASHED", "the mark")
    ops.install(every=timedelta(minutes=15))


def beat(flow_run: str) -> None:
    from prefect.events import emit_event  # noqa: PLC0415

    tag = {"prefect.resource.id": "prefect.tag.crosspost", "prefect.resource.role": "tag"}
    emit_event("prefect.flow-run.heartbeat", {"prefect.resource.id": f"prefect.flow-run.{flow_run}"}, related=[tag])


# --- A power cut ------------------------------------------------------------------------------------------------------


class PowerCut:
    """Ends a whole process group while X holds a tweet: `serve`, its server and its run at once."""

    def __init__(self) -> None:
        self.victim: subprocess.Popen[bytes] | None = None

    def __call__(self, endpoint: str, _request: object) -> Fault | None:
        victim, self.victim = self.victim, None
        if endpoint != "post" or victim is None:
            self.victim = victim
            return None
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
        return ANSWER_LOST


def test_after_a_power_cut_amid_a_tweet_the_next_scheduled_run_goes_through(tmp_path: Path) -> None:
    home, port = tmp_path / "prefect", free_port()
    environment = private_environment(home, PREFECT_SERVER_API_PORT=str(port), PREFECT_RUNNER_POLL_FREQUENCY="1")
    prefect = Prefect(f"http://127.0.0.1:{port}", home)
    with open_house(tmp_path, article(1), top='every = "10s"') as house:
        house.poll()
        house.blog.publish(article(2))
        house.x.policy = power_cut = PowerCut()
        command = [sys.executable, "-m", "flows.cli", "serve", "--config", str(house.folder / "crosspost.toml")]
        with running(command, folder=ROOT, env=environment) as process:
            power_cut.victim = process
            until(lambda: process.poll() is not None, "the power cut")
            assert process.returncode == -signal.SIGKILL
        with running(command, folder=ROOT, env=environment):
            until(lambda: finished(prefect), "a scheduled run that completes")
            cut = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "CRASHED"]}}}}
            assert "CRASHED" in {each["state"]["type"] for each in prefect.flow_runs(**cut)}
        assert len(house.tweets) == 1


def finished(prefect: Prefect) -> bool:
    try:
        runs = prefect.flow_runs()
    except httpx.TransportError:
        return False  # the new server is not up yet
    return any(run["auto_scheduled"] and run["state"]["type"] == "COMPLETED" for run in runs)
