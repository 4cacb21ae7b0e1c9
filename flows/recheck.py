"""Is it still there? What was taken back while it waited is not tweeted."""

from connectors.contract import Item, SourceDown, SourceError
from connectors.transport import deadline
from flows.app import App
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
    known, now = app.ledger.source(item.source), app.now()
    if known.not_before and known.not_before > now:
        return ""
    try:
        with deadline(_SECONDS):
            return app.config.sources[item.source].withdrawn(app.web, item, known.validators, now=now)
    except SourceError as error:
        if isinstance(error, SourceDown) and error.after:  # so that nobody asks it for the next tweet either
            app.ledger.source_failed(item.source, str(error), not_before=error.after)
        return ""
