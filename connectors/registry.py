"""Every kind of source and account there is. A new kind is one file beside this one, and one name in a union here."""

from typing import Annotated, Any, get_args

from pydantic import BeforeValidator, Field

from connectors.facebook import FacebookPage
from connectors.rss import RssFeed
from connectors.twitter import Twitter


def _has_kind(table: Any) -> Any:
    """A union asks for the kind by itself; there is only one kind of account as yet."""
    if isinstance(table, dict) and "kind" not in table:
        raise ValueError("kind is missing; use one of: twitter")
    return table


AnySource = Annotated[RssFeed | FacebookPage, Field(discriminator="kind")]
AnyAccount = Annotated[Twitter, BeforeValidator(_has_kind)]


def kinds(union: object) -> dict[str, Any]:
    """The classes of a union by the word that crosspost.toml has for them."""
    member = get_args(union)[0]
    return {each.model_fields["kind"].default: each for each in get_args(member) or (member,)}
