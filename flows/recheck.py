"""Is it still there? What was taken back while it waited is not tweeted."""

from connectors.contract import Item, SourceError
from connectors.transport import deadline
from flows.app import App
from flows.left_alone import left_alone, remember
from flows.routing import route_for

_SECONDS = 10.0


def withdrawn(app: App, account: str, item: Item) -> str:
    """Why an item must not be tweeted any more: its source says so. Empty if it is there, or nobody can tell.

    Asked only where the route says `recheck = true`, just before the tweet.
    """
    route, _ = route_for(item, account, app.config.routes)
    if route is None or not route.recheck:
        return ""
    why = _asked(app, item)
    return f"withdrawn: {why}" if why else ""


def _asked(app: App, item: Item) -> str:
    """What the source says; a site that is down, or wants to be left alone, has withdrawn nothing."""
    if left_alone(app, item.source):
        return ""
    try:
        with deadline(_SECONDS):
            validators = app.ledger.source(item.source).validators
            return app.config.sources[item.source].withdrawn(app.web, item, validators, now=app.now())
    except SourceError as error:
        remember(app, item.source, error)  # so that nobody asks it for the next tweet either
        return ""
