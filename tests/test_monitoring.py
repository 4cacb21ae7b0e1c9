"""Numbers for Prometheus, asked for over real HTTP."""

from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from connectors.simulators import x_faults
from flows.config import load
from flows.monitoring import serve_numbers
from tests.house import article, open_house


def numbers(port: int) -> dict[str, float]:
    """Every sample by its name and its label."""
    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).raise_for_status()
    samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
    return {" ".join((sample.name, *sample.labels.values())): sample.value for sample in samples}


def test_the_numbers_are_those_of_the_ledger_at_the_moment_of_asking(tmp_path: Path) -> None:
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        port = serve_numbers(load(house.configure()), 0)
        assert numbers(port)["crosspost_posts_total posted"] == 0
        house.blog.publish(article(2))
        house.poll()
        house.blog.publish(article(3))
        house.x.next(x_faults.NO_CREDITS)
        house.poll()
        now = numbers(port)
    assert now["crosspost_posts_total posted"] == 1
    assert now["crosspost_queue waiting"] == 1
    assert now["crosspost_spent_usd office"] > 0
    assert now["crosspost_account_down office"] == 1
    assert now["crosspost_last_success_timestamp blog"] == pytest.approx(house.now.timestamp())


def test_the_numbers_are_for_this_machine_alone(tmp_path: Path) -> None:
    with open_house(tmp_path, article(1)) as house:
        port = serve_numbers(load(house.configure()), 0)
        assert numbers(port)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.2:{port}/metrics", trust_env=False)


def test_a_ledger_that_cannot_be_read_is_an_error_and_not_old_numbers(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.poll()
        port = serve_numbers(load(house.configure()), 0)
        for file in tmp_path.glob("crosspost.db*"):
            file.unlink()
        (tmp_path / "crosspost.db").mkdir()
        assert httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).status_code == 500
