"""Edits and withdrawals: what becomes of a post whose item changes or goes away."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from ledger_kit import NOW, WAYS, brought_to, item, state, worded

from connectors.simulators.faults import answer
from connectors.web import Web
from flows.app import App
from flows.recheck import withdrawn
from state.ledger import Ledger
from state.values import Status
from tests.house import House, article, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A blog whose pages can be opened, with one post tweeted and one that waits for the next run."""
    with open_house(tmp_path, article(1), account="max_per_run = 1", route="recheck = true") as house:
        house.blog.url = house.blog_url
        house.poll()
        for number in (3, 4):
            house.blog.publish(article(number))
        house.poll()
        assert house.counts()["waiting"] == 1
        yield house


def titles(house: House) -> list[str]:
    return [tweet.splitlines()[0] for tweet in house.tweets]


def history(house: House, title: str) -> list[str]:
    with house.app() as app:
        (row,) = (row for row in app.ledger.posts() if row.title == title)
        known = app.ledger.show(row.id)
    assert known
    return [line["reason"] for line in known["history"]]


def test_what_waits_gets_the_words_of_an_edited_item(house: House) -> None:
    house.blog.edit(article(4).id, title="Korrigiert", html="<p>Jetzt stimmt es.</p>")
    house.poll()
    assert house.tweets[1].startswith("Korrigiert\n\nJetzt stimmt es.")


def test_an_edit_after_the_tweet_changes_nothing_and_stands_in_its_history(house: House) -> None:
    (before,) = house.tweets
    house.blog.edit(article(3).id, html="<p>Der Preis war falsch.</p>")
    house.poll()
    assert (house.tweets[0], len(house.tweets)) == (before, 2), "the second is the one that waited"
    assert history(house, article(3).title)[-1] == "edited at the source"


def test_what_is_taken_off_the_blog_while_it_waits_is_not_tweeted(house: House) -> None:
    house.blog.remove(article(4).id)
    report = house.poll()
    assert titles(house) == [article(3).title]
    status, reason = house.rows()[article(4).title]
    assert status == "skipped"
    assert reason == f"withdrawn: {house.blog_url}/{article(4).published.year}/beitrag-4/ answers 404 by now"
    assert [outcome.status for outcome in report.outcomes] == ["skipped"]
    assert report.failures == []


def test_what_only_left_the_feed_is_tweeted_for_its_page_is_there(house: House) -> None:
    house.blog.instead = answer(304)
    house.poll()
    assert titles(house) == [article(3).title, article(4).title]


def test_without_recheck_nobody_looks(house: House) -> None:
    house.configure(account="max_per_run = 1")
    house.blog.remove(article(4).id)
    house.blog.requests.clear()
    house.poll()
    assert titles(house) == [article(3).title, article(4).title]
    assert {request.split()[1] for request in house.blog.requests} == {"/feed/"}


@pytest.mark.parametrize(("status", "gone"), [(404, True), (410, True), (200, False), (403, False), (500, False)])
def test_only_a_page_that_is_gone_is_a_withdrawal(house: House, status: int, gone: bool) -> None:
    assert bool(look(house, lambda _request: httpx.Response(status, stream=httpx.ByteStream(b"")))) == gone


def test_a_site_that_cannot_be_reached_has_withdrawn_nothing(house: House) -> None:
    def lose(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    assert look(house, lose) == ""


def test_the_reason_repeats_no_secret_of_the_link(house: House) -> None:
    why = look(house, lambda _request: httpx.Response(404, stream=httpx.ByteStream(b"")))
    assert why == "withdrawn: https://b.example/1 answers 404 by now"


def look(house: House, handle: Callable[[httpx.Request], httpx.Response]) -> str:
    with house.app() as app:
        seen = App(
            config=app.config,
            ledger=app.ledger,
            web=Web(transport=httpx.MockTransport(handle)),
            renderer=app.renderer,
            now=app.now,
        )
        return withdrawn(seen, "office", item(link="https://b.example/1?token=needle"))


def test_a_waiting_post_can_be_withdrawn(ledger: Ledger) -> None:
    post_id = worded(ledger)
    assert ledger.withdraw(post_id, "withdrawn", now=NOW)
    assert state(ledger, post_id) == "skipped"


@pytest.mark.parametrize("status", [status for status in WAYS if status != "waiting"])
def test_nothing_else_can_be_withdrawn(ledger: Ledger, status: Status) -> None:
    claim = brought_to(ledger, status)
    assert not ledger.withdraw(claim.id, "withdrawn", now=NOW)
    assert state(ledger, claim.id) == status
