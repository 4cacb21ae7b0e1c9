"""Which troubles people were told of, so that each is told once."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select

from state.engine import Connected, insert_if_missing
from state.models import SeenItem, Told


class ToldTroubles(Connected):
    """The part of the ledger that knows what was told."""

    def told(self) -> frozenset[str]:
        """The keys of the troubles that were told and have not ended."""
        with self._reading() as connection:
            return frozenset(connection.execute(select(Told.key)).scalars())

    def tell(self, keys: Iterable[str], *, now: datetime) -> None:
        """These were told."""
        with self._writing() as connection:
            for key in keys:
                insert_if_missing(connection, Told, {"key": key, "at": now})

    def forget(self, keys: Iterable[str]) -> None:
        """These have ended; if they come back, they are news."""
        with self._writing() as connection:
            connection.execute(delete(Told).where(Told.key.in_(list(keys))))

    def newest(self, source: str) -> datetime | None:
        """When the source brought something new last."""
        with self._reading() as connection:
            return connection.execute(
                select(func.max(SeenItem.first_seen_at)).where(SeenItem.source == source)
            ).scalar()
