"""What the demo shows: the blog's articles, the page's own news with its picture, and why one post is no tweet."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from connectors.simulators.x import X
from flows import tables
from flows.app import opened
from flows.demo import _not_tweeted, _stage
from flows.pipeline import poll
from flows.results import Outcome

TITLE = "Neue Öffnungszeiten in Göttingen: donnerstags bis 21 Uhr"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[X, list[Outcome], list[str]]:
    """The simulated X after two runs, the rows of the table, and everything that failed."""
    x = X(username="kaufhaus_lindner")
    with _stage(tmp_path_factory.mktemp("demo"), x) as config:
        with opened(config) as app:
            first, second = poll(app), poll(app)
        return x, first.outcomes + second.outcomes + _not_tweeted(config), first.failures + second.failures


def as_printed(rows: list[Outcome], width: int) -> list[str]:
    text = io.StringIO()
    Console(file=text, width=width).print(tables.outcomes(rows, {"demo": 280}))
    return text.getvalue().splitlines()


def test_everything_new_is_tweeted_once(shown: tuple[X, list[Outcome], list[str]]) -> None:
    x, rows, failures = shown
    assert failures == []
    assert sum("blog.example.com" in tweet.raw for tweet in x.tweets) == 8
    assert sum("facebook.com" in tweet.raw for tweet in x.tweets) == 1
    assert len([row for row in rows if row.status == "posted"]) == len(x.tweets) == 9


def test_the_news_of_the_page_has_its_picture(shown: tuple[X, list[Outcome], list[str]]) -> None:
    x, _, _ = shown
    (tweet,) = (tweet for tweet in x.tweets if "Herbstdeko" in tweet.raw)
    assert len(tweet.media) == 1
    assert "data:image/png;base64," in x.page()


def test_the_post_that_repeats_an_article_is_no_tweet_and_the_table_says_why(
    shown: tuple[X, list[Outcome], list[str]],
) -> None:
    _, rows, _ = shown
    blog, facebook = (row for row in rows if row.title == TITLE)
    assert (blog.source, blog.status) == ("blog", "posted")
    assert (facebook.source, facebook.status) == ("facebook", "skipped")
    assert f"skipped: same story as post {blog.post}" in "\n".join(as_printed(rows, 80))


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_and_breaks_no_link_of_the_blog(shown: tuple[X, list[Outcome], list[str]], width: int) -> None:
    _, rows, _ = shown
    lines = as_printed(rows, width)
    assert max(map(cell_len, lines)) <= width
    links = [word for row in rows for word in row.text.split() if word.startswith("https://blog.")]
    assert links
    assert [link for link in links if not any(link in line for line in lines)] == []
