"""Changes a recorded answer in one field at a time, for the test class in `kit` (pure)."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_MOST = 60  # fields of one answer; real ones have fewer
_HUGE = "x" * 100_000
_SCRIPT = "javascript:alert(1)"
_GONE = object()

_Path = tuple[str | int, ...]

CHANGES: Mapping[str, Callable[[Any], Any]] = {
    "left out": lambda _value: _GONE,
    "null": lambda _value: None,
    "of another type": lambda value: 7 if isinstance(value, str | list | dict) else "seven",
    "empty": lambda value: type(value)() if isinstance(value, list | dict) else "",
    "huge": lambda _value: _HUGE,
    "a script": lambda _value: _SCRIPT,
    "there twice": lambda value: value + value[:1] if isinstance(value, list) else value,
}


@dataclass(frozen=True, kw_only=True)
class Changed:
    """An answer with one wrong field. `in_entry`: the field belongs to one of several entries."""

    field: str
    body: bytes
    in_entry: bool


def changed(body: bytes, change: str) -> Iterator[Changed]:
    """The answer with one field after the other changed; what is neither JSON nor XML has no fields.

    Of the entries of a list, the first that has a field stands for all of them.
    """
    start = body.lstrip()[:1]
    if start in (b"{", b"["):
        yield from _changed_json(json.loads(body), change)
    elif start == b"<":
        yield from _changed_xml(body, change)


def without_an_entry(body: bytes) -> Iterator[bytes]:
    """The answer without the first entry of each list in it: as it was before that entry came."""
    start = body.lstrip()[:1]
    if start in (b"{", b"["):
        before = json.loads(body)
        for path, value in [((), before), *_fields(before).values()]:
            if isinstance(value, list) and value:
                yield json.dumps(_with(json.loads(body), path, value[1:])).encode()
    elif start == b"<":
        for name, (_, _, in_entry) in _elements(_root(body)).items():
            root = _root(body)
            element, parent, _ = _elements(root)[name]
            if in_entry:
                parent.remove(element)
                yield ElementTree.tostring(root, "utf-8")


def _changed_json(answer: Any, change: str) -> Iterator[Changed]:
    before = json.dumps(answer)
    itself = [((), answer)] if change == "there twice" else []  # all else that it may become is no such source
    for path, value in [*itself, *list(_fields(answer).values())[:_MOST]]:
        after = json.dumps(_with(json.loads(before), path, CHANGES[change](value)))
        if after != before:
            in_entry = change != "there twice" and any(isinstance(key, int) for key in path)
            yield Changed(field=_name(path), body=after.encode(), in_entry=in_entry)


def _fields(answer: Any) -> dict[str, tuple[_Path, Any]]:
    """Every field by its name, that of all entries of a list being the same: `data[].id`."""
    found: dict[str, tuple[_Path, Any]] = {}
    for path, value in _walk(answer, ()):
        found.setdefault(_name(path), (path, value))
    return found


def _walk(value: Any, path: _Path) -> Iterator[tuple[_Path, Any]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _walk(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _walk(part, (*path, number))


def _name(path: _Path) -> str:
    """As in `data[].id`; the answer itself has none."""
    return "".join("[]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


def _with(answer: Any, path: _Path, value: Any) -> Any:
    if not path:
        return value
    place = answer
    for key in path[:-1]:
        place = place[key]
    if value is _GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return answer


def _changed_xml(body: bytes, change: str) -> Iterator[Changed]:
    places = [
        (name, attribute)
        for name, (element, _, _) in _elements(_root(body)).items()
        for attribute in (None, *element.attrib)
    ]
    for name, attribute in places[:_MOST]:
        root = _root(body)
        element, parent, in_entry = _elements(root)[name]
        if _change_xml(element, parent, attribute, change):
            field = f"{name}/@{attribute}" if attribute else name
            yield Changed(field=field, body=ElementTree.tostring(root, "utf-8"), in_entry=in_entry)


def _root(body: bytes) -> Element:
    return ElementTree.fromstring(body)  # noqa: S314 (a file of the project itself)


def _elements(root: Element) -> dict[str, tuple[Element, Element, bool]]:
    """Every element below the root by its place: itself, its parent, and whether it belongs to one of several."""
    found: dict[str, tuple[Element, Element, bool]] = {}

    def walk(parent: Element, place: str, in_entry: bool) -> None:
        count = Counter(child.tag for child in parent)
        for child in parent:
            name, one_of_several = f"{place}/{child.tag}", in_entry or count[child.tag] > 1
            found.setdefault(name, (child, parent, one_of_several))
            walk(child, name, one_of_several)

    walk(root, "", in_entry=False)
    return found


def _change_xml(element: Element, parent: Element, attribute: str | None, change: str) -> bool:
    """Change an element, or an attribute of it. XML has no null and no types."""
    texts = {"empty": "", "huge": _HUGE, "a script": _SCRIPT, "of another type": "7"}
    if attribute and change == "left out":
        del element.attrib[attribute]
    elif attribute and change in texts:
        element.set(attribute, texts[change])
    elif change == "left out":
        parent.remove(element)
    elif change == "there twice":
        parent.append(element)
    elif change in texts:
        element[:] = []
        element.text = texts[change]
    else:
        return False
    return True
