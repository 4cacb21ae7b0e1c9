"""What becomes of a Mastodon account: one broken post costs no other, and one story is one tweet."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.contract import Fetched, Image, SourceBroken
from connectors.mastodon import MastodonAccount
from connectors.simulators.faults import answer
from connectors.simulators.mastodon import Mastodon
from connectors.web import Web
from flows.pipeline import poll
from flows.results import Report
from tests.house import ADDRESS, MINUTE, House, article, open_house

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SERVER = "social.example"
ARTICLE = "https://blog.example.com/2026/neue-oeffnungszeiten/"
FIXTURES = Path(__file__).parent / "fixtures" / "mastodon"


class Net(httpx.BaseTransport):
    """The internet of these tests: Mastodon, a shortening service, and what is really served on loopback."""

    def __init__(self, mastodon: Mastodon, **hosts: Any) -> None:
        apps = {SERVER: mastodon, "bit.ly": redirecting, **hosts}
        self._hosts: dict[str, httpx.BaseTransport] = {"127.0.0.1": httpx.HTTPTransport()}
        self._hosts |= {host: httpx.WSGITransport(app=app) for host, app in apps.items()}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._hosts[request.url.host].handle_request(request)


def redirecting(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("301 Moved Permanently", [("Location", f"https://{SERVER}/")])
    return []


@pytest.fixture
def mastodon() -> Mastodon:
    return Mastodon(name="lindner", server=SERVER)


def fetch(mastodon: Mastodon, notes: dict[str, str] | None = None) -> Fetched:
    source = MastodonAccount(name="mastodon", account=f"lindner@{SERVER}")
    return source.fetch(Web(transport=Net(mastodon)), notes or {}, now=NOW)


# --- Items ------------------------------------------------------------------------------------------------------------


def test_a_post_is_an_item_with_its_words_its_pictures_and_its_own_page(mastodon: Mastodon) -> None:
    number = mastodon.show("Äpfel & Birnen", [("https://files.example/1.png", "Ein Korb")], at=NOW)
    (item,) = fetch(mastodon).items
    page = f"https://{SERVER}/@lindner/{number}"
    assert (item.id, item.link, item.extra) == (number, page, {"permalink": page})
    assert (item.text, item.published, item.story) == ("Äpfel & Birnen", NOW, f"mastodon:{number}")
    assert item.images == (Image(url="https://files.example/1.png", alt="Ein Korb"),)


def test_a_post_that_links_an_article_tells_its_story(mastodon: Mastodon) -> None:
    link = f"{ARTICLE}?utm_source=mastodon&utm_medium=social"
    mastodon.say("Lesen Sie mehr:", link=link, at=NOW)
    (item,) = fetch(mastodon).items
    assert (item.link, item.story, item.text) == (link, ARTICLE.rstrip("/"), f"Lesen Sie mehr: {link}")


def test_boosts_replies_and_what_is_not_for_everybody_are_no_news(mastodon: Mastodon) -> None:
    mastodon.boost(at=NOW)
    mastodon.say("Danke!", at=NOW, in_reply_to_id="1")
    mastodon.say("Nur für Freunde", at=NOW, visibility="private")
    mastodon.say("Nicht gelistet", at=NOW, visibility="unlisted")
    assert fetch(mastodon) == Fetched()


def test_a_short_link_is_looked_up_once(mastodon: Mastodon) -> None:
    mastodon.say("Mehr:", link="https://bit.ly/3kTq", at=NOW)
    fetched = fetch(mastodon)
    assert [item.link for item in fetched.items] == [f"https://{SERVER}/"]
    asked = len(mastodon.requests)
    assert fetch(mastodon, dict(fetched.validators)).items == fetched.items
    assert mastodon.requests[asked:] == ["/api/v1/accounts/lookup", "/api/v1/accounts/109000000000000001/statuses"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", ""), ("id", None), ("id", 7), ("content", None), ("created_at", "gestern"), ("media_attachments", [None])],
)
def test_a_status_that_cannot_be_read_costs_no_other_and_is_told(mastodon: Mastodon, field: str, value: object) -> None:
    for words in ("Äpfel", "Birnen"):
        broken = mastodon.say(words, at=NOW)
    mastodon.statuses[broken][field] = value
    fetched = fetch(mastodon)
    assert [item.text for item in fetched.items] == ["Äpfel"]
    assert fetched.notices == (
        f"https://{SERVER}/api/v1/accounts/109000000000000001/statuses lists 1 entries that cannot be read",
    )


def test_an_address_that_is_none_is_left_out_and_the_post_stays(mastodon: Mastodon) -> None:
    pictures = [("javascript:alert(1)", ""), ("https://files.example/2.png", ""), ("/3.png", "")]
    number = mastodon.show("Drei Bilder", pictures, at=NOW)
    mastodon.statuses[number]["url"] = "javascript:alert(1)"
    (item,) = fetch(mastodon).items
    assert (item.link, [image.url for image in item.images]) == ("", ["https://files.example/2.png"])


def test_an_account_that_nobody_knows_is_for_a_person(mastodon: Mastodon) -> None:
    mastodon.name = "moved"
    with pytest.raises(SourceBroken, match="answered 404"):
        fetch(mastodon)


def test_a_server_of_another_kind_is_for_a_person(mastodon: Mastodon) -> None:
    mastodon.instead = answer(200, b'{"data": []}')
    with pytest.raises(SourceBroken, match="correct its address"):
        fetch(mastodon)


def test_the_simulator_answers_in_the_shape_that_was_recorded(mastodon: Mastodon) -> None:
    recorded = json.loads((FIXTURES / "statuses.json").read_text("utf-8"))
    mastodon.show("Ein Bild", [("https://files.example/1.png", "Ein Korb")], at=NOW)
    (simulated,) = mastodon.statuses.values()
    assert simulated.keys() == recorded[0].keys()
    assert {name: type(value) for name, value in simulated.items()} == {
        name: type(value) for name, value in recorded[0].items()
    }
    assert simulated["media_attachments"][0].keys() == recorded[0]["media_attachments"][0].keys()
    mastodon.say("Neue Öffnungszeiten in Göttingen:", link=f"{ARTICLE}?utm_source=mastodon&utm_medium=social", at=NOW)
    assert list(mastodon.statuses.values())[1]["content"] == recorded[2]["content"]


# --- The whole way ----------------------------------------------------------------------------------------------------

MORE = f"""
[sources.mastodon]
kind = "mastodon"
account = "lindner@{SERVER}"
[[routes]]
from = ["mastodon"]
to = ["office"]
template = "blog.j2"
recheck = true
"""


class Company:
    """A house that also speaks on Mastodon."""

    def __init__(self, house: House, mastodon: Mastodon) -> None:
        self.house, self.mastodon = house, mastodon
        self._web = Web(transport=Net(mastodon, **{"blog.example.com": house.blog}))

    def poll(self) -> Report:
        with self.house.app() as app:
            return poll(replace(app, web=self._web))

    def last(self) -> tuple[str, str]:
        """What has become of the newest toot."""
        with self.house.app() as app:
            row = max((row for row in app.ledger.posts() if row.source == "mastodon"), key=lambda row: row.id)
        return row.status, row.reason


@pytest.fixture
def company(tmp_path: Path, mastodon: Mastodon) -> Iterator[Company]:
    with open_house(tmp_path, article(1)) as house:
        house.configure(routes=MORE)
        mastodon.say("Willkommen!", at=house.now - 60 * MINUTE)
        company = Company(house, mastodon)
        company.poll()
        assert house.tweets == []
        yield company


def toot(company: Company, number: int) -> str:
    link = f"{ADDRESS}/{article(number).published.year}/beitrag-{number}/?utm_source=mastodon"
    return company.mastodon.say("Haben Sie es schon gelesen?", link=link, at=company.house.now)


def test_a_toot_that_links_an_article_and_the_article_are_one_tweet(company: Company) -> None:
    toot(company, 3)
    company.house.blog.publish(article(3))
    company.poll()
    company.house.sleep(60 * MINUTE)
    company.poll()
    assert [tweet.splitlines()[0] for tweet in company.house.tweets] == [article(3).title]


def test_a_toot_waits_for_the_blog_and_gives_way_to_it(company: Company) -> None:
    toot(company, 3)
    company.poll()
    assert company.last() == ("waiting", "waits for blog to bring the same story itself")
    company.house.sleep(15 * MINUTE)
    company.house.blog.publish(article(3))
    company.poll()
    assert len(company.house.tweets) == 1
    assert company.last()[1].startswith("same story as post ")


def test_a_toot_of_its_own_is_tweeted(company: Company) -> None:
    company.mastodon.say("Die Herbstdeko steht!", at=company.house.now)
    company.poll()
    assert company.house.tweets[0].startswith("Die Herbstdeko steht!")


def test_a_toot_that_was_deleted_while_it_waited_is_not_tweeted(company: Company) -> None:
    company.house.blog.instead = answer(304)  # its page is there, its feed says nothing yet
    company.house.blog.publish(article(3))
    number = toot(company, 3)
    company.poll()
    company.mastodon.delete(number)
    company.house.sleep(60 * MINUTE)
    company.poll()
    assert company.house.tweets == []
    assert company.last() == ("skipped", "withdrawn: its page answers 404 by now")
