"""Every kind of source and account there is. A new kind is one file beside this one, and one name in a union here."""

from typing import Annotated, get_args

from pydantic import Field

from connectors.contract import AccountSettings, SourceSettings
from connectors.facebook import FacebookPage
from connectors.rss import RssFeed
from connectors.twitter import Twitter

AnySource = Annotated[RssFeed | FacebookPage, Field(discriminator="kind")]
AnyAccount = Twitter


def kinds(union: object) -> dict[str, type[SourceSettings] | type[AccountSettings]]:
    """The kinds of a union by the word that crosspost.toml uses for them."""
    members = get_args(get_args(union)[0]) if get_args(union) else (union,)
    return {member.model_fields["kind"].default: member for member in members}
