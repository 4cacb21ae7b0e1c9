"""Feeds that nobody should have to read: every file of the corpus and mutations of them, each within bounds."""

import os
import random
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from connectors.contract import Item
from connectors.feed_document import Document, dump, load
from connectors.feed_items import items_of
from connectors.feed_parser import parse
from connectors.feed_process import CPU_SECONDS, MEMORY, _limit
from connectors.simulators.server import serving
from flows.app import App
from flows.words import draft_for
from templates.render import TemplateError
from tests.house import House, article, open_house
from tests.proof.report import Found

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

CORPUS = Path(__file__).parent.parent.parent.parent / "shared" / "corpus" / "feeds"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://feed.example/feed/"
OUR_SECONDS = 2.0  # what the entries of one feed may cost outside of the child
TOKENS = (
    *(
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>",
        b"&b;",
        b"&#0;",
        b"&#xD800;",
    ),
    *(b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"<b>" * 3000, b"(" * 3000, b" " * 50_000, b"a" * 50_000),
    *(b"<item>" * 300, b"<title>", b"</item>", b"&amp;" * 3000, b"\n" * 20_000, b'href="' * 2000, b"<a href='" * 2000),
    *(
        b"http://" * 3000,
        b"9999999999999999999",
        b"Mon, 99 Foo 99999 99:99:99 +9999",
        b"javascript:alert(1)",
        b"\\ud800",
    ),
    *(b"{{ 7*7 }}{% for x in range(10**9) %}", b"https://[::1", b"//\\\\@", b"%00%ff", b'{"items": [' * 200),
)


def feeds() -> list[bytes]:
    """Every file of the corpus; none where there is no corpus."""
    return [path.read_bytes() for path in sorted(CORPUS.glob("*/*")) if path.is_file()]


def mutations(originals: Sequence[bytes], count: int, seed: int = 1) -> Iterator[bytes]:
    """Files with one to four mistakes in them: cut, doubled, torn out, overwritten, mixed, or with something nasty."""
    dice = random.Random(seed)
    small = [body for body in originals if len(body) < 100_000]
    for _ in range(count):
        body = dice.choice(small)
        for _ in range(dice.randint(1, 4)):
            body = _mutate(dice, body, small)
        yield body


def _mutate(dice: random.Random, body: bytes, others: Sequence[bytes]) -> bytes:
    start, end = sorted((dice.randint(0, len(body)), dice.randint(0, len(body))))
    match dice.randrange(6):
        case 0:
            return body[:end]
        case 1:
            return body[:end] + body[start:]
        case 2:
            return body[:start] + body[end:]
        case 3:
            changed = bytearray(body)
            for _ in range(dice.randint(1, 20)):
                if changed:
                    changed[dice.randrange(len(changed))] = dice.randrange(256)
            return bytes(changed)
        case 4:
            other = dice.choice(others)
            return body[:start] + other[dice.randint(0, len(other)) :]
    return body[:start] + dice.choice(TOKENS) + body[start:]


# --- Parsing, within the bounds of the product's own child ------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What came of one body: the child's exit code (negative: it was ended), its peak memory (bytes), its document."""

    document: Document
    code: int
    memory: int
    seconds: float


def parsed(body: bytes) -> Parsed:
    """As `feed_process.parse_apart`, in a fork of this process: a fresh interpreter for each would take hours."""
    began = time.monotonic()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(body, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    document = load(answer) if code == 0 else Document(problem="ended")
    return Parsed(document=document, code=code, memory=usage.ru_maxrss * 1024, seconds=time.monotonic() - began)


def _child(body: bytes, writer: int) -> NoReturn:
    try:
        _limit()
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(dump(parse(body, url=URL)))
    except BaseException:
        os._exit(1)
    os._exit(0)


class TooLong(Exception):
    """Our own half of the work found no end."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises `TooLong` once this process has computed for so long."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def read_all(bodies: "Iterable[bytes]", app: App, found: Found, *, store_every: int) -> list[bytes]:
    """Read each body, and now and then store and word what it brings; the bodies that had to be ended."""
    ended = []
    for number, body in enumerate(bodies):
        found.inputs += 1
        result = parsed(body)
        if result.code:
            ended.append(body)
        if result.seconds > 3 * CPU_SECONDS or result.memory > MEMORY:
            found.hung.append(f"input {number}: {result.seconds:.1f} s, {result.memory >> 20} MiB")
        try:
            with within(OUR_SECONDS):
                items, _ = items_of(result.document.entries, source="blog", now=NOW)
                if number % store_every == 0:
                    _store(app, items[:20])
        except TooLong:
            found.hung.append(f"input {number}: its entries take more than {OUR_SECONDS} s")
        except Exception as error:
            found.lost.append(f"input {number}: {type(error).__name__}: {error}")
    return ended


def _store(app: App, items: Sequence[Item]) -> None:
    with app.ledger.intake("blog", now=NOW) as intake:
        for item in intake.sort(items).new:
            intake.add(item, "office", status="waiting")
    for item in items:
        try:
            draft = draft_for(app, "office", item)
        except TemplateError:  # an entry without a word: it is held, and a person is told
            continue
        if app.config.accounts["office"].length(draft.text) > app.config.accounts["office"].limit:
            raise ValueError(f"a tweet that is too long: {draft.text!r}")


# --- One bad source among good ones -----------------------------------------------------------------------------------


def beside_a_good_source(folder: Path, bodies: Sequence[bytes], found: Found) -> None:
    """Poll a blog whose neighbours are all hostile: its post must go out all the same."""

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        start_response("200 OK", [("Content-Type", "application/rss+xml")])
        return [bodies[int(environ["PATH_INFO"].strip("/"))]]

    with open_house(folder) as house, serving(app) as url:
        tables = (f'[sources.bad{n}]\nkind = "rss"\nurl = "{url}/{n}"\n' for n in range(len(bodies)))
        house.configure(source="".join(tables))
        _poll_twice(house)
    found.inputs += len(bodies)
    if len(house.tweets) != 1:
        found.lost.append(f"a good source beside {len(bodies)} hostile ones: {len(house.tweets)} tweets instead of 1")


def _poll_twice(house: House) -> None:
    # The good source stands before the bad ones; `collect` reads in that order, so turn it round.
    path = house.folder / "crosspost.toml"
    head, blog, rest = path.read_text(encoding="utf-8").partition("[sources.blog]\n")
    table, bad, tail = rest.partition("[sources.bad0]")
    bad_tables, accounts, end = tail.partition("[accounts.office]")
    path.write_text(f"{head}{bad}{bad_tables}{blog}{table}{accounts}{end}", encoding="utf-8")
    house.poll()
    house.blog.publish(article(1))
    house.poll()
