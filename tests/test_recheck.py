"""Edits and withdrawals: what becomes of a post whose item changes or goes away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from ledger_kit import NOW, WAYS, brought_to, item, state, worded

from connectors.contract import Item, SourceDown
from connectors.simulators.faults import answer
from connectors.simulators.graph import Graph
from connectors.simulators.graph_pages import Page
from connectors.simulators.server import serving
from connectors.web import Web
from flows.recheck import withdrawn
from state.ledger import Ledger
from state.values import Status
from tests.house import MINUTE, House, article, open_house


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
    assert reason == "withdrawn: its page answers 404 by now"
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


def test_an_item_whose_link_leads_elsewhere_is_gone_with_its_own_page(house: House) -> None:
    post = item(link="https://b.example/article", extra={"permalink": "https://social.example/@b/1"})
    gone = look(house, lambda request: empty(404 if request.url.host == "social.example" else 200), post)
    assert gone == "withdrawn: its page answers 404 by now"
    assert look(house, lambda _request: empty(200), post) == ""


def test_a_source_that_wants_to_be_left_alone_is_not_asked_again(house: House) -> None:
    asked = []

    def throttle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise SourceDown("too many calls", after=house.now + 90 * MINUTE)

    assert [look(house, throttle) for _ in range(2)] == ["", ""]
    assert len(asked) == 1
    house.sleep(90 * MINUTE)
    assert look(house, lambda _request: empty(404))


def empty(status: int) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(b""))


def look(
    house: House,
    handle: Callable[[httpx.Request], httpx.Response],
    seen: Item | None = None,
) -> str:
    with house.app() as app:
        asking = replace(app, web=Web(transport=httpx.MockTransport(handle)))
        return withdrawn(asking, "office", seen or item(link="https://b.example/1?token=needle"))


# --- Facebook: its pages answer strangers the same whatever has become of a post, so the Graph API is asked ------------

FACEBOOK = """
[sources.facebook]
kind = "facebook"
page = "100200300400500"
token = "env:PAGE_TOKEN"
api_url = "{url}/v26.0"
[[routes]]
from = ["facebook"]
to = ["office"]
template = "blog.j2"
recheck = true
"""


@dataclass
class Company:
    """A house with a Facebook page of which one post waits, for the account tweets one a run."""

    house: House
    graph: Graph
    page: Page
    waiting: str  # its id

    def look(self) -> str:
        """What is said of the waiting post, without a tweet."""
        with self.house.app() as app:
            (post,) = app.ledger.waiting("office", now=self.house.now)
            return withdrawn(app, "office", post.item)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with open_house(tmp_path) as house:
        graph = Graph(clock=lambda: house.now)
        page = Page(id="100200300400500", name="Kaufhaus Lindner")
        graph.add(page, token="EAAsimulated")
        page.write("Willkommen!", at=house.now - 60 * MINUTE)
        house.blog.url = house.blog_url
        with serving(graph) as url:
            house.configure(account="max_per_run = 1", routes=FACEBOOK.format(url=url))
            with (house.folder / ".env").open("a", encoding="utf-8") as env:
                env.write("PAGE_TOKEN=EAAsimulated\n")
            house.poll()
            page.write("Erste Nachricht", at=house.now)
            house.sleep(MINUTE)
            waiting = page.write("Zweite Nachricht", at=house.now)
            house.poll()
            assert len(house.tweets) == 1
            graph.calls.clear()
            yield Company(house, graph, page, waiting)


def test_a_post_that_was_deleted_while_it_waited_is_not_tweeted(company: Company) -> None:
    company.page.delete(company.waiting)
    company.house.poll()
    assert len(company.house.tweets) == 1
    with company.house.app() as app:
        reasons = [row.reason for row in app.ledger.posts()]
    assert "withdrawn: Facebook has no such post by now" in reasons


@pytest.mark.parametrize("how", [{"is_hidden": True}, {"is_published": False}, {"is_expired": True}])
def test_a_post_that_was_hidden_while_it_waited_is_not_tweeted(company: Company, how: dict[str, bool]) -> None:
    company.page.mark(company.waiting, **how)
    company.house.poll()
    assert len(company.house.tweets) == 1


def test_a_post_that_is_there_is_tweeted_and_that_costs_one_call(company: Company) -> None:
    company.house.poll()
    assert len(company.house.tweets) == 2
    assert [call.path for call in company.graph.calls] == [f"{company.page.id}/published_posts", company.waiting]


@pytest.mark.parametrize("what", ["down", "token expired", "permission denied", "app throttled"])
def test_facebook_that_cannot_tell_has_withdrawn_nothing(company: Company, what: str) -> None:
    company.page.delete(company.waiting)
    company.graph.fail(what, path=company.waiting)
    assert company.look() == ""


def test_a_token_that_may_see_nothing_any_more_has_withdrawn_nothing(company: Company) -> None:
    company.graph.fail("no such object", path=company.waiting)
    company.graph.fail("permission denied", path="published_posts")
    assert company.look() == ""


def test_a_post_goes_with_the_article_that_it_links(company: Company) -> None:
    company.house.blog.publish(article(4))
    link = f"{company.house.blog_url}/{article(4).published.year}/beitrag-4/"
    company.page.share_link("Lesen!", link, at=company.house.now, title="Artikel")
    with company.house.app() as app:
        source = app.config.sources["facebook"]
        (shared,) = [one for one in source.fetch(app.web, {}, now=app.now()).items if one.link == link]
        assert withdrawn(app, "office", shared) == ""
        company.house.blog.remove(article(4).id)
        assert withdrawn(app, "office", shared) == "withdrawn: its page answers 404 by now"


def test_a_page_that_is_left_alone_is_not_asked_for_its_posts(company: Company) -> None:
    company.page.delete(company.waiting)
    with company.house.app() as app:
        source = app.config.sources["facebook"]
        (post,) = app.ledger.waiting("office", now=company.house.now)
        resting = {"rest_until": (app.now() + MINUTE).isoformat()}
        assert source.withdrawn(app.web, post.item, resting, now=app.now()) == ""
        assert company.graph.calls == []
        assert source.withdrawn(app.web, post.item, {}, now=app.now())


# --- The ledger -------------------------------------------------------------------------------------------------------


def test_a_waiting_post_can_be_withdrawn(ledger: Ledger) -> None:
    post_id = worded(ledger)
    assert ledger.withdraw(post_id, "withdrawn", now=NOW)
    assert state(ledger, post_id) == "skipped"


@pytest.mark.parametrize("status", [status for status in WAYS if status != "waiting"])
def test_nothing_else_can_be_withdrawn(ledger: Ledger, status: Status) -> None:
    claim = brought_to(ledger, status)
    assert not ledger.withdraw(claim.id, "withdrawn", now=NOW)
    assert state(ledger, claim.id) == status
