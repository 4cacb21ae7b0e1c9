"""One story from the blog and from Facebook is one tweet, whichever comes first."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from ledger_kit import DRAFT, LEASE, add, claimed, item, shown, state, tweet, worded

from connectors.contract import Item
from connectors.short_links import ShortLinks, is_short
from connectors.simulators import x_faults
from connectors.simulators.blog import Blog
from connectors.simulators.faults import answer
from connectors.simulators.graph import Graph
from connectors.simulators.graph_pages import Page
from connectors.simulators.server import serving
from connectors.transport import guarded_transport
from connectors.web import Web
from flows.pipeline import poll
from flows.preview import foresee
from flows.results import Report
from state.engine import writing
from state.ledger import Ledger
from state.transition import move
from state.values import SettleError
from tests.house import ADDRESS, MINUTE, NOW, House, article, open_house

PAGE = "100200300400500"
FACEBOOK = """\
[sources.facebook]
kind = "facebook"
page = "{page}"
token = "env:PAGE_TOKEN"
api_url = "{url}/v26.0"
{{more}}
[[routes]]
from = ["facebook"]
to = ["office"]
template = "facebook.j2"
{{route}}
"""


class Company:
    """A house with a Facebook page beside the blog."""

    def __init__(self, house: House, page: Page, facebook: str) -> None:
        self.house, self.page, self._facebook = house, page, facebook
        self.web: Web | None = None

    def configure(self, *, more: str = "", route: str = "", **settings: str) -> None:
        self.house.configure(**settings, routes=self._facebook.format(more=more, route=route))
        with (self.house.folder / ".env").open("a", encoding="utf-8") as env:
            env.write("PAGE_TOKEN=EAAsimulated\n")

    def poll(self) -> Report:
        with self.house.app() as app:
            return poll(replace(app, web=self.web) if self.web else app)

    def share(self, number: int, words: str = "Haben Sie es schon gelesen?", **more: Any) -> str:
        """The page links an article of the blog, with the marks that such links have."""
        link = f"{ADDRESS}/2026/beitrag-{number}/?utm_source=facebook&fbclid=IwAR0x"
        return self.page.share_link(words, more.pop("link", link), at=self.house.now, title="Aus dem Blog", **more)

    def rows(self) -> dict[str, tuple[str, str]]:
        return self.house.rows()


@contextmanager
def open_company(folder: Path, **settings: str) -> Iterator[Company]:
    with open_house(folder, article(1)) as house:
        graph = Graph(clock=lambda: house.now)
        page = Page(id=PAGE, name="Kaufhaus Lindner")
        page.write("Willkommen!", at=NOW - timedelta(days=30))
        graph.add(page, token="EAAsimulated")
        with serving(graph) as url:
            company = Company(house, page, FACEBOOK.format(page=PAGE, url=url))
            company.configure(**settings)
            company.poll()
            yield company


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """Blog and page were read once; nothing of that is tweeted."""
    with open_company(tmp_path) as company:
        assert company.house.tweets == []
        yield company


def blog_says_nothing_new(company: Company) -> None:
    company.house.blog.instead = answer(304)


def blog_speaks_again(company: Company) -> None:
    company.house.blog.instead = None


# --- Whichever comes first --------------------------------------------------------------------------------------------


def test_a_post_that_repeats_an_article_is_no_second_tweet(company: Company) -> None:
    company.house.blog.publish(article(3))
    company.poll()
    company.share(3)
    company.house.sleep(60 * MINUTE)
    company.poll()
    assert len(company.house.tweets) == 1
    status, reason = company.rows()["Aus dem Blog"]
    assert status == "skipped"
    assert reason.startswith("same story as post ")


def test_both_at_once_are_one_tweet_in_the_words_of_the_blog(company: Company) -> None:
    company.share(3)
    company.house.blog.publish(article(3))
    company.poll()
    assert [tweet.splitlines()[0] for tweet in company.house.tweets] == [article(3).title]


def test_a_post_that_links_the_blog_waits_for_the_blog_and_gives_way_to_it(company: Company) -> None:
    blog_says_nothing_new(company)
    company.share(3)
    company.house.blog.publish(article(3))
    company.poll()
    assert company.house.tweets == []
    assert company.rows()["Aus dem Blog"] == ("waiting", "waits for blog to bring the same story itself")
    company.house.sleep(15 * MINUTE)
    blog_speaks_again(company)
    company.poll()
    assert [tweet.splitlines()[0] for tweet in company.house.tweets] == [article(3).title]
    assert company.rows()["Aus dem Blog"][1].startswith("same story as post ")
    company.house.sleep(60 * MINUTE)
    company.poll()
    assert len(company.house.tweets) == 1


def test_after_hold_the_post_is_tweeted_and_the_blogs_item_is_no_second_tweet(company: Company) -> None:
    blog_says_nothing_new(company)
    company.share(3, "Haben Sie es schon gelesen?")
    company.poll()
    company.house.sleep(29 * MINUTE)
    company.poll()
    assert company.house.tweets == []
    company.house.sleep(2 * MINUTE)
    company.poll()
    assert [tweet.splitlines()[0] for tweet in company.house.tweets] == ["Haben Sie es schon gelesen?"]
    company.house.blog.publish(article(3))
    blog_speaks_again(company)
    company.poll()
    assert len(company.house.tweets) == 1
    assert company.rows()[article(3).title][1].startswith("same story as post ")


def test_hold_is_a_key_of_the_source(tmp_path: Path) -> None:
    with open_company(tmp_path, more='hold = "0s"') as company:
        blog_says_nothing_new(company)
        company.share(3)
        company.poll()
        assert len(company.house.tweets) == 1


@pytest.mark.parametrize("link", ["https://partner.example.org/aktion/", f"{ADDRESS}/"])
def test_only_what_the_blog_could_bring_itself_waits_for_it(company: Company, link: str) -> None:
    company.share(3, link=link)
    company.page.show_photo("Frisch aufgebaut: unsere Herbstdeko.", at=company.house.now)
    company.poll()
    assert len(company.house.tweets) == 2


def test_nobody_waits_for_a_source_that_does_not_lead_to_the_account(tmp_path: Path) -> None:
    with open_company(tmp_path) as company:
        text = (company.house.folder / "crosspost.toml").read_text(encoding="utf-8")
        (company.house.folder / "crosspost.toml").write_text(
            text.replace('from = ["blog"]', 'from = ["facebook"]'), encoding="utf-8"
        )
        company.share(3)
        company.poll()
        assert len(company.house.tweets) == 1


def test_a_post_that_is_filtered_leaves_the_story_to_the_blog(tmp_path: Path) -> None:
    with open_company(tmp_path, route='exclude = ["gelesen"]') as company:
        blog_says_nothing_new(company)
        company.share(3)
        company.poll()
        assert company.rows()["Aus dem Blog"] == ("skipped", 'filtered: exclude = "gelesen"')
        company.house.blog.publish(article(3))
        blog_speaks_again(company)
        company.poll()
        assert len(company.house.tweets) == 1


def test_an_article_that_is_filtered_leaves_the_story_to_facebook(tmp_path: Path) -> None:
    with open_company(tmp_path) as company:
        company.configure()
        text = (company.house.folder / "crosspost.toml").read_text(encoding="utf-8")
        text = text.replace('template = "blog.j2"', 'template = "blog.j2"\ninclude = ["Angebot"]')
        (company.house.folder / "crosspost.toml").write_text(text, encoding="utf-8")
        company.house.blog.publish(article(3))
        company.share(3)
        company.poll()
        company.house.sleep(31 * MINUTE)
        company.poll()
        assert [tweet.splitlines()[0] for tweet in company.house.tweets] == ["Haben Sie es schon gelesen?"]


def test_a_post_from_before_setup_does_not_keep_the_blog_from_telling_its_story(tmp_path: Path) -> None:
    with open_house(tmp_path, article(1)) as house:
        graph = Graph(clock=lambda: house.now)
        page = Page(id=PAGE, name="Kaufhaus Lindner")
        graph.add(page, token="EAAsimulated")
        with serving(graph) as url:
            company = Company(house, page, FACEBOOK.format(page=PAGE, url=url))
            company.share(3)
            company.configure()
            company.poll()
            house.blog.publish(article(3))
            company.poll()
        assert [tweet.splitlines()[0] for tweet in house.tweets] == [article(3).title]


def test_a_post_whose_tweet_may_be_out_keeps_its_story(company: Company) -> None:
    blog_says_nothing_new(company)
    company.share(3)
    company.poll()
    company.house.sleep(31 * MINUTE)
    company.house.x.next(x_faults.Fault(accepted=True))
    company.poll()
    assert company.house.counts()["unsure"] == 1
    company.house.blog.publish(article(3))
    blog_speaks_again(company)
    company.poll()
    company.poll()
    assert len(company.house.tweets) == 1


def test_the_preview_shows_one_story_once_and_says_why(company: Company) -> None:
    company.share(3)
    company.house.blog.publish(article(3))
    with company.house.app() as app:
        rows = {row.item.source: row for row in foresee(app).rows}
    assert rows["blog"].status == "waiting"
    assert (rows["facebook"].status, rows["facebook"].draft) == ("skipped", None)
    assert rows["facebook"].reason == f"same story as “{article(3).title}” of blog"


def test_the_preview_says_until_when_a_post_waits(company: Company) -> None:
    blog_says_nothing_new(company)
    company.share(3)
    with company.house.app() as app:
        (row,) = (row for row in foresee(app).rows if row.status == "waiting")
    assert row.not_before == company.house.now + 30 * MINUTE


# --- The ledger: who tells a story ------------------------------------------------------------------------------------


def repeat(number: int = 1) -> Item:
    """A post of Facebook with the story of `item(1)`."""
    return item(source="facebook", id=f"100_{number}", title=f"Teil {number}", published=NOW + number * MINUTE)


def add_own(ledger: Ledger, *, status: Any = "waiting", **more: Any) -> int:
    return add(ledger, item(), status=status, instead_of=["facebook"], **more)


def test_a_waiting_post_gives_its_story_up_to_the_source_that_tells_it_itself(ledger: Ledger) -> None:
    old = add(ledger, repeat(), not_before=NOW + 30 * MINUTE, reason="waits for blog")
    ledger.word(old, DRAFT, story=item().story, now=NOW)
    new = add_own(ledger)
    assert (state(ledger, old), state(ledger, new)) == ("skipped", "waiting")
    assert shown(ledger, old)["same_as"] == new
    assert [line["reason"] for line in shown(ledger, old)["history"]] == ["waits for blog", f"same story as post {new}"]
    assert [post.id for post in ledger.waiting("office", now=NOW)] == [new]


def test_what_pointed_to_the_old_teller_points_to_the_new_one(ledger: Ledger) -> None:
    old = add(ledger, repeat(1))
    other = add(ledger, repeat(2))
    assert shown(ledger, other)["same_as"] == old
    new = add_own(ledger)
    assert [shown(ledger, post)["same_as"] for post in (old, other)] == [new, new]
    assert shown(ledger, other)["reason"] == f"same story as post {new}"


def test_a_held_post_gives_way_too_for_nobody_has_decided_on_it(ledger: Ledger) -> None:
    old = add(ledger, repeat(), status="held", reason="burst")
    new = add_own(ledger)
    assert (state(ledger, old), state(ledger, new)) == ("skipped", "waiting")


@pytest.mark.parametrize("way", ["sending", "waiting"])
def test_what_was_attempted_once_keeps_its_story(ledger: Ledger, way: str) -> None:
    old = add(ledger, repeat())
    ledger.word(old, DRAFT, story=item().story, now=NOW)
    claim = ledger.claim(old, lease=LEASE, now=NOW)
    assert claim
    if way == "waiting":
        ledger.release(claim, "X is busy", not_before=None, now=NOW)
    new = add_own(ledger)
    assert (state(ledger, old), state(ledger, new)) == (way, "skipped")
    assert shown(ledger, new)["reason"] == f"same story as post {old}"


@pytest.mark.parametrize("status", ["skipped", "held"])
def test_only_a_post_that_is_to_be_tweeted_takes_a_story_over(ledger: Ledger, status: str) -> None:
    old = add(ledger, repeat())
    new = add_own(ledger, status=status, reason="burst")
    assert (state(ledger, old), state(ledger, new)) == ("waiting", "skipped")


def test_a_post_of_a_source_that_is_not_named_keeps_its_story(ledger: Ledger) -> None:
    old = add(ledger, replace(repeat(), source="press"))
    add_own(ledger)
    assert state(ledger, old) == "waiting"


def test_an_edit_that_meets_a_claim_on_its_way_into_the_ledger_leaves_its_story_alone(ledger: Ledger) -> None:
    post = worded(ledger, item())
    with ThreadPoolExecutor(1) as other, writing(ledger._engine) as connection:
        lease = {"attempt": 1, "claimed_at": NOW, "lease_until": NOW + LEASE}
        assert move(connection, post, "sending", "", now=NOW, **lease)
        edited = other.submit(add, ledger, item(story="https://b.example/other", title="Other", published=NOW))
        wait([edited], timeout=0.3)  # it finds a row that is not written yet
        assert not edited.done()
        connection.commit()
        edited.result()
    known = shown(ledger, post)
    assert (known["status"], known["text"]) == ("sending", DRAFT.text)
    assert state(ledger, add(ledger, item(2, story=item().story))) == "skipped", "it tells what X was asked to send"


def test_another_account_is_another_matter(ledger: Ledger) -> None:
    old = add(ledger, repeat(), account="shop")
    add_own(ledger)
    assert state(ledger, old) == "waiting"


def test_a_story_is_taken_over_once(ledger: Ledger) -> None:
    add(ledger, repeat())
    new = add_own(ledger)
    assert add_own(ledger) == new
    assert ledger.counts()["waiting"] == 1


def test_the_hosts_of_a_source_are_those_of_its_stories(ledger: Ledger) -> None:
    add(ledger, item(), item(2, story=""), item(3, story="https://[broken"))
    with ledger.intake("facebook", now=NOW) as intake:
        assert intake.hosts(["blog", "nobody"]) == {"blog": frozenset({"b.example"}), "nobody": frozenset()}


# --- A post that will not tell its story leaves it to others ----------------------------------------------------------


def titles(company: Company) -> list[str]:
    return [tweet.splitlines()[0] for tweet in company.house.tweets]


def rest(company: Company, *, minutes: int = 31) -> None:
    company.house.sleep(timedelta(minutes=minutes))
    company.poll()


def test_a_post_that_was_taken_back_leaves_the_article_to_the_blog(tmp_path: Path) -> None:
    with open_company(tmp_path, route="recheck = true") as company:
        shared = company.share(3)
        company.poll()
        company.page.delete(shared)
        rest(company)
        assert company.house.tweets == []
        company.house.blog.publish(article(3))
        company.poll()
        assert titles(company) == [article(3).title]


def test_a_post_whose_time_was_over_leaves_the_article_to_the_blog(tmp_path: Path) -> None:
    with open_company(tmp_path, account='max_age = "20m"') as company:
        company.share(3)
        company.poll()
        rest(company)
        company.house.blog.publish(article(3, published=company.house.now))
        company.poll()
        assert titles(company) == [article(3).title]


def test_an_article_that_came_too_late_may_still_be_shared(tmp_path: Path) -> None:
    with open_company(tmp_path, account='max_age = "60m"') as company:
        company.house.blog.publish(article(3))
        company.poll()
        company.share(3, "Heute wieder aktuell: unser Beitrag.")
        company.poll()
        rest(company)
        assert titles(company) == ["Heute wieder aktuell: unser Beitrag."]


def test_the_next_post_tells_the_story_of_one_that_was_taken_back(tmp_path: Path) -> None:
    with open_company(tmp_path, route="recheck = true") as company:
        blog_says_nothing_new(company)
        first = company.share(3, "Mit Tipfehler.")
        rest(company, minutes=1)
        company.share(3, "Ohne Tippfehler.")
        company.poll()
        company.page.delete(first)
        rest(company)
        rest(company)
        assert titles(company) == ["Ohne Tippfehler."]


def test_what_was_there_before_setup_is_nobodys_heir(ledger: Ledger) -> None:
    early = add(ledger, item(1, source="facebook", id="f1"))
    late = add(ledger, item(1), status="skipped", reason="before setup")
    assert ledger.withdraw(early, "withdrawn: it is gone", now=NOW)
    assert state(ledger, late) == "skipped"


def test_a_post_that_may_be_out_leaves_its_story_to_nobody(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.release(claim, "X is busy", not_before=None, now=NOW)
    assert ledger.withdraw(claim.id, "withdrawn: it is gone", now=NOW)
    again = add(ledger, item(1, source="facebook", id="f1"))
    assert state(ledger, again) == "skipped"


def test_an_old_worker_cannot_send_the_words_of_a_story_that_was_passed_on(ledger: Ledger) -> None:
    turning = worded(ledger, item(1))
    with ledger.intake("blog", now=NOW) as intake:
        intake.sort([item(2, id=item(1).id)])
    assert ledger.claim(turning, lease=LEASE, now=NOW) is None, "its words are those of the old story"


def test_what_a_person_wants_after_all_takes_its_story_back_from_whoever_waits_with_it(ledger: Ledger) -> None:
    first = add(ledger, item(1))
    ledger.withdraw(first, "withdrawn: it is gone", now=NOW)
    second = add(ledger, item(1, source="facebook", id="f1"))
    assert state(ledger, second) == "waiting"
    ledger.settle(first, "waiting", now=NOW)
    assert (state(ledger, first), state(ledger, second)) == ("waiting", "skipped")


def test_a_story_that_is_told_cannot_be_settled_into_a_second_tweet(ledger: Ledger) -> None:
    first = add(ledger, item(1))
    ledger.withdraw(first, "withdrawn: it is gone", now=NOW)
    claim = claimed(ledger, item(1, source="facebook", id="f1"))
    ledger.confirm(claim, tweet(), now=NOW)
    with pytest.raises(SettleError, match=f"post {claim.id} tells this story already"):
        ledger.settle(first, "waiting", now=NOW)


def test_what_a_person_knows_to_be_out_is_told_by_nobody_else(ledger: Ledger) -> None:
    first = add(ledger, item(1))
    ledger.withdraw(first, "withdrawn: it is gone", now=NOW)
    ledger.settle(first, "posted", now=NOW)
    assert state(ledger, add(ledger, item(1, source="facebook", id="f1"))) == "skipped"


def test_an_edit_that_turns_to_another_article_leaves_the_first_to_the_next_post(company: Company) -> None:
    blog_says_nothing_new(company)
    turning = company.page.write(f"Eins.\n{ADDRESS}/2026/beitrag-3/", at=company.house.now)
    rest(company, minutes=1)
    company.share(3, "Zwei.")
    company.poll()
    company.page.edit(turning, f"Eins.\n{ADDRESS}/2026/beitrag-4/", at=company.house.now)
    company.poll()
    rest(company)
    rest(company)
    assert sorted(titles(company)) == ["Eins.", "Zwei."]


def test_an_article_whose_address_is_corrected_wins_back_its_story(tmp_path: Path) -> None:
    with open_company(tmp_path, account='spacing = "20m"') as company:
        company.house.blog.publish(article(2))
        company.house.blog.publish(article(3, slug="falsch"))
        company.poll()
        company.share(3)
        company.poll()
        company.house.blog.edit(article(3).id, slug="beitrag-3")
        company.poll()
        rest(company)
        rest(company)
        assert titles(company) == [article(2).title, article(3).title]


def test_a_post_that_links_the_blog_only_since_an_edit_waits_for_the_blog(tmp_path: Path) -> None:
    with open_company(tmp_path, account='spacing = "10m"') as company:
        company.house.blog.publish(article(2))
        company.poll()
        post = company.page.write("Bald mehr.", at=company.house.now)
        company.poll()
        company.page.edit(post, f"Jetzt im Blog: {ADDRESS}/2026/beitrag-3/", at=company.house.now)
        company.poll()
        rest(company, minutes=11)
        assert titles(company) == [article(2).title]
        company.house.blog.publish(article(3))
        rest(company, minutes=11)
        assert titles(company) == [article(2).title, article(3).title]


# --- An article that moves, and a post that turns to another ----------------------------------------------------------


def test_an_article_that_was_moved_after_its_tweet_is_no_news_when_it_is_shared(company: Company) -> None:
    company.house.blog.publish(article(3))
    company.poll()
    for slug in ("beitrag-3-neu", "beitrag-3-ganz-neu"):
        company.house.blog.edit(article(3).id, slug=slug)
        company.poll()
        company.share(3, f"Geteilt: {slug}", link=f"{ADDRESS}/2026/{slug}/")
        company.poll()
    rest(company)
    assert titles(company) == [article(3).title]


def test_an_article_that_moves_while_it_waits_is_still_the_one_that_was_shared(tmp_path: Path) -> None:
    with open_company(tmp_path, account='spacing = "20m"') as company:
        company.house.blog.publish(article(2))
        company.house.blog.publish(article(3))
        company.poll()
        company.share(3)
        company.poll()
        company.house.blog.edit(article(3).id, slug="verschoben")
        company.poll()
        rest(company)
        rest(company)
        assert titles(company) == [article(2).title, article(3).title]


def test_an_article_that_the_page_told_first_may_move_too(company: Company) -> None:
    blog_says_nothing_new(company)
    company.share(3, "Zuerst auf Facebook.")
    rest(company, minutes=1)
    rest(company)
    blog_speaks_again(company)
    company.house.blog.publish(article(3))
    company.poll()
    company.house.blog.edit(article(3).id, slug="verschoben")
    company.poll()
    company.share(3, "Noch einmal.", link=f"{ADDRESS}/2026/verschoben/")
    company.poll()
    rest(company)
    assert titles(company) == ["Zuerst auf Facebook."]


def test_a_post_that_repeated_one_article_and_was_edited_to_another_tells_that(company: Company) -> None:
    company.house.blog.publish(article(3))
    company.poll()
    repeating = company.page.write(f"Lesen!\n{ADDRESS}/2026/beitrag-3/", at=company.house.now)
    company.poll()
    company.page.edit(repeating, f"Lesen!\n{ADDRESS}/2026/beitrag-9/", at=company.house.now)
    company.poll()
    rest(company)
    assert titles(company) == [article(3).title, "Lesen!"]


def test_an_entry_that_becomes_another_article_gives_its_address_away(ledger: Ledger) -> None:
    """Its title, its date and its address have changed: the weekly offer is another one."""
    claim = claimed(ledger)
    ledger.confirm(claim, tweet(), now=NOW)
    with ledger.intake("blog", now=NOW) as intake:
        intake.sort([item(2, id=item().id)])
    assert state(ledger, add(ledger, item(2, source="facebook", id="f2"))) == "waiting"


def test_what_was_sent_once_and_turns_to_another_story_is_held(ledger: Ledger) -> None:
    post = add(ledger, repeat())
    assert ledger.word(post, DRAFT, story=item().story, now=NOW)
    claim = ledger.claim(post, lease=LEASE, now=NOW)
    assert claim
    ledger.release(claim, "X is busy", not_before=None, now=NOW)
    turned = replace(repeat(), link=item(2).link, story=item(2).story)
    with ledger.intake("facebook", now=NOW) as intake:
        intake.sort([turned], own=False)
    assert not ledger.word(post, DRAFT, story=turned.story, now=NOW)
    assert state(ledger, post) == "held"
    with pytest.raises(SettleError, match="settle it as posted or skipped"):
        ledger.settle(post, "waiting", now=NOW)
    ledger.settle(post, "skipped", now=NOW)
    assert state(ledger, add(ledger, item(2))) == "waiting", "the other story is told by whoever brings it"


def test_words_of_a_story_that_the_item_no_longer_tells_are_not_taken(ledger: Ledger) -> None:
    """Another worker has read the item before it was edited, and writes its words after."""
    post = add(ledger, repeat())
    with ledger.intake("facebook", now=NOW) as intake:
        intake.sort([replace(repeat(), link=item(2).link, story=item(2).story)], own=False)
    assert not ledger.word(post, DRAFT, story=item(1).story, now=NOW)
    assert ledger.claim(post, lease=LEASE, now=NOW) is None


def test_a_link_that_is_gone_makes_no_news_of_a_repeat(ledger: Ledger) -> None:
    ledger.confirm(claimed(ledger), tweet(), now=NOW)
    post = add(ledger, repeat())
    with ledger.intake("facebook", now=NOW) as intake:
        intake.sort([replace(repeat(), link="", story="facebook:100_1")], own=False)
    assert state(ledger, post) == "skipped"


# --- Short links ------------------------------------------------------------------------------------------------------

ARTICLE = f"{ADDRESS}/2026/beitrag-3/?utm_source=facebook"


class Shortener(httpx.BaseTransport):
    """Sends the visitors of short hosts on, and lets everything else through."""

    def __init__(self, **targets: str) -> None:
        self.targets, self.asked = targets, list[str]()
        self.lost = False
        self.through: httpx.BaseTransport = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "127.0.0.1":
            return self.through.handle_request(request)
        self.asked.append(str(request.url))
        if self.lost:
            raise httpx.ConnectError("no route")
        name = request.url.path.strip("/")
        if name in self.targets:
            return httpx.Response(301, headers={"location": self.targets[name]}, stream=httpx.ByteStream(b""))
        return httpx.Response(404 if name == "gone" else 200, stream=httpx.ByteStream(b"<p>Hier."))


def lengthen(shortener: Shortener, link: str, notes: dict[str, str] | None = None) -> tuple[str, dict[str, str]]:
    short = ShortLinks(Web(transport=shortener), notes or {})
    (found,) = short.lengthen([Item(source="facebook", id="1", link=link, story=link)])
    return found.link, short.kept


def test_a_short_link_to_an_article_is_that_article(company: Company) -> None:
    shortener = Shortener(abc=ARTICLE)
    company.web = Web(transport=shortener)
    company.house.blog.publish(article(3))
    company.page.show_photo("Neu im Blog: https://bit.ly/abc", at=company.house.now)
    assert company.poll().failures == []
    company.house.sleep(60 * MINUTE)
    assert company.poll().failures == []
    assert [tweet.splitlines()[0] for tweet in company.house.tweets] == [article(3).title]
    assert shortener.asked.count("https://bit.ly/abc") == 1, "the second look remembers"


def test_a_shortener_that_is_down_blocks_nothing(company: Company) -> None:
    shortener = Shortener()
    shortener.lost = True
    company.web = Web(transport=shortener)
    company.page.show_photo("Neu: https://bit.ly/abc", at=company.house.now)
    report = company.poll()
    assert report.failures == []
    assert "https://bit.ly/abc" in company.house.tweets[0]


@pytest.mark.parametrize("blog_is_first", [True, False])
def test_a_short_link_that_is_looked_up_only_later_is_still_that_article(
    tmp_path: Path, *, blog_is_first: bool
) -> None:
    with open_company(tmp_path, account='spacing = "30m"') as company:
        shortener = Shortener(abc=ARTICLE)
        company.web = Web(transport=shortener)
        company.house.blog.publish(article(2))
        company.poll()
        shortener.lost = True
        company.page.show_photo("Neu im Blog: https://bit.ly/abc", at=company.house.now)
        company.poll()
        for this_one in (blog_is_first, not blog_is_first):
            if this_one:
                company.house.blog.publish(article(3))
            else:
                shortener.lost = False
            company.house.sleep(MINUTE)
            company.poll()
        for _ in range(3):
            company.house.sleep(30 * MINUTE)
            company.poll()
        assert [tweet.splitlines()[0] for tweet in company.house.tweets] == [article(2).title, article(3).title]


@pytest.mark.parametrize("article_waits", [True, False])
def test_a_tweet_whose_short_link_is_looked_up_only_later_has_told_that_article(
    tmp_path: Path, *, article_waits: bool
) -> None:
    with open_company(tmp_path, account='spacing = "30m"') as company:
        shortener = Shortener(abc=ARTICLE)
        shortener.lost = True
        company.web = Web(transport=shortener)
        company.page.show_photo("Neu im Blog: https://bit.ly/abc", at=company.house.now)
        company.poll()
        assert len(company.house.tweets) == 1
        if article_waits:
            company.house.blog.publish(article(3))
            company.poll()
        shortener.lost = False
        company.poll()
        if not article_waits:
            company.house.blog.publish(article(3))
        company.house.sleep(31 * MINUTE)
        company.poll()
        assert len(company.house.tweets) == 1


@pytest.mark.parametrize(
    ("link", "short"),
    [
        ("https://fb.me/Herbst-Deko", True),
        ("http://www.bit.ly/3kTq", True),
        ("https://kfh.li/x7Gq", True),
        ("https://blog.example.com/abc", False),
        ("https://otto.de/garten/rasen", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_a_short_link_is_told_by_its_host_or_its_looks(link: str, short: bool) -> None:
    assert is_short(link) == short


def test_the_link_and_the_story_are_those_of_the_target() -> None:
    short = ShortLinks(Web(transport=Shortener(abc=ARTICLE)), {})
    (found,) = short.lengthen([Item(source="facebook", id="1", link="https://t.co/abc", story="https://t.co/abc")])
    assert (found.link, found.story) == (ARTICLE, f"{ADDRESS}/2026/beitrag-3")


def test_a_short_link_to_a_front_page_is_a_story_of_its_own() -> None:
    short = ShortLinks(Web(transport=Shortener(abc=f"{ADDRESS}/")), {})
    (found,) = short.lengthen([Item(source="facebook", id="1", link="https://t.co/abc", story="https://t.co/abc")])
    assert found.story == "facebook:1"


def test_five_hops_are_followed_and_no_more() -> None:
    five = {str(hop): f"https://bit.ly/{hop + 1}" for hop in range(1, 5)} | {"5": ARTICLE}
    assert lengthen(Shortener(**five), "https://bit.ly/1")[0] == ARTICLE
    six = {"0": "https://bit.ly/1", **five}
    assert lengthen(Shortener(**six), "https://bit.ly/0")[0] == "https://bit.ly/0"


@pytest.mark.parametrize(
    "target",
    [
        "https://www.facebook.com/login/?next=x",
        "https://consent.example.com/?continue=x",
        "ftp://files.example.com/",
        f"{ADDRESS}/gone",
        "https://www.bit.ly/other",
    ],
)
def test_a_target_that_is_of_no_use_leaves_the_link_as_it_is(target: str) -> None:
    assert lengthen(Shortener(abc=target), "https://bit.ly/abc")[0] == "https://bit.ly/abc"


def test_a_failure_that_may_pass_is_tried_again_and_one_that_stays_is_not() -> None:
    shortener = Shortener()
    shortener.lost = True
    assert lengthen(shortener, "https://bit.ly/abc") == ("https://bit.ly/abc", {})
    shortener.lost = False
    link, kept = lengthen(shortener, "https://bit.ly/gone")
    assert kept == {"short https://bit.ly/gone": link}
    shortener.asked.clear()
    assert lengthen(shortener, "https://bit.ly/gone", kept) == (link, kept)
    assert shortener.asked == []


def test_only_the_links_of_the_newest_posts_are_remembered() -> None:
    known = {"short https://bit.ly/old": ARTICLE, "short https://bit.ly/abc": ARTICLE}
    assert lengthen(Shortener(), "https://bit.ly/abc", known)[1] == {"short https://bit.ly/abc": ARTICLE}


def test_a_short_link_is_no_way_into_the_companys_network() -> None:
    blog = Blog([article(1)])
    with serving(blog) as inside:
        shortener = Shortener(abc=inside)
        shortener.through = guarded_transport(allow_private_hosts=False)
        assert lengthen(shortener, "https://bit.ly/abc")[0] == "https://bit.ly/abc"
    assert blog.requests == []
