"""The Prefect flows. All the work is in pipeline.py; here it gets its runs, its tasks and its states."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.app import App, opened
from flows.config import ConfigError, load
from flows.pipeline import Work, poll
from flows.results import Broken, Report, Result
from state.values import DatabaseError

# Far more than any poll takes: a run that hangs must not keep the next ones out for ever.
LONGEST_RUN_SECONDS = 3600


@flow(name="crosspost", retries=0, persist_result=False, timeout_seconds=LONGEST_RUN_SECONDS)
def crosspost(config: str = "crosspost.toml") -> State[Report]:
    """Read every source and tweet what is new, once each.

    Args:
        config: The path of crosspost.toml, as the machine sees it that runs this.
    """
    return _run(config, lambda app: poll(app, _as_task))


@flow(name="collect", retries=0, persist_result=False, timeout_seconds=LONGEST_RUN_SECONDS)
def collect(config: str = "crosspost.toml", sources: list[str] | None = None) -> State[Report]:
    """Read sources and put what is new into the queue; nothing is tweeted.

    Args:
        config: The path of crosspost.toml, as the machine sees it that runs this.
        sources: The names of the sources to read, as crosspost.toml calls them; none means all.
    """
    return _run(config, lambda app: poll(app, _as_task, sources=_chosen(sources, app.config.sources), accounts=()))


@flow(name="publish", retries=0, persist_result=False, timeout_seconds=LONGEST_RUN_SECONDS)
def publish(config: str = "crosspost.toml", accounts: list[str] | None = None) -> State[Report]:
    """Tweet what is due in the queue; no source is read.

    Args:
        config: The path of crosspost.toml, as the machine sees it that runs this.
        accounts: The names of the accounts to look after, as crosspost.toml calls them; none means all.
    """
    return _run(config, lambda app: poll(app, _as_task, sources=(), accounts=_chosen(accounts, app.config.accounts)))


def _run(config: str, work: Callable[[App], Report]) -> State[Report]:
    """Do the work; what a person must mend is the state's message, without a traceback."""
    try:
        with opened(load(Path(config))) as app:
            report = work(app)
    except (ConfigError, DatabaseError) as error:
        report = Report(results=[Broken(failure=str(error))])
    return _state(report, "; ".join(report.failures), report.summary)


def _chosen(names: list[str] | None, known: Iterable[str]) -> list[str]:
    """The names that a run was asked for. Raises `ConfigError` for those that crosspost.toml does not have."""
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise ConfigError([f"{name}: is not in crosspost.toml; choose of: {', '.join(known)}" for name in unknown])
    return names or list(known)


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
