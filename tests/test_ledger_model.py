"""The ledger in a world that goes wrong: whatever happens, no story is tweeted twice, and none is lost.

The world is a blog that moves its articles and a Facebook page that shares them, X with a timeline that lags, two workers
that die or lose answers, a clock that jumps, and a person who decides. `pytest --hypothesis-profile=proof` takes more steps.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from conftest import NewDatabase, empty
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from ledger_kit import DRAFT, LEASE, NOW, item

from connectors.contract import Item, Posted
from state.database import open_ledger
from state.ledger import Ledger
from state.values import Claim, LostClaim, SettleError, Status, Waiting

SOURCES = ("blog", "facebook")
WORKERS = (0, 1)
SEND_TIMEOUT = LEASE / 2  # a sender gives up well within its lease
LAG = timedelta(seconds=30)
LOOK_AGAIN = LAG + timedelta(seconds=10)
HOUR = timedelta(hours=1)
QUIET: set[Status] = {"posted", "skipped", "held", "refused"}


def address(number: int, moves: int) -> str:
    """The address of an article that has been moved so often."""
    return f"https://b.example/{number}/{moves}"


def number_of(link: str) -> int:
    return int(link.split("/")[3])


@dataclass(kw_only=True)
class Send:
    """What one worker is about: its claim, when it took it, and whether X has taken the tweet."""

    claim: Claim
    began: timedelta
    tweet: Posted | None = None


class World(RuleBasedStateMachine):
    """Nothing here knows the ledger's insides: it plays the pipeline, and X keeps the truth."""

    ledger: Ledger

    @initialize()
    def begin(self) -> None:
        empty(self.ledger)
        self.passed = timedelta()  # true time, as X's clock shows it
        self.wrong = timedelta()  # what our own clock is wrong by
        self.feeds: dict[str, list[Item]] = {source: [] for source in SOURCES}
        self.accepted: set[int] = set()  # posts
        self.moves: Counter[int] = Counter()  # how often each article got another address
        self.timeline: list[tuple[str, Posted]] = []  # the link in it, tweet
        self.sends: dict[int, Send] = {}
        self.stale: list[Waiting] = []
        for source in SOURCES:
            self.poll(source)

    @property
    def now(self) -> Any:
        return NOW + self.passed + self.wrong

    # --- The sources --------------------------------------------------------------------------------------------------

    @rule(source=st.sampled_from(SOURCES), number=st.integers(0, 3), old=st.integers(0, 2))
    def publish_and_poll(self, source: str, number: int, old: int) -> None:
        """The page may share an old address of an article, which leads on to where it is today."""
        if all(number_of(each.story) != number for each in self.feeds[source]):
            moves = max(0, self.moves[number] - old * (source == "facebook"))
            story = address(number, moves)
            post = item(number, source=source, id=f"{source}-{number}", link=story, story=story)
            self.feeds[source].append(post)
            self.poll(source)

    @rule(data=st.data())
    def the_blog_moves_an_article(self, data: st.DataObject) -> None:
        """To another address; its title and its date stay. All at once with a new id and new words: nobody would know it."""
        self.poll("blog")
        if self.feeds["blog"]:
            article = data.draw(st.sampled_from(self.feeds["blog"]))
            number = number_of(article.story)
            self.moves[number] += 1
            story = address(number, self.moves[number])
            self.feeds["blog"][self.feeds["blog"].index(article)] = replace(article, link=story, story=story)
            self.poll("blog")

    @rule(data=st.data(), number=st.integers(0, 3))
    def the_page_links_another_article(self, data: st.DataObject, number: int) -> None:
        """Somebody edits a post of the page: it shares another article from then on."""
        self.poll("facebook")
        feed = self.feeds["facebook"]
        if feed and all(number_of(each.story) != number for each in feed):
            index, story = data.draw(st.integers(0, len(feed) - 1)), address(number, self.moves[number])
            feed[index] = replace(feed[index], link=story, story=story)
            self.poll("facebook")

    @rule(source=st.sampled_from(SOURCES), data=st.data())
    @precondition(lambda self: any(self.feeds.values()))
    def edit(self, source: str, data: st.DataObject) -> None:
        self._change(source, data, lambda each: {"text": each.text + "!"})

    @rule(source=st.sampled_from(SOURCES), data=st.data())
    @precondition(lambda self: any(self.feeds.values()))
    def change_id(self, source: str, data: st.DataObject) -> None:
        self._change(source, data, lambda each: {"id": each.id + "'"})

    def _change(self, source: str, data: st.DataObject, how: Any) -> None:
        feed = self.feeds[source]
        if feed:
            index = data.draw(st.integers(0, len(feed) - 1))
            feed[index] = replace(feed[index], **how(feed[index]))

    @rule(source=st.sampled_from(SOURCES))
    def poll(self, source: str) -> None:
        with self.ledger.intake(source, now=self.now) as intake:
            own = source == "blog"
            found = intake.sort(self.feeds[source], own=own, instead_of=["facebook"] * own)
            status: Any = "skipped" if intake.first_read else "waiting"
            for each in found.new:
                post = intake.add(each, "office", status=status, reason="before setup", instead_of=["facebook"] * own)
                assert post.id not in self.accepted
                self.accepted.add(post.id)
            intake.done({})

    @rule(first=st.booleans())
    def one_is_withdrawn(self, *, first: bool) -> None:
        """Its page is gone just before it is sent: its story passes on."""
        if waiting := self.ledger.waiting("office", now=self.now):
            self.ledger.withdraw(waiting[0 if first else -1].id, "withdrawn: its page is gone", now=self.now)

    # --- The workers --------------------------------------------------------------------------------------------------

    @rule(worker=st.sampled_from(WORKERS))
    def claim(self, worker: int) -> None:
        if worker in self.sends:
            return
        listed = self.ledger.waiting("office", now=self.now)
        stale, self.stale = self.stale, listed  # a worker may act on a list that was read long ago
        for post in [*stale, *listed]:
            text = f"{post.item.title} {post.item.text}"
            story = post.item.story
            self.ledger.word(post.id, replace(DRAFT, text=text, link=story), story=story, now=self.now)
            claim = self.ledger.claim(post.id, lease=LEASE, now=self.now)
            if claim is not None:
                self.sends[worker] = Send(claim=claim, began=self.passed)
                return

    @rule(worker=st.sampled_from(WORKERS), taken=st.booleans(), then=st.sampled_from(["answer", "loss", "death"]))
    def send(self, worker: int, taken: bool, then: str) -> None:
        """The whole of it in one step; the single steps below come between those of the other worker."""
        self.claim(worker)
        if taken:
            self.x_takes_it(worker)
        ends = {"answer": self.the_answer_comes, "loss": self.the_answer_is_lost, "death": self.the_worker_dies}
        ends[then](worker)

    @precondition(lambda self: self.sends)
    @rule(worker=st.sampled_from(WORKERS))
    def x_takes_it(self, worker: int) -> None:
        send = self.sends.get(worker)
        if send and send.tweet is None and self.passed - send.began <= SEND_TIMEOUT:
            number = len(self.timeline) + 1
            send.tweet = Posted(id=str(number), url=f"https://x.com/i/status/{number}", at=NOW + self.passed)
            self.timeline.append((send.claim.draft.link, send.tweet))

    @precondition(lambda self: self.sends)
    @rule(worker=st.sampled_from(WORKERS))
    def the_worker_dies(self, worker: int) -> None:
        self.sends.pop(worker, None)

    @precondition(lambda self: self.sends)
    @rule(worker=st.sampled_from(WORKERS))
    def the_answer_comes(self, worker: int) -> None:
        with self._end_of_send(worker) as send:
            if send and send.tweet:
                self.ledger.confirm(send.claim, send.tweet, now=self.now)
            elif send:
                self.ledger.release(send.claim, "X is busy", not_before=None, now=self.now)

    @precondition(lambda self: self.sends)
    @rule(worker=st.sampled_from(WORKERS))
    def the_answer_is_lost(self, worker: int) -> None:
        with self._end_of_send(worker) as send:
            if send:
                self.ledger.doubt(send.claim, "the answer got lost", now=self.now)

    @precondition(lambda self: self.sends)
    @rule(worker=st.sampled_from(WORKERS))
    def x_refuses_it(self, worker: int) -> None:
        if worker in self.sends and self.sends[worker].tweet is None:
            with self._end_of_send(worker) as send:
                assert send
                self.ledger.refuse(send.claim, "X refuses it", now=self.now)

    @contextmanager
    def _end_of_send(self, worker: int) -> Iterator[Send | None]:
        try:
            yield self.sends.pop(worker, None)
        except LostClaim as lost:
            note(str(lost))

    # --- Doubts -------------------------------------------------------------------------------------------------------

    @rule(
        later=st.sampled_from([timedelta(), timedelta(seconds=20), LEASE]), closed=st.sampled_from([False] * 5 + [True])
    )
    def clear_up_doubts(self, later: timedelta, closed: bool) -> None:
        self.passed += later
        self.ledger.overdue("office", now=self.now)
        for doubt in self.ledger.doubts("office"):
            tweets = [tweet for story, tweet in self.timeline if story == doubt.draft.link]
            visible = [each for each in tweets if each.at >= doubt.since and each.at + LAG <= NOW + self.passed]
            if closed:
                self.ledger.cannot_look(doubt, "the timeline is closed", now=self.now)
            elif visible:
                self.ledger.found(doubt, visible[0], now=self.now)
            else:
                self.ledger.absent(doubt, seen_at=NOW + self.passed, look_again=LEASE + LOOK_AGAIN, now=self.now)

    @rule(
        clocks=st.lists(st.sampled_from([-HOUR, timedelta(), HOUR]), min_size=2, max_size=3),
        later=st.sampled_from([timedelta(), LOOK_AGAIN]),
    )
    def workers_whose_clocks_differ_look_one_after_the_other(self, clocks: list[timedelta], later: timedelta) -> None:
        for pause, wrong in zip([timedelta(), later, later], clocks, strict=False):
            self.the_clock_jumps(wrong)
            self.clear_up_doubts(later=pause, closed=False)

    @rule(data=st.data(), hope=st.sampled_from(["waiting", "skipped"]))
    def a_person_decides(self, data: st.DataObject, hope: Any) -> None:
        """People know what is out: they look at the account, and wait until nothing is on its way."""
        posts = self.ledger.posts(statuses=["held", "unsure", "refused"])
        if not posts:
            return
        post = data.draw(st.sampled_from(sorted(posts, key=lambda each: each.id)))
        if any(send.claim.id == post.id for send in self.sends.values()):
            return
        tweets = [tweet for link, tweet in self.timeline if number_of(link) == self.about(post.id)]
        try:
            if tweets:
                self.ledger.settle(post.id, "posted", now=self.now, tweet_id=tweets[0].id)
            else:
                self.ledger.settle(post.id, hope, now=self.now)
        except SettleError as error:
            note(str(error))

    def about(self, post: int) -> int:
        """Which article a post is about: the one that X was asked to send, else the one that its item is about now."""
        known = self.ledger.show(post)
        assert known
        return number_of(known["link"] if known["attempt"] else known["item"]["story"])

    # --- Time ---------------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 20, 60, 130, 900]))
    def time_passes(self, seconds: int) -> None:
        self.passed += timedelta(seconds=seconds)

    @rule(wrong=st.sampled_from([-HOUR, timedelta(), HOUR]))
    def the_clock_jumps(self, wrong: timedelta) -> None:
        """By an hour at most, at any time and as often as it likes: two jumps must not pass for two looks."""
        self.wrong = wrong

    # --- What must always hold ----------------------------------------------------------------------------------------

    @invariant()
    def no_article_is_tweeted_twice(self) -> None:
        assert all(times == 1 for times in Counter(number_of(link) for link, _ in self.timeline).values())

    @invariant()
    def everything_accepted_is_in_one_state_with_a_reason(self) -> None:
        posts = self.ledger.posts(limit=100)
        assert sorted(post.id for post in posts) == sorted(self.accepted)
        assert all(post.reason for post in posts if post.status in ("unsure", "held", "skipped", "refused"))

    def teardown(self) -> None:
        """When the trouble is over, everything comes to rest: what is out is known to be out, and all of it is told."""
        self.sends.clear()
        while not {post.status for post in self.ledger.posts(limit=100)} <= QUIET:
            self.passed += HOUR
            self.clear_up_doubts(later=timedelta(), closed=False)
            self.claim(0)
            self.x_takes_it(0)
            self.the_answer_comes(0)
        posts = self.ledger.posts(limit=100)
        posted = {self.about(post.id) for post in posts if post.status == "posted"}
        out = {number_of(link) for link, _ in self.timeline}
        held_or_refused = {self.about(post.id) for post in posts if post.status in ("held", "refused")}
        assert posted <= out
        assert out - posted <= held_or_refused
        self.no_article_is_tweeted_twice()
        self.every_repeat_points_to_its_story()

    def every_repeat_points_to_its_story(self) -> None:
        """Else it would be lost: skipped, for a tweet that says something else."""
        for known in filter(None, map(self.ledger.show, self.accepted)):
            if known["same_as"] and known["reason"].startswith("same story"):
                assert number_of(known["item"]["story"]) == self.about(known["same_as"]), known


