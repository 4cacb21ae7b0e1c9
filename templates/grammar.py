"""What a template may be made of: examined before anything runs, together with what it includes (pure)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jinja2 import TemplateNotFound, TemplateSyntaxError, nodes

LONGEST = 20_000  # characters of one file; to compile it takes time too
DEEPEST = 10  # files that include one another
MARKS = ("fit", "hashtags")

_UNKNOWN: dict[type[nodes.Node], str] = {
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.AssignBlock: "set … %}…{% endset",
    nodes.Block: "block",
    nodes.Extends: "extends",
    nodes.Import: "import",
    nodes.FromImport: "from … import",
    nodes.ScopedEvalContextModifier: "autoescape",
}
_MARKS_COME_LAST = (
    "fit and hashtags mark what is printed, so they stand last within {{ }}, as in {{ item.text | upper | fit }} or "
    "{{ (item.title or item.text) | fit }}: compare, join and change words without them"
)


@dataclass(frozen=True, kw_only=True)
class File:
    """A template as it was read, not yet compiled."""

    name: str
    path: str | None
    tree: nodes.Template

    def wrong(self, message: str, line: int) -> TemplateSyntaxError:
        """What is wrong with it, and in which line."""
        return TemplateSyntaxError(message, line, self.name, self.path)


Read = Callable[[str], File]
"""Reads a template by its name. Raises `TemplateNotFound` or `TemplateSyntaxError`."""


def examine(file: File, read: Read) -> None:
    """Raises `TemplateSyntaxError` for what is no template for words, here or in what it includes."""
    _examine(file, read, way=(file.name,), done=set())


def _examine(file: File, read: Read, *, way: tuple[str, ...], done: set[str]) -> None:
    for node in file.tree.find_all(nodes.Node):
        if objection := _objection(node):
            raise file.wrong(objection, node.lineno)
    _require_marks_last(file)
    for include in file.tree.find_all(nodes.Include):
        name = _name(include)
        if name in way:
            again = " → ".join((*way[way.index(name) :], name))
            raise file.wrong(f"this file includes itself, without end ({again}): take this include out", include.lineno)
        if len(way) > DEEPEST:
            raise file.wrong(f"more than {DEEPEST} files include one another: put their words together", include.lineno)
        if name not in done:
            _examine(_child(file, include, read), read, way=(*way, name), done=done)
            done.add(name)


def _child(file: File, include: nodes.Include, read: Read) -> File:
    try:
        return read(_name(include))
    except TemplateNotFound as error:
        missing = f"there is no file {error.name!r} to include: write it, or correct the name"
        raise file.wrong(missing, include.lineno) from error


def _objection(node: nodes.Node) -> str:
    if tag := _UNKNOWN.get(type(node)):
        return f"a template knows no {{% {tag} %}}: write the words out, or share a file by {{% include %}}"
    if isinstance(node, nodes.For) and node.recursive:
        return "a loop cannot be recursive: write one loop within another"
    if isinstance(node, nodes.Include) and not (_name(node) and node.with_context and not node.ignore_missing):
        return 'include takes the name of one file and nothing more, as in {% include "footer.j2" %}'
    return ""


def _name(include: nodes.Include) -> str:
    """The name of the file; empty unless it is written out."""
    name = include.template.value if isinstance(include.template, nodes.Const) else ""
    return name if isinstance(name, str) else ""


def _require_marks_last(file: File) -> None:
    outputs = file.tree.find_all(nodes.Output)
    at_the_end = {id(end) for output in outputs for child in output.nodes for end in _ends(child)}
    for mark in file.tree.find_all(nodes.Filter):
        if mark.name in MARKS and id(mark) not in at_the_end:
            raise file.wrong(_MARKS_COME_LAST, mark.lineno)


def _ends(printed: nodes.Expr) -> Iterator[nodes.Expr]:
    """The expressions of which one is what is printed: both sides of `… if … else …`."""
    if isinstance(printed, nodes.CondExpr):
        yield from _ends(printed.expr1)
        yield from _ends(printed.expr2) if printed.expr2 else ()
    yield printed
