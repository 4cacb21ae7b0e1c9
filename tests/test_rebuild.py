"""The ledger is lost: `crosspost rebuild` makes it anew, and nothing goes out again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.simulators import x_faults
from connectors.simulators.faults import answer
from flows.cli import main
from flows.rebuild import rebuild
from tests.house import MINUTE, House, article, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A blog with a post from before setup and three tweeted ones; the database is gone, and would be filled anew."""
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        for number in (2, 3, 4):
            house.blog.publish(article(number))
        house.poll()
        assert len(house.tweets) == 3
        house.configure(source="backfill = 10")
        for file in tmp_path.glob("crosspost.db*"):
            file.unlink()
        yield house


def test_nothing_goes_out_again(house: House) -> None:
    assert main(["rebuild", "--config", str(house.folder / "crosspost.toml")]) == 0
    house.poll_until_quiet()
    assert len(house.tweets) == 3
    assert house.counts()["posted"] == 3
    assert house.rows()[article(1).title][0] == "skipped"


def test_what_was_spent_this_month_is_known_again(house: House) -> None:
    with house.app() as app:
        rebuild(app)
        assert app.ledger.spent("office", house.now - 60 * MINUTE) == 3 * app.config.accounts["office"].price(
            house.tweets[0]
        )


def test_what_is_new_is_tweeted_as_ever(house: House) -> None:
    with house.app() as app:
        rebuild(app)
    house.blog.publish(article(5))
    house.poll()
    assert len(house.tweets) == 4


def test_what_the_timeline_does_not_show_is_held_for_a_person(house: House) -> None:
    house.blog.publish(article(5))
    with house.app() as app:
        (rebuilt,) = rebuild(app)
    assert rebuilt.text == "blog: 3 found in the timeline, 1 held, 1 skipped"
    house.poll()
    assert len(house.tweets) == 3
    assert house.rows()[article(5).title][0] == "held"


def test_a_tweet_is_known_by_its_link_when_the_words_have_changed(house: House) -> None:
    house.blog.edit(article(3).id, title="Ganz anderer Titel", html="<p>Und anderer Text.</p>")
    (house.folder / "templates").mkdir()
    (house.folder / "templates" / "blog.j2").write_text("{{ item.titel }}", encoding="utf-8")
    with house.app() as app:
        rebuild(app)
    assert house.counts()["posted"] == 3


def test_a_source_that_cannot_be_read_stays_unknown_and_a_second_call_goes_on(house: House) -> None:
    house.blog.instead = answer(503)
    with house.app() as app:
        (rebuilt,) = rebuild(app)
        assert rebuilt.failure.startswith("blog: not rebuilt")
        assert app.ledger.source("blog").first_read_at is None
        house.blog.instead = None
        assert rebuild(app)[0].failure == ""
    assert house.counts()["posted"] == 3


def test_a_timeline_that_cannot_be_read_stores_nothing(house: House) -> None:
    house.x.next(x_faults.GATEWAY_DOWN, on="look")
    assert main(["rebuild", "--config", str(house.folder / "crosspost.toml")]) == 1
    assert sum(house.counts().values()) == 0


def test_a_ledger_that_is_there_is_left_alone(house: House) -> None:
    with house.app() as app:
        rebuild(app)
        before = app.ledger.counts()
        (again,) = rebuild(app)
        assert again.text == "blog: the ledger knows it already; it stays as it is"
        assert app.ledger.counts() == before


def test_a_tweet_that_tells_when_it_was_out_is_restored_with_its_time_and_address(house: House) -> None:
    house.sleep(60 * MINUTE)
    with house.app() as app:
        rebuild(app)
        (post,) = (post for post in app.ledger.posts() if post.title == article(2).title)
    assert post.tweet_id == house.x.tweets[0].id
    assert post.posted_at == house.x.tweets[0].created_at
