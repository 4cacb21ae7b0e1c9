"""Jinja for people who write words: it sees the item and nothing else, and it always comes to an end."""

from collections.abc import Callable
from functools import partial
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import do_default, do_first, do_int, do_last
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from templates.budget import BUDGET, CHARACTERS, COUNTERS, TOO_LARGE, count, counted, joined, printed, words
from templates.grammar import LONGEST, File, examine

LONGEST_RANGE = 1_000

_METHODS = ("endswith", "get", "items", "lower", "startswith", "upper")
_OUTSIDE = ("filter", "test", "callable", "escaped")  # tests that ask about Jinja itself


def _replace(text: str, old: str, new: str) -> str:
    if text.count(old) * len(new) > CHARACTERS:
        raise SecurityError(TOO_LARGE)
    return text.replace(old, new)


def whole(value: Any, default: int = 0) -> int:
    return do_int(value, default)


def rounded(number: float, digits: int = 0) -> float:
    if not 0 <= digits <= 9:
        raise SecurityError(f"round({digits}): the digits after the point are 0 to 9")
    return round(number, digits)


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if numbers[LONGEST_RANGE:]:
        raise SecurityError(f"range makes more than {LONGEST_RANGE:,} numbers: make fewer")
    return numbers


class Sandbox(ImmutableSandboxedEnvironment):
    """No calls but harmless ones, a short list of filters, and every step is paid for."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%", "**"])

    def __init__(self, loader: BaseLoader, filters: dict[str, Callable[..., Any]]) -> None:
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            finalize=printed,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        self.filters = COUNTERS | {name: counted(do) for name, do in self._shared().items()} | filters
        tests: dict[str, Any] = self.tests
        self.tests = {name: counted(test) for name, test in tests.items() if name not in _OUTSIDE}
        self.globals = {"range": _range}

    def _shared(self) -> dict[str, Callable[..., Any]]:
        return {
            "capitalize": lambda value: words(value).capitalize(),
            "default": do_default,
            "first": partial(do_first, self),
            "int": whole,
            "join": joined,
            "last": partial(do_last, self),
            "length": len,
            "list": list,
            "lower": lambda value: words(value).lower(),
            "replace": lambda value, old, new: _replace(words(value), old, new),
            "round": rounded,
            "trim": lambda value: words(value).strip(),
            "upper": lambda value: words(value).upper(),
        }

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        file = self._file(source, name or "", filename)
        examine(file, self._read)
        count(file.tree)
        return file.tree

    def _read(self, name: str) -> File:
        assert self.loader is not None  # noqa: S101  (ours always has one)
        source, path, _ = self.loader.get_source(self, name)
        return self._file(source, name, path)

    def _file(self, source: str, name: str, path: str | None) -> File:
        tree = super()._parse(source, name, path)
        file = File(name=name, path=path, tree=tree)
        if len(source) > LONGEST:
            raise file.wrong(f"a file of more than {LONGEST:,} characters is no template of a tweet: shorten it", 1)
        return file

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "**" or not (numbers or operator == "+"):
            raise SecurityError(f"a template cannot calculate with {operator} here: it is for numbers only")
        context[BUDGET].handle(left, right)
        made = super().call_binop(context, operator, left, right)
        context[BUDGET].handle(made)
        return made

    def call(self, context: Context, called: Any, /, *values: Any, **named: Any) -> Any:
        if isinstance(called, Undefined):
            return called()  # it says that there is nothing of this name
        if not self.is_safe_callable(called):
            name = getattr(called, "__name__", "this")
            raise SecurityError(f"a template cannot call {name}: use a filter, as in {{{{ item.title | trim }}}}")
        budget = context[BUDGET]
        budget.handle(getattr(called, "__self__", None), *values, *named.values())
        made = super().call(context, called, *values, **named)
        budget.handle(made)
        return made

    def is_safe_callable(self, obj: Any) -> bool:
        owner = getattr(obj, "__self__", None)
        named = getattr(obj, "__name__", "")
        if isinstance(owner, LoopContext):
            return named in ("cycle", "changed")
        return obj is _range or (isinstance(owner, str | dict) and named in _METHODS)
