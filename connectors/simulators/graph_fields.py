"""Field expansion of the Graph API: `id,attachments{media{image},url}` picks what an answer holds."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.simulators.graph_errors import GraphError

DEFAULT = "created_time,message,story,id"
_WORDS = re.compile(r"[a-z_]+|[{},]")
_OF_POST = frozenset(
    [
        *("id", "message", "story", "created_time", "updated_time", "permalink_url", "full_picture", "picture", "icon"),
        *("status_type", "is_published", "is_hidden", "is_expired", "parent_id", "from", "attachments", "shares"),
        *("message_tags", "backdated_time", "privacy", "scheduled_publish_time", "comments", "reactions"),
    ]
)

Fields = dict[str, "Fields"]


def read_fields(text: str) -> Fields:
    """The fields of a post that are asked for. Raises `GraphError` for one that posts do not have (any more)."""
    fields = _read(iter(_WORDS.findall(text)))
    for name in fields:
        if name not in _OF_POST:
            raise GraphError(code=100, message=f"(#100) Tried accessing nonexistent field ({name})")
    return fields


def select(value: Any, fields: Mapping[str, Any]) -> Any:
    """`value` with these fields alone; where it has no such field there is none, and no subfields are all of them."""
    if isinstance(value, list):
        return [select(part, fields) for part in value]
    if not isinstance(value, dict) or not fields:
        return value
    if "data" in value:
        return {**value, "data": select(value["data"], fields)}
    return {name: select(value[name], fields.get(name, {})) for name in {"id": {}, **fields} if name in value}


def _read(words: Iterator[str]) -> Fields:
    fields: Fields = {}
    last = ""
    for word in words:
        if word == "}":
            break
        if word == "{":
            fields[last] = _read(words)
        elif word != ",":
            last = word
            fields[last] = {}
    return fields
