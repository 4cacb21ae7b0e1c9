"""README: every config in it loads, every command in it exists, every link leads somewhere."""

import re
from pathlib import Path

import pytest

from flows.cli import parser
from flows.config import load

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands(name: str) -> list[str]:
    lines = [line for block in blocks("console") for line in block.splitlines()]
    return [line for line in lines if line.startswith(f"{name} ")]


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_config_loads(text: str, tmp_path: Path) -> None:
    (tmp_path / "crosspost.toml").write_text(text, encoding="utf-8")
    secrets = dict.fromkeys(re.findall(r"env:([A-Z_]+)", text), "json://127.0.0.1/")
    secrets["DATABASE_URL"] = "sqlite:///x.db"
    assert load(tmp_path / "crosspost.toml", secrets).routes


def test_the_short_config_is_named_in_env_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"env:([A-Z_]+)", blocks("toml")[0])) <= set(
        re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
    )


@pytest.mark.parametrize("command", commands("crosspost"))
def test_every_command_of_ours_is_one(command: str) -> None:
    assert parser().parse_args(command.split()[1:]).command


@pytest.mark.parametrize("command", commands("make"))
def test_every_make_target_is_one(command: str) -> None:
    assert command.split()[1] in TARGETS


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_leads_somewhere(target: str) -> None:
    assert target.startswith("https://") or (ROOT / target).exists()
