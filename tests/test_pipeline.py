"""The main job without Prefect: a blog's feed becomes tweets, once each."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.contract import Item
from connectors.simulators import x_faults
from connectors.simulators.faults import answer
from flows.collect import collect
from flows.routing import chronological
from flows.words import prepare
from tests.house import MINUTE, NOW, House, article, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A blog with two posts, read for the first time."""
    with open_house(tmp_path, article(1), article(2)) as house:
        house.poll()
        yield house


# --- What is tweeted, and what is not ---------------------------------------------------------------------------------


def test_the_first_read_tweets_nothing_and_says_so(house: House) -> None:
    assert house.tweets == []
    assert house.counts()["skipped"] == 2
    assert {reason for _, reason in house.rows().values()} == {"before setup: it was there at the first read"}


def test_what_is_new_is_tweeted_once(house: House) -> None:
    house.blog.publish(article(3))
    house.poll()
    house.poll()
    assert len(house.tweets) == 1
    assert "Beitrag Nummer 3 ist da" in house.tweets[0]
    assert "https://blog.example.com/2026/beitrag-3" in house.tweets[0]


def test_backfill_tweets_the_newest_entries_of_the_first_read_in_their_order(tmp_path: Path) -> None:
    posts = [article(number) for number in range(1, 6)]
    with open_house(tmp_path, *posts, source="backfill = 2") as house:
        house.poll()
        assert [tweet.splitlines()[0] for tweet in house.tweets] == [posts[3].title, posts[4].title]
        assert house.counts()["skipped"] == 3


