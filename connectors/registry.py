"""Every kind of source and account there is. A new kind is one file beside this one, and its name on a line here.

A kind of source may also come from another installed package, which names its class in the entry point group
`crosspost.sources`.
"""

import logging
from collections.abc import Container, Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BeforeValidator, Field, TypeAdapter

from connectors.contract import SourceSettings
from connectors.facebook import FacebookPage
from connectors.mastodon import MastodonAccount
from connectors.rss import RssFeed
from connectors.twitter import Twitter

_GROUP = "crosspost.sources"


def _has_kind(table: Any) -> Any:
    """A union asks for the kind by itself; there is only one kind of account as yet."""
    if isinstance(table, dict) and "kind" not in table:
        raise ValueError("kind is missing; use one of: twitter")
    return table


def kinds(union: object) -> dict[str, Any]:
    """The classes of a union by the word that crosspost.toml has for them."""
    member = get_args(union)[0]
    return {each.model_fields["kind"].default: each for each in get_args(member) or (member,)}


def _installed(known: dict[str, Any]) -> Iterator[type[SourceSettings]]:
    """The kinds that other packages bring. One that cannot be used is told and left out: the others go on."""
    for entry in sorted(entry_points(group=_GROUP), key=lambda entry: entry.name):
        try:
            source = _load(entry, known)
        except Exception as error:
            package = entry.dist.name if entry.dist else entry.value
            why = f"{type(error).__name__}: {error}"
            message = 'the kind "%s" of the package %s cannot be used: %s; mend or uninstall it'
            logging.getLogger("crosspost").warning(message, entry.name, package, why)
        else:
            known[entry.name] = source
            yield source


def _load(entry: EntryPoint, known: Container[str]) -> type[SourceSettings]:
    if entry.name in known:
        raise ValueError(f'there is a kind "{entry.name}" already')
    source = entry.load()
    if not (isinstance(source, type) and issubclass(source, SourceSettings)):
        raise TypeError(f"{entry.value} is no subclass of connectors.contract.SourceSettings")
    if not _is_called(source, entry.name):
        raise TypeError(f'{source.__name__} lacks the line: kind: Literal["{entry.name}"] = "{entry.name}"')
    if not callable(getattr(source, "fetch", None)):
        raise TypeError(f"{source.__name__} has no method fetch")
    TypeAdapter(_one_of(RssFeed, source))  # what pydantic cannot tell from the others would take them all along
    return source


def _is_called(source: type[SourceSettings], kind: str) -> bool:
    field = source.model_fields.get("kind")
    if field is None or field.alias or field.validation_alias:
        return False
    return get_origin(field.annotation) is Literal and get_args(field.annotation) == (kind,) and field.default == kind


def _one_of(*sources: type[SourceSettings]) -> Any:
    return Annotated[Union[sources], Field(discriminator="kind")]  # noqa: UP007


Shipped = Annotated[
    Union[  # noqa: UP007 (a name on a line of its own is added without a change of another)
        RssFeed,
        FacebookPage,
        MastodonAccount,
    ],
    Field(discriminator="kind"),
]
if TYPE_CHECKING:
    AnySource = Shipped
else:
    AnySource = _one_of(*get_args(get_args(Shipped)[0]), *_installed(kinds(Shipped)))
AnyAccount = Annotated[Twitter, BeforeValidator(_has_kind)]
