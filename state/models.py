"""The tables of the ledger, and what may never stand in them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, DateTime, ForeignKey, Index, Integer, MetaData, Text, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC and returned in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value!r}")
        utc = value.astimezone(UTC)
        # SQLite keeps text without an offset; written in UTC throughout, it sorts by time.
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """US dollars, stored as whole millionths: exact on every database, and SQL can add them up."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else int((value * 1_000_000).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value) / 1_000_000


def storable(text: str) -> str:
    """`text` without what no database can keep: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class Words(TypeDecorator[str]):
    """Text from outside, made storable: a broken character costs that character, not the item."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else storable(value)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment, Decimal: Money, str: Words, dict[str, Any]: JSON}  # noqa: RUF012


class Source(Base):
    __tablename__ = "sources"

    name: Mapped[str] = mapped_column(primary_key=True)
    validators: Mapped[dict[str, Any]] = mapped_column(default=dict)
    first_read_at: Mapped[datetime | None]
    oldest_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    not_before: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(failures > 0) = (last_error <> '')", name="a_failure_says_why"),)


class Account(Base):
    __tablename__ = "accounts"

    name: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(default="")
    username: Mapped[str] = mapped_column(default="")
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str] = mapped_column(default="")

    __table_args__ = (CheckConstraint("(paused_at IS NOT NULL) = (paused_why <> '')", name="a_pause_says_why"),)


class Told(Base):
    """A trouble that somebody was told of, and that has not ended yet."""

    __tablename__ = "told"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class SeenItem(Base):
    """What a source published, as it was read last."""

    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    guid: Mapped[str]
    link: Mapped[str]
    story: Mapped[str]
    title: Mapped[str]
    content_hash: Mapped[str]
    payload: Mapped[dict[str, Any]]
    published_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class ItemKey(Base):
    """A name by which an item is known again."""

    __tablename__ = "item_keys"

    source: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)


class Post(Base):
    """An item on its way to one account.

    `story` stands on the row that speaks for the story; a row that only repeats it points there with `same_as`.
    """

    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    account: Mapped[str]
    story: Mapped[str | None]
    same_as: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    text: Mapped[str | None]
    link: Mapped[str | None]
    weight: Mapped[int | None]
    price: Mapped[Decimal | None]
    images: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    unsure_since: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[datetime | None]
    tweet_id: Mapped[str | None]
    tweet_url: Mapped[str | None]
    posted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("item_id", "account"),
        UniqueConstraint("account", "story"),
        UniqueConstraint("account", "tweet_id"),
        Index(None, "account", "status"),
        CheckConstraint(
            "status IN ('waiting', 'sending', 'unsure', 'held', 'posted', 'skipped', 'refused')", name="status"
        ),
        CheckConstraint("(story IS NULL) = (same_as IS NOT NULL)", name="speaks_or_repeats"),
        CheckConstraint("same_as IS NULL OR (status = 'skipped' AND same_as <> id)", name="a_repeat_is_skipped"),
        CheckConstraint("status NOT IN ('unsure', 'held', 'skipped', 'refused') OR reason <> ''", name="says_why"),
        CheckConstraint("(text IS NULL) = (link IS NULL)", name="words_have_a_link"),
        CheckConstraint("(text IS NULL) = (weight IS NULL)", name="words_have_a_weight"),
        CheckConstraint("(text IS NULL) = (price IS NULL)", name="words_have_a_price"),
        CheckConstraint("(text IS NULL) = (images IS NULL)", name="words_have_images"),
        CheckConstraint("not_before IS NULL OR status = 'waiting'", name="only_waiting_has_a_time"),
        CheckConstraint("attempt >= 0 AND (attempt > 0) = (claimed_at IS NOT NULL)", name="an_attempt_has_a_time"),
        CheckConstraint("attempt = 0 OR text IS NOT NULL", name="an_attempt_has_words"),
        CheckConstraint("status NOT IN ('sending', 'unsure', 'refused') OR attempt > 0", name="was_attempted"),
        CheckConstraint("(status = 'sending') = (lease_until IS NOT NULL)", name="sending_has_a_lease"),
        CheckConstraint("(status = 'unsure') = (unsure_since IS NOT NULL)", name="unsure_has_a_time"),
        CheckConstraint("looks >= 0 AND (looks > 0) = (looked_at IS NOT NULL)", name="a_look_has_a_time"),
        CheckConstraint("looks = 0 OR status = 'unsure'", name="only_unsure_is_looked_up"),
        CheckConstraint("(status = 'posted') = (posted_at IS NOT NULL)", name="posted_has_a_time"),
        # A person may know that it is out without knowing its id; so these two are no equivalences.
        CheckConstraint("tweet_id IS NULL OR status = 'posted'", name="only_posted_is_a_tweet"),
        CheckConstraint("tweet_url IS NULL OR tweet_id IS NOT NULL", name="only_a_tweet_has_an_address"),
    )


class StoryName(Base):
    """Another name of the story that a post has told, or may have: its article was moved after X was asked."""

    __tablename__ = "story_names"

    account: Mapped[str] = mapped_column(primary_key=True)
    story: Mapped[str] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)


class History(Base):
    """Everything that happened to a post, in order. `text` is what was sent, or the words that were replaced."""

    __tablename__ = "history"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    at: Mapped[datetime]
    status: Mapped[str]
    reason: Mapped[str]
    attempt: Mapped[int]
    text: Mapped[str | None]
    tweet_id: Mapped[str | None]
