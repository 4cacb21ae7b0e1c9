"""Is it still there? What was taken off the blog while it waited is not tweeted."""

from connectors.contract import Item, SourceError
from connectors.web import public
from flows.app import App
from flows.routing import route_for

_SECONDS = 10.0


def withdrawn(app: App, account: str, item: Item) -> str:
    """Why an item must not be tweeted any more: its page is gone. Empty if it is there, or nobody can tell.

    Looked at only where the route says `recheck = true`, just before the tweet.
    """
    route, _ = route_for(item, account, app.config.routes)
    if route is None or not route.recheck or not item.link:
        return ""
    try:
        status = app.web.get(item.link, timeout=_SECONDS).status
    except SourceError:  # a site that is down has withdrawn nothing
        return ""
    return f"withdrawn: {public(item.link)} answers {status} by now" if status in (404, 410) else ""