def test_a_feed_that_is_empty_at_first_has_news_later(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.poll()
        house.blog.publish(article(1))
        house.poll()
        assert len(house.tweets) == 1


def test_a_burst_of_unknown_entries_is_held_until_a_person_decides(tmp_path: Path) -> None:
    with open_house(tmp_path, article(1), source="max_new = 2") as house:
        house.poll()
        for number in (2, 3, 4):
            house.blog.publish(article(number))
        report = house.poll()
        assert house.tweets == []
        assert house.counts()["held"] == 3
        assert "crosspost settle ID waiting" in report.failures[0]
        with house.app() as app:
            app.ledger.settle(app.ledger.posts(statuses=["held"])[0].id, "waiting", now=house.now)
        house.poll()
        assert len(house.tweets) == 1


def test_a_changed_guid_is_no_news(house: House) -> None:
    house.blog.publish(article(3))
    house.poll()
    house.blog.edit(article(3).id, id="tag:blog.example.com,2026:3")
    house.poll()
    house.poll()
    assert len(house.tweets) == 1


def test_an_edit_changes_the_words_of_what_waits_and_leaves_what_is_out(house: House) -> None:
    house.configure(account="max_per_run = 1")
    house.blog.publish(article(3))
    house.blog.publish(article(4))
    house.poll()
    house.blog.edit(article(3).id, title="Zu spät geändert")
    house.blog.edit(article(4).id, title="Rechtzeitig geändert")
    house.poll()
    assert [tweet.splitlines()[0] for tweet in house.tweets] == [article(3).title, "Rechtzeitig geändert"]


def test_an_old_entry_that_comes_back_is_no_news(house: House) -> None:
    house.blog.publish(article(0, published=NOW - timedelta(days=300)))
    house.poll()
    assert house.tweets == []
    assert house.rows()[article(0).title][1] == "before setup: older than everything at the first read"


def test_what_is_older_than_max_age_is_not_tweeted_any_more(house: House) -> None:
    house.configure(account='max_age = "3h"')
    house.blog.publish(article(3, published=NOW - timedelta(hours=4)))
    house.blog.publish(article(4, published=NOW - timedelta(hours=1)))
    house.x.next(x_faults.NO_CREDITS)
    house.poll()
    assert house.rows()[article(3).title][0] == "skipped"
    assert house.rows()[article(4).title][0] == "waiting"
    house.sleep(timedelta(hours=3))
    house.poll()
    assert house.rows()[article(4).title][0] == "skipped"
    assert house.tweets == []


def test_at_most_max_per_run_are_tweeted_in_one_run_and_the_rest_in_the_next(house: House) -> None:
    for number in range(3, 8):
        house.blog.publish(article(number))
    house.poll()
    assert len(house.tweets) == 3
    house.poll()
    assert [tweet.splitlines()[0] for tweet in house.tweets] == [article(number).title for number in range(3, 8)]


def test_routes_take_what_they_include_and_leave_what_they_exclude(house: House) -> None:
    house.configure(route='include = ["angebot", "*preis"]\nexclude = ["intern"]')
    house.blog.publish(article(3, title="Unser Angebot der Woche"))
    house.blog.publish(article(4, title="Angebot nur intern"))
    house.blog.publish(article(5, title="Etwas anderes, international"))
    house.blog.publish(article(6, title="Zum Bestpreis"))
    house.poll()
    rows = house.rows()
    assert [tweet.splitlines()[0] for tweet in house.tweets] == ["Unser Angebot der Woche", "Zum Bestpreis"]
    assert rows["Angebot nur intern"] == ("skipped", 'filtered: exclude = "intern"')
    assert rows["Etwas anderes, international"][1].startswith("filtered: nothing of include")


def test_the_first_route_that_wants_an_item_gives_the_words(house: House) -> None:
    (house.folder / "templates").mkdir()
    (house.folder / "templates" / "short.j2").write_text("Neu: {{ item.link }}", encoding="utf-8")
    house.configure(
        route='include = ["Text"]\nhashtags = 1',
        routes='[[routes]]\nfrom = ["blog"]\nto = ["office"]\ntemplate = "short.j2"\n',
    )
    house.blog.publish(article(3, tags=("Garten", "Service")))
    house.blog.publish(article(4, html="<p>Anders.</p>"))
    house.poll()
    assert house.tweets[0].count("#") == 1
    assert house.tweets[1] == "Neu: https://blog.example.com/2026/beitrag-4/"


def test_an_account_that_is_added_later_gets_only_what_is_new(house: House) -> None:
    house.blog.publish(article(3))
    path = house.configure(account=house.branch)
    path.write_text(path.read_text(encoding="utf-8").replace('to = ["office"]', 'to = ["branch"]'), encoding="utf-8")
    house.poll()
    assert len(house.branch_x.tweets) == 1


# --- Trouble ----------------------------------------------------------------------------------------------------------


def test_a_lost_answer_is_looked_up_and_the_tweet_is_not_sent_again(house: House) -> None:
    house.blog.publish(article(3))
    house.x.next(x_faults.Fault(accepted=True))
    report = house.poll()
    assert house.counts()["unsure"] == 1
    assert report.failures
    house.poll()
    assert house.counts()["posted"] == 1
    assert len(house.tweets) == 1


def test_what_is_not_in_the_timeline_after_two_looks_is_sent_again(house: House) -> None:
    house.blog.publish(article(3))
    house.x.next(x_faults.Fault(accepted=False))
    house.poll()
    house.poll()
    assert house.counts()["unsure"] == 1, "one look is not enough"
    house.poll()
    assert house.counts()["unsure"] == 1, "a second look at once is none"
    house.sleep(5 * MINUTE)
    house.poll()
    assert len(house.tweets) == 1
    assert house.counts()["posted"] == 1


def test_duplicate_content_is_a_hint_that_is_looked_up(house: House) -> None:
    house.blog.publish(article(3))
    house.x.next(x_faults.DUPLICATE)
    house.poll()
    assert house.counts()["unsure"] == 1


def test_a_timeline_that_lags_does_not_make_a_second_tweet(house: House) -> None:
    house.x.lag = timedelta(seconds=100)
    house.blog.publish(article(3))
    house.x.next(x_faults.Fault(accepted=True))
    house.poll()
    house.poll_until_quiet()
    assert len(house.tweets) == 1


def test_without_credits_the_queue_waits_and_goes_on_by_itself(house: House) -> None:
    for number in (3, 4):
        house.blog.publish(article(number))
    house.x.next(x_faults.NO_CREDITS)
    report = house.poll()
    assert "402" in report.failures[0]
    assert house.counts()["waiting"] == 2
    with house.app() as app:
        assert app.ledger.account("office").paused_at
    house.poll()
    assert len(house.tweets) == 2
    with house.app() as app:
        assert not app.ledger.account("office").paused_at


def test_a_rate_limit_is_waited_for_and_needs_nobody(house: House) -> None:
    house.blog.publish(article(3))
    reset = str(int((house.now + 10 * MINUTE).timestamp()))
    house.x.next(x_faults.Reply.of(429, {"title": "Too Many Requests"}, x_rate_limit_reset=reset))
    report = house.poll()
    assert report.failures == []
    house.poll()
    assert house.tweets == []
    house.sleep(11 * MINUTE)
    house.poll()
    assert len(house.tweets) == 1


def test_a_refused_tweet_stands_in_the_ledger_with_the_reason_and_the_next_goes_out(house: House) -> None:
    for number in (3, 4):
        house.blog.publish(article(number))
    house.x.next(x_faults.TOO_LONG)
    report = house.poll()
    assert "too long" in report.failures[0]
    assert house.counts()["refused"] == 1
    assert len(house.tweets) == 1


def test_an_error_in_a_template_holds_the_item_and_names_the_file(house: House) -> None:
    (house.folder / "templates").mkdir()
    (house.folder / "templates" / "blog.j2").write_text("{{ item.titel }}", encoding="utf-8")
    house.blog.publish(article(3))
    report = house.poll()
    assert house.tweets == []
    assert "blog.j2" in report.failures[0]
    assert house.counts()["held"] == 1


def test_a_blog_that_is_down_loses_nothing_and_is_told(house: House) -> None:
    house.blog.publish(article(3))
    house.blog.instead = answer(503)
    reports = [house.poll() for _ in range(3)]
    assert all(report.failures[0].startswith("blog: ") for report in reports)
    assert [bool(report.needs) for report in reports] == [False, False, True], "one stumble needs nobody"
    house.blog.instead = None
    house.poll()
    assert len(house.tweets) == 1


def test_a_blog_that_has_moved_away_needs_a_person_at_once(house: House) -> None:
    house.blog.instead = answer(410)
    assert house.poll().needs


def test_a_lost_answer_needs_nobody_as_long_as_the_timeline_can_be_read_some_time(house: House) -> None:
    house.blog.publish(article(3))
    house.x.next(x_faults.ANSWER_LOST)
    report = house.poll()
    assert report.failures
    assert report.needs == []
    house.x_url = "http://127.0.0.1:9"
    house.configure()
    report = house.poll()
    assert "nobody knows whether" in report.failures[0]
    assert report.needs == []


def test_one_bad_source_does_not_stop_the_others(house: House) -> None:
    house.configure(source='[sources.gone]\nkind = "rss"\nurl = "http://127.0.0.1:9/feed"\n')
    house.blog.publish(article(3))
    report = house.poll()
    assert len(report.failures) == 1
    assert len(house.tweets) == 1


def test_a_send_that_was_interrupted_is_looked_up_when_its_lease_is_over(house: House) -> None:
    house.blog.publish(article(3))
    house.poll()
    house.blog.publish(article(4))
    with house.app() as app:
        collect(app, "blog")
        due, _ = prepare(app, "office")
        claim = app.ledger.claim(due[0].id, lease=2 * MINUTE, now=house.now)
        assert claim
        app.config.accounts["office"].post(claim.draft, timeout=MINUTE, now=house.now)
    house.poll()
    assert house.counts()["sending"] == 1, "the lease still runs"
    house.sleep(3 * MINUTE)
    house.poll()
    assert house.counts()["posted"] == 2
    assert len(house.tweets) == 2


def test_the_text_of_an_article_goes_after_a_year_and_its_post_stays(house: House) -> None:
    house.blog.publish(article(3))
    house.poll()
    house.sleep(timedelta(days=364))
    house.poll()
    assert item_of(house, article(3).title)["text"]
    house.sleep(timedelta(days=2))
    house.poll()
    assert item_of(house, article(3).title)["text"] == ""
    assert house.rows()[article(3).title][0] == "posted"
    assert len(house.tweets) == 1


def item_of(house: House, title: str) -> dict[str, Any]:
    with house.app() as app:
        post = next(post for post in app.ledger.posts() if post.title == title)
        shown = app.ledger.show(post.id)
    assert shown
    return dict(shown["item"]["payload"])


# --- When, for how much, and with what --------------------------------------------------------------------------------


def test_an_account_with_a_pause_between_tweets_sends_one_at_a_time(house: House) -> None:
    house.configure(account='spacing = "30m"')
    for number in (3, 4):
        house.blog.publish(article(number))
    house.poll()
    house.sleep(29 * MINUTE)
    house.poll()
    assert len(house.tweets) == 1
    house.sleep(2 * MINUTE)
    house.poll()
    assert len(house.tweets) == 2


def test_an_account_is_silent_outside_its_hours(house: House) -> None:
    soon = (house.now + timedelta(hours=2)).astimezone(ZoneInfo("Europe/Berlin"))
    late = min(soon + timedelta(hours=2), soon.replace(hour=23, minute=59))
    house.configure(account=f'hours = "{soon:%a} {soon:%H:%M}-{late:%H:%M}"')
    house.blog.publish(article(3))
    house.poll()
    assert house.tweets == []
    house.sleep(timedelta(hours=2, minutes=1))
    house.poll()
    assert len(house.tweets) == 1


def test_what_would_go_over_the_budget_of_the_month_is_held(house: House) -> None:
    house.configure(account="monthly_budget = 0.41")
    for number in (3, 4, 5):
        house.blog.publish(article(number))
    report = house.poll()
    assert len(house.tweets) == 2
    assert house.counts()["held"] == 1
    assert "monthly_budget: 0.400 of 0.41 USD" in report.failures[0]


def test_a_picture_goes_along_with_its_alt_text(house: House) -> None:
    house.blog.url = house.blog_url  # so that the pictures are there
    house.configure(route="images = true")
    house.blog.publish(article(3, image="laden", alt="Unser Laden"))
    house.poll()
    (tweet,) = house.x.tweets
    assert [house.x.media[media_id].alt for media_id in tweet.media] == ["Unser Laden"]


def test_a_picture_that_fails_costs_the_picture_and_not_the_tweet(house: House) -> None:
    house.configure(route="images = true")
    house.blog.url = "http://127.0.0.1:9"
    house.blog.publish(article(3, image="laden", alt="Unser Laden"))
    house.poll()
    (tweet,) = house.x.tweets
    assert tweet.media == ()


def test_two_accounts_do_not_say_the_same(house: House) -> None:
    house.configure(account=house.branch, routes='[[routes]]\nfrom = ["blog"]\nto = ["branch"]\ntemplate = "blog.j2"\n')
    house.blog.publish(article(3))
    report = house.poll()
    assert len(house.tweets) == 1
    assert "says the same on another account" in report.failures[0]
    assert house.counts()["held"] == 1


def test_two_posts_that_lead_to_one_page_are_two_tweets_even_if_an_answer_is_lost(house: House) -> None:
    house.blog.publish(article(3, title="Erste Nachricht", html="<p>Am Morgen.</p>", slug="../.."))
    house.blog.publish(article(4, title="Zweite Meldung", html="<p>Zu Mittag.</p>", slug="../.."))
    house.x.next(*[x_faults.GATEWAY_DOWN] * 2)
    house.poll()
    house.poll_until_quiet()
    assert sorted(tweet.splitlines()[0] for tweet in house.tweets) == ["Erste Nachricht", "Zweite Meldung"]


def test_of_entries_with_one_date_the_one_that_is_listed_first_is_the_newest() -> None:
    newest, oldest = (Item(source="blog", id=name, published=NOW) for name in ("newest", "oldest"))
    assert chronological([newest, oldest]) == [oldest, newest]
