"""Makes Items of the entries of a feed: which entry is which, what it is about, and when it was (pure)."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connectors.contract import Image, Item, Language, Offer
from connectors.feed_dates import read_date
from connectors.feed_document import Entry
from connectors.links import canonical_link, story_of

# A ledger takes so many in within seconds, and holds up its other writers meanwhile; real feeds list some thousand.
MOST_ENTRIES = 5_000
_AHEAD = timedelta(days=1)  # how far a clock may be fast; a date beyond it says nothing
_NEWEST = datetime.max.replace(tzinfo=UTC)


def items_of(entries: Sequence[Entry], *, source: str, now: datetime) -> tuple[list[Item], list[str]]:
    """The Items in the order of the feed, and notices about what is none. The same entries give the same Items."""
    usable = [entry for entry in entries if entry.title or entry.text or entry.link]
    empty = len(entries) - len(usable)
    notices = [f"left out, because neither title, text nor link is there: {empty} of the entries"] if empty else []
    named = _with_ids(_without_repeats(usable))
    stories = _stories(named)
    items = [_item(entry, stories.get(entry.link, ""), source, now) for entry in named]
    if len(items) > MOST_ENTRIES:
        notices.append(
            f"of {len(items)} entries only the newest {MOST_ENTRIES} are looked at: have the site list fewer"
        )
    return _newest(items), notices


def _newest(items: Sequence[Item]) -> list[Item]:
    """As many as are looked at, in the order of the feed; what has no date may be new."""
    newest_first = sorted(items, key=lambda item: item.published or _NEWEST, reverse=True)
    kept = {item.id for item in newest_first[:MOST_ENTRIES]}
    return [item for item in items if item.id in kept]


def _without_repeats(entries: Iterable[Entry]) -> list[Entry]:
    """Two entries with one link and one title (or text) are one: the first."""
    first: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        key = (canonical_link(entry.link), entry.title or entry.text)
        first.setdefault(key if entry.link else (entry.id, entry.title + "\n" + entry.text), entry)
    return list(first.values())


def _with_ids(entries: Sequence[Entry]) -> list[Entry]:
    """Every entry with an id that does not depend on its position, and that no other has.

    Where several share a guid, none of them keeps it alone: which one is first changes with every new entry.
    """
    for more in (_own_id, _id_and_link, _id_and_words):
        shared = Counter(entry.id for entry in entries)
        entries = [entry if entry.id and shared[entry.id] == 1 else replace(entry, id=more(entry)) for entry in entries]
    return list({entry.id: entry for entry in reversed(entries)}.values())[::-1]


def _own_id(entry: Entry) -> str:
    return entry.id or (entry.link if story_of(entry.link) else "") or _fingerprint(f"{entry.title}\n{entry.text}")


def _id_and_link(entry: Entry) -> str:
    return f"{entry.id}|{entry.link}"


def _id_and_words(entry: Entry) -> str:
    return f"{entry.id}|{_fingerprint(entry.title or entry.text)}"


def _fingerprint(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _stories(entries: Iterable[Entry]) -> dict[str, str]:
    """The canonical link of each link that means one entry alone; a home page, or a shared link, means none."""
    by_story = defaultdict(list)
    for entry in entries:
        if story := story_of(entry.link):
            by_story[story].append(entry)
    return {group[0].link: story for story, group in by_story.items() if len(group) == 1}


def _item(entry: Entry, story: str, source: str, now: datetime) -> Item:
    latest = now + _AHEAD
    published = read_date(entry.published, latest=latest, fallback=entry.published_read)
    updated = read_date(entry.updated, latest=latest, fallback=entry.updated_read)
    return Item(
        source=source,
        id=entry.id,
        link=entry.link,
        story=story,
        title=entry.title,
        text="" if entry.text == entry.title else entry.text,
        published=published or updated,
        updated=updated,
        images=tuple(Image(url=url, alt=alt) for url, alt in entry.images),
        tags=entry.tags,
        author=entry.author,
        language=_language(entry.language),
        offer=_offer(entry),
    )


def _language(code: str) -> Language:
    return "de" if code == "de" else "en" if code == "en" else ""


def _offer(entry: Entry) -> Offer | None:
    return Offer(price=entry.price, until=read_date(entry.until)) if entry.price else None
