"""Everything that a run needs, opened once: the config, the ledger, the web, the templates and the clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.web import Web
from flows.config import Config
from state.database import open_ledger
from state.ledger import Ledger
from templates.render import Renderer


def utc_now() -> datetime:
    """The time, as the ledger wants it."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class App:
    """What the pipeline works with. Tests bring their own clock and their own web."""

    config: Config
    ledger: Ledger
    web: Web
    renderer: Renderer
    now: Callable[[], datetime] = utc_now

    @property
    def month_start(self) -> datetime:
        """When this month began, where the company is: budgets count from there."""
        return self.now().astimezone(self.config.timezone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@contextmanager
def opened(config: Config, *, now: Callable[[], datetime] = utc_now) -> Iterator[App]:
    """The app of one config, its ledger at the newest schema. Raises `state.values.DatabaseError`."""
    ledger = open_ledger(config.database)
    try:
        yield App(
            config=config,
            ledger=ledger,
            web=Web(allow_private_hosts=config.allow_private_hosts),
            renderer=Renderer([config.folder / "templates"], timezone=config.timezone),
            now=now,
        )
    finally:
        ledger.close()
