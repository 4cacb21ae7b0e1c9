"""Never silent: a trouble is told once, with what to do, and so is its end."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.simulators import x_faults
from connectors.simulators.faults import answer
from connectors.simulators.server import serving
from flows.config import ConfigError
from tests.house import House, article, open_house

TOLD = 'alerts = ["env:ALERT_URL"]'


class Mailbox:
    """Takes what Apprise posts as JSON; `full` makes it refuse."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.full = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if self.full:
            start_response("507 Insufficient Storage", [])
        else:
            self.letters.append(json.loads(body)["message"])
            start_response("200 OK", [])
        return [b""]


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    with serving(box) as url:
        yield box, url.replace("http://", "json://")


@pytest.fixture
def house(tmp_path: Path, mailbox: tuple[Mailbox, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("ALERT_URL", mailbox[1])
    with open_house(tmp_path, article(1), top=TOLD) as house:
        house.poll()
        yield house


def test_an_account_that_cannot_post_is_told_once_and_so_is_its_end(house: House, mailbox: tuple[Mailbox, str]) -> None:
    box, _ = mailbox
    house.blog.publish(article(2))
    house.x.next(x_faults.NO_CREDITS, x_faults.NO_CREDITS)
    house.poll()
    house.poll()
    assert len(box.letters) == 1
    assert "402" in box.letters[0]
    house.poll()
    assert box.letters[1:] == ["trouble with office is over"]


def test_a_blog_that_stumbles_is_not_told_but_one_that_stays_away_is(
    house: House, mailbox: tuple[Mailbox, str]
) -> None:
    box, _ = mailbox
    house.blog.instead = answer(503)
    house.poll()
    house.poll()
    assert box.letters == []
    house.poll()
    house.poll()
    assert len(box.letters) == 1
    assert "blog could not be read 3 times in a row" in box.letters[0]


def test_a_tweet_that_fails_again_and_again_is_told_and_so_is_its_end(
    house: House, mailbox: tuple[Mailbox, str]
) -> None:
    box, _ = mailbox
    house.blog.publish(article(2))
    x, house.x_url = house.x_url, "http://127.0.0.1:9"  # nobody listens there
    house.configure(top=TOLD)
    reports = [house.poll() for _ in range(4)]
    assert [bool(report.needs) for report in reports] == [False, False, True, True]
    assert len(box.letters) == 1
    assert f"office: “{article(2).title}” could not be tweeted 3 times" in box.letters[0]
    house.x_url = x
    house.configure(top=TOLD)
    house.poll()
    assert box.letters[1:] == ["delay of office is over"]


def test_a_held_post_is_told_with_the_commands_that_settle_it(house: House, mailbox: tuple[Mailbox, str]) -> None:
    box, _ = mailbox
    house.configure(top=TOLD, source="max_new = 1")
    for number in (2, 3):
        house.blog.publish(article(number))
    house.poll()
    assert "crosspost settle 3 waiting" in box.letters[0]


def test_silence_longer_than_expected_is_told(house: House, mailbox: tuple[Mailbox, str]) -> None:
    box, _ = mailbox
    house.configure(top=TOLD, source='expect_every = "14d"')
    house.sleep(timedelta(days=15))
    house.poll()
    assert "has brought nothing new since" in box.letters[0]


def test_an_alert_that_could_not_be_sent_is_sent_after_the_next_poll(
    house: House, mailbox: tuple[Mailbox, str]
) -> None:
    box, _ = mailbox
    box.full = True
    house.blog.publish(article(2))
    house.x.next(x_faults.NO_CREDITS, x_faults.NO_CREDITS)
    house.poll()
    box.full = False
    house.poll()
    assert len(box.letters) == 1


def test_a_pasted_alert_address_is_refused(house: House) -> None:
    house.configure(top='alerts = ["mailto://me:secret@example.com"]')
    with pytest.raises(ConfigError, match=r"alerts\[0\]: a secret never stands in this file") as caught:
        house.poll()
    assert "secret@" not in str(caught.value)
