"""Which item is which: known again by its id, or by what is left of it when the id has changed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, select

from connectors.contract import Item
from state.engine import insert_if_missing
from state.models import ItemKey, SeenItem, storable


class Known:
    """What is known of the items of one read.

    An id that was seen before is certain proof (http or https is the same id). The rest of an id after its host, the
    link of the story, and the same words at the same moment are only hints that an id was changed: they count if the
    item they lead to is not in this read under its own id, and has the same title or date.
    """

    def __init__(self, connection: Connection, source: str, items: Sequence[Item]) -> None:
        self._connection = connection
        self._source = source
        unique: dict[str, Item] = {}
        for item in items:
            unique.setdefault(proof(item), item)
        self.items = tuple(unique.values())
        self._seen = self._look_up({key for item in self.items for key in (proof(item), *hints(item))})
        self._present = {self._seen[key].id for key in map(proof, self.items) if key in self._seen}

    def match(self, item: Item) -> Row[Any] | None:
        """The stored item that this is."""
        seen = self._seen.get(proof(item))
        if seen is not None:
            return seen
        for seen in filter(None, map(self._seen.get, hints(item))):
            if seen.id not in self._present and alike(item, seen):
                self._present.add(seen.id)
                return seen
        return None

    def name(self, ids: Mapping[str, int]) -> None:
        """Know the items by their keys from now on; a key that leads elsewhere already stays there."""
        keys = {key: ids[item.id] for item in reversed(self.items) for key in (proof(item), *hints(item))}
        new = [{"source": self._source, "key": key, "item_id": keys[key]} for key in keys.keys() - self._seen.keys()]
        insert_if_missing(self._connection, ItemKey, *new)

    def _look_up(self, keys: Iterable[str]) -> dict[str, Row[Any]]:
        keys = list(keys)
        found: dict[str, Row[Any]] = {}
        # In pieces: a database takes only so many parameters at once.
        for start in range(0, len(keys), 500):
            rows = self._connection.execute(
                select(ItemKey.key, SeenItem)
                .join(SeenItem, SeenItem.id == ItemKey.item_id)
                .where(ItemKey.source == self._source, ItemKey.key.in_(keys[start : start + 500]))
            )
            found |= {row.key: row for row in rows}
        return found


def proof(item: Item) -> str:
    """The key that proves which item this is."""
    return short("id " + (item.id.split("://", 1)[1] if _is_link(item.id) else item.id))


def hints(item: Item) -> tuple[str, ...]:
    """The keys that survive a move of the blog and a change of its ids."""
    found = []
    if _is_link(item.id):
        found.append(short("path " + item.id.split("://", 1)[1].partition("/")[2]))
    if _is_link(item.story):
        found.append(short("story " + item.story))
    if item.published and (item.title or item.text):
        found.append(short(f"words {item.published.astimezone(UTC).isoformat()} {item.title}\n{item.text}"))
    return tuple(found)


def short(key: str) -> str:
    """A key that fits into an index, as it is where possible."""
    key = storable(key)
    return key if len(key) <= 500 else "sha256 " + hashlib.sha256(key.encode()).hexdigest()


def _is_link(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def alike(item: Item, seen: Row[Any]) -> bool:
    """Whether an item is what was seen, as far as its title or its date can tell."""
    same_title = bool(item.title) and storable(item.title) == seen.title
    return same_title or (item.published is not None and item.published == seen.published_at)
