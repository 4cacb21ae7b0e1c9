"""The ledger is lost: `crosspost rebuild` makes it anew, and nothing goes out again."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from ledger_kit import DRAFT, NOW, add, claimed, item, state, tweet

from connectors.contract import Item
from connectors.simulators import x_faults
from connectors.simulators.faults import answer
from flows.cli import main
from flows.rebuild import rebuild
from state.ledger import Ledger
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
    assert rebuilt.text == "office: 3 found in the timeline, 1 held; 0 more tweets are known by their links"
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
        assert rebuild(app)[0].failure.startswith("not rebuilt, run it again: blog: ")
        assert app.ledger.source("blog").first_read_at is None
        house.blog.instead = None
        assert [each.failure for each in rebuild(app)] == [""]
    house.poll_until_quiet()
    assert len(house.tweets) == 3


def test_a_timeline_that_cannot_be_read_restores_nothing_and_a_second_call_goes_on(house: House) -> None:
    house.x.next(x_faults.GATEWAY_DOWN, on="look")
    assert main(["rebuild", "--config", str(house.folder / "crosspost.toml")]) == 1
    assert house.counts()["posted"] == 0
    assert main(["rebuild", "--config", str(house.folder / "crosspost.toml")]) == 0
    house.poll_until_quiet()
    assert (house.counts()["posted"], len(house.tweets)) == (3, 3)


def test_a_second_call_changes_nothing(house: House) -> None:
    house.blog.publish(article(5))
    with house.app() as app:
        rebuild(app)
        before = app.ledger.posts()
        rebuild(app)
        assert app.ledger.posts() == before


def test_a_ledger_that_was_polled_before_it_was_rebuilt_is_no_other(house: House) -> None:
    """Somebody has restarted `serve`, and it has made a new ledger before anybody noticed."""
    house.configure()
    house.blog.publish(article(5))
    house.poll()
    house.blog.publish(article(6))
    house.poll()
    assert len(house.tweets) == 4, "what is new since then is tweeted"
    with house.app() as app:
        rebuild(app)
    assert house.counts()["posted"] == 4
    assert house.rows()[article(5).title][0] == "held"


def test_a_new_ledger_does_not_backfill_what_is_out(house: House) -> None:
    """Nobody has called `rebuild`: the next poll finds an empty database."""
    house.blog.publish(article(5))
    house.poll_until_quiet()
    assert [tweet.partition("\n")[0] for tweet in house.tweets] == [article(n).title for n in (2, 3, 4, 1, 5)]


@pytest.mark.parametrize("fault", [x_faults.GATEWAY_DOWN, x_faults.NOT_PERMITTED])
def test_nothing_is_backfilled_while_nobody_can_tell_what_is_out(house: House, fault: x_faults.Fault) -> None:
    house.x.next(fault, on="look")
    report = house.poll()
    assert "backfill has to wait until the timeline tells what is out already" in report.failures[0]
    assert (len(house.tweets), sum(house.counts().values())) == (3, 0)


def test_an_article_that_has_left_the_feed_is_no_news_when_it_comes_back_or_is_shared(house: House) -> None:
    house.configure()
    house.blog.remove(article(2).id)
    with house.app() as app:
        assert rebuild(app)[0].text.endswith("; 1 more tweets are known by their links")
    house.blog.publish(article(2, id="https://blog.example.com/?p=2002", published=house.now))
    house.sleep(5 * MINUTE)
    house.poll_until_quiet()
    assert len(house.tweets) == 3
    assert house.rows()[article(2).title][1].startswith("same story as post ")


def test_a_tweet_that_tells_when_it_was_out_is_restored_with_its_time_and_address(house: House) -> None:
    house.sleep(60 * MINUTE)
    with house.app() as app:
        rebuild(app)
        (post,) = (post for post in app.ledger.posts() if post.title == article(2).title)
    assert post.tweet_id == house.x.tweets[0].id
    assert post.posted_at == house.x.tweets[0].created_at


def test_what_was_held_since_the_timeline_lagged_is_known_when_it_shows(house: House) -> None:
    house.x.lag = timedelta(seconds=30)
    house.blog.publish(article(5))
    house.configure()
    house.sleep(5 * MINUTE)
    house.x.add(f"{article(5).title}\n\nhttps://blog.example.com/2026/beitrag-5/")
    with house.app() as app:
        rebuild(app)
        assert house.rows()[article(5).title][0] == "held"
        house.sleep(MINUTE)
        rebuild(app)
    assert house.rows()[article(5).title][0] == "posted"


def test_a_ledger_from_a_backup_learns_what_was_tweeted_since(tmp_path: Path) -> None:
    """What waited then, what was held, what X was busy for, what it had never heard of: all of it went out."""
    with open_house(tmp_path, article(1), account="max_per_run = 20") as house:
        house.x.duplicate_check = False
        house.poll()
        for number in (2, 3):
            house.blog.publish(article(number))
        house.x.next(x_faults.TOO_MANY)
        house.poll()
        with house.app() as app:
            held, _ = app.ledger.posts(statuses=["waiting"])
            assert app.ledger.hold(held.id, "a person has stopped it", now=house.now)
        shutil.copy(tmp_path / "crosspost.db", tmp_path / "backup.db")

        with house.app() as app:
            app.ledger.settle(held.id, "waiting", now=house.now)
        house.blog.publish(article(4))
        house.sleep(60 * MINUTE)
        house.poll_until_quiet()
        assert len(house.tweets) == 3

        shutil.copy(tmp_path / "backup.db", tmp_path / "crosspost.db")
        house.blog.publish(article(5))
        with house.app() as app:
            assert [each.failure for each in rebuild(app)] == [""]
        house.sleep(60 * MINUTE)
        house.poll_until_quiet()
    assert len(house.tweets) == 4, "only what is new"
    assert house.counts()["posted"] == 4


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[House]:
    """A post that X was too busy for waits; `back_to_backup` brings this moment back."""
    with open_house(tmp_path, article(1), account="max_per_run = 20") as house:
        house.x.duplicate_check = False
        house.poll()
        house.blog.publish(article(2))
        house.x.next(x_faults.TOO_MANY)
        house.poll()
        shutil.copy(tmp_path / "crosspost.db", tmp_path / "backup.db")
        house.sleep(60 * MINUTE)
        yield house


def back_to_backup(house: House) -> None:
    house.poll_until_quiet()
    shutil.copy(house.folder / "backup.db", house.folder / "crosspost.db")
    house.sleep(60 * MINUTE)


def rebuilt(house: House) -> None:
    with house.app() as app:
        assert [each.failure for each in rebuild(app)] == [""]
    house.sleep(60 * MINUTE)
    house.poll_until_quiet()


def test_a_tweet_from_before_its_article_is_another_one(waiting: House) -> None:
    house = waiting
    house.now -= timedelta(days=40)
    house.x.add("Bald mehr! https://blog.example.com/2026/beitrag-2/")
    house.now += timedelta(days=40)
    rebuilt(house)
    assert len(house.tweets) == 2, "the one that waited is not lost"


def test_two_posts_that_lead_to_one_page_are_two_tweets_whatever_the_words_are_today(waiting: House) -> None:
    house = waiting
    for number in (5, 6):
        house.blog.publish(article(number, slug="seite"))
    back_to_backup(house)
    (house.folder / "templates").mkdir()
    (house.folder / "templates" / "blog.j2").write_text("{{ item.title }} {{ item.link }}", encoding="utf-8")
    rebuilt(house)
    assert len(house.tweets) == house.counts()["posted"] == 3


def test_what_was_attempted_keeps_the_words_that_x_was_asked_to_send(waiting: House) -> None:
    house = waiting
    back_to_backup(house)
    (house.folder / "templates").mkdir()
    (house.folder / "templates" / "blog.j2").write_text("{{ item.title }} {{ item.link }}", encoding="utf-8")
    rebuilt(house)
    with house.app() as app:
        (post,) = app.ledger.posts(statuses=["posted"])
    assert [post.text] == house.tweets


def test_a_backup_from_before_an_account_was_renamed_becomes_that_of_the_new_name(waiting: House) -> None:
    house = waiting
    back_to_backup(house)
    config = house.folder / "crosspost.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("office", "news"), encoding="utf-8")
    rebuilt(house)
    assert (len(house.tweets), house.counts()["posted"]) == (1, 1)


@pytest.mark.parametrize("status", ["held", "refused"])
def test_what_a_person_had_still_to_decide_is_looked_for_too(ledger: Ledger, status: str) -> None:
    if status == "held":
        post = add(ledger, item(1), status="held", reason="burst")
    else:
        claim = claimed(ledger)
        ledger.refuse(claim, "X refuses it", now=NOW)
        post = claim.id
    assert [each.id for each in ledger.unsent("office")] == [post]
    assert ledger.restore(post, tweet(), DRAFT, now=NOW)
    assert state(ledger, post) == "posted"


# --- The ledger's own part --------------------------------------------------------------------------------------------


def early(ledger: Ledger, *items: Item) -> list[int]:
    """What a network said before setup: it has left its story to others."""
    with ledger.intake(items[0].source, now=NOW) as intake:
        intake.sort(items)
        silent = [replace(each, story="") for each in items]
        return [intake.add(each, "office", status="skipped", reason="before setup").id for each in silent]


def test_one_tweet_is_one_post(ledger: Ledger) -> None:
    first, second = early(ledger, item(1), item(2))
    assert ledger.restore(first, tweet(), DRAFT, now=NOW)
    assert not ledger.restore(second, tweet(), DRAFT, now=NOW)
    assert state(ledger, second) == "skipped"


def test_what_is_restored_tells_its_story_again(ledger: Ledger) -> None:
    (post,) = early(ledger, item(1, source="facebook"))
    assert ledger.restore(post, tweet(), DRAFT, now=NOW)
    assert state(ledger, add(ledger, item(1))) == "skipped"


def test_only_what_was_before_setup_is_restored(ledger: Ledger) -> None:
    post = add(ledger, item(1), status="skipped", reason="filtered: intern")
    assert not ledger.restore(post, tweet(), DRAFT, now=NOW)
    assert not ledger.hold_early(post, "rebuilt", now=NOW)
    assert ledger.unsent("office") == []
