"""pydantic's findings as sentences for the person who edits crosspost.toml."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from connectors.registry import AnyAccount, AnySource, kinds

HIDDEN = {"name", "path"}
SECTIONS = {"sources": kinds(AnySource), "accounts": kinds(AnyAccount)}

_DURATION = re.compile(r"datetime\.timedelta\((?:seconds=)?([0-9]+)\)")
PLAIN = {
    "too_short": "is empty; name at least one",
    "string_type": 'must be text in quotes, like "this"',
    "tuple_type": 'must be a list, like ["this", "that"]',
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
}


def sentences(error: ValidationError, config: type[BaseModel]) -> list[str]:
    """One line for each mistake: the key as it stands in the file, the fault, the remedy."""
    return [line for detail in error.errors() for line in _lines(detail, config)]


def _lines(detail: Any, config: type[BaseModel]) -> Iterable[str]:
    loc = _as_written(detail["loc"])
    fault = _fault(detail, loc, config)
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")
    return [f"{key}: {fault}"] if key else fault.split("\n")


def _as_written(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """pydantic names the chosen kind within a union: sources.blog.rss.url; the file does not."""
    if len(loc) > 2 and loc[0] in SECTIONS and loc[2] in SECTIONS[str(loc[0])]:
        loc = (*loc[:2], *loc[3:])
    return tuple(part for part in loc if part not in {"bool", "constrained-int"})


def _fault(detail: Any, loc: tuple[int | str, ...], config: type[BaseModel]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return _missing(loc)
    if kind == "extra_forbidden":
        return _unknown_key(str(loc[-1]), _known_keys(detail["loc"], config))
    if kind.startswith("union_tag_"):
        fault = f'kind "{context["tag"]}" is unknown' if "tag" in context else "kind is missing"
        return f"{fault}; use one of: {', '.join(SECTIONS[str(loc[0])])}"
    if kind == "literal_error":
        return f"must be {context['expected']}"
    if kind == "value_error":
        return str(context["error"])
    return PLAIN.get(kind) or _DURATION.sub(r"\1s", str(detail["msg"]).replace("Input should", "must"))


def _missing(loc: tuple[int | str, ...]) -> str:
    if len(loc) > 1:
        return "is missing; add it"
    return "is missing; add a [[routes]] table" if loc[0] == "routes" else f"is missing; add a table [{loc[0]}.NAME]"


def _unknown_key(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"known keys: {', '.join(known)}"
    return f"is no key here; {hint}"


def _known_keys(loc: tuple[int | str, ...], config: type[BaseModel]) -> list[str]:
    model: type[BaseModel] = config
    if len(loc) > 2 and loc[0] in SECTIONS:
        model = SECTIONS[str(loc[0])].get(str(loc[2]), next(iter(SECTIONS[str(loc[0])].values())))
    elif loc[0] == "routes" and len(loc) > 1:
        model = config.model_fields["routes"].annotation.__args__[0]  # type: ignore[union-attr]
    return [field.alias or key for key, field in model.model_fields.items() if key not in HIDDEN]
