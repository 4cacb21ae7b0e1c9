"""Accounts that would say the same words: X forbids that, and at run time the second of them would be held."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors.contract import Image, Item, Offer
from flows.app import App
from flows.results import title_of
from flows.routing import accounts_for
from flows.words import draft_for
from state.report import seen
from templates.render import TemplateError

_GERMAN = Item(
    source="sample",
    id="https://blog.example.com/?p=1",
    link="https://blog.example.com/advent",
    title="Neue Öffnungszeiten im Advent",
    text="Ab dem 1. Dezember ist bis 20 Uhr offen. Viele haben es sich gewünscht.",
    published=datetime(2026, 11, 22, 8, tzinfo=UTC),
    images=(Image(url="https://blog.example.com/advent.jpg", alt="Der Laden am Abend"),),
    tags=("Innenstadt", "Weihnachtsmarkt"),
    language="de",
)
_ENGLISH = replace(
    _GERMAN,
    title="Open late in December",
    text="From 1 December we close at 8 pm. Many of you have asked for it.",
    tags=("City", "Christmas market"),
    language="en",
)
_KINDS: dict[str, dict[str, Any]] = {
    "an ordinary post": {},
    "a long post": {"text": "Viele haben es sich gewünscht. " * 1000},  # what gives way makes no difference in it
    "a post without a link": {"link": ""},
    "a post without tags": {"tags": ()},
    "a post without a picture": {"images": ()},
    "an offer": {"offer": Offer(price="19,99 €", until=datetime(2026, 11, 30, 22, tzinfo=UTC))},
}


def twins(app: App) -> Iterator[str]:
    """For each source and pair of accounts with the same words, one sentence: of what, and what to do."""
    for source in app.config.sources:
        for (one, other), what in _same(app, source).items():
            yield (
                f"{one} and {other} would say the same of {source}, for example of {what}, which X forbids; give their "
                "routes templates with different words"
            )


def _same(app: App, source: str) -> dict[tuple[str, str], str]:
    """The accounts that say the same of an item of this source, and the first item of which they do."""
    accounts = accounts_for(source, app.config.routes)
    found: dict[tuple[str, str], str] = {}
    for what, item in _items(app, source) if len(accounts) > 1 else ():
        first: dict[str, str] = {}
        for account in accounts:
            with suppress(TemplateError):
                text = seen(draft_for(app, account, item).text)
                if (other := first.setdefault(text, account)) != account:
                    found.setdefault((other, account), what)
    return found


def _items(app: App, source: str) -> Iterator[tuple[str, Item]]:
    """What the source has brought lately, and samples of all that it might bring."""
    for item in app.ledger.newest_items(source):
        yield f"“{title_of(item)}”", item
    routes = [route for route in app.config.routes if source in route.sources]
    wanted = dict.fromkeys(word.replace("*", "") for route in routes for word in route.include)
    # What only repeats a blog is a network, where posts have no title.
    title: dict[str, Any] = {"title": ""} if app.config.sources[source].hold else {}
    for what, changes in _KINDS.items():
        for sample in (_GERMAN, _ENGLISH):
            item = replace(sample, source=source, **title, **changes)
            yield what, item
            for word in wanted:  # a route that includes nothing but this would not take the sample otherwise
                yield f"{what} with “{word}”", replace(item, tags=(*item.tags, word))
