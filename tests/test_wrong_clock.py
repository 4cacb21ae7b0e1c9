"""The clock of this machine is wrong: nothing is tweeted twice, and a person is told what to set."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.contract import AccountDown
from connectors.simulators.x_faults import ANSWER_LOST, UNAUTHORIZED
from flows.app import opened
from flows.collect import collect
from flows.config import load
from flows.pipeline import poll
from flows.words import prepare
from tests.house import MINUTE, House, article, open_house

HOUR = timedelta(hours=1)
BEHIND, AHEAD = -HOUR, HOUR


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Its tweets are signed with the time of this machine, so it is X whose clock is moved."""
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        house.blog.publish(article(2))
        house.now = datetime.now(UTC)
        house.x.clock_tolerance = 5 * MINUTE
        house.x.duplicate_check = False  # a net of X's that is none of ours
        yield house


@pytest.mark.parametrize(("off", "where"), [(BEHIND, "60 minutes behind"), (AHEAD, "60 minutes ahead of")])
def test_a_clock_that_x_refuses_is_told_and_the_queue_waits_until_it_is_set(
    house: House, off: timedelta, where: str
) -> None:
    house.x.clock = lambda: house.now - off
    [failure] = house.poll().failures
    assert f"The clock of this machine is {where} that of X" in failure
    assert house.counts()["waiting"] == 1
    house.x.clock = lambda: house.now
    assert house.poll().failures == []
    assert len(house.tweets) == 1


def test_check_tells_of_the_clock_too(house: House) -> None:
    house.x.clock = lambda: house.now + HOUR
    with house.app() as app, pytest.raises(AccountDown, match="60 minutes behind"):
        app.config.accounts["office"].whoami()


def test_keys_that_x_does_not_know_are_no_matter_of_a_clock_that_is_right(house: House) -> None:
    house.x.next(UNAUTHORIZED)
    [failure] = house.poll().failures
    assert "Check the four keys" in failure


@pytest.mark.parametrize("jump", [BEHIND, AHEAD])
def test_a_clock_that_jumps_while_a_send_is_interrupted_makes_no_second_tweet(house: House, jump: timedelta) -> None:
    with house.app() as app:
        collect(app, "blog")
        [post], _ = prepare(app, "office")
        claim = app.ledger.claim(post.id, lease=2 * MINUTE, now=app.now())
    assert claim
    house.x.add(claim.draft.text)  # it is out, but the power failed before the answer came
    house.x.clock = lambda: datetime.now(UTC)
    house.sleep(jump)
    house.poll_until_quiet(most=40)
    assert house.counts()["posted"] == 1
    assert len(house.tweets) == 1


def test_a_tweet_is_found_though_its_first_attempt_was_made_in_the_future(house: House) -> None:
    right = house.now
    house.x.clock = lambda: right
    house.now = right + 3 * HOUR
    house.x.next(UNAUTHORIZED)  # as X answers such a clock
    house.poll()
    house.now = right
    house.x.next(ANSWER_LOST)
    house.poll()
    assert house.counts()["unsure"] == 1
    house.poll_until_quiet()
    assert house.counts()["posted"] == 1
    assert len(house.tweets) == 1


def test_an_entry_from_the_future_is_tweeted_once_and_ages_from_now(house: House) -> None:
    """So it looks to a clock that is behind, and so do feeds that show what is scheduled."""
    house.configure(account='max_age = "3d"')
    house.blog.publish(article(3, published=house.now + HOUR))
    house.poll_until_quiet()
    house.sleep(2 * HOUR)
    house.poll_until_quiet()
    assert sorted(tweet.partition("\n")[0] for tweet in house.tweets) == [article(2).title, article(3).title]


def test_what_a_clock_far_ahead_let_expire_can_be_brought_back_by_a_person(house: House) -> None:
    house.configure(account='max_age = "3d"')
    right = house.now
    house.now = right + timedelta(days=30)
    house.poll()
    assert house.counts()["waiting"] == 0
    house.now = right
    with house.app() as app:
        [post] = (post for post in app.ledger.posts(statuses=["skipped"]) if "expired" in post.reason)
        app.ledger.settle(post.id, "waiting", now=app.now())
    house.poll_until_quiet()
    assert len(house.tweets) == 1


@pytest.mark.parametrize("first", [BEHIND, AHEAD, timedelta(minutes=-3)])
def test_two_looks_with_clocks_that_differ_are_as_far_apart_as_xs_clock_says(house: House, first: timedelta) -> None:
    """One worker's clock is wrong, or a clock is set right between the looks; X's timeline lags meanwhile."""
    true = house.now
    house.x.clock = lambda: true
    house.x.lag = timedelta(seconds=30)
    house.x.next(ANSWER_LOST)
    for seconds, off in [(0, first), (1, first), (2, timedelta()), (3, first), (4, timedelta()), (5, first)]:
        true = house.now + timedelta(seconds=seconds)
        poll_at(house, true + off)
    poll_at(house, (true := true + MINUTE))
    assert house.counts()["posted"] == 1
    assert len(house.tweets) == 1


def test_a_send_that_a_worker_ahead_of_time_takes_for_dead_still_has_all_of_its_lease(house: House) -> None:
    true = house.now
    house.x.clock = lambda: true
    lease = look_again = 2 * MINUTE
    with house.app() as app:
        collect(app, "blog")
        [post], _ = prepare(app, "office")
        assert app.ledger.claim(post.id, lease=lease, now=true)
    for seconds in (1, 2, look_again.total_seconds() + 5, (lease + look_again).total_seconds() - 1):
        true = house.now + timedelta(seconds=seconds)
        poll_at(house, true + 3 * MINUTE)
        assert not house.tweets
    true = house.now + lease + look_again + MINUTE
    house.x.clock_tolerance = HOUR
    poll_at(house, true + 3 * MINUTE)
    assert len(house.tweets) == 1, "its worker was dead after all"


def poll_at(house: House, shown: datetime) -> None:
    """A poll of a worker whose clock shows this."""
    with opened(load(house.folder / "crosspost.toml"), now=lambda: shown) as app:
        poll(app)