@pytest.fixture(scope="module")
def own_ledger(new_database: NewDatabase) -> Iterator[Ledger]:
    ledger = open_ledger(new_database())
    yield ledger
    ledger.close()


def test_nothing_is_tweeted_twice_and_nothing_is_lost(own_ledger: Ledger) -> None:
    class ThisWorld(World):
        ledger = own_ledger

    # With the everyday 100 examples, more than 10,000 steps on the two databases together.
    own = settings(
        stateful_step_count=70, deadline=None, suppress_health_check=list(HealthCheck), report_multiple_bugs=False
    )
    run_state_machine_as_test(ThisWorld, settings=own)


# What went wrong once, and what chance would hardly find again.


def test_clocks_that_differ_do_not_make_one_look_two(own_ledger: Ledger) -> None:
    world = world_of(own_ledger)
    world.send(worker=0, taken=True, then="loss")
    world.workers_whose_clocks_differ_look_one_after_the_other([timedelta(), HOUR], timedelta())
    world.send(worker=1, taken=True, then="answer")
    world.teardown()


def test_a_worker_ahead_of_time_leaves_a_send_that_goes_on_the_time_of_its_lease(own_ledger: Ledger) -> None:
    world = world_of(own_ledger)
    world.claim(0)
    world.workers_whose_clocks_differ_look_one_after_the_other([HOUR, HOUR], LOOK_AGAIN)
    world.send(worker=1, taken=True, then="answer")
    world.x_takes_it(0)
    assert world.timeline, "the first one had the time"
    world.teardown()


def world_of(own_ledger: Ledger) -> World:
    """A world in which an article waits."""

    class ThisWorld(World):
        ledger = own_ledger

    world = ThisWorld()
    world.begin()
    world.publish_and_poll(source="blog", number=1, old=0)
    return world
