"""README, typed from the top: every command of ours, in its order, in a folder with the README's own config."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house import House, article, open_house
from tests.prefect_kit import PATIENCE_SECONDS, ROOT, Prefect
from tests.test_readme import blocks, commands

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A company with the README's short config; only the addresses are those of the simulators."""
    with open_house(tmp_path, article(1), article(2)) as house:
        text = blocks("toml")[0].replace("https://blog.example.com/feed/", f"{house.blog_url}/feed/")
        text = text.replace('kind = "twitter"', f'kind = "twitter"\napi_url = "{house.x_url}"')
        (tmp_path / "crosspost.toml").write_text(f"allow_private_hosts = true\n{text}", encoding="utf-8")
        names = re.findall(r"env:TWITTER_([A-Z_]+)", text)
        secrets = "".join(f"TWITTER_{name}={house.x.credentials[name.lower()]}\n" for name in names)
        (tmp_path / ".env").write_text(secrets, encoding="utf-8")
        yield house


def start(command: str, house: House, prefect: Prefect) -> subprocess.Popen[str]:
    typed = [sys.executable, "-m", "flows.cli", *command.split()[1:]]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(typed, cwd=house.folder, env=prefect.environment, **pipes)


def eventually(condition: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not condition() and time.monotonic() < ends:
        time.sleep(0.2)


def test_every_command_works_in_its_order(house: House, prefect: Prefect) -> None:
    for command in commands("crosspost"):
        process = start(command, house, prefect)
        if command == "crosspost serve":  # it would go on for ever
            house.blog.publish(article(3))
            eventually(lambda: house.tweets)
            process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=300)
        assert process.returncode == 0, f"{command}: {printed}"
    assert len(commands("crosspost")) >= 9


@pytest.mark.parametrize("command", commands("make"))
def test_every_make_command_can_be_made(command: str) -> None:
    environment = {**os.environ, "MAKEFLAGS": ""}
    subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, env=environment, check=True, capture_output=True)
