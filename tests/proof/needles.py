"""Secrets with a mark, put wherever one may stand, and a search for that mark in everything that failing runs leave."""

import base64
import contextlib
import io
import itertools
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from connectors.simulators.server import serving
from flows.cli import main
from flows.config import load
from tests.house import MINUTE, House, article, open_house
from tests.prefect_kit import ROOT, private_environment

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

SECRETS: Mapping[str, str] = {
    "API_KEY": "needleXapikey0001",
    "API_SECRET": "needleXapisecret+/=0002",
    "ACCESS_TOKEN": "1000001-needleXaccess0003",
    "ACCESS_TOKEN_SECRET": "needleXaccesssecret%40 0004",
    "FACEBOOK_PAGE_TOKEN": "EAAneedleXpagetoken0005",
    "FACEBOOK_APP_SECRET": "needleXappsecret0006",
    "ALERT_PASSWORD": "needleXalert0007",
    "FEED_TOKEN": "needleXfeed0008",
    "DATABASE_PASSWORD": "needleXdatabase0009",
}
# The files in which secrets are meant to stand.
THEIR_OWN = (".env", "crosspost.toml")
COMMANDS = ("check", "preview", "preview --json", "status", "status --json", "show 1 --json", "show 2", "rebuild")
STATUSES = (200, 302, 400, 401, 403, 404, 429, 500, 503)


