"""The Prefect flows. All the work is in pipeline.py; here it gets its runs, its tasks and its states."""

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.app import opened
from flows.config import load
from flows.pipeline import Work, poll
from flows.results import Report, Result


@flow(name="crosspost", retries=0, persist_result=False, validate_parameters=False)
def crosspost(config: str = "crosspost.toml") -> State[Report]:
    """Read every source and tweet what is new, once each.

    Args:
        config: The path of crosspost.toml.
    """
    with opened(load(Path(config))) as app:
        report = poll(app, step=_as_task)
    return _state(report, "; ".join(report.failures), _summary(report))


def _as_task(name: str, work: Work) -> Result:
    """Carry out one step as a task run of its own, never retried: the ledger alone decides what is tried again."""

    def run() -> State[Result]:
        result = work()
        return _state(result, result.failure, str(result))

    kind, _, _ = name.partition(" ")
    # A name of our own as a function: Prefect would fill in the braces of a text, and titles may hold some.
    step = task(name=kind, task_run_name=lambda: name, retries=0, cache_policy=NO_CACHE, persist_result=False)(run)
    return step(return_state=True).result(raise_on_failure=False)  # type: ignore[return-value]


def _state(data: Any, failure: str, success: str) -> State[Any]:
    return Failed(message=failure, data=data) if failure else Completed(message=success, data=data)


def _summary(report: Report) -> str:
    tweeted = sum(outcome.status == "posted" for outcome in report.outcomes)
    return f"{tweeted} tweeted" if tweeted else "nothing to tweet"
