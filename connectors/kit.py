"""Is a kind of source right? A test class for pytest that asks what every source meets sooner or later.

    TestPodcast = source_contract(Path(__file__).parent / "fixtures", "podcast")

is a whole test file. The folder fixtures/podcast/ holds

    source.json      {"now": MOMENT, "settings": {KEY: VALUE}, "answers": {PATH: FILE}}: the table of crosspost.toml, in
                     which the server is HERE (https://source.example), and the file that answers each path
    FILE             what a real server answered
    reordered/FILE   the same with its entries in another order (each FILE of which the order means nothing)
    items.json       the items that come of it; a failing test prints those that came
"""

import json
import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr, TypeAdapter

from connectors.contract import Fetched, Item, SourceBroken, SourceDown, SourceError
from connectors.registry import AnySource, kinds
from connectors.web import Web

HERE = "https://source.example"
LONGEST = 5.0  # seconds of computing for one look, whatever the server sends; a busy machine changes nothing

_ITEM = TypeAdapter(Item)
_HTML = b"<!doctype html><title>Wartung</title><p>Wir sind gleich wieder da.</p>"

Answer = Callable[[httpx.Request], httpx.Response]

_NO_SOURCE: dict[str, bytes] = {
    "empty": b"",
    "a web page": _HTML,
    "no text": bytes(range(256)) * 64,
    "other JSON": b"[null]",
    "10 MB": b" " * 10_000_000,
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep elements": b"<a>" * 20_000,
}
_SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda body: body[: len(body) // 2],
    "cut at the end": lambda body: body[:-20],
    "in latin-1": lambda body: body.decode().encode("latin-1", "replace"),
    "in utf-16": lambda body: body.decode().encode("utf-16-be"),
}
_STATUSES: dict[int, type[SourceError]] = {
    **dict.fromkeys((429, 500, 502, 503, 504), SourceDown),
    **dict.fromkeys((401, 404, 410), SourceBroken),
}
_LOST: dict[str, Exception] = {
    "timeout": httpx.ReadTimeout("timed out"),
    "no route": httpx.ConnectError("no route to host"),
    "hangs up": httpx.RemoteProtocolError("server disconnected"),
}


