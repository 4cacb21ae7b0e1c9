"""Four workers, a thousand items, and everything that can go wrong, at random: then the tweets are counted."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.simulators import x_faults as x
from connectors.simulators.x_faults import Fault, Reply
from flows.rebuild import rebuild
from tests.house import House, article, open_house
from tests.proof.crash_everywhere import let_x_finish
from tests.proof.databases import Databases, PostgreSql, Sqlite
from tests.proof.report import Found
from tests.proof.zygote import Zygote, job

WORKERS = 4
SHARE_OF_FAULTS = 0.4
LAG = timedelta(seconds=30)
GONE_EVERY = 3  # rounds, the first included
HOUR = timedelta(hours=1)
IN_FEED = 60  # entries that the blog shows
ACCOUNT = 'lease = "5s"\nmax_per_run = 12'
# How the real X says no, to any request.
REPLIES = (
    *(x.UNAUTHORIZED, x.NO_CREDITS, x.SUSPENDED, x.NOT_PERMITTED, x.NOT_ENROLLED, x.APP_ONLY, x.READ_ONLY_APP),
    *(x.LOCKED, x.TOO_MANY, x.USAGE_CAPPED, x.NOT_FOUND, x.UNAVAILABLE),
)
SILENCE = (x.REQUEST_LOST, x.GATEWAY_DOWN)
WORDS = (x.TOO_LONG, x.DUPLICATE, x.CASHTAGS, x.INVALID_URL)
OUT = (x.ANSWER_LOST, x.ANSWER_TRUNCATED, x.GATEWAY_ERROR)
HANGS = (x.ANSWER_LATE, x.REQUEST_HANGS)  # they cost seconds of real time: one fault in fifty


class Trouble:
    """What goes wrong, by the dice of one seed; `count` says how often."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.count = 0
        self._lock = threading.Lock()

    def of_x(self, endpoint: str, _request: object) -> Fault | Reply | None:
        with self._lock:
            if self.dice.random() > SHARE_OF_FAULTS:
                return None
            self.count += 1
            if endpoint == "post" and self.dice.random() < 0.02:
                return self.dice.choice(HANGS)
            kinds = (REPLIES, SILENCE, WORDS, OUT) if endpoint == "post" else (REPLIES, SILENCE)
            return self.dice.choice(self.dice.choice(kinds))

    def of_a_worker(self, *, disk: bool) -> dict[str, Any]:
        """Now and then a poll is killed somewhere, or finds the disk full."""
        with self._lock:
            roll = self.dice.random()
            self.count += roll < (0.16 if disk else 0.1)
            if roll < 0.1:
                return {"die_at": self._place()}
            return {"pages": self.dice.randint(1, 4)} if disk and roll < 0.16 else {}

    def _place(self) -> str:
        statement = f"statement {self.dice.randint(1, 200)} {self.dice.choice(['before', 'after'])}"
        commit = f"commit {self.dice.randint(1, 60)} {self.dice.choice(['before', 'after'])}"
        answer = f"exchange {self.dice.randint(1, 5)} received {self.dice.randint(1, 300)}"
        return self.dice.choice([statement, commit, answer])


def endure(folder: Path, zygote: Zygote, databases: Databases, found: Found, *, items: int, seed: int = 1) -> int:
    """Publish so many items, a few at a time, until every one is tweeted; what went wrong on the way is in `found`.

    How often the database was gone meanwhile.
    """
    with open_house(folder) as house:
        company = Company(house, databases, items, Trouble(seed))
        company.work(zygote, found)
        company.lose_the_ledger(found)
    found.faults += company.trouble.count
    titles = Counter(tweet.raw.partition("\n")[0] for tweet in house.x.tweets)
    expected = {article(number).title for number in range(1, items + 1)}
    found.twice += [f"{databases.name}: {title}" for title, count in titles.items() if count > 1]
    found.lost += [f"{databases.name}: {title}" for title in sorted(expected - titles.keys())]
    return company.gone


