"""What one render may use up, and the counters that are put into a template before it runs.

Every loop turn, included file, operation and printed word asks the same budget first, so that a template always comes
to an end, and soon.
"""

from collections.abc import Callable, ItemsView, Iterable, Iterator
from typing import Any

from jinja2 import Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context

STEPS = 100_000  # one for each thing that a template does, and for each CHUNK of words that it handles
CHUNK = 100  # characters
CHARACTERS = 200_000  # printed in all, and the most that one expression may make
LARGEST_NUMBER = 10**15
MARKS = 10  # parts with fit or hashtags; each is measured anew for each of the others
OF_A_FILE = 100  # steps; it has to be found

TOO_LARGE = "the template makes something very large: make less of it"
BUDGET = " budget"  # no name that a template could write

_CONTAINERS = (tuple, list, dict, range, ItemsView)


class Budget:
    """What is left of one render. All methods raise `SecurityError`."""

    def __init__(self) -> None:
        self.steps, self.characters, self.marks = STEPS, CHARACTERS, MARKS

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise SecurityError(
                f"the template does more than {STEPS:,} things: loop over less, for example tags[:3], and include less"
            )

    def print(self, characters: int) -> None:
        self.characters -= characters
        if self.characters < 0:
            raise SecurityError(
                f"the template prints more than {CHARACTERS:,} characters: print less, or loop over less"
            )

    def mark(self) -> None:
        self.marks -= 1
        if self.marks < 0:
            raise SecurityError(f"more than {MARKS} parts have fit or hashtags: loop over less, or mark the whole once")

    def handle(self, *values: Any) -> None:
        """Spend for values that are read or made. None may be very large."""
        for value in values:
            self.spend(_size(value))
            if _is_too_large(value):
                raise SecurityError(TOO_LARGE)


def _is_too_large(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) > CHARACTERS
    return isinstance(value, int | float) and abs(value) > LARGEST_NUMBER


def _size(value: Any) -> int:
    if isinstance(value, str):
        return 1 + len(value) // CHUNK
    return 1 + len(value) if isinstance(value, _CONTAINERS) else 1


def words(value: Any) -> str:
    """The value as it may be printed: words or a number; what the source does not have (None) is empty."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Undefined | int | float) and not isinstance(value, bool):
        return str(value)  # an undefined one says so by an error
    raise SecurityError(
        f"only words and numbers can be printed, and this is a value of the kind {type(value).__name__}: print a part "
        'of it, as in item.offer.price, or make words of it, as in item.tags | join(", ") or item.published | day'
    )


def counted(do: Callable[..., Any]) -> Callable[..., Any]:
    """A filter or test that pays for what it reads and makes."""

    @pass_context
    def paying(context: Context, *values: Any, **named: Any) -> Any:
        budget: Budget = context[BUDGET]
        budget.handle(*values, *named.values())
        made = do(*values, **named)
        budget.handle(made)
        return made

    return paying


@pass_context
def printed(context: Context, value: Any) -> str:
    """What every {{ … }} goes through."""
    text = words(value)
    context[BUDGET].print(len(text))
    return text


@pass_context
def _turns(context: Context, values: Iterable[Any], steps: int, characters: int) -> Iterator[Any]:
    budget: Budget = context[BUDGET]
    for value in values:
        budget.spend(steps)
        budget.print(characters)
        yield value


@pass_context
def _begun(context: Context, steps: int, characters: int) -> None:
    context[BUDGET].spend(steps)
    context[BUDGET].print(characters)


@pass_context
def _handled(context: Context, value: Any) -> Any:
    context[BUDGET].handle(value)
    return value


def _single(value: Any) -> Any:
    if isinstance(value, _CONTAINERS):
        raise SecurityError("a list within a list: take its parts one by one, as in [item.title, item.author]")
    return value


def joined(values: Iterable[Any], between: str = "") -> str:
    """All values as one. Raises `SecurityError` before it would be very large."""
    parts, between = [words(value) for value in values], words(between)
    if sum(map(len, parts)) + len(parts) * len(between) > CHARACTERS:
        raise SecurityError(TOO_LARGE)
    return between.join(parts)


COUNTERS: dict[str, Callable[..., Any]] = {
    "_turns": _turns,
    "_begun": _begun,
    "_handled": _handled,
    "_single": counted(_single),
    "_glued": counted(joined),
}


def count(tree: nodes.Template) -> None:
    """Put a counter into every place that the sandbox could not see otherwise."""
    steps, characters = _cost(tree)
    begun = _through("_begun", nodes.Const(OF_A_FILE + steps, lineno=1), nodes.Const(characters, lineno=1))
    _count(tree)
    tree.body.insert(0, nodes.ExprStmt(begun, lineno=1))


def _cost(node: nodes.Node) -> tuple[int, int]:
    """The steps and the fixed characters of going once through it."""
    return 1 + sum(1 for _ in node.find_all(nodes.Node)), sum(
        len(text.data) for text in node.find_all(nodes.TemplateData)
    )


def _count(node: nodes.Node) -> None:
    cost = _cost(node) if isinstance(node, nodes.For) else None
    for field, value in list(node.iter_fields()):
        if isinstance(value, list):
            setattr(node, field, [_replaced(child) for child in value])
        else:
            setattr(node, field, _replaced(value))
    if isinstance(node, nodes.For) and cost:
        node.iter = _through("_turns", node.iter, *(nodes.Const(part, lineno=node.lineno) for part in cost))
    elif isinstance(node, nodes.Compare):
        node.expr = _through("_handled", node.expr)
        for operand in node.ops:
            operand.expr = _through("_handled", operand.expr)


def _replaced(child: Any) -> Any:
    if not isinstance(child, nodes.Node):
        return child
    _count(child)
    if isinstance(child, nodes.Concat):
        return _through("_glued", nodes.List(child.nodes, lineno=child.lineno))
    if isinstance(child, nodes.Getitem) and isinstance(child.arg, nodes.Slice):
        return _through("_handled", child)
    if isinstance(child, nodes.List) or (isinstance(child, nodes.Tuple) and child.ctx == "load"):
        child.items = [_through("_single", item) for item in child.items]
    elif isinstance(child, nodes.Pair):
        child.value = _through("_single", child.value)
    return child


def _through(counter: str, value: nodes.Node, *more: nodes.Expr) -> nodes.Expr:
    return nodes.Filter(value, counter, list(more), [], None, None, lineno=value.lineno)
