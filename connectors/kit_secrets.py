"""Which settings of a source are secrets, and how one would look where it is told: for the test class in `kit`."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, SecretStr

SHORTEST = 12  # characters; what is shorter may stand in an answer by chance

_SAYS_SECRET = re.compile(
    r"(?:^|_|[a-z])(?:token|secret|key|password|passwort|passphrase|passwd|pwd)s?$", re.IGNORECASE
)
_NO_SECRET = {bool, int, float}


def is_secret(name: str, kind: type[BaseModel]) -> bool:
    """Whether the setting is a secret: by its type, or because its name says so."""
    field = kind.model_fields[name]
    names = (name, field.alias or "")
    return _is_kept(field.annotation) or (field.annotation not in _NO_SECRET and any(map(_SAYS_SECRET.search, names)))


def told_openly(kind: type[BaseModel]) -> list[str]:
    """The settings that are secrets by their names, and not by their types: whoever prints one tells it."""
    return [
        name for name, field in kind.model_fields.items() if is_secret(name, kind) and not _is_kept(field.annotation)
    ]


def _is_kept(annotation: object) -> bool:
    return "SecretStr" in str(annotation)


def secrets_of(source: BaseModel) -> dict[str, list[str]]:
    """The values of each secret setting; none where it is not set."""
    kind = type(source)
    return {name: list(_texts(getattr(source, name))) for name in kind.model_fields if is_secret(name, kind)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, str) and value:
        yield value
    for part in (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple | set) else ()
    ):
        yield from _texts(part)


def needles(secrets: Iterable[str]) -> set[str]:
    """What must stand nowhere: secrets, however written, or the first part of one; in lower case, as a host is told."""
    return {form.lower() for secret in secrets for form in (*_forms(secret), secret[:SHORTEST])}


def _forms(secret: str) -> tuple[str, ...]:
    packed = b64encode(secret.encode()).decode().rstrip("=")[:-1]  # as in "Basic …"; the last letter has a neighbour
    return (secret, quote(secret, safe=""), quote_plus(secret), escape(secret), json.dumps(secret)[1:-1], packed)
