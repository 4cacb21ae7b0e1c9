"""A Facebook page in a whole company: its token ends, it is throttled, and it is left alone when it asks for that."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.simulators.graph import Graph
from connectors.simulators.graph_pages import Page
from connectors.simulators.graph_tokens import Token
from connectors.simulators.server import serving
from flows import check
from flows.app import App
from flows.preview import foresee
from flows.rebuild import rebuild
from tests.house import MINUTE, House, article, open_house

DAY = timedelta(days=1)
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
"""


def forget_everything(company: "Company") -> None:
    """The ledger is lost."""
    for file in company.house.folder.glob("crosspost.db*"):
        file.unlink()


class Company:
    def __init__(self, house: House) -> None:
        self.house = house
        self.letters: list[str] = []
        self.graph = Graph(clock=lambda: house.now)
        self.page = Page(id="100200300400500", name="Kaufhaus Lindner")
        self.token: Token = self.graph.add(self.page, token="EAAsimulated")
        self.page.write("Willkommen!", at=house.now - DAY)

    def mailbox(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.letters.append(json.loads(body)["message"])
        start_response("200 OK", [])
        return [b""]

    def calls_of_a_poll(self) -> list[str]:
        self.graph.calls.clear()
        self.house.poll()
        return [call.path.rpartition("/")[2] for call in self.graph.calls]


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with open_house(tmp_path, article(1)) as house:
        company = Company(house)
        with serving(company.graph) as url, serving(company.mailbox) as mail:
            monkeypatch.setenv("ALERT_URL", mail.replace("http://", "json://"))
            house.configure(top='alerts = ["env:ALERT_URL"]', routes=FACEBOOK.format(url=url))
            with (house.folder / ".env").open("a", encoding="utf-8") as env:
                env.write("PAGE_TOKEN=EAAsimulated\n")
            house.poll()
            yield company


def test_the_end_of_a_token_is_told_to_people_14_7_and_1_days_ahead_and_once_each(company: Company) -> None:
    end = company.house.now + 20 * DAY
    company.token.expires_at = int(end.timestamp())
    told = []
    for _ in range(38):
        company.house.sleep(DAY / 2)
        company.house.poll()
        told += [(end - company.house.now).days for _ in company.letters]
        company.letters.clear()
    assert told == [14, 7, 1]


def test_a_new_token_ends_the_warning_without_a_letter(company: Company) -> None:
    company.token.expires_at = int((company.house.now + 5 * DAY).timestamp())
    company.house.sleep(DAY)
    company.house.poll()
    assert len(company.letters) == 1
    assert "make a new Page token" in company.letters[0]
    company.token.expires_at = 0
    company.house.sleep(DAY)
    company.house.poll()
    assert len(company.letters) == 1


def test_a_quiet_poll_costs_one_call(company: Company) -> None:
    company.house.sleep(15 * MINUTE)
    assert company.calls_of_a_poll() == ["published_posts"]


def test_a_throttled_page_is_not_asked_before_the_time_that_facebook_named(company: Company) -> None:
    company.graph.throttle(timedelta(minutes=90))
    assert company.calls_of_a_poll() == ["published_posts"]
    for _ in range(6):  # the call that was too many has made it 95 minutes
        company.house.sleep(15 * MINUTE)
        assert company.calls_of_a_poll() == []
    company.house.sleep(15 * MINUTE)
    assert company.calls_of_a_poll() == ["published_posts"]
    assert company.letters == []


def looked_ahead(app: App) -> list[str]:
    return foresee(app).failures


def made_anew(app: App) -> list[str]:
    return [rebuilt.failure for rebuilt in rebuild(app) if rebuilt.failure]


def checked(app: App) -> list[str]:
    return [finding.what for finding in check.of_sources(app) if not finding.ok]


WAYS = [looked_ahead, made_anew, checked]


@pytest.mark.parametrize("ask", WAYS)
def test_nobody_asks_a_page_that_is_throttled(company: Company, ask: Callable[[App], list[str]]) -> None:
    if ask is made_anew:
        forget_everything(company)
    company.graph.throttle(timedelta(minutes=90))
    company.house.poll()
    with company.house.app() as app:
        company.graph.calls.clear()
        (sentence,) = ask(app)
        assert "it has asked to be left alone until" in sentence
        assert company.graph.calls == []


@pytest.mark.parametrize("ask", WAYS)
def test_whoever_hears_of_the_throttle_first_is_the_last_to_ask(
    company: Company, ask: Callable[[App], list[str]]
) -> None:
    if ask is made_anew:
        forget_everything(company)
    company.graph.throttle(timedelta(minutes=90))
    company.graph.calls.clear()
    with company.house.app() as app:
        assert "Facebook throttles the page" in ask(app)[-1]
        assert len(company.graph.calls) == 1
        assert "it has asked to be left alone until" in ask(app)[-1]
    assert company.calls_of_a_poll() == []
    assert len(company.graph.calls) == 0
