"""Where a short link leads, when its target is slow, walled off, or says so only in several steps."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from connectors.contract import Item
from connectors.short_links import ShortLinks
from connectors.web import Web
from tests.house import MINUTE, article
from tests.test_stories import ARTICLE, open_company

SHORT = "https://bit.ly/abc"
OFFER = "https://shop.example.org/rabatt"
Answer = int | str | tuple[int, str] | type[httpx.TransportError]


class Net(httpx.BaseTransport):
    """Every address has a status, leads elsewhere (301 unless said), or fails; loopback is let through."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers, self.asked = answers, list[str]()
        self._through = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "127.0.0.1":
            return self._through.handle_request(request)
        self.asked.append(str(request.url))
        answer = self.answers.get(str(request.url), 200)
        if isinstance(answer, type):
            raise answer("it did not answer")
        if isinstance(answer, int):
            return httpx.Response(answer, stream=httpx.ByteStream(b"<p>Hier."))
        status, location = (301, answer) if isinstance(answer, str) else answer
        return httpx.Response(status, headers={"location": location}, stream=httpx.ByteStream(b""))


def look(net: Net, link: str = SHORT) -> tuple[Item, dict[str, str]]:
    short = ShortLinks(Web(transport=net), {})
    (found,) = short.lengthen([Item(source="facebook", id="1", link=link, story=link)])
    return found, short.kept


def led(answers: dict[str, Answer], link: str = SHORT) -> str:
    return look(Net(answers), link)[0].link


# --- A target that is known but does not answer -----------------------------------------------------------------------


@pytest.mark.parametrize("failure", [httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ConnectError])
def test_a_target_that_does_not_answer_is_still_the_target_and_is_asked_again(
    failure: type[httpx.TransportError],
) -> None:
    found, kept = look(Net({SHORT: ARTICLE, ARTICLE: failure}))
    assert found.link == ARTICLE
    assert kept == {}


def test_a_shortener_that_does_not_answer_tells_no_target() -> None:
    found, kept = look(Net({"https://t.co/a": SHORT, SHORT: httpx.ConnectTimeout}), "https://t.co/a")
    assert (found.link, kept) == ("https://t.co/a", {})


@pytest.mark.parametrize("status", [429, 503])
def test_a_shortener_that_is_busy_is_asked_again_and_a_busy_target_is_the_target(status: int) -> None:
    assert look(Net({SHORT: status}))[1] == {}
    found, kept = look(Net({SHORT: OFFER, OFFER: status}))
    assert (found.link, kept) == (OFFER, {f"short {SHORT}": OFFER})


def test_a_target_is_not_downloaded() -> None:
    class Huge(httpx.SyncByteStream):
        def __iter__(self) -> None:  # type: ignore[override]
            raise AssertionError("the body was read")

    class Shop(Net):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            found = super().handle_request(request)
            return httpx.Response(found.status_code, headers=found.headers, stream=Huge())

    assert look(Shop({SHORT: OFFER}))[0].link == OFFER


@pytest.mark.parametrize("facebook_is_first", [True, False])
def test_an_article_whose_blog_is_slow_is_one_tweet(tmp_path: Path, *, facebook_is_first: bool) -> None:
    with open_company(tmp_path) as company:
        company.web = Web(transport=Net({SHORT: ARTICLE, ARTICLE: httpx.ConnectTimeout}))
        steps: list[Callable[[], object]] = [
            lambda: company.page.show_photo(f"Neu im Blog: {SHORT}", at=company.house.now),
            lambda: company.house.blog.publish(article(3)),
        ]
        for step in steps if facebook_is_first else reversed(steps):
            step()
            company.poll()
            company.house.sleep(MINUTE)
        company.house.sleep(60 * MINUTE)
        company.poll()
        assert [tweet.splitlines()[0] for tweet in company.house.tweets] == [article(3).title]


