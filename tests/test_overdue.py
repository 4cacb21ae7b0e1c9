"""When polling itself has died, nothing here can tell anybody: whoever asks must see it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.simulators.faults import answer
from flows.cli import main
from flows.config import load
from flows.monitoring import serve_numbers
from tests.house import NOW, House, article, open_house
from tests.test_monitoring import numbers

HOUR = timedelta(hours=1)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Its clock is two hours slow: what it polls was polled two hours ago."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    with open_house(tmp_path, article(1)) as house:
        house.now = NOW - 2 * HOUR
        yield house


def status(capsys: pytest.CaptureFixture[str]) -> tuple[int, Any, str]:
    """Exit code, JSON and what is said beside it."""
    code = main(["status", "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out), said.err


def test_a_source_that_nothing_reads_fails_status_with_one_sentence(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.poll()
    code, seen, [line] = (*status(capsys)[:2], status(capsys)[2].splitlines())
    assert code == 1
    assert seen["sources"]["blog"]["overdue"]
    assert line.startswith("nothing reads blog (last read 20")
    assert "start `crosspost serve`" in line
    assert main(["status"]) == 1
    assert "nothing reads it" in capsys.readouterr().out


def test_a_source_that_was_never_read_fails_status(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    code, seen, said = status(capsys)
    assert (code, seen["sources"]["blog"]["overdue"]) == (1, True)
    assert said.startswith("nothing reads blog (never read): ")


def test_three_polls_may_be_missed_however_long_their_pause_is(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.poll()
    house.configure(top='every = "1h"')
    assert status(capsys)[0] == 0
    house.configure(top='every = "30m"')
    assert status(capsys)[0] == 1


def test_opening_hours_are_no_excuse(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.configure(account='hours = "Mon 00:00-00:01"')
    house.poll()
    assert status(capsys)[0] == 1


@pytest.mark.parametrize(("minutes", "overdue"), [(170, False), (30, True)])
def test_a_source_that_asked_to_be_left_alone_is_overdue_some_time_after_that(
    house: House, capsys: pytest.CaptureFixture[str], minutes: int, overdue: bool
) -> None:
    house.poll()
    house.blog.instead = answer(429, Retry_After=str(minutes * 60))
    house.poll()
    _, seen, said = status(capsys)
    assert seen["sources"]["blog"]["overdue"] is overdue
    assert seen["sources"]["blog"]["not_before"]
    assert bool(said) is overdue


def test_a_source_that_fails_again_and_again_is_read(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.poll()
    house.blog.instead = answer(404)
    for _ in range(3):
        house.poll()
    code, seen, said = status(capsys)
    assert code == 1, "it fails"
    assert not seen["sources"]["blog"]["overdue"]
    assert said == ""


def test_a_source_that_another_machine_reads_is_none_of_those_that_nobody_reads(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    other = f'[sources.other]\nkind = "rss"\nurl = "{house.blog_url}/feed/"\n'
    house.configure(source=other)
    house.poll()
    house.now = NOW
    house.configure()
    house.poll()
    house.configure(source=other)
    _, seen, said = status(capsys)
    assert {name: source["overdue"] for name, source in seen["sources"].items()} == {"blog": False, "other": True}
    assert said.startswith("nothing reads other (last read")


def test_prometheus_sees_it_too(house: House) -> None:
    port = serve_numbers(load(house.configure()), 0)
    assert numbers(port)["crosspost_last_success_timestamp blog"] == 0, "older than any limit"
    assert numbers(port)["crosspost_source_overdue blog"] == 1
    house.poll()
    assert numbers(port)["crosspost_last_success_timestamp blog"] == house.now.timestamp()
    assert numbers(port)["crosspost_source_overdue blog"] == 1
    house.now = NOW
    house.poll()
    assert numbers(port)["crosspost_source_overdue blog"] == 0
