"""The commands as a person types them: what they print, where, and with which exit code."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.simulators import x_faults
from flows.cli import main
from tests.house import House, article, open_house

STATUSES = {"waiting", "sending", "unsure", "held", "posted", "skipped", "refused"}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    with open_house(tmp_path, article(1), article(2)) as house:
        house.poll()
        yield house


def test_preview_shows_what_the_next_run_would_tweet_and_sends_and_stores_nothing(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3, 7):
        house.blog.publish(article(number))
    before = house.counts()
    assert main(["preview", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["item"] for row in rows] == [article(number).id for number in range(3, 7)]
    assert set(rows[0]) == {
        *("source", "item", "account", "status", "text", "weight", "price", "link", "images", "not_before", "reason")
    }
    assert rows[0]["text"].startswith("Beitrag Nummer 3 ist da")
    assert rows[0]["price"] == 0.2
    assert rows[3]["reason"] == "a later run: at most 3 a run (max_per_run)"
    assert house.counts() == before
    assert house.tweets == []
    house.poll()
    assert house.tweets[0] == rows[0]["text"]


def test_preview_says_what_will_not_be_tweeted(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.configure(route='exclude = ["intern"]')
    house.blog.publish(article(3, title="Nur intern"))
    assert main(["preview"]) == 0
    assert '1 not tweeted: filtered: exclude = "intern"' in capsys.readouterr().out


def test_preview_shows_the_new_words_of_an_edited_post_that_waits(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.blog.publish(article(3))
    house.x.next(x_faults.NO_CREDITS)
    house.poll()
    house.blog.edit(article(3).id, title="Neu gefasst")
    main(["preview", "--json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert row["text"].startswith("Neu gefasst")


def test_preview_of_a_blog_that_is_down_fails_with_one_line(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.blog_url = "http://127.0.0.1:9"
    house.configure()
    assert main(["preview"]) == 1
    assert capsys.readouterr().err.startswith("blog: http://127.0.0.1:9/feed/ could not be read")


def test_status_as_json_has_the_seven_states_and_every_name(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert set(status["posts"]) == STATUSES
    assert status["posts"]["skipped"] == 2
    assert list(status["accounts"]) == ["office"]
    assert list(status["sources"]) == ["blog"]


def test_status_fails_while_something_needs_a_person(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.blog.publish(article(3))
    house.x.next(x_faults.SUSPENDED)
    house.poll()
    assert main(["status"]) == 1
    assert "suspended" in capsys.readouterr().out


def test_show_tells_everything_about_a_post_and_why(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.blog.publish(article(3))
    house.poll()
    assert main(["show", "3", "--json"]) == 0
    post = json.loads(capsys.readouterr().out)
    assert post["status"] == "posted"
    assert post["item"]["title"] == article(3).title
    assert [line["status"] for line in post["history"]] == ["waiting", "sending", "posted"]
    assert main(["show", "3"]) == 0
    assert post["tweet_id"] in capsys.readouterr().out


def test_show_of_a_post_that_is_not_there_fails_with_one_line(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "99"]) == 1
    assert capsys.readouterr().err == "there is no post 99; `crosspost status` lists them\n"


def test_a_person_settles_a_post(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settle", "1", "waiting"]) == 0
    assert "post 1 is waiting now" in capsys.readouterr().out
    house.poll()
    assert len(house.tweets) == 1
    assert main(["settle", "1", "waiting"]) == 1
    assert capsys.readouterr().err.startswith("post 1 is out")


def test_check_finds_everything_fine(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    printed = capsys.readouterr().out
    assert "source blog: 2 entries" in printed
    assert "account office: @office" in printed
    assert "wrong" not in printed


def test_check_names_a_wrong_key_a_dead_server_and_a_broken_template(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.x.credentials = {**house.x.credentials, "api_secret": "another"}
    house.blog_url = "http://127.0.0.1:9"
    house.configure()
    (house.folder / "templates").mkdir()
    (house.folder / "templates" / "blog.j2").write_text("{% if %}", encoding="utf-8")
    house.x.credentials = {**house.x.credentials, "api_secret": "simulated-api-secret"}
    assert main(["check"]) == 1
    wrong = [line for line in capsys.readouterr().out.splitlines() if line.startswith("wrong")]
    assert len(wrong) == 3
    assert "401" in wrong[2]


def test_check_warns_of_two_accounts_that_would_say_the_same(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.configure(account=house.branch, routes='[[routes]]\nfrom = ["blog"]\nto = ["branch"]\ntemplate = "blog.j2"\n')
    assert main(["check"]) == 1
    assert "office and branch would say the same" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["run", "check", "preview", "status"])
def test_a_wrong_config_ends_every_command_with_two_and_one_line(
    command: str, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    (house.folder / "crosspost.toml").write_text("[sources.blog]\nkind = 'rss'\n", encoding="utf-8")
    assert main([command]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "crosspost.toml: sources.blog.url: is missing; add it" in captured.err.splitlines()


def test_a_database_that_cannot_be_opened_is_one_line(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    (house.folder / "nowhere").write_text("this is no database", encoding="utf-8")
    house.configure(top='database = "sqlite:///nowhere"')
    assert main(["status"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "nowhere" in line


@pytest.mark.parametrize("call", [[], ["tweet"], ["settle", "1", "maybe"], ["show", "first"]])
def test_a_wrong_call_ends_with_two(call: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(call)
    assert stopped.value.code == 2
