"""What the ledger knows belongs to an account on X, whatever crosspost.toml calls it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.simulators import x_faults
from flows.alerts import troubles
from flows.cli import main
from flows.config import ConfigError
from flows.status import overview
from tests.house import MINUTE, House, article, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Two posts are tweeted, and a third one waits."""
    with open_house(tmp_path, article(1), account='spacing = "20m"') as house:
        house.poll()
        for number in (2, 3):
            house.blog.publish(article(number))
        house.poll()
        assert len(house.tweets) == 1
        yield house


def rename(house: House, old: str = "office", new: str = "buero") -> None:
    file = house.folder / "crosspost.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace(f"[accounts.{old}]", f"[accounts.{new}]").replace(f'"{old}"', f'"{new}"'), encoding="utf-8"
    )


def test_an_account_with_another_name_goes_on_where_it_was(house: House) -> None:
    rename(house)
    house.sleep(30 * MINUTE)
    house.poll()
    assert [tweet.splitlines()[0] for tweet in house.tweets] == [article(2).title, article(3).title]
    with house.app() as app:
        assert {post.account for post in app.ledger.posts()} == {"buero"}


def test_check_before_the_first_poll_makes_no_difference(house: House) -> None:
    rename(house)
    main(["check", "--config", str(house.folder / "crosspost.toml")])
    house.poll()
    with house.app() as app:
        assert {post.account for post in app.ledger.posts()} == {"buero"}


def test_what_was_told_under_the_old_name_is_no_news_under_the_new_one(house: House) -> None:
    rename(house)
    house.blog.remove(article(2).id)
    house.blog.publish(article(9, slug=article(2).slug, title="Unter neuer Nummer"))
    house.sleep(30 * MINUTE)
    house.poll()
    assert house.rows()["Unter neuer Nummer"][0] == "skipped"


def test_keys_of_another_account_send_nothing_and_are_told(house: House) -> None:
    right = house.x.credentials
    house.x.user_id = "2000002"
    house.x.credentials = {**right, "access_token": "2000002-simulated-access-token"}
    house.configure()
    house.sleep(30 * MINUTE)
    report = house.poll()
    assert len(house.tweets) == 1
    assert "its keys are those of X account 2000002, and the ledger knows office as 1000001" in report.needs[0]
    with house.app() as app:
        assert list(troubles(app)) == ["keys of office"]
        assert overview(app).needs_a_person
    house.x.user_id, house.x.credentials = "1000001", right
    house.configure()
    house.poll()
    assert len(house.tweets) == 2


def test_check_tells_of_keys_that_open_another_account(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.x.user_id = "2000002"
    house.x.credentials = {**house.x.credentials, "access_token": "2000002-simulated-access-token"}
    house.configure()
    assert main(["check", "--config", str(house.folder / "crosspost.toml")]) == 1
    assert "put its own keys back" in capsys.readouterr().out


def test_a_doubt_is_looked_up_in_the_account_where_it_arose(house: House) -> None:
    house.sleep(30 * MINUTE)
    house.x.next(x_faults.ANSWER_LOST)
    house.poll()
    rename(house)
    house.poll_until_quiet()
    assert (len(house.tweets), house.counts()["posted"]) == (2, 2)


def test_posts_that_wait_for_an_account_that_is_gone_are_told(house: House) -> None:
    house.x.credentials = {**house.x.credentials, "access_token": "2000002-simulated-access-token"}
    house.configure()
    rename(house)
    report = house.poll()
    assert "office: 1 posts wait for it, and crosspost.toml has no [accounts.office] any more" in report.needs[0]
    with house.app() as app:
        assert "queue of office" in troubles(app)
        assert list(overview(app).forsaken) == ["office"]


def test_one_account_on_x_has_one_table(house: House) -> None:
    house.configure(account=house.branch.replace("BRANCH_TOKEN", "ACCESS_TOKEN"))
    with pytest.raises(
        ConfigError, match=r"accounts.branch.access_token: belongs to the same X account as accounts.office"
    ):
        house.poll()
