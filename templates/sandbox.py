"""Jinja for people who write words: it sees the item and nothing else, and it always comes to an end."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

STEPS = 1_000  # turns of all loops together
CHARACTERS = 200_000  # printed in all, and the most that one expression may make

SHEET = " sheet"  # no name that a template could write: where the filters of one render keep their notes

_FILTERS = ("capitalize", "default", "first", "int", "last", "length", "list", "lower", "round", "trim", "upper")
_METHODS = ("endswith", "get", "items", "lower", "startswith", "strip", "upper")


class Bounds:
    """What is left of one render."""

    def __init__(self) -> None:
        self.steps, self.characters = STEPS, CHARACTERS

    def spend(self, characters: int) -> None:
        self.characters -= characters
        if self.characters < 0:
            raise SecurityError(f"the template prints more than {CHARACTERS} characters: print less, or loop over less")

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise SecurityError(f"the template loops more than {STEPS} times: loop over less, for example tags[:3]")


@pass_context
def _turns(context: Context, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        context[SHEET].step()
        yield value


@pass_context
def _printed(context: Context, value: Any) -> str:
    text = str(value)
    context[SHEET].spend(len(text))
    return text


def _bounded(value: Any) -> Any:
    too_much = abs(value) > 10**15 if isinstance(value, int | float) else len(value) > CHARACTERS
    if too_much:
        raise SecurityError("the template makes something very large: make less of it")
    return value


def _glued(values: Iterable[Any]) -> str:
    return str(_bounded("".join(map(str, values))))


def _joined(values: Iterable[Any], between: str = "") -> str:
    return str(_bounded(between.join(map(str, values))))


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) * len(new) > CHARACTERS:
        raise SecurityError("replace makes something very large: make less of it")
    return text.replace(old, new)


class Sandbox(ImmutableSandboxedEnvironment):
    """No calls but harmless ones, a short list of filters, counted loops, and sums instead of surprises."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%", "**"])

    def __init__(self, loader: BaseLoader, filters: dict[str, Callable[..., Any]]) -> None:
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            finalize=_printed,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        known = {name: self.filters[name] for name in _FILTERS}
        own = {"join": _joined, "replace": _replaced, "_turns": _turns, "_glued": _glued}
        self.filters = {**known, **own, **filters}
        self.globals = {"range": self.globals["range"]}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "_turns", [], [], None, None, lineno=loop.lineno)
        _guard_concatenation(tree)
        return tree

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "**" or not (numbers or operator == "+"):
            raise SecurityError(f"a template cannot calculate with {operator} here: it is for numbers only")
        return _bounded(super().call_binop(context, operator, left, right))

    def is_safe_callable(self, obj: Any) -> bool:
        owner = getattr(obj, "__self__", None)
        named = getattr(obj, "__name__", "")
        if isinstance(owner, LoopContext):
            return named in ("cycle", "changed")
        return obj is self.globals["range"] or (isinstance(owner, str | dict) and named in _METHODS)


def _guard_concatenation(node: nodes.Node) -> None:
    """`a ~ b` is compiled past every hook: as a filter it can be bounded."""
    for field, value in list(node.iter_fields()):
        children = value if isinstance(value, list) else [value]
        guarded = [_guarded(child) for child in children]
        setattr(node, field, guarded if isinstance(value, list) else guarded[0])


def _guarded(child: Any) -> Any:
    if isinstance(child, nodes.Node):
        _guard_concatenation(child)
    if isinstance(child, nodes.Concat):
        return nodes.Filter(
            nodes.List(child.nodes, lineno=child.lineno), "_glued", [], [], None, None, lineno=child.lineno
        )
    return child
