"""What ops see of a run in Prefect: names, states and messages, against a real server."""

import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.simulators import x_faults
from connectors.simulators.faults import answer
from tests.house import House, article, open_house
from tests.prefect_kit import Prefect, in_process, until

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

AWKWARD = 'Äpfel {frisch} & "günstig" für {item.title}'


@pytest.fixture
def api(prefect: Prefect) -> Iterator[Prefect]:
    with in_process(prefect):
        yield prefect


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A blog with one post, read for the first time."""
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        yield house


def run(config: Path, flow: str = "crosspost", **parameters: Any) -> Any:
    """The final state of one flow run."""
    from flows import crosspost as flows  # noqa: PLC0415  (after the environment is set)

    return getattr(flows, flow)(str(config), **parameters, return_state=True)


def tasks(api: Prefect, state: Any, count: int) -> dict[str, tuple[str, str]]:
    """State and message of every task run, by name; the server learns of them a moment after the run."""
    flow_run = str(state.state_details.flow_run_id)
    until(lambda: len(api.task_runs(flow_run)) >= count, f"{count} task runs")
    return {task["name"]: (task["state"]["name"], task["state"]["message"] or "") for task in api.task_runs(flow_run)}


# --- Names and states -------------------------------------------------------------------------------------------------


def test_every_tweet_is_a_line_of_its_own_under_the_title_of_its_item(api: Prefect, house: House) -> None:
    house.blog.publish(article(2, title=AWKWARD))
    state = run(house.configure())
    assert state.name == "Completed"
    assert state.message == "1 tweeted"
    assert list(tasks(api, state, 2)) == ["collect blog", f"tweet office: {AWKWARD}"]


def test_a_quiet_poll_is_one_task_run_for_each_source(api: Prefect, house: House) -> None:
    state = run(house.configure())
    assert state.message == "nothing to tweet"
    assert tasks(api, state, 1) == {"collect blog": ("Completed", "blog: nothing new")}


def test_doubts_are_settled_in_a_task_run_of_their_own(api: Prefect, house: House) -> None:
    house.blog.publish(article(2))
    house.x.next(x_faults.Fault(accepted=True))
    house.poll()
    state = run(house.configure())
    assert list(tasks(api, state, 2)) == ["collect blog", "settle office"]
    assert len(house.tweets) == 1


def test_what_may_pass_by_itself_fails_no_run_before_the_third_time(api: Prefect, house: House) -> None:
    house.blog.instead = answer(503)
    first = run(house.configure())
    assert first.name == "Completed"
    assert first.message.startswith("nothing to tweet; blog: ")
    assert first.message.endswith("; the next run goes on from here")
    assert tasks(api, first, 1)["collect blog"][0] == "Unfinished"
    assert [run(house.configure()).name for _ in range(2)] == ["Completed", "Failed"]


def test_what_failed_says_so_in_one_line_and_the_rest_goes_on(api: Prefect, house: House) -> None:
    house.configure(source=f'[sources.gone]\nkind = "rss"\nurl = "{house.blog_url}/gone"\n')
    house.blog.publish(article(2))
    state = run(house.folder / "crosspost.toml")
    seen = tasks(api, state, 3)
    assert {name: state for name, (state, _) in seen.items()} == {
        "collect blog": "Completed",
        "collect gone": "Failed",
        f"tweet office: {article(2).title}": "Completed",
    }
    assert state.name == "Failed"
    assert state.message == seen["collect gone"][1]
    assert state.message.startswith("gone: ")
    assert "\n" not in state.message


def test_a_failure_leaves_no_traceback_in_the_logs(api: Prefect, house: House) -> None:
    house.blog.instead = answer(404)
    state = run(house.configure())
    assert state.name == "Failed"
    flow_run = str(state.state_details.flow_run_id)
    lines = until(lambda: api.logs(flow_run), "logs")
    assert not any("Traceback" in line or "NoneType" in line for line in lines)
    assert sum("404" in line for line in lines) == 2, "once for the task, once for the run"


def test_mistakes_in_the_config_are_the_message_of_a_failed_run(api: Prefect, house: House) -> None:
    state = run(house.configure(account="max_per_rum = 1", source="max_new = 0"))
    assert state.name == "Failed"
    assert [line.partition(" ")[0] for line in state.message.splitlines()] == ["crosspost.toml:", "crosspost.toml:"]
    assert 'did you mean "max_per_run"?' in state.message
    assert "Traceback" not in str(api.logs(str(state.state_details.flow_run_id)))


def test_a_database_that_cannot_be_opened_is_the_message_of_a_failed_run(api: Prefect, house: House) -> None:
    state = run(house.configure(top='database = "sqlite:///missing/folder/crosspost.db"'))
    assert state.name == "Failed"
    assert "database" in state.message


# --- Parts of the work ------------------------------------------------------------------------------------------------


def test_collect_reads_and_leaves_the_tweets_to_publish(api: Prefect, house: House) -> None:
    house.blog.publish(article(2))
    assert run(house.configure(), "collect", sources=["blog"]).name == "Completed"
    assert house.counts()["waiting"] == 1
    assert run(house.configure(), "publish", accounts=["office"]).message == "1 tweeted"
    assert len(house.tweets) == 1


def test_a_name_that_the_config_does_not_have_is_told_with_those_that_it_has(api: Prefect, house: House) -> None:
    state = run(house.configure(), "collect", sources=["blogg"])
    assert state.name == "Failed"
    assert state.message == "blogg: is not in crosspost.toml; choose of: blog"


# --- A worker whose console is gone dies of its next line -------------------------------------------------------------


class Eavesdropper(io.TextIOBase):
    """Standard output and a log handler's stream that remembers what is said while a tweet is on its way."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.said: list[str] = []
        self.lines = 0

    def write(self, text: str) -> int:
        self.lines += 1
        if self.house.counts()["sending"]:
            self.said.append(text)
        return len(text)


def test_nothing_is_said_between_the_answer_of_x_and_the_ledger(
    api: Prefect, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.blog.publish(article(2))
    ear = Eavesdropper(house)
    handler = logging.StreamHandler(ear)
    monkeypatch.setattr(sys, "stdout", ear)
    monkeypatch.setattr(sys, "stderr", ear)
    loggers = [
        logging.getLogger(name)
        for name in (None, "crosspost", "prefect", "prefect.flow_runs", "prefect.task_runs", "httpx")
    ]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        run(house.configure())
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
    assert len(house.tweets) == 1
    assert ear.lines
    assert ear.said == []
