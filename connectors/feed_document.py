"""What a feed says, format and markup taken off: what the parsing process hands to the one that understands it."""

import json
from dataclasses import asdict, dataclass

Picture = tuple[str, str]  # address and alternative text


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry; everything is plain text. Dates stand as written; `…_read` is how feedparser read them (ISO, UTC)."""

    id: str = ""
    link: str = ""
    title: str = ""
    text: str = ""
    published: str = ""
    published_read: str = ""
    updated: str = ""
    updated_read: str = ""
    images: tuple[Picture, ...] = ()
    tags: tuple[str, ...] = ()
    author: str = ""
    language: str = ""
    price: str = ""
    until: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A whole feed. `problem` says why it is none; `cut_off` that its end is missing, and with it the last entry."""

    entries: tuple[Entry, ...] = ()
    notices: tuple[str, ...] = ()
    cut_off: bool = False
    problem: str = ""


def dump(document: Document) -> bytes:
    return json.dumps(asdict(document)).encode()


def load(data: bytes) -> Document:
    """Reverses `dump`. Raises ValueError, TypeError or KeyError for anything else."""
    parts = json.loads(data)
    entries = tuple(_entry(entry) for entry in parts.pop("entries"))
    return Document(entries=entries, notices=tuple(parts.pop("notices")), **parts)


def _entry(parts: dict[str, object]) -> Entry:
    images = tuple((url, alt) for url, alt in parts.pop("images"))  # type: ignore[attr-defined]
    return Entry(images=images, tags=tuple(parts.pop("tags")), **parts)  # type: ignore[arg-type]
