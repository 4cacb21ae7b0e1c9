"""Short words for the long way into a state of the ledger."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.contract import Draft, Item, Posted
from state.ledger import Ledger
from state.values import Claim, Doubt, Status

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = 2 * MINUTE
LOOK_AGAIN = 2 * MINUTE
DRAFT = Draft(text="Neue Öffnungszeiten", link="https://b.example/1", weight=19, price=Decimal("0.015"))


def item(number: int = 1, **changes: Any) -> Item:
    link = f"https://b.example/{number}"
    values = {"source": "blog", "id": link, "link": link, "story": link, "title": f"Title {number}", "text": "Text"}
    return Item(**values | {"published": NOW + number * MINUTE} | changes)


def add(ledger: Ledger, *items: Item, account: str = "office", status: Any = "waiting", **more: Any) -> int:
    """Take items in; the id of the last one's post."""
    with ledger.intake(items[0].source, now=NOW) as intake:
        intake.sort(items)
        ids = [intake.add(each, account, status=status, **more).id for each in items]
        intake.done({})
    return ids[-1]


def worded(ledger: Ledger, *items: Item, draft: Draft = DRAFT, **more: Any) -> int:
    items = items or (item(),)
    post_id = add(ledger, *items, **more)
    assert ledger.word(post_id, draft, story=items[-1].story, now=NOW)
    return post_id


def claimed(ledger: Ledger, *items: Item, now: datetime = NOW) -> Claim:
    claim = ledger.claim(worded(ledger, *items), lease=LEASE, now=now)
    assert claim is not None
    return claim


def doubted(ledger: Ledger) -> Doubt:
    ledger.doubt(claimed(ledger), "the answer got lost", now=NOW)
    return ledger.doubts("office")[0]


def tweet(number: int = 1, at: datetime = NOW) -> Posted:
    return Posted(id=str(number), url=f"https://x.com/i/status/{number}", at=at)


def as_doubt(claim: Claim) -> Doubt:
    return Doubt(
        id=claim.id,
        attempt=claim.attempt,
        account=claim.account,
        draft=claim.draft,
        since=claim.claimed_at,
        looks=0,
        looked_at=None,
        unsure_since=NOW,
    )


def _skip(ledger: Ledger, claim: Claim) -> None:
    ledger.release(claim, "X is busy", not_before=None, now=NOW)
    ledger.settle(claim.id, "skipped", now=NOW)


def _hold(ledger: Ledger, claim: Claim) -> None:
    ledger.doubt(claim, "the answer got lost", now=NOW)
    ledger.cannot_look(as_doubt(claim), "the timeline is closed", now=NOW)


WAYS: dict[Status, Callable[[Ledger, Claim], object]] = {
    "sending": lambda ledger, claim: None,
    "waiting": lambda ledger, claim: ledger.release(claim, "X is busy", not_before=None, now=NOW),
    "unsure": lambda ledger, claim: ledger.doubt(claim, "the answer got lost", now=NOW),
    "refused": lambda ledger, claim: ledger.refuse(claim, "X refuses it", now=NOW),
    "posted": lambda ledger, claim: ledger.confirm(claim, tweet(), now=NOW),
    "held": _hold,
    "skipped": _skip,
}


def brought_to(ledger: Ledger, status: Status) -> Claim:
    """A post in any state, and the claim that was made on its way there."""
    claim = claimed(ledger)
    WAYS[status](ledger, claim)
    assert state(ledger, claim.id) == status
    return claim


def state(ledger: Ledger, post_id: int) -> str:
    return str(shown(ledger, post_id)["status"])


def shown(ledger: Ledger, post_id: int) -> dict[str, Any]:
    post = ledger.show(post_id)
    assert post is not None
    return post
