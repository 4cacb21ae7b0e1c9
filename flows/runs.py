"""One pass as a Prefect flow run, from the command line: against the configured API, or a temporary server."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from flows.app import opened
from flows.config import Config
from flows.pipeline import poll
from flows.prefect_api import unreachable
from flows.prefect_server import ServerDied, use_api
from flows.results import Broken, Report


def run_once(config: Config, console: Console) -> Report:
    """One flow run; what it did. Progress goes to `console` while it works."""
    with console.status("Starting Prefect …"):
        trouble = _no_prefect()
    with _progress(console):
        if not trouble:
            return _as_flow_run(config)
        console.print(f"{trouble}: this run goes without Prefect, and shows in no UI", markup=False)
        with opened(config) as app:
            return poll(app)


def _no_prefect() -> str:
    """Why there is no Prefect to run under; empty if there is. Tweets do not wait for it."""
    try:
        use_api()
    except ServerDied as error:
        return str(error)
    return unreachable()


def _as_flow_run(config: Config) -> Report:
    from flows.crosspost import crosspost  # noqa: PLC0415  (after the environment is set)

    try:
        state = crosspost(str(config.path), return_state=True)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        lost = "what is done stands in `crosspost status`, and the UI lacks the end of this run"
        return Report(results=[Broken(failure=f"Prefect failed amid the run ({why}): {lost}")])
    report = state.result(raise_on_failure=False)
    if isinstance(report, Report):
        return report
    return Report(results=[Broken(failure=f"the flow run failed: {state.message}")])


@contextmanager
def _progress(console: Console) -> Iterator[None]:
    """A line for each step that is done, while the next one works."""
    logger = logging.getLogger("crosspost.progress")
    handler = _Lines(console)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with console.status("Reading and tweeting …"):
            yield
    finally:
        logger.removeHandler(handler)


class _Lines(logging.Handler):
    """Log records as plain lines; failures are printed once, at the end of the run."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.INFO)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.WARNING:
            self._console.print(record.getMessage(), markup=False)
