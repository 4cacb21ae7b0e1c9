"""What `crosspost serve` says while it polls without its Prefect server."""

import io
from pathlib import Path

from rich.console import Console

from connectors.simulators.faults import answer
from flows.config import load
from flows.without_prefect import _poll
from tests.house import article, open_house


def test_what_still_fails_is_said_once(tmp_path: Path) -> None:
    with open_house(tmp_path, article(1)) as house:
        paper = io.StringIO()
        console, config = Console(file=paper, width=200), load(house.configure())
        house.blog.instead = answer(404)
        told = _poll(config, console, [])
        told = _poll(config, console, told)
        assert paper.getvalue().count("404") == 1
        house.blog.instead = None
        told = _poll(config, console, told)
        house.blog.instead = answer(404)
        _poll(config, console, told)
        assert paper.getvalue().count("404") == 2