# --- Walls ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [302, 303, 307])
def test_where_a_site_sends_its_visitor_for_the_moment_is_not_the_target(status: int) -> None:
    answers: dict[str, Answer] = {SHORT: OFFER, OFFER: (status, "https://shop.example.org/willkommen?zu=/rabatt")}
    assert led(answers) == OFFER


def test_where_a_site_has_moved_its_page_is_the_target() -> None:
    old = "https://shop.example.org/?p=12"
    assert led({SHORT: (302, old), old: (301, OFFER)}) == OFFER


def test_another_site_is_a_target_even_for_the_moment() -> None:
    answers: dict[str, Answer] = {SHORT: "https://go.example.com/7", "https://go.example.com/7": (302, OFFER)}
    assert led(answers) == OFFER


@pytest.mark.parametrize(
    "wall",
    [
        *("/cookies/", "/de/cookie-consent?back=%2Frabatt", "/consent", "/konto/login?next=/rabatt", "/wp-login.php"),
        *("/Anmelden", "/sign-in", "/authwall#a"),
    ],
)
def test_a_wall_inside_the_site_is_told_by_its_name(wall: str) -> None:
    assert led({SHORT: f"https://shop.example.org{wall}"}) == SHORT
    assert led({SHORT: OFFER, OFFER: wall}) == OFFER


@pytest.mark.parametrize("page", ["/cookies-backen", "/blog/login-ohne-passwort", "/anmeldung", "/?thema=cookies"])
def test_an_article_about_walls_is_none(page: str) -> None:
    assert led({SHORT: f"https://shop.example.org{page}"}) == f"https://shop.example.org{page}"


def test_what_stands_behind_a_wall_on_the_way_is_reached() -> None:
    shim = "https://l.facebook.com/l.php?u=https%3A%2F%2Fshop.example.org%2Frabatt"
    assert led({SHORT: shim, shim: (302, OFFER)}) == OFFER


def test_a_site_that_sends_its_visitor_round_in_circles_has_been_reached() -> None:
    other = f"{OFFER}?cookie=1"
    assert led({SHORT: OFFER, OFFER: (302, other), other: (302, OFFER)}) == OFFER


@pytest.mark.parametrize("way", ["direct", "behind the pages"])
def test_two_posts_that_end_at_one_wall_are_two_tweets(tmp_path: Path, way: str) -> None:
    wall = "https://shop.example.org/cookies/"
    pages: dict[str, Answer] = {
        f"https://bit.ly/{name}": wall if way == "direct" else f"https://shop.example.org/{name}" for name in "ab"
    }
    walls: dict[str, Answer] = {f"https://shop.example.org/{name}": (302, wall) for name in "ab"}
    with open_company(tmp_path) as company:
        company.web = Web(transport=Net(pages | walls))
        for words, name in (("Rabatt", "a"), ("Lesung", "b")):
            company.page.show_photo(f"{words}: https://bit.ly/{name}", at=company.house.now)
            company.poll()
            company.house.sleep(60 * MINUTE)
        company.poll()
        assert [tweet.split()[0] for tweet in company.house.tweets] == ["Rabatt.", "Lesung."]


# --- Front pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("front", ["https://firma.de/?utm_source=facebook", "https://www.firma.de/index.html"])
def test_a_short_link_to_a_front_page_with_marks_is_a_story_of_its_own(front: str) -> None:
    found, _ = look(Net({SHORT: front}))
    assert (found.link, found.story) == (front, "facebook:1")


def test_posts_that_name_the_front_page_with_marks_are_tweets_of_their_own(tmp_path: Path) -> None:
    with open_company(tmp_path) as company:
        for words in ("Heute bis acht geöffnet", "Morgen ist Lesung"):
            company.page.show_photo(f"{words}: https://firma.example/?utm_source=facebook", at=company.house.now)
            company.poll()
            company.house.sleep(60 * MINUTE)
        company.poll()
        assert len(company.house.tweets) == 2
