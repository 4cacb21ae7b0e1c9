"""`crosspost demo`: a simulated blog, Facebook page and X on loopback, and between them the real thing, run twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

from rich.console import Console

from connectors.simulators.blog import Blog
from connectors.simulators.feed_formats import link
from connectors.simulators.graph import Graph
from connectors.simulators.graph_sample import PAGE_ID, sample_page
from connectors.simulators.samples import Post, sample_posts
from connectors.simulators.server import serving
from connectors.simulators.x import X
from flows import tables
from flows.app import opened
from flows.config import Config, load
from flows.results import Outcome
from flows.runs import run_once

BLOG_ADDRESS = "https://blog.example.com"
PAGE_TOKEN = "EAAsimulated"  # noqa: S105 (no door in the world opens to it)


def show(folder: Path, out: Console, err: Console) -> bool:
    """Run the demo and leave its files in `folder`; whether anything failed."""
    x = X(username="kaufhaus_lindner")
    with _stage(folder, x) as config:
        first = run_once(config, err)
        err.print("Once more: everything is known by now, so nothing may be tweeted.")
        second = run_once(config, err)
    page = folder / "timeline.html"
    page.write_text(x.page(), encoding="utf-8")
    rows = [_at(page, outcome) for outcome in first.outcomes] + _not_tweeted(config)
    out.print(tables.outcomes(rows, {"demo": x.limit}))
    again = sum(outcome.status == "posted" for outcome in second.outcomes)
    out.print(f"First run: {len(x.tweets) - again} tweets. Second run: {again} tweets.")
    out.print(f"The timeline: {page.absolute().as_uri()}", soft_wrap=True)
    out.print(f"The config behind it: {config.path}", soft_wrap=True)
    for failure in first.failures + second.failures:
        err.print(failure, markup=False)
    return bool(first.failures or second.failures or again or not x.tweets)


@contextmanager
def _stage(folder: Path, x: X) -> Iterator[Config]:
    """Blog, page and X on loopback, and a fresh config that knows where they are."""
    now = datetime.now(UTC)
    posts = sample_posts(now)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("crosspost.db*"):
        old.unlink()
    blog = Blog(posts, url=BLOG_ADDRESS)
    with serving(blog) as blog_url, serving(_facebook(posts[1], now)) as graph_url, serving(x) as x_url:
        secrets = {"PAGE_TOKEN": PAGE_TOKEN, **{name.upper(): value for name, value in x.credentials.items()}}
        lines = "".join(f"DEMO_{name}={value}\n" for name, value in secrets.items())
        (folder / ".env").write_text(lines, encoding="utf-8")
        (folder / "crosspost.toml").write_text(_config(blog_url, graph_url, x_url, len(posts)), encoding="utf-8")
        yield load(folder / "crosspost.toml")


def _facebook(repeated: Post, now: datetime) -> Graph:
    """A page with news of its own, and with a post that only leads to an article of the blog."""
    graph = Graph()
    graph.add(sample_page(now, article=link(repeated, BLOG_ADDRESS), title=repeated.title), token=PAGE_TOKEN)
    return graph


def _config(blog_url: str, graph_url: str, x_url: str, posts: int) -> str:
    return dedent(f"""\
        # Written by `crosspost demo`. Blog, Facebook and X are simulated, and gone when the demo ends.
        timezone = "Europe/Berlin"
        allow_private_hosts = true  # the simulated ones are on this machine

        [sources.blog]
        kind = "rss"
        url = "{blog_url}/feed/"
        backfill = {posts}  # tweet what is there already; in earnest, leave this out

        [sources.facebook]
        kind = "facebook"
        page = "{PAGE_ID}"
        token = "env:DEMO_PAGE_TOKEN"
        api_url = "{graph_url}/v26.0"
        backfill = {posts}

        [accounts.demo]
        kind = "twitter"
        api_url = "{x_url}"
        api_key = "env:DEMO_API_KEY"
        api_secret = "env:DEMO_API_SECRET"
        access_token = "env:DEMO_ACCESS_TOKEN"
        access_token_secret = "env:DEMO_ACCESS_TOKEN_SECRET"
        max_per_run = {2 * posts}

        [[routes]]
        from = ["blog"]
        to = ["demo"]
        template = "offer.j2"
        include = ["Angebot"]

        [[routes]]
        from = ["blog"]
        to = ["demo"]
        template = "blog.j2"

        [[routes]]
        from = ["facebook"]
        to = ["demo"]
        template = "facebook.j2"
        images = true
        """)


def _not_tweeted(config: Config) -> list[Outcome]:
    """What Crosspost took in and did not tweet, with the reason why."""
    with opened(config) as app:
        skipped = app.ledger.posts(statuses=["skipped"])
    return [
        Outcome(
            account=row.account, post=row.id, source=row.source, title=row.title, status="skipped", reason=row.reason
        )
        for row in skipped
    ]


def _at(page: Path, outcome: Outcome) -> Outcome:
    """The outcome with a link that still works when the simulated X is gone."""
    tweet_id = outcome.url.rpartition("/")[2]
    return replace(outcome, url=f"{page}#{tweet_id}") if tweet_id else outcome
