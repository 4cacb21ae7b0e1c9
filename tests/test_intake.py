"""What is new, what is known, and what was only given another name."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ledger_kit import DRAFT, LEASE, MINUTE, NOW, add, claimed, item, shown, state, tweet, worded

from connectors.contract import Image, Item, Offer
from state.ledger import Ledger
from state.values import Sorted


def read(ledger: Ledger, *items: Item) -> Sorted:
    with ledger.intake(items[0].source, now=NOW) as intake:
        found = intake.sort(items)
        intake.done({})
    return found


# --- Reading a source -------------------------------------------------------------------------------------------------


def test_a_source_never_heard_of_was_never_read(ledger: Ledger) -> None:
    source = ledger.source("blog")
    assert (source.first_read_at, source.validators, source.failures) == (None, {}, 0)


def test_the_first_read_is_the_first_one_that_was_stored(ledger: Ledger) -> None:
    first = []
    for oldest in (NOW - timedelta(days=30), NOW):
        with ledger.intake("blog", now=NOW) as intake:
            first.append((intake.first_read, intake.oldest_at))
            intake.done({"etag": "a"}, oldest_at=oldest)
    assert first == [(True, None), (False, NOW - timedelta(days=30))]
    assert ledger.source("blog").validators == {"etag": "a"}


def test_an_intake_that_fails_leaves_nothing_behind(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.intake("blog", now=NOW) as intake:
            intake.sort([item()])
            intake.add(item(), "office", status="waiting")
            intake.done({"etag": "a"})
            raise RuntimeError("a template is broken")

    with pytest.raises(RuntimeError):
        fail()
    assert ledger.source("blog").first_read_at is None
    assert ledger.posts() == []
    assert read(ledger, item()).new == (item(),)


def test_failures_are_counted_until_the_next_success(ledger: Ledger) -> None:
    assert [ledger.source_failed("blog", why) for why in ("no route", "404")] == [1, 2]
    assert ledger.source("blog").last_error == "404"
    ledger.source_unchanged("blog", {}, now=NOW)
    source = ledger.source("blog")
    assert (source.failures, source.last_error, source.last_success_at) == (0, "", NOW)
    ledger.source_failed("blog", "404")
    read(ledger, item())
    assert ledger.source("blog").failures == 0


# --- Known, new, edited -----------------------------------------------------------------------------------------------


def test_an_item_is_new_once_even_if_no_account_wants_it(ledger: Ledger) -> None:
    assert read(ledger, item(1), item(2)) == Sorted(new=(item(1), item(2)), edited=(), known=0)
    assert read(ledger, item(1), item(3)) == Sorted(new=(item(3),), edited=(), known=1)


def test_an_item_comes_back_as_it_went_in(ledger: Ledger) -> None:
    whole = item(
        images=(Image(url="https://b.example/1.png", alt="Das Tor"),),
        tags=("Angebot",),
        offer=Offer(price="9,99 €", until=NOW),
        language="de",
        extra={"kind": "photo"},
    )
    add(ledger, whole)
    assert ledger.waiting("office", now=NOW)[0].item == whole


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Better"},
        {"text": "Better"},
        {"link": "https://b.example/better"},
        {"images": (Image(url="https://b.example/1.png"),)},
        {"tags": ("Angebot",)},
        {"offer": Offer(price="1 €")},
    ],
)
def test_what_a_reader_would_see_is_an_edit(ledger: Ledger, change: dict[str, Any]) -> None:
    post_id = add(ledger, item())
    edited = item(**change)
    assert read(ledger, edited) == Sorted(new=(), edited=(edited,), known=0)
    assert ledger.waiting("office", now=NOW)[0].item == edited
    assert shown(ledger, post_id)["history"][-1]["reason"] == "edited at the source"
    assert read(ledger, edited).known == 1


@pytest.mark.parametrize("change", [{"updated": NOW}, {"published": NOW}, {"author": "A."}, {"extra": {"likes": "3"}}])
def test_what_a_reader_would_not_see_is_no_edit(ledger: Ledger, change: dict[str, Any]) -> None:
    read(ledger, item())
    assert read(ledger, item(**change)).known == 1


def test_a_feed_that_changes_at_every_read_is_noted_once(ledger: Ledger) -> None:
    post_id = add(ledger, item())
    for second in range(3):
        read(ledger, item(text=f"It is {second} s past twelve"))
    assert [line["reason"] for line in shown(ledger, post_id)["history"]] == ["", "edited at the source"]


def test_an_edit_changes_neither_the_words_nor_the_state_of_a_post_that_is_out(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.confirm(claim, tweet(), now=NOW)
    read(ledger, item(title="Better"))
    post = shown(ledger, claim.id)
    assert (post["status"], post["text"], post["item"]["title"]) == ("posted", DRAFT.text, "Better")


# --- Another name for the same thing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (item(id="http://b.example/?p=1", title=""), item(id="https://b.example/?p=1", title="", published=None)),
        (item(id="https://old.example/1", story=""), item(id="https://new.example/1", story="")),
        (item(id="abc"), item(id="def")),
        (item(id="abc"), item(id="def", title="Corrected")),
        (item(id="abc"), item(id="def", published=None)),
        (item(id="abc", story="a:abc"), item(id="def", story="a:def")),
        (item(id="abc"), item(id="def", link="https://b.example/new", story="https://b.example/new")),
    ],
    ids=[
        *("http becomes https", "the blog moves", "another id", "another id and title", "another id, no date"),
        *("another id and no link", "another id and link"),
    ],
)
def test_an_item_whose_id_was_changed_is_known_again_and_from_then_on(
    ledger: Ledger, before: Item, after: Item
) -> None:
    post_id = add(ledger, before)
    assert read(ledger, after).new == ()
    # Now that the new name is its own, it needs no likeness any more.
    assert read(ledger, replace(after, title="Another", published=None, story="elsewhere")).new == ()
    assert add(ledger, after) == post_id


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (item(id="abc"), item(id="def", title="Something else", published=NOW)),
        (item(id="abc", title="", published=None), item(id="def", title="", published=None)),
        (
            item(id="https://a.example/1", story="a:1"),
            item(id="https://b.example/1", story="b:1", title="B", published=NOW),
        ),
        (item(id="abc", story="one"), item(id="def", story="one", text="Another")),
    ],
    ids=["nothing alike", "nothing to compare", "two blogs in one feed", "a story that is no link"],
)
def test_what_only_looks_alike_is_new(ledger: Ledger, before: Item, after: Item) -> None:
    read(ledger, before)
    assert read(ledger, after).new == (after,)


def test_an_item_that_stands_beside_its_likeness_is_another_one(ledger: Ledger) -> None:
    read(ledger, item(id="abc"))
    assert read(ledger, item(id="abc"), item(id="def")).new == (item(id="def"),)


def test_one_item_changes_its_id_only_once_in_a_read(ledger: Ledger) -> None:
    read(ledger, item(id="abc"))
    assert read(ledger, item(id="def"), item(id="ghi")) == Sorted(new=(item(id="ghi"),), edited=(), known=1)


def test_of_two_items_with_one_id_the_first_counts(ledger: Ledger) -> None:
    assert read(ledger, item(), item(title="Twin")) == Sorted(new=(item(),), edited=(), known=0)


def test_the_ids_of_two_sources_are_different_things(ledger: Ledger) -> None:
    read(ledger, item())
    other = item(source="facebook")
    assert read(ledger, other).new == (other,)


# --- On the way to an account -----------------------------------------------------------------------------------------


def test_an_item_goes_to_an_account_once(ledger: Ledger) -> None:
    first = add(ledger, item())
    assert add(ledger, item(), status="skipped", reason="filtered") == first
    assert state(ledger, first) == "waiting"
    assert add(ledger, item(), account="branch") != first


def test_a_story_that_was_told_is_skipped_and_points_to_the_post_that_tells_it(ledger: Ledger) -> None:
    blog = add(ledger, item())
    same = add(ledger, item(source="facebook", id="fb-1"))
    post = shown(ledger, same)
    assert (post["status"], post["reason"], post["same_as"]) == ("skipped", f"same story as post {blog}", blog)
    assert state(ledger, add(ledger, item(source="facebook", id="fb-1"), account="branch")) == "waiting"


def test_what_was_there_before_the_setup_is_not_told_by_another_source(ledger: Ledger) -> None:
    add(ledger, item(), status="skipped", reason="before setup")
    assert state(ledger, add(ledger, item(source="facebook", id="fb-1"))) == "skipped"


def test_a_held_post_keeps_its_reason(ledger: Ledger) -> None:
    post_id = add(ledger, item(), status="held", reason="12 unknown entries at once")
    assert (shown(ledger, post_id)["status"], shown(ledger, post_id)["reason"]) == (
        "held",
        "12 unknown entries at once",
    )


def test_an_edited_item_that_waits_again_is_sent_with_its_new_words(ledger: Ledger) -> None:
    post_id = worded(ledger)
    read(ledger, item(title="Better"))
    ledger.word(post_id, replace(DRAFT, text="Better"), story=item().story, now=NOW)
    claim = ledger.claim(post_id, lease=LEASE, now=NOW + MINUTE)
    assert claim is not None
    assert (claim.draft.text, claim.item_title) == ("Better", "Better")


def test_two_sources_may_bring_the_same_stories_at_the_same_moment(ledger: Ledger) -> None:
    blog = [item(number) for number in range(20)]
    facebook = [item(number, source="facebook", id=f"fb-{number}") for number in reversed(range(20))]
    together = threading.Barrier(2)

    def collect(items: list[Item], errors: list[Exception]) -> None:
        together.wait()
        try:
            add(ledger, *items)
        except Exception as error:
            errors.append(error)

    errors: list[Exception] = []
    threads = [threading.Thread(target=collect, args=(items, errors)) for items in (blog, facebook)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {status: number for status, number in ledger.counts().items() if number} == {"waiting": 20, "skipped": 20}


# --- Whatever a feed may hold -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud83d", "💚 \U000e0067", "x" * 100_000], ids=repr)
def test_no_text_of_a_feed_stops_the_intake(ledger: Ledger, text: str) -> None:
    odd = item(id=text, title=text, text=text, link=text, story="https://b.example/" + text)
    post_id = add(ledger, odd)
    assert read(ledger, odd).known == 1
    ledger.word(post_id, replace(DRAFT, text=text, link=text), story=odd.story, now=NOW)
    claim = ledger.claim(post_id, lease=LEASE, now=NOW)
    assert claim is not None
    ledger.refuse(claim, f"X does not like {text}", now=NOW)
    assert shown(ledger, post_id)["reason"].startswith("X does not like")


def test_a_long_feed_is_taken_in_at_once(ledger: Ledger) -> None:
    many = [item(number) for number in range(600)]
    assert len(read(ledger, *many).new) == 600
    assert read(ledger, *many).known == 600


def test_a_waiting_post_whose_item_is_about_something_else_by_now_frees_its_old_story(ledger: Ledger) -> None:
    first = add(ledger, item(1, story="https://b.example/old"))
    read(ledger, item(3, id=item(1).id, story="https://b.example/new"))
    other = add(ledger, item(2, story="https://b.example/old"))
    assert (state(ledger, first), state(ledger, other)) == ("waiting", "waiting")


def test_a_waiting_post_whose_item_turns_to_a_story_that_is_told_repeats_it(ledger: Ledger) -> None:
    teller = add(ledger, item(1, story="https://b.example/told"))
    late = add(ledger, item(2, story="blog:2"))
    read(ledger, item(2, story="https://b.example/told", text="Another"))
    assert (state(ledger, late), shown(ledger, late)["same_as"]) == ("skipped", teller)


def test_a_post_that_is_out_keeps_its_story_whatever_becomes_of_its_item(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.confirm(claim, tweet(), now=NOW)
    read(ledger, item(story="https://b.example/other", text="Another"))
    assert add(ledger, item(2, story=item().story)) != claim.id
    assert shown(ledger, claim.id)["status"] == "posted"
    assert [post.status for post in ledger.posts()].count("waiting") == 0