class Echo:
    """Answers every request with all that stands in it, in every shape that errors come in."""

    def __init__(self) -> None:
        self._turns = itertools.count()
        self.heard: set[str] = set()  # what really went over the wire: a run that sends nothing proves nothing

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        request = (
            f"{environ.get('HTTP_AUTHORIZATION', '')} {environ['PATH_INFO']}?{environ.get('QUERY_STRING')} {body!r}"
        )
        self.heard |= {name for name, secret in SECRETS.items() if any(form in request for form in forms(secret))}
        turn = next(self._turns)
        status = STATUSES[turn % len(STATUSES)]
        answer = _shapes(request, status)[turn // len(STATUSES) % 4]
        query = environ.get("QUERY_STRING", "")
        start_response(
            f"{status} {quote(request)[:60]}", [("Location", f"/elsewhere?{query}"), ("X-Echo", quote(request))]
        )
        return [answer]


def _shapes(text: str, status: int) -> tuple[bytes, ...]:
    problem = {"title": text, "detail": text, "status": status, "errors": [{"message": text}]}
    graph = {"error": {"message": text, "type": text, "code": 190, "error_subcode": 463, "fbtrace_id": text}}
    page = f"<html><head><title>{text}</title></head><body>{text}</body></html>"
    return json.dumps(problem).encode(), json.dumps(graph).encode(), page.encode(), text.encode()


def forms(secret: str) -> tuple[str, ...]:
    """The ways in which a secret may be written."""
    return secret, quote(secret), quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("=")[:-1]


def needles_in(text: str) -> list[str]:
    """The names of the secrets that stand in `text`."""
    return [name for name, secret in SECRETS.items() if any(form in text for form in forms(secret))]


def left_in(folder: Path) -> list[str]:
    """Every file below `folder` that holds a secret without being meant to."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in THEIR_OWN)
    return [
        f"{path.relative_to(folder)}: {', '.join(names)}"
        for path in sorted(files)
        if (names := needles_in(path.read_bytes().decode("latin-1")))
    ]


@contextmanager
def leaky_house(folder: Path) -> Iterator[tuple[House, Echo]]:
    """A house whose X, Facebook and one feed echo; its blog works, so that there is something to tweet."""
    echo = Echo()
    with open_house(folder) as house, serving(echo) as url:
        house.poll()
        house.x_url = url
        alert = '"env:ALERT_URL"'
        config = house.configure(top=f"alerts = [{alert}]", source=_more_sources(url))
        secrets = {
            **SECRETS,
            "ALERT_URL": f"json://user:{SECRETS['ALERT_PASSWORD']}@127.0.0.1:9/",
        }
        lines = (f"{name}='{value}'\n" for name, value in secrets.items())
        (folder / ".env").write_text("".join(lines), encoding="utf-8")
        config.with_name(".env").chmod(0o600)
        for number in (1, 2, 3):
            house.blog.publish(article(number))
        yield house, echo


def _more_sources(url: str) -> str:
    page = f'[sources.page]\nkind = "facebook"\npage = "4711"\napi_url = "{url}"\n'
    keys = 'token = "env:FACEBOOK_PAGE_TOKEN"\napp_secret = "env:FACEBOOK_APP_SECRET"\n'
    return f'{page}{keys}[sources.other]\nkind = "rss"\nurl = "{url}/feed?token={SECRETS["FEED_TOKEN"]}"\n'


@contextmanager
def everything_said() -> Iterator[io.StringIO]:
    """Standard output, standard error, and every log record of every library, tracebacks included."""
    said = io.StringIO()
    handler, root = logging.StreamHandler(said), logging.getLogger()
    level = root.level
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            yield said
        finally:
            root.removeHandler(handler)
            root.setLevel(level)


def plain_runs(folder: Path, *, polls: int) -> tuple[list[str], set[str]]:
    """What leaked from so many polls, each followed by a command; and which secrets went over the wire."""
    with leaky_house(folder) as (house, echo), everything_said() as said:
        path = house.folder / "crosspost.toml"
        for number, command in zip(range(polls), itertools.cycle(COMMANDS), strict=False):
            house.poll()
            name, *options = command.split()
            main([name, *options, "--config", str(path)])
            house.sleep((3 + number) * MINUTE)
        config = load(path)
        print(config.accounts, config.sources["page"], config.alerts, config.sources["page"].model_dump_json())
        _broken_config(path)
    leaks = [f"said: {name}" for name in needles_in(said.getvalue())]
    return leaks + left_in(folder), echo.heard


def _broken_config(path: Path) -> None:
    """A database that nobody can reach, and secrets pasted where none may stand."""
    text = path.read_text(encoding="utf-8")
    url = f"postgresql+psycopg://crosspost:{SECRETS['DATABASE_PASSWORD']}@127.0.0.1:9/crosspost"
    os.environ["NEEDLE_DATABASE_URL"] = url
    wrong = {
        "unreachable": f'database = "env:NEEDLE_DATABASE_URL"\n{text}',
        "pasted": text.replace("env:API_SECRET", SECRETS["API_SECRET"]).replace(
            "env:FACEBOOK_APP_SECRET", "needleXapp"
        ),
        "database": f'database = "{url}"\n{text}',
        "no address": f'database = "postgresql:/{SECRETS["DATABASE_PASSWORD"]}"\n{text}',
        "no type": text.replace('"env:API_SECRET"', f'["{SECRETS["API_SECRET"]}"]'),
        "no TOML": text.replace('"env:API_SECRET"', SECRETS["API_SECRET"]),
    }
    try:
        for content in wrong.values():
            path.write_text(content, encoding="utf-8")
            main(["status", "--config", str(path)])
    finally:
        path.write_text(text, encoding="utf-8")
        del os.environ["NEEDLE_DATABASE_URL"]


def prefect_run(folder: Path) -> list[str]:
    """What leaked from one `crosspost run`, Prefect's own database and files included."""
    with leaky_house(folder) as (house, _):
        command = [sys.executable, "-m", "flows.cli", "run", "--config", str(house.folder / "crosspost.toml")]
        environment = private_environment(folder / "prefect", PREFECT_LOGGING_LEVEL="DEBUG")
        run = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
    if run.returncode != 1:
        return [f"the run was to fail, and ended with {run.returncode}: {run.stderr[-300:]}"]
    return [f"said: {name}" for name in needles_in(run.stdout + run.stderr)] + left_in(folder)
