"""A source that asks to be left alone is asked by nobody, and what it asks for is kept, whoever heard it."""

from connectors.contract import SourceDown, SourceError
from flows.app import App


def left_alone(app: App, name: str) -> str:
    """A sentence if the source called `name` has asked to be left alone until later; else nothing."""
    until = app.ledger.source(name).not_before
    if until is None or until <= app.now():
        return ""
    return f"it has asked to be left alone until {until:%Y-%m-%d %H:%M} UTC, and was not asked; try again then"


def remember(app: App, name: str, error: SourceError) -> None:
    """Keep for how long the source wants to be left alone, if that is what its error says."""
    if isinstance(error, SourceDown) and error.after:
        app.ledger.source_failed(name, str(error), not_before=error.after)
