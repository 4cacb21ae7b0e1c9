"""The scenes in which a poll is killed. Each prepares a house, and says how many tweets there must be in the end."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.simulators.x_faults import ANSWER_LOST, REQUEST_LOST
from flows.pipeline import poll
from flows.words import prepare
from tests.house import MINUTE, House, article


@dataclass(frozen=True, kw_only=True)
class Scene:
    """`sources` are those that the killed poll reads; None means all. `settings` are of `House.configure`."""

    name: str
    prepare: Callable[[House], None]
    tweets: int
    sources: tuple[str, ...] | None = None
    source: str = ""
    route: str = ""


def _backfill(house: House) -> None:
    house.blog.publish(article(1))
    house.blog.publish(article(2))


def _news(house: House) -> None:
    house.blog.publish(article(1))
    house.poll()
    house.blog.edit(article(1).id, title="Jetzt mit anderem Titel")
    house.blog.publish(article(2))
    house.blog.publish(article(3))


def _one_waits(house: House) -> None:
    house.blog.publish(article(1))
    house.poll()
    house.blog.publish(article(2))
    with house.app() as app:
        poll(app, accounts=())
        prepare(app, "office")


def _a_picture_waits(house: House) -> None:
    house.blog.url = house.blog_url  # so that the picture is there
    house.blog.publish(article(1))
    house.poll()
    house.blog.publish(article(2, image="laden", alt="Unser Laden"))
    with house.app() as app:
        poll(app, accounts=())
        prepare(app, "office")


def _doubts(house: House) -> None:
    """Of two tweets nobody knows: the first is out, the second is not and was looked for once; a third one waits."""
    house.blog.publish(article(1))
    house.poll()
    house.blog.publish(article(2))
    house.blog.publish(article(3))
    house.x.next(ANSWER_LOST, REQUEST_LOST)
    house.poll()
    house.blog.publish(article(4))
    with house.app() as app:
        account = app.config.accounts["office"]
        _, second = app.ledger.doubts("office")
        app.ledger.absent(second, seen_at=house.now, look_again=account.look_again, now=house.now)
        poll(app, accounts=())
    house.sleep(5 * MINUTE)


def _one_doubt(house: House) -> None:
    house.blog.publish(article(1))
    house.poll()
    house.blog.publish(article(2))
    house.x.next(ANSWER_LOST)
    house.poll()
    house.sleep(5 * MINUTE)


FIRST_POLL = Scene(name="the first poll of all, two tweets", prepare=_backfill, tweets=2, source="backfill = 2")
NEWS = Scene(name="a poll with two new posts and an edited one", prepare=_news, tweets=2)
DOUBTS = Scene(name="doubts, one tweet out and one not", prepare=_doubts, tweets=3, sources=())
PICTURE = Scene(name="one tweet with a picture", prepare=_a_picture_waits, tweets=1, sources=(), route="images = true")
TWEET = Scene(name="one tweet, byte by byte", prepare=_one_waits, tweets=1, sources=())
LOOK = Scene(name="one look at the timeline, byte by byte", prepare=_one_doubt, tweets=1, sources=())
