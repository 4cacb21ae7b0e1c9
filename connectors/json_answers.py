"""Reads what a JSON API answered: what is wrong with one entry of a list costs no other."""

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from connectors.contract import Fetched, Item, SourceBroken
from connectors.web import Response, public

_OBJECT = TypeAdapter(dict[str, Any])
_LIST = TypeAdapter(list[Any])
# What code raises that meets an entry of another shape than it expects
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)


def read_object(response: Response) -> dict[str, Any]:
    """The object that was answered. Raises `SourceBroken` if it is none."""
    answer: dict[str, Any] = _read(response, _OBJECT)
    return answer


def read_list(response: Response, read: Callable[[Any], Item | None], *, key: str = "") -> Fetched:
    """Reads the list that was answered, or the one under `key`.

    What comes of it are the items that `read` makes of the entries, each id once, and a notice about entries that it
    cannot read. `read` gives None for what is no news, and may fail as code does (pydantic's error is a ValueError).
    Raises `SourceBroken` if this is no list, or none of its entries can be read.
    """
    entries = read_object(response).get(key) if key else _read(response, _LIST)
    if not isinstance(entries, list):
        raise _is_another(response)
    items: dict[str, Item] = {}
    unreadable = 0
    for entry in entries:
        try:
            if item := read(entry):
                items.setdefault(item.id, item)
        except _UNREADABLE:
            unreadable += 1
    if entries and unreadable == len(entries):
        raise _is_another(response)
    return Fetched(items=tuple(items.values()), notices=_notices(unreadable, response))


def _read(response: Response, shape: TypeAdapter[Any]) -> Any:
    try:
        return shape.validate_json(response.body)
    except ValidationError:
        raise _is_another(response) from None


def _is_another(response: Response) -> SourceBroken:
    return SourceBroken(f"{public(response.url)} does not answer as expected: correct its address in the config")


def _notices(unreadable: int, response: Response) -> tuple[str, ...]:
    return (f"{public(response.url)} lists {unreadable} entries that cannot be read",) if unreadable else ()
