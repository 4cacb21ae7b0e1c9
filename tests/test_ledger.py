"""The state machine: every step, and every step that must not be."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from ledger_kit import (
    DRAFT,
    LEASE,
    LOOK_AGAIN,
    MINUTE,
    NOW,
    as_doubt,
    brought_to,
    claimed,
    doubted,
    item,
    shown,
    state,
    tweet,
    worded,
)

from connectors.contract import Image, Profile
from state.engine import writing
from state.ledger import Ledger
from state.transition import move
from state.values import STATUSES, Claim, Doubt, LostClaim, SettleError, Status

# --- Every step from every state --------------------------------------------------------------------------------------

Step = Callable[[Ledger, Claim], object]

STEPS: dict[str, tuple[Step, dict[Status, Status]]] = {
    "claim": (lambda ledger, claim: ledger.claim(claim.id, lease=LEASE, now=NOW), {"waiting": "sending"}),
    "hold": (lambda ledger, claim: ledger.hold(claim.id, "why", now=NOW), {"waiting": "held"}),
    "overdue": (lambda ledger, claim: ledger.overdue("office", now=NOW + LEASE), {"sending": "unsure"}),
    "release": (
        lambda ledger, claim: ledger.release(claim, "why", not_before=None, now=NOW),
        {"sending": "waiting"},
    ),
    "refuse": (lambda ledger, claim: ledger.refuse(claim, "why", now=NOW), {"sending": "refused"}),
    "doubt": (lambda ledger, claim: ledger.doubt(claim, "why", now=NOW), {"sending": "unsure"}),
    "confirm": (
        lambda ledger, claim: ledger.confirm(claim, tweet(2), now=NOW),
        {"sending": "posted", "unsure": "posted", "held": "posted", "waiting": "posted"},
    ),
    "found": (
        lambda ledger, claim: ledger.found(as_doubt(claim), tweet(2), now=NOW),
        {"sending": "posted", "unsure": "posted", "held": "posted", "waiting": "posted"},
    ),
    "absent once": (
        lambda ledger, claim: look_in_vain(ledger, as_doubt(claim), NOW),
        {"unsure": "unsure"},
    ),
    "absent twice": (
        lambda ledger, claim: [look_in_vain(ledger, as_doubt(claim), now) for now in (NOW, NOW + LOOK_AGAIN)],
        {"unsure": "waiting"},
    ),
    "cannot look": (lambda ledger, claim: ledger.cannot_look(as_doubt(claim), "why", now=NOW), {"unsure": "held"}),
    "settle posted": (
        lambda ledger, claim: ledger.settle(claim.id, "posted", now=NOW),
        dict.fromkeys(("waiting", "held", "unsure", "refused", "skipped"), "posted"),
    ),
    "settle waiting": (
        lambda ledger, claim: ledger.settle(claim.id, "waiting", now=NOW),
        dict.fromkeys(("held", "unsure", "refused", "skipped"), "waiting"),
    ),
    "settle skipped": (
        lambda ledger, claim: ledger.settle(claim.id, "skipped", now=NOW),
        dict.fromkeys(("waiting", "held", "unsure", "refused"), "skipped"),
    ),
}


ARROWS = [(step, start, end) for step, (_, leads_to) in STEPS.items() for start, end in leads_to.items()]


@pytest.mark.parametrize(("step", "start", "end"), ARROWS)
def test_every_arrow_of_the_drawing_leads_where_it_points(
    ledger: Ledger, step: str, start: Status, end: Status
) -> None:
    claim = brought_to(ledger, start)
    told = len(shown(ledger, claim.id)["history"])

    STEPS[step][0](ledger, claim)

    after = shown(ledger, claim.id)
    assert after["status"] == after["history"][-1]["status"] == end
    assert len(after["history"]) > told


@pytest.mark.parametrize("start", STATUSES)
def test_where_there_is_no_arrow_nothing_moves(ledger: Ledger, start: Status) -> None:
    claim = brought_to(ledger, start)
    before = shown(ledger, claim.id)

    for name, (take, leads_to) in STEPS.items():
        assert start in leads_to or refused(take, ledger, claim), name

    assert {**shown(ledger, claim.id), "history": 0} == {**before, "history": 0}


def refused(take: Step, ledger: Ledger, claim: Claim) -> bool:
    try:
        return not take(ledger, claim)
    except (LostClaim, SettleError):
        return True


@pytest.mark.parametrize("step", ["release", "refuse", "doubt", "confirm"])
def test_the_claim_of_an_older_attempt_changes_nothing(ledger: Ledger, step: str) -> None:
    old = claimed(ledger)
    ledger.release(old, "X is busy", not_before=None, now=NOW)
    assert ledger.claim(old.id, lease=LEASE, now=NOW)

    with pytest.raises(LostClaim, match=f"post {old.id}: attempt 1"):
        STEPS[step][0](ledger, old)
    assert (state(ledger, old.id), shown(ledger, old.id)["attempt"]) == ("sending", 2)


# --- Claims -----------------------------------------------------------------------------------------------------------


def test_a_claim_carries_the_words_that_are_frozen_with_it(ledger: Ledger) -> None:
    draft = replace(DRAFT, images=(Image(url="https://b.example/1.png", alt="Das Tor"),))
    post_id = worded(ledger, draft=draft)

    claim = ledger.claim(post_id, lease=LEASE, now=NOW)

    assert claim is not None
    assert (claim.draft, claim.attempt, claim.account, claim.item_title) == (draft, 1, "office", "Title 1")
    assert (claim.claimed_at, claim.lease_until) == (NOW, NOW + LEASE)
    assert not ledger.word(post_id, replace(draft, text="Andere Worte"), story=item().story, now=NOW)
    assert shown(ledger, post_id)["text"] == draft.text


def test_only_the_ledger_makes_a_claim(ledger: Ledger) -> None:
    claim = claimed(ledger)
    fields = {name: getattr(claim, name) for name in Claim.__slots__}
    with pytest.raises(TypeError):
        Claim(**fields)
    with pytest.raises(TypeError, match=r"Ledger\.claim"):
        Claim(**fields, made_by=None)


def test_what_has_no_words_is_not_due_or_has_expired_cannot_be_claimed(ledger: Ledger) -> None:
    with ledger.intake("blog", now=NOW) as intake:
        intake.sort([item(1)])
        wordless = intake.add(item(1), "office", status="waiting").id
    claim = claimed(ledger, item(2))
    ledger.release(claim, "X asks for patience", not_before=NOW + MINUTE, now=NOW)
    ending = worded(ledger, item(3), expires_at=NOW + MINUTE)

    assert ledger.claim(wordless, lease=LEASE, now=NOW) is None
    assert ledger.claim(claim.id, lease=LEASE, now=NOW) is None
    assert ledger.claim(claim.id, lease=LEASE, now=NOW + MINUTE) is not None
    assert ledger.claim(ending, lease=LEASE, now=NOW + MINUTE) is None
    assert ledger.claim(ending, lease=LEASE, now=NOW) is not None


def test_eight_workers_on_one_queue_claim_every_post_once(ledger: Ledger) -> None:
    with ledger.intake("blog", now=NOW) as intake:
        items = [item(number) for number in range(24)]
        intake.sort(items)
        ids = [intake.add(each, "office", status="waiting").id for each in items]
    for post_id, each in zip(ids, items, strict=True):
        ledger.word(post_id, DRAFT, story=each.story, now=NOW)

    def work(_worker: int) -> list[int]:
        claims = [ledger.claim(post.id, lease=LEASE, now=NOW) for post in ledger.waiting("office", now=NOW)]
        return [claim.id for claim in claims if claim is not None]

    with ThreadPoolExecutor(8) as workers:
        taken = [post_id for worker in workers.map(work, range(8)) for post_id in worker]
    assert sorted(taken) == sorted(ids)
    assert {shown(ledger, post_id)["attempt"] for post_id in ids} == {1}


# --- Outcomes ---------------------------------------------------------------------------------------------------------


def test_a_confirmed_post_keeps_its_tweet_its_price_and_its_story(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.confirm(claim, tweet(7), now=NOW)

    post = ledger.posts()[0]
    assert (post.status, post.tweet_id, post.tweet_url) == ("posted", "7", "https://x.com/i/status/7")
    assert (post.posted_at, post.price, post.text) == (NOW, Decimal("0.015"), DRAFT.text)
    told = [(line["status"], line["attempt"]) for line in shown(ledger, claim.id)["history"]]
    assert told == [("waiting", 0), ("sending", 1), ("posted", 1)]


def test_the_same_tweet_confirmed_twice_is_one_fact(ledger: Ledger) -> None:
    doubt = doubted(ledger)
    ledger.found(doubt, tweet(7), now=NOW)
    ledger.found(doubt, tweet(7), now=NOW)
    assert len([line for line in shown(ledger, doubt.id)["history"] if line["status"] == "posted"]) == 1


def test_a_tweet_that_comes_too_late_to_count_is_noted_all_the_same(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.release(claim, "X is busy", not_before=None, now=NOW)
    ledger.settle(claim.id, "skipped", now=NOW)

    with pytest.raises(LostClaim):
        ledger.confirm(claim, tweet(7), now=NOW)

    line = shown(ledger, claim.id)["history"][-1]
    assert (line["status"], line["tweet_id"]) == ("skipped", "7")
    assert "attempt 1 is out all the same: https://x.com/i/status/7" in line["reason"]


def test_a_released_post_waits_with_its_reason_until_it_is_due(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.release(claim, "X asks for patience", not_before=NOW + MINUTE, now=NOW)
    (post,) = ledger.waiting("office", now=NOW)
    assert (post.not_before, post.reason, post.attempt) == (NOW + MINUTE, "X asks for patience", 1)


def test_a_send_whose_lease_ran_out_is_doubted_once(ledger: Ledger) -> None:
    claim = claimed(ledger)
    assert ledger.overdue("office", now=NOW + LEASE - MINUTE) == []
    assert ledger.overdue("another", now=NOW + LEASE) == []
    assert ledger.overdue("office", now=NOW + LEASE) == [claim.id]
    assert ledger.overdue("office", now=NOW + LEASE) == []


def test_a_lease_from_a_clock_that_was_days_ahead_does_not_last_for_days(ledger: Ledger) -> None:
    claim = claimed(ledger, now=NOW + timedelta(days=3))
    assert ledger.overdue("office", now=NOW) == [claim.id]
    (doubt,) = ledger.doubts("office")
    assert doubt.since < NOW, "its tweet is looked for in the past"
    assert "interrupted" in shown(ledger, claim.id)["reason"]


def test_an_expired_post_is_skipped_and_says_when_its_time_ended(ledger: Ledger) -> None:
    ending = worded(ledger, item(1), expires_at=NOW + MINUTE)
    lasting = worded(ledger, item(2), expires_at=NOW + 2 * MINUTE)
    assert ledger.expire("office", now=NOW) == []
    assert [post.id for post in ledger.waiting("office", now=NOW + MINUTE)] == [lasting]
    assert ledger.expire("office", now=NOW + MINUTE) == [ending]
    assert shown(ledger, ending)["reason"] == "expired: its time ended on 2026-11-22 12:01 UTC"


def test_a_post_that_is_being_sent_does_not_expire(ledger: Ledger) -> None:
    post_id = worded(ledger, expires_at=NOW + MINUTE)
    ledger.claim(post_id, lease=LEASE, now=NOW)
    assert ledger.expire("office", now=NOW + MINUTE) == []
    assert state(ledger, post_id) == "sending"


# --- The queue --------------------------------------------------------------------------------------------------------


def test_the_queue_is_in_the_order_of_publication_and_undated_items_stand_where_they_were_seen(ledger: Ledger) -> None:
    young, undated, old = item(30), item(2, published=None), item(-30)
    for each in (young, undated, old):
        worded(ledger, each)
    assert [post.item for post in ledger.waiting("office", now=NOW)] == [old, undated, young]


def test_the_queue_of_one_account_is_not_that_of_another(ledger: Ledger) -> None:
    worded(ledger, account="office")
    assert ledger.waiting("branch", now=NOW) == []


def test_a_post_without_words_says_so(ledger: Ledger) -> None:
    with ledger.intake("blog", now=NOW) as intake:
        intake.sort([item()])
        intake.add(item(), "office", status="waiting")
    (post,) = ledger.waiting("office", now=NOW)
    assert (post.text, post.weight, post.price, post.link, post.images) == (None, None, None, "", ())


def test_new_words_are_noted_and_the_same_words_are_not(ledger: Ledger) -> None:
    post_id = worded(ledger)
    quiet = len(shown(ledger, post_id)["history"])
    assert ledger.word(post_id, DRAFT, story=item().story, now=NOW)
    assert len(shown(ledger, post_id)["history"]) == quiet

    assert ledger.word(post_id, replace(DRAFT, text="Bessere Worte"), story=item().story, now=NOW)
    assert shown(ledger, post_id)["history"][-1]["text"] == DRAFT.text
    assert shown(ledger, post_id)["text"] == "Bessere Worte"


# --- Doubts -----------------------------------------------------------------------------------------------------------


def test_a_doubt_knows_what_to_look_for_and_since_when(ledger: Ledger) -> None:
    doubt = doubted(ledger)
    assert (doubt.draft, doubt.looks, doubt.looked_at, doubt.unsure_since) == (DRAFT, 0, None, NOW)
    assert doubt.since == NOW - timedelta(hours=1)


def test_a_second_attempt_is_looked_up_from_the_first_one_on(ledger: Ledger) -> None:
    first = doubted(ledger)
    for now in (NOW, NOW + LOOK_AGAIN):
        look_in_vain(ledger, first, now)
    second = ledger.claim(first.id, lease=LEASE, now=NOW + 10 * MINUTE)
    assert second is not None
    ledger.doubt(second, "duplicate content", now=NOW + 10 * MINUTE)
    assert ledger.doubts("office")[0].since == first.since


def look_in_vain(ledger: Ledger, doubt: Doubt, at: datetime) -> Status:
    return ledger.absent(doubt, seen_at=at, look_again=LOOK_AGAIN, now=at)


def test_two_empty_looks_count_only_if_they_are_far_enough_apart(ledger: Ledger) -> None:
    doubt = doubted(ledger)
    looks = [NOW, NOW + MINUTE, NOW + LOOK_AGAIN - timedelta(seconds=1), NOW + LOOK_AGAIN]
    assert [look_in_vain(ledger, doubt, now) for now in looks] == ["unsure"] * 3 + ["waiting"]
    assert "looked at twice, 0:02:00 apart" in shown(ledger, doubt.id)["reason"]


def test_looks_that_do_not_count_leave_no_line(ledger: Ledger) -> None:
    doubt = doubted(ledger)
    look_in_vain(ledger, doubt, NOW)
    told = len(shown(ledger, doubt.id)["history"])
    look_in_vain(ledger, doubt, NOW + MINUTE)
    assert len(shown(ledger, doubt.id)["history"]) == told


def test_a_clock_that_was_set_back_starts_the_looks_again(ledger: Ledger) -> None:
    doubt = doubted(ledger)
    hour = timedelta(hours=1)
    looks = [NOW, NOW - hour, NOW - hour + MINUTE, NOW - hour + LOOK_AGAIN]
    assert [look_in_vain(ledger, doubt, now) for now in looks] == ["unsure"] * 3 + ["waiting"]


def test_looks_are_as_far_apart_as_the_timelines_clock_and_ours_say(ledger: Ledger) -> None:
    doubt = doubted(ledger)
    hour = timedelta(hours=1)
    for ours, theirs in [
        (NOW, NOW),
        (NOW + hour, NOW + MINUTE),  # ours was set
        (NOW + MINUTE, NOW + hour),  # theirs is wrong for once
        (NOW - hour, NOW + MINUTE),  # set back: this is the first look now
        (NOW, NOW + MINUTE),
        (NOW, NOW + LOOK_AGAIN),
    ]:
        assert ledger.absent(doubt, seen_at=theirs, look_again=LOOK_AGAIN, now=ours) == "unsure"
    assert ledger.absent(doubt, seen_at=NOW + MINUTE + LOOK_AGAIN, look_again=LOOK_AGAIN, now=NOW) == "waiting"


def test_a_look_that_meets_an_answer_on_its_way_into_the_ledger_changes_nothing(ledger: Ledger) -> None:
    doubt = doubted(ledger)
    with ThreadPoolExecutor(1) as other, writing(ledger._engine) as connection:
        assert move(connection, doubt.id, "posted", "", now=NOW, posted_at=NOW)
        looked = other.submit(look_in_vain, ledger, doubt, NOW)
        wait([looked], timeout=0.3)  # it comes in vain to a row that is not written yet
        assert not looked.done()
        connection.commit()
        with pytest.raises(LostClaim):
            looked.result()
    assert state(ledger, doubt.id) == "posted"


def test_the_looks_of_an_older_doubt_do_not_count_for_a_new_one(ledger: Ledger) -> None:
    doubt = doubted(ledger)
    look_in_vain(ledger, doubt, NOW)
    ledger.settle(doubt.id, "waiting", now=NOW)
    claim = ledger.claim(doubt.id, lease=LEASE, now=NOW)
    assert claim is not None
    ledger.doubt(claim, "the answer got lost", now=NOW + 10 * MINUTE)

    with pytest.raises(LostClaim):
        look_in_vain(ledger, doubt, NOW + 10 * MINUTE)
    (new,) = ledger.doubts("office")
    assert (new.looks, new.attempt) == (0, 2)
    assert look_in_vain(ledger, new, NOW + 10 * MINUTE) == "unsure"


def test_a_tweet_that_is_another_post_already_is_not_counted_twice(ledger: Ledger) -> None:
    ledger.confirm(claimed(ledger, item(1)), tweet(7), now=NOW)
    second = claimed(ledger, item(2))
    ledger.doubt(second, "the answer got lost", now=NOW)

    ledger.found(as_doubt(second), tweet(7), now=NOW)

    assert state(ledger, second.id) == "held"
    assert "https://x.com/i/status/7, is post" in shown(ledger, second.id)["reason"]


# --- People -----------------------------------------------------------------------------------------------------------


def test_a_person_may_know_that_it_is_out_with_or_without_its_id(ledger: Ledger) -> None:
    with_id, without = worded(ledger, item(1)), worded(ledger, item(2))
    ledger.settle(with_id, "posted", now=NOW, tweet_id="7")
    ledger.settle(without, "posted", now=NOW)
    assert [shown(ledger, post)["tweet_id"] for post in (with_id, without)] == ["7", None]
    assert shown(ledger, without)["reason"] == "a person settled it: it was waiting"


def test_a_person_who_wants_an_expired_post_out_takes_its_end_away(ledger: Ledger) -> None:
    post_id = worded(ledger, expires_at=NOW)
    ledger.expire("office", now=NOW)
    ledger.settle(post_id, "waiting", now=NOW)
    assert ledger.expire("office", now=NOW) == []
    assert ledger.claim(post_id, lease=LEASE, now=NOW) is None, "its words are as old as it is"
    assert ledger.word(post_id, DRAFT, story=item().story, now=NOW)
    assert ledger.claim(post_id, lease=LEASE, now=NOW) is not None


def _repeat(ledger: Ledger) -> int:
    worded(ledger, item(1))
    with ledger.intake("facebook", now=NOW) as intake:
        same = item(1, source="facebook", id="fb-1")
        intake.sort([same])
        return intake.add(same, "office", status="waiting").id


def _tweet_of_another(ledger: Ledger) -> None:
    ledger.settle(worded(ledger, item(1)), "posted", now=NOW, tweet_id="7")
    ledger.settle(worded(ledger, item(2)), "posted", now=NOW, tweet_id="7")


NO = {
    "there is no post 999999": lambda ledger: ledger.settle(999_999, "posted", now=NOW),
    "is out: it was posted on 2026-11-22 12:00 UTC": lambda ledger: ledger.settle(
        brought_to(ledger, "posted").id, "waiting", now=NOW
    ),
    "is being sent right now; look again after 12:02:00 UTC": lambda ledger: ledger.settle(
        brought_to(ledger, "sending").id, "posted", now=NOW
    ),
    "only repeats post": lambda ledger: ledger.settle(_repeat(ledger), "waiting", now=NOW),
    "is waiting already": lambda ledger: ledger.settle(worded(ledger), "waiting", now=NOW),
    "a tweet id belongs to a post that is settled as posted": lambda ledger: ledger.settle(
        worded(ledger), "skipped", now=NOW, tweet_id="7"
    ),
    "tweet 7 is post": _tweet_of_another,
}


@pytest.mark.parametrize("sentence", NO)
def test_a_decision_that_cannot_be_says_why(ledger: Ledger, sentence: str) -> None:
    with pytest.raises(SettleError, match=sentence):
        NO[sentence](ledger)


# --- Accounts ---------------------------------------------------------------------------------------------------------


def test_an_account_is_paused_once_with_the_first_reason(ledger: Ledger) -> None:
    assert ledger.pause("office", "no credits", now=NOW)
    assert not ledger.pause("office", "another reason", now=NOW + MINUTE)
    account = ledger.account("office")
    assert (account.paused_at, account.paused_why) == (NOW, "no credits")
    assert ledger.resume("office")
    assert not ledger.resume("office")
    assert ledger.account("office").paused_at is None


def test_an_account_is_known_from_its_introduction_on(ledger: Ledger) -> None:
    assert ledger.account("office").user_id == ""
    ledger.introduce("office", Profile(id="1", username="old"))
    ledger.introduce("office", Profile(id="1", username="new"))
    assert (ledger.account("office").user_id, ledger.account("office").username) == ("1", "new")


# --- Reports ----------------------------------------------------------------------------------------------------------


def test_all_seven_states_are_counted_even_when_empty(ledger: Ledger) -> None:
    assert ledger.counts() == dict.fromkeys(STATUSES, 0)
    worded(ledger)
    assert ledger.counts() == {**dict.fromkeys(STATUSES, 0), "waiting": 1}


def test_posts_are_listed_by_account_and_state_the_latest_first(ledger: Ledger) -> None:
    first, second = worded(ledger, item(1)), worded(ledger, item(2))
    elsewhere = worded(ledger, item(3), account="branch")
    ledger.hold(first, "a person must look", now=NOW + MINUTE)

    def ids(**only: Any) -> list[int]:
        return [post.id for post in ledger.posts(**only)]

    assert ids() == [first, elsewhere, second]
    assert ids(account="office") == [first, second]
    assert ids(statuses=["held"]) == [first]
    assert ids(limit=1) == [first]
    assert (ledger.posts(limit=1)[0].title, ledger.posts(limit=1)[0].source) == ("Title 1", "blog")


def test_money_is_counted_for_what_is_out_and_for_what_may_be(ledger: Ledger) -> None:
    ledger.confirm(claimed(ledger, item(1)), tweet(1), now=NOW)
    claimed(ledger, item(2))
    worded(ledger, item(3))
    worded(ledger, item(4), account="branch")
    assert ledger.spent("office", NOW) == Decimal("0.03")
    assert ledger.spent("office", NOW + MINUTE) == 0


def test_the_last_tweet_of_an_account_is_the_youngest(ledger: Ledger) -> None:
    assert ledger.last_posted("office") is None
    ledger.confirm(claimed(ledger, item(1)), tweet(1, at=NOW), now=NOW)
    ledger.confirm(claimed(ledger, item(2)), tweet(2, at=NOW - MINUTE), now=NOW)
    assert ledger.last_posted("office") == NOW


def test_a_post_that_does_not_exist_shows_nothing(ledger: Ledger) -> None:
    assert ledger.show(999_999) is None