class Company:
    """The house, and the people around it."""

    def __init__(self, house: House, databases: Databases, items: int, trouble: Trouble) -> None:
        self.house, self.databases, self.items, self.trouble = house, databases, items, trouble
        self.published = self.rounds = self.gone = 0
        house.x.lag, house.x.duplicate_check = LAG, False
        self._use(databases.copy())
        house.poll()
        house.x.policy = trouble.of_x

    def work(self, zygote: Zygote, found: Found) -> None:
        most = 60 + self.items
        while self.published < self.items or not self._at_rest():
            self.rounds += 1
            if self.rounds > most:
                found.hung.append(f"{self.databases.name}: not quiet after {most} rounds: {self.house.counts()}")
                return
            self._publish()
            gone = self.rounds % GONE_EVERY == 1
            self.trouble.count += gone
            self.gone += gone
            with self._gone() if gone else ExitStack():
                self._poll(zygote)
            self.house.sleep(timedelta(seconds=self.trouble.dice.randint(20, 240)))
            self._decide()

    def lose_the_ledger(self, found: Found) -> None:
        """The database is deleted, and old articles come back under other ids: `rebuild` knows that they are out."""
        self.house.x.policy = lambda *_: None
        self._use(self.databases.copy())
        with self.house.app() as app:
            found.lost += [each.failure for each in rebuild(app) if each.failure]
        for number in range(1, min(IN_FEED, self.items) + 1):
            self.house.blog.publish(
                article(number, id=f"https://blog.example.com/?p={100_000 + number}", published=self.house.now)
            )
        self.house.sleep(HOUR)
        self.house.poll_until_quiet()

    def _use(self, database: str) -> None:
        self.database = database
        self.house.configure(top=f'database = "{database}"', source="max_new = 1000", account=ACCOUNT)

    def _publish(self) -> None:
        waiting = self.house.counts()["waiting"]
        for _ in range(min(max(0, 40 - waiting), 20, self.items - self.published)):
            self.published += 1
            self.house.blog.publish(
                article(self.published, published=self.house.now + timedelta(seconds=self.published % 60))
            )
            if self.published > IN_FEED:
                self.house.blog.remove(article(self.published - IN_FEED).id)

    def _poll(self, zygote: Zygote) -> None:
        """All workers at once. For a while their clock is an hour behind that of X."""
        behind = HOUR if 10 <= self.rounds % 40 < 20 else timedelta()
        now, disk = self.house.now - behind, isinstance(self.databases, Sqlite)
        zygote.poll(*(job(self.house, now=now, **self.trouble.of_a_worker(disk=disk)) for _ in range(WORKERS)))
        let_x_finish(self.house)

    def _at_rest(self) -> bool:
        counts = self.house.counts()
        return counts["posted"] == sum(counts.values()) == self.published

    def _decide(self) -> None:
        """A person looks at the account, and settles what the machine could not."""
        out = {tweet.raw: tweet.id for tweet in self.house.x.tweets}
        with self.house.app() as app:
            for post in app.ledger.posts(statuses=["held", "refused"]):
                tweet_id = out.get(post.text or "")
                app.ledger.settle(post.id, "posted" if tweet_id else "waiting", now=self.house.now, tweet_id=tweet_id)

    @contextmanager
    def _gone(self) -> Iterator[None]:
        """The database goes away while the workers work, and is back a minute later."""
        vanish, come_back = self._switches()
        timer = threading.Timer(self.trouble.dice.uniform(0.0, 0.4), vanish)
        timer.start()
        try:
            yield
        finally:
            timer.join()
            come_back()
            self.house.sleep(timedelta(minutes=1))

    def _switches(self) -> tuple[Callable[[], object], Callable[[], object]]:
        if isinstance(self.databases, PostgreSql):
            server, name = self.databases, self.databases.database(self.database)
            end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            closed = f"ALTER DATABASE {name} ALLOW_CONNECTIONS"
            return lambda: (server.execute(f"{closed} false"), server.execute(end)), lambda: server.execute(
                f"{closed} true"
            )
        folder = Path(self.database.removeprefix("sqlite:///")).parent
        away = folder.with_name(f"{folder.name}.away")
        return lambda: folder.rename(away), lambda: away.rename(folder)
