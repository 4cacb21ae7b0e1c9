"""`crosspost demo`: a simulated blog and X on loopback, and between them the real thing, run twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

from rich.console import Console

from connectors.simulators.blog import Blog
from connectors.simulators.samples import sample_posts
from connectors.simulators.server import serving
from connectors.simulators.x import X
from flows import tables
from flows.config import Config, load
from flows.results import Outcome
from flows.runs import run_once

BLOG_ADDRESS = "https://blog.example.com"


def show(folder: Path, out: Console, err: Console) -> bool:
    """Run the demo and leave its files in `folder`; whether anything failed."""
    x = X(username="kaufhaus_lindner")
    with _stage(folder, x) as config:
        first = run_once(config, err)
        err.print("Once more: everything is known by now, so nothing may be tweeted.")
        second = run_once(config, err)
    page = folder / "timeline.html"
    page.write_text(x.page(), encoding="utf-8")
    out.print(tables.outcomes([_at(page, outcome) for outcome in first.outcomes], {"demo": x.limit}))
    again = sum(outcome.status == "posted" for outcome in second.outcomes)
    out.print(f"First run: {len(x.tweets) - again} tweets. Second run: {again} tweets.")
    out.print(f"The timeline: {page.absolute().as_uri()}", soft_wrap=True)
    out.print(f"The config behind it: {config.path}", soft_wrap=True)
    for failure in first.failures + second.failures:
        err.print(failure, markup=False)
    return bool(first.failures or second.failures or again or not x.tweets)


@contextmanager
def _stage(folder: Path, x: X) -> Iterator[Config]:
    """The blog and X on loopback, and a fresh config that knows where they are."""
    posts = sample_posts(datetime.now(UTC))
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("crosspost.db*"):
        old.unlink()
    with serving(Blog(posts, url=BLOG_ADDRESS)) as blog_url, serving(x) as x_url:
        secrets = "".join(f"DEMO_{name.upper()}={value}\n" for name, value in x.credentials.items())
        (folder / ".env").write_text(secrets, encoding="utf-8")
        (folder / "crosspost.toml").write_text(_config(blog_url, x_url, len(posts)), encoding="utf-8")
        yield load(folder / "crosspost.toml")


def _config(blog_url: str, x_url: str, posts: int) -> str:
    return dedent(f"""\
        # Written by `crosspost demo`. The blog and X are simulated, and gone when the demo ends.
        timezone = "Europe/Berlin"
        allow_private_hosts = true  # the simulated blog is on this machine

        [sources.blog]
        kind = "rss"
        url = "{blog_url}/feed/"
        backfill = {posts}  # tweet what is there already; in earnest, leave this out

        [accounts.demo]
        kind = "twitter"
        api_url = "{x_url}"
        api_key = "env:DEMO_API_KEY"
        api_secret = "env:DEMO_API_SECRET"
        access_token = "env:DEMO_ACCESS_TOKEN"
        access_token_secret = "env:DEMO_ACCESS_TOKEN_SECRET"
        max_per_run = {posts}

        [[routes]]
        from = ["blog"]
        to = ["demo"]
        template = "offer.j2"
        include = ["Angebot"]

        [[routes]]
        from = ["blog"]
        to = ["demo"]
        template = "blog.j2"
        """)


def _at(page: Path, outcome: Outcome) -> Outcome:
    """The outcome with a link that still works when the simulated X is gone."""
    tweet_id = outcome.url.rpartition("/")[2]
    return replace(outcome, url=f"{page}#{tweet_id}") if tweet_id else outcome
