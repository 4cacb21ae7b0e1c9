"""The simulated blog behaves like a blog."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.simulators.blog import Blog
from connectors.simulators.pictures import png
from connectors.simulators.samples import sample_posts
from connectors.simulators.server import serving

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def blog() -> Blog:
    return Blog(sample_posts(NOW))


@pytest.fixture
def client(blog: Blog) -> Iterator[httpx.Client]:
    with serving(blog) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def test_its_samples_are_what_a_real_blog_holds() -> None:
    posts = sample_posts(NOW)
    assert [post.published for post in posts] == sorted((post.published for post in posts), reverse=True)
    assert len({post.id for post in posts}) == len({post.slug for post in posts}) == 8
    assert {post.language for post in posts} == {"de", "en"}
    assert sum(bool(post.price) for post in posts) == 1


def test_a_post_appears_changes_and_disappears(blog: Blog, client: httpx.Client) -> None:
    newest = replace(blog.posts[0], id="neu", slug="neu", title="Ganz neu & frisch", published=NOW)
    blog.publish(newest)
    assert "<title>Ganz neu &amp; frisch</title>" in client.get("/feed/").text
    blog.edit("neu", title="Schon alt", updated=NOW + timedelta(hours=1))
    assert "Ganz neu" not in client.get("/feed/").text
    blog.remove("neu")
    assert "Schon alt" not in client.get("/feed/").text


def test_a_post_is_published_once(blog: Blog) -> None:
    with pytest.raises(ValueError, match="edit it"):
        blog.publish(blog.posts[0])


def test_a_guid_can_change(blog: Blog, client: httpx.Client) -> None:
    blog.edit("lindner-1008", id="lindner-1008-neu")
    guids = client.get("/feed/").text.count("<guid")
    assert "lindner-1008-neu</guid>" in client.get("/feed/").text
    assert guids == 8


@pytest.mark.parametrize("path", ["/feed/", "/atom", "/feed.json"])
def test_who_has_the_newest_feed_gets_nothing(blog: Blog, client: httpx.Client, path: str) -> None:
    first = client.get(path)
    for known in ({"If-None-Match": first.headers["etag"]}, {"If-Modified-Since": first.headers["last-modified"]}):
        assert client.get(path, headers=known).status_code == 304
    blog.edit("lindner-1008", title="Anders", updated=NOW)
    for known in ({"If-None-Match": first.headers["etag"]}, {"If-Modified-Since": first.headers["last-modified"]}):
        assert client.get(path, headers=known).status_code == 200


def test_every_link_and_picture_opens(client: httpx.Client) -> None:
    for item in client.get("/feed.json").json()["items"]:
        page = client.get(item["url"])
        assert page.status_code == 200
        assert "<h1>" in page.text
    picture = client.get("/images/hochbeet.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content == png("hochbeet")
    assert len(picture.content) < 50_000


def test_what_is_not_there_is_not_found(client: httpx.Client) -> None:
    assert client.get("/2026/gibt-es-nicht/").status_code == 404
    assert 'type="application/rss+xml"' in client.get("/").text


def test_it_remembers_what_was_asked(blog: Blog, client: httpx.Client) -> None:
    client.get("/feed/")
    client.get("/nichts")
    assert blog.requests == ["GET /feed/ 200", "GET /nichts 404"]