class SourceContract:
    """The questions. `source_contract` makes a class of it that pytest collects."""

    fixtures: ClassVar[Path]
    kinds: ClassVar[tuple[str, ...]]

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Ask every question of every kind."""
        tables: dict[str, Mapping[Any, object]] = {
            "body": _NO_SOURCE,
            "spoil": _SPOILED,
            "status": _STATUSES,
            "lost": _LOST,
        }
        if "kind" in metafunc.fixturenames:
            metafunc.parametrize("kind", self.kinds or list(kinds(AnySource)))
        for name, table in tables.items():
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, list(table))

    def test_the_recorded_answers_give_the_expected_items(self, kind: str) -> None:
        recorded = self._recorded(kind)
        came = [_ITEM.dump_python(item, mode="json", exclude_defaults=True) for item in recorded.fetch().items]
        expected = json.loads((recorded.folder / "items.json").read_text("utf-8"))
        shown = json.dumps(came, ensure_ascii=False, indent=2)
        _must(bool(expected), "items.json is empty: what comes of the recorded answers?")
        _must(came == expected, f"other items came than items.json expects:\n{shown}")

    def test_an_id_belongs_to_one_item_and_stays(self, kind: str) -> None:
        recorded = self._recorded(kind)
        first = recorded.ids()
        _must(len(set(first)) == len(first), f"two items share an id: {first}")
        _must(recorded.ids() == first, "a second read gave other ids")

    def test_ids_and_stories_do_not_depend_on_the_order(self, kind: str) -> None:
        recorded, reordered = self._recorded(kind), self._recorded(kind, "reordered")
        _must(recorded.bodies != reordered.bodies, "reordered/ holds nothing in another order")
        before, after = (sorted((item.id, item.story) for item in each.fetch().items) for each in (recorded, reordered))
        _must(before == after, f"in another order, the items were others:\n{before}\n{after}")

    def test_dates_have_a_time_zone_and_links_are_whole(self, kind: str) -> None:
        for item in self._recorded(kind).fetch().items:
            for date in (item.published, item.updated, item.offer.until if item.offer else None):
                _must(date is None or date.tzinfo is not None, f"{item.id}: {date} has no time zone")
            for link in (item.link, *(image.url for image in item.images)):
                _must(not link or _is_whole(link), f"{item.id}: {link!r} is no absolute http(s) address")
            _must(bool(item.title or item.text or item.link), f"{item.id}: says nothing and leads nowhere")

    def test_the_next_look_takes_the_notes_of_the_last(self, kind: str) -> None:
        recorded = self._recorded(kind)
        notes = recorded.fetch().validators
        _must(all(isinstance(text, str) for text in (*notes, *notes.values())), "validators must be text")
        stored = json.loads(json.dumps(dict(notes)))
        again = recorded.fetch(stored)
        same = again.unchanged or [item.id for item in again.items] == recorded.ids()
        _must(same, "with the notes of the last look, the same answers gave other items")

    def test_what_is_no_such_source_is_an_error(self, kind: str, body: str) -> None:
        error = self._recorded(kind).failure(lambda _request: _answer(200, _NO_SOURCE[body]))
        _must(error is not None, f"{body}: must be SourceDown or SourceBroken, for it is not what was configured")

    def test_what_arrives_spoiled_is_an_error_or_a_part_of_the_items(self, kind: str, spoil: str) -> None:
        recorded = self._recorded(kind)
        known = set(recorded.ids())
        spoiled = {path: _SPOILED[spoil](body) for path, body in recorded.bodies.items()}
        came = recorded.look(lambda request: recorded.answer(request, spoiled))
        if isinstance(came, Fetched):
            surplus = {item.id for item in came.items} - known
            _must(not surplus, f"{spoil}: items came that nobody wrote: {surplus}")

    def test_a_status_tells_whether_it_may_pass(self, kind: str, status: int) -> None:
        error = self._recorded(kind).failure(lambda _request: _answer(status, _HTML))
        wanted = _STATUSES[status]
        _must(isinstance(error, wanted), f"{status} must be {wanted.__name__}, and was {error!r}")

    def test_a_network_that_fails_may_pass(self, kind: str, lost: str) -> None:
        def lose(_request: httpx.Request) -> httpx.Response:
            raise _LOST[lost]

        error = self._recorded(kind).failure(lose)
        _must(isinstance(error, SourceDown), f"{lost} must be SourceDown, and was {error!r}")

    def test_no_secret_is_told(self, kind: str, caplog: Any) -> None:
        recorded = self._recorded(kind)
        with caplog.at_level("DEBUG"):
            told = [repr(recorded.source()), *recorded.fetch().notices, *recorded.check()]
            for answer in (_echo(400), _echo(500), _echo(200), lambda _request: _answer(403, _HTML)):
                error = recorded.failure(answer)
                told += traceback.format_exception(error) if error else []
        text = "\n".join([*told, caplog.text])
        _must(not [secret for secret in recorded.secrets if secret in text], "a secret stands in what is told")

    def test_check_has_something_to_say(self, kind: str) -> None:
        said = self._recorded(kind).check()
        _must(bool(said) and all(said), "check() must return sentences about the access")

    def _recorded(self, kind: str, order: str = "") -> "_Recorded":
        folder = self.fixtures / kind
        _must(
            (folder / "source.json").is_file(), f'the kind "{kind}" has no {folder}/source.json: see connectors/kit.py'
        )
        return _Recorded(kind=kind, folder=folder, order=order)


def source_contract(fixtures: Path, *names: str) -> type[SourceContract]:
    """The test class for these kinds of sources, or for every registered kind; its name must start with `Test`."""
    return type("TestSources", (SourceContract,), {"fixtures": fixtures, "kinds": names})


@dataclass(kw_only=True)
class _Recorded:
    """One kind with its recorded answers, in the one or the other order."""

    kind: str
    folder: Path
    order: str
    about: dict[str, Any] = field(init=False)
    bodies: dict[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.about = json.loads((self.folder / "source.json").read_text("utf-8").replace("HERE", HERE))
        self.bodies = {path: self._file(name).read_bytes() for path, name in self.about["answers"].items()}

    def _file(self, name: str) -> Path:
        other = self.folder / self.order / name
        return other if other.is_file() else self.folder / name

    def source(self) -> Any:
        """The source as crosspost.toml would make it."""
        return kinds(AnySource)[self.kind](name=self.kind, **self.about["settings"])

    @property
    def secrets(self) -> list[str]:
        values = dict(self.source()).values()
        return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]

    def answer(self, request: httpx.Request, bodies: Mapping[str, bytes] | None = None) -> httpx.Response:
        """What was recorded for this path."""
        body = (self.bodies if bodies is None else bodies).get(request.url.path)
        return _answer(404, _HTML) if body is None else _answer(200, body)

    def fetch(self, notes: Mapping[str, str] | None = None, answer: Answer | None = None) -> Fetched:
        web = Web(transport=_Server(answer or self.answer))
        start = _computed()
        try:
            fetched: Fetched = self.source().fetch(web, notes or {}, now=datetime.fromisoformat(self.about["now"]))
        finally:
            _must(_computed() - start < LONGEST, f"one look took longer than {LONGEST:g} s")
        return fetched

    def ids(self) -> list[str]:
        return [item.id for item in self.fetch().items]

    def check(self) -> list[str]:
        web = Web(transport=_Server(self.answer))
        said: list[str] = self.source().check(web, now=datetime.fromisoformat(self.about["now"]))
        return said

    def look(self, answer: Answer) -> Fetched | SourceError:
        """What comes of this answer; every other error than `SourceError` fails the test by itself."""
        try:
            return self.fetch(answer=answer)
        except (SourceDown, SourceBroken) as error:
            return error

    def failure(self, answer: Answer) -> SourceError | None:
        came = self.look(answer)
        return came if isinstance(came, SourceError) else None


class _Server(httpx.BaseTransport):
    """Answers in memory."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request)


def _answer(status: int, body: bytes) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(body))


def _echo(status: int) -> Answer:
    """Says again all that was asked, secrets included, in the words of a JSON API."""

    def answer(request: httpx.Request) -> httpx.Response:
        said = f"{request.url} {dict(request.headers)}"
        return _answer(status, json.dumps({"error": {"message": said, "code": 1}, "error_description": said}).encode())

    return answer


def _computed() -> float:
    """Seconds that this process and its children have computed so far."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _is_whole(link: str) -> bool:
    parts = urlsplit(link)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _must(holds: bool, sentence: str) -> None:
    if not holds:
        raise AssertionError(sentence)
