"""The short cut of each part of the proof; `make proof` goes all the way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof import scenes
from tests.proof.crash_everywhere import bytes_of_x, kill_everywhere, spread
from tests.proof.databases import Databases, PostgreSql, Sqlite
from tests.proof.report import Found
from tests.proof.zygote import Zygote


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote() as zygote:
        yield zygote


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    if request.param == "sqlite":
        return Sqlite(tmp_path)
    return PostgreSql(request.getfixturevalue("postgresql"))


# --- Killed anywhere --------------------------------------------------------------------------------------------------


def test_a_poll_may_die_anywhere(tmp_path: Path, zygote: Zygote, databases: Databases) -> None:
    found = Found(part="crashes")
    for scene in (scenes.FIRST_POLL, scenes.DOUBTS):
        (tmp_path / scene.name).mkdir()
        kill_everywhere(tmp_path / scene.name, zygote, scene, databases, spread(3), found)
    assert found.killed >= 4
    assert found.mistakes == []


def test_a_poll_may_die_at_any_byte_of_the_answer_of_x(tmp_path: Path, zygote: Zygote) -> None:
    found = Found(part="crashes")
    kill_everywhere(tmp_path, zygote, scenes.TWEET, Sqlite(tmp_path), bytes_of_x(400, 100), found)
    assert found.killed >= 4
    assert found.mistakes == []
