"""One kind of source with its recorded answers, for the test class in `kit`: looks at them, in time."""

import json
import signal
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import httpx

from connectors.contract import Fetched, SourceBroken, SourceDown, SourceError, SourceSettings
from connectors.kit_answers import Answer, response, status
from connectors.kit_secrets import secrets_of
from connectors.registry import AnySource, kinds
from connectors.web import Web

HERE = "https://source.example"
LONGEST = 5.0  # seconds for one look, whatever the server sends

Came = Fetched | list[str] | SourceError


class _TooLong(BaseException):
    """No Exception: a source that catches every one of them must end, too."""


@dataclass(kw_only=True)
class Recorded:
    """A source, and the answers to what it asks: each by its path, or by path and query."""

    kind: str
    folder: Path
    order: str = ""
    about: dict[str, Any] = field(init=False)
    bodies: dict[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.about = json.loads((self.folder / "source.json").read_text("utf-8").replace("HERE", HERE))
        self.bodies = {name: self._file(file).read_bytes() for name, file in self.about["answers"].items()}

    def _file(self, name: str) -> Path:
        other = self.folder / self.order / name
        return other if other.is_file() else self.folder / name

    def source(self) -> Any:
        """The source as crosspost.toml would make it."""
        return kinds(AnySource)[self.kind](name=self.kind, **self.about["settings"])

    def with_body(self, name: str, body: bytes) -> Self:
        """The same with another answer."""
        other = replace(self)
        other.bodies[name] = body
        return other

    @cached_property
    def secrets(self) -> dict[str, list[str]]:
        return secrets_of(self.source())

    @cached_property
    def notes(self) -> Mapping[str, str]:
        """Those of the first look."""
        return self.fetch().validators

    @property
    def optional(self) -> frozenset[str]:
        """The answers without which the items come all the same."""
        return frozenset(self.about.get("optional", ()))

    @cached_property
    def asked(self) -> dict[str, frozenset[str]]:
        """The answers that each way of looking asks for. A `check` that only fetches is no way of its own."""
        own_check = type(self.source()).check is not SourceSettings.check
        asked = {}
        for way in ("fetch", "check") if own_check else ("fetch",):
            server = _Server(self.bodies, {})
            self._look(way, server)
            asked[way] = frozenset(server.asked)
        return asked

    def parts(self) -> list[tuple[str, ...]]:
        """What may fail: every answer at once, and each alone."""
        alone: list[tuple[str, ...]] = [(name,) for name in self.bodies]
        return [tuple(self.bodies), *alone] if len(alone) > 1 else alone

    def looks(self, part: tuple[str, ...], answer: Answer, *notes: Mapping[str, str]) -> Iterator[tuple[str, Came]]:
        """What comes of it, each way that asks for this part and with each of these notes, if it is answered so."""
        for way, asked in self.asked.items():
            if asked & set(part):
                for known in notes or ({},) if way == "fetch" else ({},):
                    server = _Server(self.bodies, dict.fromkeys(part, answer))
                    came = self._look(way, server, known)
                    if server.asked & set(part):
                        yield way, came

    def fetch(self, notes: Mapping[str, str] | None = None, *, later: timedelta = timedelta()) -> Fetched:
        """What comes of the answers as they were recorded, so much later."""
        came = self._look("fetch", _Server(self.bodies, {}), notes, later=later)
        if isinstance(came, Fetched):
            return came
        raise AssertionError(f"the recorded answers end in an error: {came}")

    def ids(self) -> list[str]:
        return [item.id for item in self.fetch().items]

    def check(self) -> list[str]:
        said: list[str] = self.source().check(Web(transport=_Server(self.bodies, {})), now=self._now)
        return said

    @property
    def _now(self) -> datetime:
        return datetime.fromisoformat(self.about["now"])

    def _look(
        self, way: str, server: "_Server", notes: Mapping[str, str] | None = None, *, later: timedelta = timedelta()
    ) -> Came:
        """Every other error than `SourceDown` and `SourceBroken` fails the test by itself."""
        source, web, now = self.source(), Web(transport=server), self._now + later
        try:
            with ended_within(LONGEST):
                if way == "check":
                    return list(source.check(web, now=now))
                fetched: Fetched = source.fetch(web, notes or {}, now=now)
                return fetched
        except (SourceDown, SourceBroken) as error:
            return error


def told_by(came: Came) -> list[str]:
    """Everything that somebody may read, or that is stored, of what came of a look."""
    if isinstance(came, SourceError):
        return traceback.format_exception(came)
    return came if isinstance(came, list) else [*came.notices, repr(came.validators), repr(came.items)]


class _Server(httpx.BaseTransport):
    """Answers in memory: what was recorded, or what is said instead."""

    def __init__(self, bodies: Mapping[str, bytes], instead: Mapping[str, Answer]) -> None:
        self._bodies = bodies
        self._instead = instead
        self.asked: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        name = self._name(request)
        self.asked.add(name)
        if name in self._instead:
            return self._instead[name](request)
        return response(200, self._bodies[name]) if name else status(404)(request)

    def _name(self, request: httpx.Request) -> str:
        """The recorded answer that fits best: the one that names the most of the query."""
        fitting = [name for name in self._bodies if _fits(httpx.URL(name), request.url)]
        return max(fitting, key=lambda name: len(httpx.URL(name).params), default="")


def _fits(recorded: httpx.URL, asked: httpx.URL) -> bool:
    return recorded.path == asked.path and set(recorded.params.multi_items()) <= set(asked.params.multi_items())


@contextmanager
def ended_within(seconds: float) -> Iterator[None]:
    """Ends what takes longer, with an AssertionError. Where the system has no alarm, it is told at its end."""
    started = time.monotonic()
    try:
        with _alarm(seconds):
            yield
    except _TooLong:
        pass
    if time.monotonic() - started >= seconds:
        raise AssertionError(f"one look took longer than {seconds:g} s")


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)  # again and again, for what catches even this
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
