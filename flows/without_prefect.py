"""While a Prefect server is away, `crosspost serve` polls all the same: tweets do not wait for it."""

import time

from rich.console import Console

from flows.app import opened
from flows.config import Config
from flows.pipeline import poll
from flows.prefect_api import unreachable
from state.values import DatabaseError

LOOK_SECONDS = 10.0  # between two looks for the server


def poll_without_prefect(config: Config, console: Console) -> None:
    """Poll every `config.every` until Prefect answers. What is done meanwhile stands in the ledger, and in no UI."""
    console.print(f"{unreachable() or 'Prefect has stumbled'}: until it answers, polls go without it", markup=False)
    due, told = time.monotonic(), list[str]()
    while True:
        if time.monotonic() >= due:
            due += config.every.total_seconds()
            told = _poll(config, console, told)
        time.sleep(LOOK_SECONDS)
        if not unreachable():
            return


def _poll(config: Config, console: Console, told: list[str]) -> list[str]:
    """The failures of one poll; those are printed that the one before did not have."""
    try:
        with opened(config) as app:
            failures = poll(app).failures
    except DatabaseError as error:
        failures = [str(error)]
    for failure in failures:
        if failure not in told:
            console.print(failure, markup=False)
    return failures
