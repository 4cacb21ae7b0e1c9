"""Feeds as they are really written: the test data of feedparser, feed-rs, gofeed, rome, rust-rss and simplepie."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from connectors.contract import Item
from connectors.feed_document import dump, load
from connectors.feed_items import items_of
from connectors.feed_parser import parse

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus" / "feeds"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://feed.example/feed/"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real feeds is not on this machine")


def read(path: Path) -> list[Item]:
    document = load(dump(parse(path.read_bytes(), url=URL)))
    items, _ = items_of(document.entries, source="blog", now=NOW)
    return items


def only(name: str) -> Item:
    """The first item of the file that ends in `name`."""
    return read(next(CORPUS.glob(f"*/*{name}")))[0]


def complaints(item: Item) -> list[str]:
    """What no item may have, wherever it came from."""
    words = [item.id, item.link, item.title, item.text, item.author, *item.tags, *(image.alt for image in item.images)]
    addresses = [address for address in (item.link, *(image.url for image in item.images)) if address]
    moments = [moment for moment in (item.published, item.updated) if moment]
    rules = {
        "a control character": any(ord(letter) < 32 and letter != "\n" for word in words for letter in word),
        "half a surrogate pair": any("\ud800" <= letter <= "\udfff" for word in words for letter in word),
        "a title of several lines": "\n" in item.title,
        "space around its words": any(word != word.strip() for word in words),
        "an address that is not http": any(urlsplit(one).scheme not in ("http", "https") for one in addresses),
        "an address with a gap": any(" " in one for one in addresses),
        "a date that cannot be": any(
            not datetime(2000, 1, 1, tzinfo=UTC) <= one <= NOW.replace(day=23) for one in moments
        ),
        "its title as its text": bool(item.title) and item.title == item.text,
        "an e-mail address as its author": "@" in item.author,
        "a tag twice": len({tag.casefold() for tag in item.tags}) < len(item.tags),
    }
    return [rule for rule, broken in rules.items() if broken]


@pytest.mark.parametrize("project", ["feed-rs", "feedparser", "gofeed", "rome", "rust-rss", "simplepie"])
def test_every_feed_is_read_and_every_item_is_sound(project: str) -> None:
    unsound = []
    read_items = 0
    for path in sorted((CORPUS / project).iterdir()):
        items = read(path)
        read_items += len(items)
        unsound += [f"{path.name}: {item.id} has {', '.join(wrong)}" for item in items if (wrong := complaints(item))]
        assert len({item.id for item in items}) == len(items), path.name
    assert not unsound, "\n".join(unsound[:20])
    assert read_items > 0


def test_a_news_site_with_markup_in_its_teasers() -> None:
    item = only("rss_2.0_ilgiornale.xml")
    assert item.title == "Arrestato in Pakistan Shabbar Abbas. In Italia è accusato per l'omicidio di Saman"
    assert item.text.startswith("È stato arrestato in Pakistan per frode Shabbar, padre di Saman Abbas.")
    assert item.published == datetime(2022, 11, 15, 20, 15, 4, tzinfo=UTC)
    assert (item.author, item.tags) == ("Angela Leucci", ("Cronaca nera",))


def test_a_ghost_blog() -> None:
    item = only("rss_2.0_cloudflare.xml")
    assert item.title == "Privacy-Preserving Compromised Credential Checking"
    assert item.story == "https://blog.cloudflare.com/privacy-preserving-compromised-credential-checking"
    assert [image.url for image in item.images] == ["https://blog.cloudflare.com/content/images/2021/10/image6-15.png"]


def test_a_german_podcast() -> None:
    item = only("rss_2.0_spiegel.xml")
    assert (item.language, item.author) == ("de", "DER SPIEGEL")
    assert item.title.startswith("07.02. – die Wochenvorschau: Lockdown-Verlängerung")


def test_reddit_gives_atom_with_markup() -> None:
    items = read(next(CORPUS.glob("*/*atom_mediarss_reddit_1.xml")))
    assert len(items) == len({item.story for item in items}) == 25
    assert items[0].title == "Any reason to keep 1G connections to my servers?"
    assert items[0].text.startswith("Hello all, I recently acquired a 40G switch")
