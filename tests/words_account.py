"""A destination for tests of words: it counts and links as X does, and cannot post."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from connectors.contract import Draft, Item, Posted, Profile
from connectors.tweet_length import find_links, tweet_length

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class PaperAccount:
    """Keeps X's rules for words, and nothing else."""

    name: str = "office"
    limit: int = 280
    api_key: str = "a-secret-that-no-template-may-see"

    def length(self, text: str) -> int:
        return tweet_length(text)

    def links(self, text: str) -> list[tuple[int, int]]:
        return find_links(text)

    def price(self, text: str) -> Decimal:
        return Decimal("0.200") if self.links(text) else Decimal("0.015")

    def whoami(self) -> Profile:
        raise NotImplementedError

    def post(self, draft: Draft, *, timeout: timedelta, now: datetime) -> Posted:
        raise NotImplementedError

    def find(self, draft: Draft, *, user_id: str, since: datetime) -> Posted | None:
        raise NotImplementedError


def an_item(**parts: object) -> Item:
    """An ordinary blog post, with the given parts instead of its own."""
    ordinary = {
        "source": "blog",
        "id": "https://blog.example.com/?p=7",
        "link": "https://blog.example.com/neue-oeffnungszeiten",
        "title": "Neue Öffnungszeiten in Köln",
        "text": "Ab dem 1. Dezember ist unser Laden am Neumarkt auch samstags bis 20 Uhr offen. Das haben sich viele "
        "gewünscht. An den vier Samstagen vor Weihnachten gibt es dazu Glühwein und Plätzchen aus der eigenen "
        "Backstube.\nWer lieber in Ruhe einkauft, kommt am Dienstag: Dann ist es bei uns am stillsten.",
        "published": NOON,
        "tags": ("Büromöbel", "künstliche Intelligenz", "Allgemein"),
        "language": "de",
    }
    return Item(**{**ordinary, **parts})  # type: ignore[arg-type]
