"""A company for tests: its blog and its X account on loopback, its config file, and polls without Prefect."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.simulators.blog import Blog
from connectors.simulators.samples import Post
from connectors.simulators.server import serving
from connectors.simulators.x import X
from flows.app import App, opened
from flows.config import load
from flows.pipeline import poll
from flows.results import Report

NOW = datetime.now(UTC).replace(microsecond=0)
MINUTE = timedelta(minutes=1)
ADDRESS = "https://blog.example.com"

CONFIG = """\
timezone = "Europe/Berlin"
allow_private_hosts = true
{top}
[sources.blog]
kind = "rss"
url = "{blog_url}/feed/"
{source}
[accounts.office]
kind = "twitter"
api_url = "{x_url}"
api_key = "env:API_KEY"
api_secret = "env:API_SECRET"
access_token = "env:ACCESS_TOKEN"
access_token_secret = "env:ACCESS_TOKEN_SECRET"
{account}
[[routes]]
from = ["blog"]
to = ["office"]
template = "blog.j2"
{route}
"""


def article(number: int, **changes: Any) -> Post:
    values: dict[str, Any] = {
        "id": f"https://blog.example.com/?p={number}",
        "slug": f"beitrag-{number}",
        "title": f"Beitrag Nummer {number} ist da",
        "html": f"<p>Das ist der Text von Beitrag {number}. Er hat zwei Sätze.</p>",
        "published": NOW + number * MINUTE - timedelta(hours=2),
    }
    return Post(**values | changes)


class House:
    """`now` is the time that everybody here goes by; `sleep` lets it pass. `branch_x` is a second account."""

    def __init__(self, folder: Path, blog: Blog, x: X) -> None:
        self.folder, self.blog, self.x = folder, blog, x
        self.now = NOW
        self.branch_x = X(user_id="1000002", username="branch")
        self.blog_url = self.x_url = self.branch_url = ""
        x.clock = self.branch_x.clock = lambda: self.now

    def configure(
        self, *, top: str = "", source: str = "", account: str = "", route: str = "", routes: str = ""
    ) -> Path:
        text = CONFIG.format(
            top=top, source=source, account=account, route=route, blog_url=self.blog_url, x_url=self.x_url
        )
        path = self.folder / "crosspost.toml"
        path.write_text(text + routes, encoding="utf-8")
        secrets = "".join(f"{name.upper()}={value}\n" for name, value in self.x.credentials.items())
        secrets += f"BRANCH_TOKEN={self.branch_x.credentials['access_token']}\n"
        (self.folder / ".env").write_text(secrets, encoding="utf-8")
        (self.folder / ".env").chmod(0o600)
        return path

    @property
    def branch(self) -> str:
        """The table of the second account."""
        keys = "".join(f'{name} = "env:{name.upper()}"\n' for name in self.x.credentials if name != "access_token")
        return f'[accounts.branch]\nkind = "twitter"\napi_url = "{self.branch_url}"\naccess_token = "env:BRANCH_TOKEN"\n{keys}'

    @contextmanager
    def app(self) -> Iterator[App]:
        with opened(load(self.folder / "crosspost.toml"), now=lambda: self.now) as app:
            yield app

    def poll(self) -> Report:
        with self.app() as app:
            return poll(app)

    def sleep(self, pause: timedelta) -> None:
        self.now += pause

    def poll_until_quiet(self, *, most: int = 20) -> None:
        """Poll, some minutes apart, until nothing waits, is sent or is in doubt."""
        for _ in range(most):
            self.poll()
            counts = self.counts()
            if not counts["waiting"] + counts["sending"] + counts["unsure"]:
                return
            self.sleep(5 * MINUTE)
        raise AssertionError(f"not quiet after {most} polls: {counts}")

    def counts(self) -> dict[str, int]:
        with self.app() as app:
            return {str(status): count for status, count in app.ledger.counts().items()}

    @property
    def tweets(self) -> list[str]:
        """The words of every tweet, oldest first, as they were sent."""
        return [tweet.raw for tweet in self.x.tweets]

    def rows(self) -> dict[str, tuple[str, str]]:
        """Status and reason of every post, by the title of its item."""
        with self.app() as app:
            return {post.title: (post.status, post.reason) for post in app.ledger.posts()}


@contextmanager
def open_house(folder: Path, *posts: Post, **settings: str) -> Iterator[House]:
    house = House(folder, Blog(posts, url=ADDRESS), X())
    with (
        serving(house.blog) as house.blog_url,
        serving(house.x) as house.x_url,
        serving(house.branch_x) as house.branch_url,
    ):
        house.configure(**settings)
        yield house
