"""What the ledger hands out, and the three ways in which it says no."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args

from connectors.contract import Draft, Image, Item

Status = Literal["waiting", "sending", "unsure", "held", "posted", "skipped", "refused"]
STATUSES: tuple[Status, ...] = get_args(Status)


class DatabaseError(Exception):
    """The database cannot be used. The message is one line: which one, what happened, what to do."""


class LostClaim(Exception):
    """The post was taken out of this hand meanwhile: its claim ran out, or a person decided. Nothing was changed."""


class SettleError(Exception):
    """A person's decision that cannot be; the message says why."""


_LEDGER = object()
BEFORE_SETUP = "before setup"  # so begins the reason of what was there before the ledger


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """What is known about reading a source.

    `oldest_at` is the oldest date of its first read; until `not_before` it asked to be left alone.
    """

    name: str
    validators: Mapping[str, str]
    first_read_at: datetime | None
    oldest_at: datetime | None
    last_success_at: datetime | None
    failures: int
    last_error: str
    not_before: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountState:
    """Who an account is, and whether it may post. `user_id` is empty until `introduce`."""

    name: str
    user_id: str
    username: str
    paused_at: datetime | None
    paused_why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sorted:
    """A read, compared with what is known: `known` counts those of which nothing changed.

    `turned` are the edited ones that are about something else now.
    """

    new: tuple[Item, ...]
    edited: tuple[Item, ...]
    turned: tuple[Item, ...] = ()
    known: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """A post as it entered the ledger, which may be otherwise than was asked: the story may be told already."""

    id: int
    item: str
    account: str
    status: Status
    reason: str
    not_before: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsent:
    """A post that this ledger has not sent, though it may be out; one that is `early` will not be sent any more.

    One that `repeats` has another tell its story.
    """

    id: int
    item: Item
    early: bool
    repeats: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A post in the queue. `text`, `weight` and `price` are None until it has words."""

    id: int
    item: Item
    text: str | None
    weight: int | None
    price: Decimal | None
    link: str
    images: tuple[Image, ...]
    attempt: int
    not_before: datetime | None
    expires_at: datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """The right to send one post once, until `lease_until`. Only `Ledger.claim` makes one."""

    id: int
    attempt: int
    account: str
    item_title: str
    draft: Draft
    claimed_at: datetime
    lease_until: datetime
    made_by: InitVar[object]

    def __post_init__(self, made_by: object) -> None:
        if made_by is not _LEDGER:
            raise TypeError("a Claim is made by Ledger.claim alone")


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """A post of which nobody knows whether it is out.

    Nothing of it can be older in the timeline than `since`: the first claim, less what clocks may differ by. `looks`
    counts the empty looks at the timeline so far, `looked_at` is the last counted one.
    """

    id: int
    attempt: int
    account: str
    draft: Draft
    since: datetime
    looks: int
    looked_at: datetime | None
    unsure_since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PostRow:
    """One post as `status` lists it. `item` is what the source calls it, `article` its address, `link` the tweet's."""

    id: int
    account: str
    source: str
    item: str
    title: str
    article: str
    status: Status
    reason: str
    text: str | None
    weight: int | None
    price: Decimal | None
    link: str
    images: tuple[Image, ...]
    not_before: datetime | None
    expires_at: datetime | None
    attempt: int
    tweet_id: str | None
    tweet_url: str | None
    posted_at: datetime | None
    created_at: datetime
    updated_at: datetime
