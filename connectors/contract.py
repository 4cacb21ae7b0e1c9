"""What the rooms hand to each other: the values, the two ports, and the errors.

Errors are named after what the caller may do next:

    SourceError                                     PostError
      SourceDown     the next run tries again         NotPosted    certainly not out: may be tried again
      SourceBroken   a person must act                Refused      certainly not out, and never will be
                                                      MaybePosted  unknown: look before anything else
                                                      AccountDown  the account cannot post: stop, tell, keep the queue
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf

from connectors.opening_hours import OpeningHours

if TYPE_CHECKING:
    from connectors.web import Web

Language = Literal["de", "en", ""]
SHORT_LINK = "short_link"  # in `Item.extra`: what stood for `link` at the source
WARNING = "warning"  # the note of a source that whoever is named in `alerts` is told, once for each wording


_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f\ud800-\udfff<>\"]{1,8192}", re.IGNORECASE)


def is_web_address(text: object) -> bool:
    """Whether this is an absolute http(s) address, as it may stand in a tweet or be asked for a picture."""
    try:
        return isinstance(text, str) and bool(_ADDRESS.fullmatch(text) and urlsplit(text).hostname)
    except ValueError:
        return False


def _require_aware(moment: datetime | None, what: str) -> None:
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"{what} has no time zone: {moment!r}")


# --- Values -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A picture at an absolute http(s) address, with its alternative text."""

    url: str
    alt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What makes an item a special offer; both parts as the source prints them, the end as a moment."""

    price: str = ""
    until: datetime | None = None

    def __post_init__(self) -> None:
        _require_aware(self.until, "Offer.until")


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One thing that a source published.

    `id` is what the source itself calls it (a guid, a post id); an item without one is a ValueError. `link` is absolute
    http(s), as a reader opens it, or empty: a link or a picture at any other address (javascript:) is dropped here, for
    no source can vouch for what its server says. `story` is what the item is about: the canonical link of the article,
    or source and id where it has no link of its own; two items with one story are one tweet. `title` and `text` are
    plain text; in `text`, paragraphs are separated by a newline. `extra["permalink"]` is the item's own page, for
    items whose `link` leads to another.
    """

    source: str
    id: str
    link: str = ""
    story: str = ""
    title: str = ""
    text: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    images: tuple[Image, ...] = ()
    tags: tuple[str, ...] = ()
    author: str = ""
    language: Language = ""
    offer: Offer | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError(f"an item of {self.source} has no id")
        _require_aware(self.published, "Item.published")
        _require_aware(self.updated, "Item.updated")
        if not is_web_address(self.link):
            object.__setattr__(self, "link", "")
        images = tuple(image for image in self.images if is_web_address(image.url))
        object.__setattr__(self, "images", images)
        if not self.story:
            object.__setattr__(self, "story", f"{self.source}:{self.id}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What one look at a source brought.

    `validators` are the source's own notes for its next look (ETag, Last-Modified); whoever stores the items stores
    them, in the same transaction. The note WARNING is for people: what will go wrong if nobody acts. `unchanged` says
    that the source answered "nothing new" and listed nothing. `notices` are sentences for ops: an entry that could not
    be read, an address that moved.
    """

    items: tuple[Item, ...] = ()
    validators: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The words of one tweet, ready to be sent: within the account's limit, with its weight and its price in USD.

    `link` is the link that stands in `text` (empty if none): the best mark to find the tweet again by.
    """

    text: str
    link: str = ""
    weight: int
    price: Decimal
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """A tweet that is out."""

    id: str
    url: str
    at: datetime

    def __post_init__(self) -> None:
        _require_aware(self.at, "Posted.at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A look at what an account has published: the tweet that was looked for, if it is there.

    `at` is the moment of the look by the clock of whoever keeps the tweets: workers' clocks differ, and are set.
    """

    posted: Posted | None
    at: datetime

    def __post_init__(self) -> None:
        _require_aware(self.at, "Look.at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """Who the credentials of an account belong to."""

    id: str
    username: str


# --- Errors -----------------------------------------------------------------------------------------------------------


class SourceError(Exception):
    """A source could not be read. The message says what happened, to what, and what to do next."""


class SourceDown(SourceError):
    """Trouble that may pass by itself; the next run tries again, not before `after` if that is given."""

    def __init__(self, message: str, *, after: datetime | None = None) -> None:
        _require_aware(after, "SourceDown.after")
        super().__init__(message)
        self.after = after


class SourceBroken(SourceError):
    """A person must act: the address is wrong, access was withdrawn, this is no feed."""


class PostError(Exception):
    """A tweet was not confirmed. The message says what X answered, and what to do next."""


class NotPosted(PostError):
    """Certainly not out; may be tried again, not before `after` if that is given."""

    def __init__(self, message: str, *, after: datetime | None = None) -> None:
        _require_aware(after, "NotPosted.after")
        super().__init__(message)
        self.after = after


class Refused(PostError):
    """Certainly not out, and never will be with these words."""


class MaybePosted(PostError):
    """Nobody knows: the timeline must be looked at before anything else."""


class AccountDown(PostError):
    """Certainly not out: the account cannot post at all (credits, token, suspension). The queue stays."""


# --- Ports ------------------------------------------------------------------------------------------------------------


_LONGEST = 100 * 366 * 86400  # seconds; nobody waits longer, and dates end somewhere


def _seconds(value: object) -> object:
    """`30s 5m 2h 3d` as seconds."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    if isinstance(value, str):
        if value[-1:] in units and value[:-1].isdecimal():
            return timedelta(seconds=min(int(value[:-1]) * units[value[-1]], _LONGEST))
        raise ValueError("write a duration as a whole number with its unit: 30s, 5m, 2h or 3d")
    if isinstance(value, timedelta):
        return value
    raise ValueError('write a duration in quotes, with its unit: "30s", "5m", "2h" or "3d"')


Duration = Annotated[timedelta, BeforeValidator(_seconds)]
Hours = Annotated[InstanceOf[OpeningHours], BeforeValidator(OpeningHours.parse)]


class Settings(BaseModel):
    """A table of crosspost.toml: unknown keys are errors, values never change. `name` is the table's own name."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SourceSettings(Settings):
    """The keys that every kind of source has, and what a source can do that says nothing else.

    A source without `hold` tells its own stories, as a blog does. One with `hold` also repeats what others tell, as a
    Facebook page does: a post of it that leads to the site of another source waits so long for that source's own item,
    and gives way to it.
    """

    name: str
    hold: Duration = timedelta()
    backfill: int = Field(default=0, ge=0)  # newest entries to tweet on the first read
    max_new: int = Field(default=10, ge=1)  # more unknown entries than this in one poll are held
    expect_every: Duration | None = None  # silence longer than this is reported

    def check(self: "Source", web: "Web", *, now: datetime) -> list[str]:
        """As `Source.check`, for kinds that have nothing more to say than what a look brings."""
        fetched = self.fetch(web, {}, now=now)
        return [f"{len(fetched.items)} entries", *fetched.notices]

    def withdrawn(
        self,
        web: "Web",
        item: Item,
        validators: Mapping[str, str],  # noqa: ARG002
        *,
        now: datetime,  # noqa: ARG002
    ) -> str:
        """As `Source.withdrawn`, for kinds whose items have pages that anybody may open."""
        for page in dict.fromkeys(filter(None, (item.extra.get("permalink"), item.link))):
            status = web.get(page).status
            if status in (404, 410):
                return f"its page answers {status} by now"
        return ""


class AccountSettings(Settings):
    """The keys that every kind of account has."""

    name: str
    max_per_run: int = Field(default=3, ge=1)
    max_age: Duration | None = None  # older items are not tweeted any more
    lease: Annotated[Duration, Field(gt=timedelta(0))] = timedelta(minutes=2)  # how long a send may take
    look_again: Duration = timedelta(minutes=2)  # how late the timeline may be: two looks are that and a lease apart
    spacing: Duration = timedelta(0)  # pause between two tweets
    hours: Hours | None = None  # when it speaks, in the time zone of the config
    monthly_budget: Decimal | None = Field(default=None, ge=0)  # USD; what would cost more in a month is held

    @property
    def owner(self) -> str:
        """As `Destination.owner`, for keys that name nobody."""
        return ""


class Source(Protocol):
    """Where items come from. Every kind is a subclass of `SourceSettings` that can do this."""

    @property
    def name(self) -> str: ...

    def fetch(self, web: "Web", validators: Mapping[str, str], *, now: datetime) -> Fetched:
        """Read the newest page; `validators` are those of the last look that was stored. Raises `SourceError`."""
        ...

    def check(self, web: "Web", *, now: datetime) -> list[str]:
        """What there is to say about access to the source, good news first. Raises `SourceError`."""
        ...

    def withdrawn(self, web: "Web", item: Item, validators: Mapping[str, str], *, now: datetime) -> str:
        """How it shows that `item` was taken back since it was read; empty if it is there. Raises `SourceError`."""
        ...


class Destination(Protocol):
    """Where tweets go to. Every kind is a subclass of `AccountSettings` that can do this.

    The length rule and the price belong to the destination: nobody else knows them.
    """

    @property
    def name(self) -> str: ...

    @property
    def limit(self) -> int: ...

    @property
    def owner(self) -> str:
        """The user id of the account that the keys open, as far as they say so themselves; else empty."""
        ...

    def length(self, text: str) -> int:
        """The weight of `text` as the destination counts it; at most `limit` may be posted."""
        ...

    def links(self, text: str) -> list[tuple[int, int]]:
        """Where `text` holds what the destination turns into a link, meant or not: (start, end) in code points."""
        ...

    def price(self, text: str) -> Decimal:
        """What posting `text` costs, in USD."""
        ...

    def whoami(self) -> Profile:
        """Whose account this is. Raises `NotPosted` (try later) or `AccountDown`."""
        ...

    def upload(self, image: bytes, *, media_type: str, alt: str = "") -> str:
        """Hand over a picture for the next post; its id. Nothing public comes of it. Raises `PostError`."""
        ...

    def post(self, draft: Draft, *, timeout: timedelta, now: datetime, media: Sequence[str] = ()) -> Posted:
        """Publish, within `timeout` all told, with uploaded pictures.

        Raises `PostError`; every other outcome than a 2xx with an id is one.
        """
        ...

    def find(self, draft: Draft, *, user_id: str, since: datetime) -> Look:
        """Look for the tweet with this draft's link or words that the account published after `since`.

        Raises `NotPosted` (the look failed, try later), `AccountDown`, or `Refused` (this account may not look).
        """
        ...

    def timeline(self, *, user_id: str, since: datetime) -> "Timeline":
        """All that the account has published since then, as far back as it can be read. Raises as `find` does."""
        ...


class Timeline(Protocol):
    """What an account has published, read once."""

    def find(self, draft: Draft, *, since: datetime | None = None, but: Collection[str] = ()) -> Posted | None:
        """The newest tweet since then with this draft's link or words, if there is one; none of the ids in `but`."""
        ...

    def linking(self) -> Iterable[tuple[Posted, Draft]]:
        """Every tweet that leads somewhere, newest first: its words, and where its first link leads."""
        ...
