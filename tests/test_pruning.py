"""What the ledger forgets, and what it never does."""

from datetime import timedelta
from typing import Any

from ledger_kit import LEASE, NOW, add, claimed, item, tweet, worded

from state.ledger import Ledger

LATER = NOW + timedelta(days=1)


def payload(ledger: Ledger, post_id: int) -> Any:
    shown = ledger.show(post_id)
    assert shown
    return shown["item"]["payload"]


def test_the_text_of_a_decided_item_goes_and_its_title_and_link_stay(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.confirm(claim, tweet(), now=NOW)
    assert ledger.prune(before=NOW) == 0, "it is not old enough"
    assert ledger.prune(before=LATER) == 1
    left = payload(ledger, claim.id)
    assert (left["title"], left["link"], left["text"]) == (item().title, item().link, "")
    assert ledger.prune(before=LATER) == 0


def test_what_may_still_be_tweeted_keeps_its_text(ledger: Ledger) -> None:
    waiting, held = worded(ledger), add(ledger, item(2), status="held", reason="a burst")
    assert ledger.prune(before=LATER) == 0
    assert payload(ledger, waiting)["text"] == payload(ledger, held)["text"] == "Text"


def test_a_pruned_item_is_known_again_and_an_edit_brings_its_text_back(ledger: Ledger) -> None:
    post_id = add(ledger, item(), status="skipped", reason="before setup")
    ledger.prune(before=LATER)
    with ledger.intake("blog", now=LATER) as intake:
        assert intake.sort([item()]).known == 1
        assert len(intake.sort([item(text="New text")]).edited) == 1
    assert payload(ledger, post_id)["text"] == "New text"


def test_a_person_may_still_have_a_pruned_item_tweeted(ledger: Ledger) -> None:
    post_id = add(ledger, item(), status="skipped", reason="before setup")
    ledger.prune(before=LATER)
    ledger.settle(post_id, "waiting", now=LATER)
    (waiting,) = ledger.waiting("office", now=LATER)
    assert (waiting.item.title, waiting.item.text) == (item().title, "")
    assert ledger.claim(post_id, lease=LEASE, now=LATER) is None, "it has no words yet"
