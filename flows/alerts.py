"""Never silent: whoever is named in `alerts` is told of each trouble once, with what to do, and of its end."""

import logging
from collections.abc import Iterable, Mapping

from connectors.contract import WARNING
from flows.app import App
from flows.owners import foreign_keys, forsaken
from flows.results import PATIENCE
from state.values import PostRow

logger = logging.getLogger("crosspost")

END = "is over"
_ENDS_QUIETLY = ("post ", "warning ")


def tell(app: App) -> None:
    """Send what is news since the last time. What could not be sent is tried again after the next poll."""
    if not app.config.alerts:
        return
    standing, told = troubles(app), app.ledger.told()
    news = [key for key in standing if key not in told]
    ended = [key for key in told if key not in standing]
    lines = [standing[key] for key in news] + [f"{key} {END}" for key in ended if not key.startswith(_ENDS_QUIETLY)]
    if not lines or _send(app, lines):
        app.ledger.tell(news, now=app.now())
        app.ledger.forget(ended)


def troubles(app: App) -> Mapping[str, str]:
    """Everything that stands and needs a person: a key by which it is known again, and a sentence with what to do."""
    return dict(_sources(app)) | dict(_accounts(app)) | dict(_forsaken(app)) | dict(_posts(app))


def _sources(app: App) -> Iterable[tuple[str, str]]:
    for name, settings in app.config.sources.items():
        state = app.ledger.source(name)
        if state.failures >= PATIENCE:
            times = f"{state.failures} times in a row"
            yield f"trouble with {name}", f"{name} could not be read {times}: {state.last_error}"
        if warning := state.validators.get(WARNING):
            yield f"warning of {name}: {warning}", f"{name}: {warning}"
        silent_since = app.ledger.newest(name) or state.first_read_at
        if settings.expect_every and silent_since and app.now() - silent_since > settings.expect_every:
            yield f"silence of {name}", f"{name} has brought nothing new since {silent_since:%Y-%m-%d}; is it well?"


def _accounts(app: App) -> Iterable[tuple[str, str]]:
    for name in app.config.accounts:
        state = app.ledger.account(name)
        if state.paused_at:
            since = f"{state.paused_at:%Y-%m-%d %H:%M} UTC"
            yield f"trouble with {name}", f"{name} does not tweet since {since}: {state.paused_why}"
        elif why := foreign_keys(app, name):
            yield f"keys of {name}", f"{name} does not tweet: {why}"
        elif post := next((post for post in _tried_often(app) if post.account == name), None):
            times = f"{post.attempt} times; it is tried again at every poll"
            yield f"delay of {name}", f"{name}: “{post.title}” could not be tweeted {times}: {post.reason}"


def _forsaken(app: App) -> Iterable[tuple[str, str]]:
    for name, why in forsaken(app):
        yield f"queue of {name}", f"{name}: {why}"


def _tried_often(app: App) -> Iterable[PostRow]:
    return (post for post in app.ledger.posts(statuses=["waiting"], limit=1000) if post.attempt >= PATIENCE)


def _posts(app: App) -> Iterable[tuple[str, str]]:
    for post in app.ledger.posts(statuses=["held", "refused"], limit=1000):
        remedy = f"see `crosspost show {post.id}`, decide with `crosspost settle {post.id} waiting` or `skipped`"
        yield f"post {post.id}", f"{post.account}: “{post.title}” is {post.status}: {post.reason}; {remedy}"


def _send(app: App, lines: list[str]) -> bool:
    """Whether everybody was reached."""
    import apprise  # noqa: PLC0415  (half a second, and next to no run has anything to tell)

    people = apprise.Apprise()
    for number, url in enumerate(app.config.alerts):
        if not people.add(url.get_secret_value()):
            logger.warning("alerts[%d] is no address that Apprise knows", number)
    reached = people.notify(title=f"Crosspost: {len(lines)} news", body="\n\n".join(lines))
    if not reached:
        logger.warning("an alert could not be sent; it is tried again after the next poll")
    return bool(reached)
