"""What is out already, as the accounts' own timelines tell it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.contract import Draft, Item, Posted, Timeline
from flows.app import App
from flows.owners import user_id_of
from flows.routing import DATE_SLACK
from flows.words import draft_for
from templates.render import TemplateError

# Where there are no dates: a tweet of a year ago is hardly of what a feed shows today.
A_YEAR = timedelta(days=365)

Tweeted = Mapping[str, tuple[Posted, Draft]]
"""By the id of an item: the tweet that it is out as, and what would be tweeted of it today."""


class Timelines:
    """The timelines of all accounts since a moment, each read once."""

    def __init__(self, app: App, *, since: datetime) -> None:
        self._app = app
        self._since = since
        self._read: dict[str, Timeline] = {}

    def of(self, account: str) -> Timeline:
        """The account's timeline. Raises `PostError`."""
        if account not in self._read:
            destination, user_id = self._app.config.accounts[account], user_id_of(self._app, account)
            self._read[account] = destination.timeline(user_id=user_id, since=self._since)
        return self._read[account]


def oldest_of(items: Iterable[Item], now: datetime) -> datetime:
    """Since when the tweets of these items may be out."""
    return min((item.published for item in items if item.published), default=now - A_YEAR) - DATE_SLACK


def tweeted(app: App, account: str, items: Iterable[Item], timelines: Timelines) -> Tweeted:
    """Which of these items the account's timeline shows. Raises `PostError`."""
    timeline = timelines.of(account)
    drafts = ((item.id, marks(app, account, item)) for item in items)
    return {item: (posted, draft) for item, draft in drafts if (posted := timeline.find(draft))}


def marks(app: App, account: str, item: Item) -> Draft:
    """What to know the item's tweet by: its link before all, its words where they can be written."""
    try:
        draft = draft_for(app, account, item)
    except TemplateError:
        draft = Draft(text="", weight=0, price=app.config.accounts[account].price(""))
    return replace(draft, link=item.link or draft.link)
