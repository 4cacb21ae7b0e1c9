"""What an answer of X says (pure), whichever of its shapes it has: a problem, the older errors, or a page."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_GIST = 200  # characters of an answer that a person needs to see
_MARK_KEYS = ("type", "reason", "code")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One HTTP answer, of any status. Header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    secrets: tuple[str, ...] = field(default=(), repr=False)  # never to be repeated, even where the body does

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The body as an object; empty if it is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """The parts of an error body that decide, in whatever shape it came."""

    status: int
    marks: frozenset[str] = frozenset()  # last segments of problem types, reasons, codes
    words: str = ""
    gist: str = ""  # the words as a person may see them

    @classmethod
    def of(cls, answer: Answer) -> "Problem":
        body = answer.json()
        errors = body.get("errors")
        inner = [part for part in (errors if isinstance(errors, list) else []) if isinstance(part, dict)]
        marks = {str(part.get(key, "")).rstrip("/").rpartition("/")[2] for part in (body, *inner) for key in _MARK_KEYS}
        # The outer words of a 400 only say that something is wrong; the inner ones say what.
        words = [*map(_words, inner), _words(body)]
        return cls(
            status=answer.status,
            marks=frozenset(marks),
            words="; ".join(words).lower(),
            gist=_shorten(_without(answer.secrets, next(filter(None, words), "") or _plain(answer.body))),
        )

    @property
    def is_duplicate(self) -> bool:
        return "187" in self.marks or "duplicate content" in self.words

    def __str__(self) -> str:
        return f"{self.status}: {self.gist}" if self.gist else str(self.status)


def _words(part: Mapping[str, object]) -> str:
    return next((word for key in ("detail", "message", "title") if isinstance(word := part.get(key), str) and word), "")


def _plain(body: bytes) -> str:
    """The title of an HTML page, or what is legible of anything else."""
    text = body[:4000].decode("utf-8", "replace")
    title = re.search(r"<title[^<>]*>([^<]+)", text, re.IGNORECASE)
    return title[1] if title else re.sub(r"<[^<>]*>", " ", text)


def _without(secrets: tuple[str, ...], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def _shorten(text: str) -> str:
    text = " ".join("".join(char if char.isprintable() else " " for char in text[:4000]).split()).rstrip(".")
    return text if len(text) <= _GIST else text[: _GIST - 1] + "…"


def table(value: object) -> dict[str, Any]:
    """A JSON object, or an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def identifier(data: object) -> str:
    """The id in `data`, or nothing if there is none that can be read."""
    value = table(data).get("id")
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"\w{1,64}", text, re.ASCII) else ""


def moment(value: object) -> datetime | None:
    """A point in time as X writes it, or nothing if it cannot be read."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC) if at else None
