"""What stands in Prefect's UI: the posts that are stuck or wait, with the reason and a link to the article."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.simulators import x_faults
from flows.artifacts import headline, news, queue, queued
from flows.status import overview
from tests.house import House, article, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, article(1)) as house:
        house.poll()
        yield house


def shown(house: House) -> tuple[str, str]:
    """The headline, and everything."""
    with house.app() as app:
        now, posts = overview(app), queued(app)
    return headline(now, posts), queue(now, posts)


def rows(markdown: str, what: str) -> list[str]:
    """The lines of the table whose head says `what`."""
    [table] = [part for part in markdown.split("\n\n") if f"| {what} |" in part.partition("\n")[0]]
    return table.splitlines()[2:]


def burst(house: House, count: int) -> None:
    house.configure(source="max_new = 2")
    for number in range(2, 2 + count):
        house.blog.publish(article(number))
    house.poll()


def test_a_held_post_is_listed_with_its_reason_and_a_link_to_the_article(house: House) -> None:
    burst(house, 3)
    for markdown in shown(house):
        row = rows(markdown, "held: 3")[0]
        link = f"https://blog.example.com/{article(4).published:%Y}/beitrag-4/"
        assert row.startswith(f"| 4 | blog | [Beitrag Nummer 4 ist da]({link}) | office | ")
        assert "unknown entries" in row


def test_of_many_posts_the_newest_are_listed_and_the_others_counted(house: House) -> None:
    burst(house, 27)
    for markdown in shown(house):
        assert len(rows(markdown, "held: 27")) == 20
        assert "\n\nand 7 more" in markdown


def test_what_may_be_out_and_what_waits_is_listed_too(house: House) -> None:
    house.configure(account="max_per_run = 1")
    house.x.next(x_faults.Fault(accepted=True))
    for number in (2, 3):
        house.blog.publish(article(number))
    house.poll()
    line, everything = shown(house)
    assert line.startswith("**0 held · 1 unsure · 1 waiting**")
    assert "Beitrag Nummer 2" in rows(line, "unsure: 1")[0]
    assert rows(everything, "waiting: 1")[0].endswith("| office | due |")
    assert "| waiting: 1 |" not in line, "it needs nobody"


def test_what_stands_is_the_same_until_something_happens(house: House) -> None:
    house.configure(account='hours = "Mon 00:00-00:01"')
    house.blog.publish(article(2))
    house.poll()
    before = shown(house)
    house.poll()
    assert shown(house) == before
    house.blog.publish(article(3))
    house.poll()
    assert shown(house) != before


def test_no_title_becomes_markdown_or_a_picture(house: House) -> None:
    house.blog.publish(article(2, title="![x](https://elsewhere.example/x.png) | *so* <b>", slug="a(b)"))
    table = news(house.poll())
    assert "| !\\[x\\](https://elsewhere.example/x.png) \\| \\*so\\* \\<b\\> |" in table
    house.blog.publish(article(3, title="[x]", slug="a(b)"))
    house.x.next(x_faults.NO_CREDITS)
    house.poll()
    assert f"[\\[x\\]](https://blog.example.com/{article(3).published:%Y}/a%28b%29/)" in shown(house)[1]
