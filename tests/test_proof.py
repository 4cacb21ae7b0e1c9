"""The short cut of each part of the proof; `make proof` goes all the way."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from connectors.simulators.x_faults import REQUEST_LOST
from flows.check import findings
from flows.config import load
from flows.doubts import settle
from flows.pipeline import poll
from flows.publish import tweet
from flows.words import prepare
from state.ledger import Ledger
from tests.house import MINUTE, House, article, open_house
from tests.proof import scenes
from tests.proof.crash_everywhere import every, every_byte, kill_everywhere, spread
from tests.proof.databases import Databases, PostgreSql, Sqlite
from tests.proof.faults import endure
from tests.proof.hostile import CORPUS, beside_a_good_source, feeds, mutations, read_all
from tests.proof.needles import SECRETS, left_in, needles_in, plain_runs, prefect_run
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
    for scene in (scenes.FIRST_POLL, scenes.DOUBTS, scenes.PICTURE):
        (tmp_path / scene.name).mkdir()
        kill_everywhere(tmp_path / scene.name, zygote, scene, databases, spread(2), found)
    assert found.killed >= 3
    assert found.mistakes == []


def test_a_poll_may_die_at_any_byte_of_the_answer_of_x(tmp_path: Path, zygote: Zygote) -> None:
    found = Found(part="crashes")
    kill_everywhere(tmp_path, zygote, scenes.TWEET, Sqlite(tmp_path), every(60, every_byte), found)
    assert found.killed >= 3
    assert found.mistakes == []


# --- Four workers and every fault -------------------------------------------------------------------------------------


def test_no_fault_makes_a_second_tweet_or_loses_one(tmp_path: Path, zygote: Zygote) -> None:
    (tmp_path / "ledger").mkdir()
    found = Found(part="faults")
    assert endure(tmp_path, zygote, Sqlite(tmp_path / "ledger"), found, items=20)
    assert found.faults >= 5
    assert found.mistakes == []


# --- Workers that get into each other's way ---------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A blog that was read, and has one new post."""
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        house.blog.publish(article(2))
        yield house


def test_a_worker_that_was_suspended_after_its_claim_does_not_send(house: House) -> None:
    with house.app() as app:
        poll(app, accounts=())
        (post,), _ = prepare(app, "office")
        moments = chain([house.now], repeat(house.now + 10 * MINUTE))
        outcome = tweet(replace(app, now=lambda: next(moments)), "office", post)
    assert (outcome.status, house.tweets) == ("waiting", [])


def test_two_workers_that_look_for_the_same_tweet_are_no_fault(house: House) -> None:
    house.x.next(REQUEST_LOST)
    house.poll()
    with house.app() as app:
        app.ledger.introduce("office", app.config.accounts["office"].whoami())
        (doubt,) = app.ledger.doubts("office")
        other = Other(app.ledger, lambda: app.ledger.cannot_look(doubt, "the other could not look", now=house.now))
        settled = settle(replace(app, ledger=other), "office")
    assert (settled.failure, [outcome.status for outcome in settled.outcomes]) == ("", ["unsure"])


class Other:
    """A ledger in which somebody else acts between our look and our word about it."""

    def __init__(self, ledger: Ledger, act: Callable[[], object]) -> None:
        self._ledger, self._act = ledger, act

    def absent(self, *arguments: Any, **more: Any) -> Any:
        self._act()
        return self._ledger.absent(*arguments, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


# --- Hostile input ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real feeds is not on this machine")
def test_broken_feeds_are_read_within_bounds_and_stop_no_other_source(tmp_path: Path) -> None:
    found = Found(part="hostile")
    originals = feeds()
    with open_house(tmp_path) as house, house.app() as app:
        read_all([*originals[::200], *mutations(originals, 50)], app, found, store_every=5)
    (tmp_path / "beside").mkdir()
    beside_a_good_source(tmp_path / "beside", list(mutations(originals, 3, seed=2)), found)
    assert found.inputs > 60
    assert found.mistakes == []


# --- Secrets ----------------------------------------------------------------------------------------------------------


def test_failing_runs_leave_no_secret_anywhere(tmp_path: Path) -> None:
    leaks, heard = plain_runs(tmp_path, polls=5)
    assert leaks == []
    assert heard >= {"API_KEY", "ACCESS_TOKEN", "FACEBOOK_PAGE_TOKEN", "FEED_TOKEN"}, "a run that sends nothing"


@pytest.mark.prefect
@pytest.mark.xdist_group("prefect")
def test_a_failing_flow_run_leaves_no_secret_with_prefect(tmp_path: Path) -> None:
    assert prefect_run(tmp_path) == []


@pytest.mark.parametrize("secret", SECRETS.values())
def test_a_secret_is_found_however_it_is_written(tmp_path: Path, secret: str) -> None:
    (tmp_path / "run.log").write_text(f"GET /?key={quote(secret, safe='')}", encoding="utf-8")
    assert left_in(tmp_path)
    assert needles_in(f"Authorization: Basic {b64encode(secret.encode()).decode()}")


@pytest.mark.parametrize(
    ("file", "folder", "exposed"),
    [
        (0o600, 0o755, False),
        (0o640, 0o755, True),
        (0o604, 0o755, True),
        (0o644, 0o700, False),
        (0o640, 0o705, False),
        (0o604, 0o705, True),
        (0o602, 0o755, True),
        (0o620, 0o755, True),
        (0o622, 0o700, False),
    ],
    ids=oct,
)
def test_check_says_who_else_can_read_or_change_the_secrets(
    house: House, file: int, folder: int, exposed: bool
) -> None:
    house.folder.chmod(folder)
    (house.folder / ".env").chmod(file)
    assert found_wrong(house) == [exposed_as(house.folder / ".env")] * exposed


def test_of_a_linked_file_with_secrets_the_rights_of_the_file_itself_count(house: House, tmp_path: Path) -> None:
    house.folder.chmod(0o700)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    secrets = (house.folder / ".env").rename(elsewhere / "secrets")
    (house.folder / ".env").symlink_to(secrets)
    assert found_wrong(house) == []
    secrets.chmod(0o644)
    assert found_wrong(house) == [exposed_as(secrets)]


def exposed_as(file: Path) -> str:
    return f".env: other users of this machine can read or change the secrets in it; chmod 600 {file}"


def test_check_says_who_else_can_put_other_secrets_there(house: House) -> None:
    house.folder.chmod(0o707)
    (sentence,) = found_wrong(house)
    assert sentence.endswith(f"chmod o-w {house.folder}")


def found_wrong(house: House) -> list[str]:
    return [finding.what for finding in findings(load(house.folder / "crosspost.toml")) if not finding.ok]
