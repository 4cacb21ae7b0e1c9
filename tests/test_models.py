"""What may never stand in the tables: both databases refuse it, whoever writes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from ledger_kit import NOW, add, item
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError, StatementError

from state.ledger import Ledger
from state.models import Account, ItemKey, Post, SeenItem, Source

WORDS = {"text": "words", "link": "", "weight": 5, "price": Decimal("0.015"), "images": []}
TRIED = {**WORDS, "attempt": 1, "claimed_at": NOW}

# One good row of every kind; every forbidden row below is one of them with one thing wrong.
GOOD: dict[str, dict[str, Any]] = {
    "waiting": {},
    "worded": WORDS,
    "released": {**TRIED, "reason": "X is busy", "not_before": NOW},
    "sending": {**TRIED, "status": "sending", "lease_until": NOW},
    "unsure": {**TRIED, "status": "unsure", "reason": "lost", "unsure_since": NOW},
    "looked at": {**TRIED, "status": "unsure", "reason": "lost", "unsure_since": NOW, "looks": 1, "looked_at": NOW},
    "held": {"status": "held", "reason": "a burst"},
    "posted": {**TRIED, "status": "posted", "posted_at": NOW, "tweet_id": "7", "tweet_url": "https://x.com/i/status/7"},
    "posted, a person says": {"status": "posted", "posted_at": NOW},
    "skipped": {"status": "skipped", "reason": "filtered"},
    "refused": {**TRIED, "status": "refused", "reason": "X refuses it"},
    "repeat": {"status": "skipped", "reason": "same story", "story": None, "same_as": "first"},
}

FORBIDDEN: list[tuple[str, dict[str, Any], str]] = [
    ("waiting", {"status": "tweeted"}, "status"),
    ("waiting", {"story": None}, "speaks_or_repeats"),
    ("repeat", {"story": "b"}, "speaks_or_repeats"),
    ("repeat", {"status": "waiting"}, "a_repeat_is_skipped"),
    ("repeat", {"id": 999_999, "same_as": 999_999}, "a_repeat_is_skipped"),
    ("unsure", {"reason": ""}, "says_why"),
    ("held", {"reason": ""}, "says_why"),
    ("skipped", {"reason": ""}, "says_why"),
    ("refused", {"reason": ""}, "says_why"),
    ("worded", {"link": None}, "words_have_a_link"),
    ("worded", {"weight": None}, "words_have_a_weight"),
    ("worded", {"price": None}, "words_have_a_price"),
    ("worded", {"images": None}, "words_have_images"),
    ("waiting", {"weight": 5}, "words_have_a_weight"),
    ("waiting", {"images": []}, "words_have_images"),
    ("sending", {"not_before": NOW}, "only_waiting_has_a_time"),
    ("held", {"not_before": NOW}, "only_waiting_has_a_time"),
    ("waiting", {"attempt": -1}, "an_attempt_has_a_time"),
    ("released", {"claimed_at": None}, "an_attempt_has_a_time"),
    ("waiting", {"claimed_at": NOW}, "an_attempt_has_a_time"),
    ("released", dict.fromkeys(WORDS), "an_attempt_has_words"),
    ("sending", {"attempt": 0, "claimed_at": None}, "was_attempted"),
    ("unsure", {"attempt": 0, "claimed_at": None}, "was_attempted"),
    ("refused", {"attempt": 0, "claimed_at": None}, "was_attempted"),
    ("sending", {"lease_until": None}, "sending_has_a_lease"),
    ("released", {"lease_until": NOW}, "sending_has_a_lease"),
    ("unsure", {"unsure_since": None}, "unsure_has_a_time"),
    ("held", {"unsure_since": NOW}, "unsure_has_a_time"),
    ("looked at", {"looked_at": None}, "a_look_has_a_time"),
    ("unsure", {"looked_at": NOW}, "a_look_has_a_time"),
    ("unsure", {"looks": -1}, "a_look_has_a_time"),
    ("held", {"looks": 1, "looked_at": NOW}, "only_unsure_is_looked_up"),
    ("posted", {"posted_at": None}, "posted_has_a_time"),
    ("waiting", {"posted_at": NOW}, "posted_has_a_time"),
    ("waiting", {"tweet_id": "7"}, "only_posted_is_a_tweet"),
    ("posted", {"tweet_id": None}, "only_a_tweet_has_an_address"),
]


@pytest.fixture
def connection(ledger: Ledger) -> Iterator[Connection]:
    with ledger._engine.connect() as connection:
        yield connection


@pytest.fixture
def first(ledger: Ledger) -> int:
    return add(ledger, item(1))


def put(connection: Connection, first: int, kind: str, **changes: Any) -> None:
    """A row for a second item, beside the `first` post."""
    values = {"source": "blog", "guid": "b", "link": "", "story": "b", "title": "", "content_hash": "", "payload": {}}
    item_id = connection.execute(insert(SeenItem).values(**values, first_seen_at=NOW).returning(SeenItem.id)).scalar()
    row = {"item_id": item_id, "account": "office", "story": "b", "status": "waiting", "created_at": NOW}
    row |= {"updated_at": NOW} | GOOD[kind] | changes
    if row.get("same_as") == "first":
        row["same_as"] = first
    connection.execute(insert(Post).values(row))


@pytest.mark.parametrize("kind", GOOD)
def test_a_post_of_every_kind_may_stand_in_the_table(connection: Connection, first: int, kind: str) -> None:
    put(connection, first, kind)


@pytest.mark.parametrize(("kind", "wrong", "rule"), FORBIDDEN)
def test_a_post_that_cannot_be_is_refused(
    connection: Connection, first: int, kind: str, wrong: dict[str, Any], rule: str
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_posts_{rule}"):
        put(connection, first, kind, **wrong)


def test_every_rule_has_a_row_that_breaks_it() -> None:
    rules = {str(rule.name).removeprefix("ck_posts_") for rule in Post.__table__.constraints if "ck_" in str(rule.name)}
    assert rules == {rule for _, _, rule in FORBIDDEN}


def test_one_story_has_one_voice_per_account(connection: Connection, first: int) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        put(connection, first, "waiting", story=item(1).story)


def test_an_item_goes_to_an_account_in_one_row(connection: Connection, first: int) -> None:
    item_id = connection.execute(select(Post.item_id).where(Post.id == first)).scalar()
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        put(connection, first, "waiting", item_id=item_id)


def test_one_tweet_is_one_post(ledger: Ledger, connection: Connection, first: int) -> None:
    ledger.settle(first, "posted", now=NOW, tweet_id="7")
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        put(connection, first, "posted")


@pytest.mark.parametrize(
    "row",
    [
        insert(ItemKey).values(source="blog", key="id b", item_id=999_999),
        insert(Account).values(name="office", paused_at=NOW),
        insert(Account).values(name="office", paused_why="no credits"),
        insert(Source).values(name="news", failures=1),
        insert(Source).values(name="news", last_error="404"),
    ],
    ids=["a key of no item", "a pause without a reason", "a reason without a pause", "no error", "no failure"],
)
def test_the_other_tables_refuse_what_cannot_be(connection: Connection, row: Any) -> None:
    with pytest.raises(IntegrityError):
        connection.execute(row)


def test_a_post_of_an_item_that_is_not_there_is_refused(connection: Connection, first: int) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        put(connection, first, "waiting", item_id=999_999)


# --- Values -----------------------------------------------------------------------------------------------------------


def test_moments_come_back_aware_and_in_utc(ledger: Ledger) -> None:
    moment = datetime(2026, 11, 22, 13, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    ledger.source_unchanged("blog", {}, now=moment)
    stored = ledger.source("blog").last_success_at
    assert stored == moment
    assert stored.tzinfo is UTC


def test_a_moment_without_a_time_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        ledger.source_unchanged("blog", {}, now=datetime(2026, 11, 22))  # noqa: DTZ001


@pytest.mark.parametrize("price", ["0", "0.015", "0.000001", "999.99"])
def test_money_is_exact(connection: Connection, first: int, price: str) -> None:
    put(connection, first, "worded", price=Decimal(price))
    assert connection.execute(select(Post.price).where(Post.id != first)).scalar() == Decimal(price)
