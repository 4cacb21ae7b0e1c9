"""The Prefect flows. All the work is in pipeline.py; here it gets its runs, its tasks and its states."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import flow, get_run_logger, task
from prefect.artifacts import Artifact, create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.runtime import deployment, flow_run
from prefect.states import Completed, Failed

from flows.app import App, opened
from flows.artifacts import headline, news, queue, queued
from flows.config import ConfigError, load
from flows.happenings import Happening, happenings
from flows.missed import cancel_missed
from flows.pipeline import Work, poll
from flows.results import Broken, Report, Result
from flows.status import overview
from flows.stop_signals import is_stopping, leave_ctrl_c_to_parent
from state.values import DatabaseError

# Every step is a task run whose state says how it went. Once is enough: not by our own log line for terminals too, nor
# by the lines in which Prefect (3.8.8) repeats that a task or a run has failed, with a traceback of its own insides.
_REPEATS = ("Task run failed with", "Engine execution exited with unexpected", "Execution of flow run")
logging.getLogger("crosspost.progress").propagate = False
# Without its server, Prefect would write to the console whenever a line of the log cannot be sent.
logging.raiseExceptions = False
for _name in ("prefect.task_runs", "prefect.flow_runs", "prefect.engine"):
    logging.getLogger(_name).addFilter(lambda line: not (line.exc_info and line.getMessage().startswith(_REPEATS)))

# Far more than any poll takes: a run that hangs must not keep the next ones out for ever.
LONGEST_RUN_SECONDS = 3600


def _run_name() -> str:
    """When it was due, in the time of this machine: runs are looked for by time, not by a whimsical name."""
    return f"{flow_run.scheduled_start_time.astimezone():%a %d %b %Y %H:%M}"


@flow(name="crosspost", flow_run_name=_run_name, retries=0, persist_result=False, timeout_seconds=LONGEST_RUN_SECONDS)
def crosspost(config: str = "crosspost.toml") -> State[Report]:
    """Read every source and tweet what is new, once each.

    Args:
        config: The path of crosspost.toml, as the machine sees it that runs this.
    """
    return _run(config, lambda app: poll(app, _as_task))


@flow(name="collect", flow_run_name=_run_name, retries=0, persist_result=False, timeout_seconds=LONGEST_RUN_SECONDS)
def collect(config: str = "crosspost.toml", sources: list[str] | None = None) -> State[Report]:
    """Read sources and put what is new into the queue; nothing is tweeted.

    Args:
        config: The path of crosspost.toml, as the machine sees it that runs this.
        sources: The names of the sources to read, as crosspost.toml calls them; none means all.
    """
    return _run(config, lambda app: poll(app, _as_task, sources=_chosen(sources, app.config.sources), accounts=()))


@flow(name="publish", flow_run_name=_run_name, retries=0, persist_result=False, timeout_seconds=LONGEST_RUN_SECONDS)
def publish(config: str = "crosspost.toml", accounts: list[str] | None = None) -> State[Report]:
    """Tweet what is due in the queue; no source is read.

    Args:
        config: The path of crosspost.toml, as the machine sees it that runs this.
        accounts: The names of the accounts to look after, as crosspost.toml calls them; none means all.
    """
    return _run(config, lambda app: poll(app, _as_task, sources=(), accounts=_chosen(accounts, app.config.accounts)))


def _run(config: str, work: Callable[[App], Report]) -> State[Report]:
    """Do the work; what a person must mend is the state's message, without a traceback."""
    leave_ctrl_c_to_parent()
    _collapse_backlog()
    try:
        with opened(load(Path(config))) as app:
            began = app.now()
            report = work(app)
            _show(app, report, began)
    except (ConfigError, DatabaseError) as error:
        report = Report(results=[Broken(failure=str(error))])
    if report.needs:
        return Failed(message="; ".join(report.failures), data=report)
    stopped = ["it was stopped"] if is_stopping() else []
    passing = [*report.failures, *stopped, "the next run goes on from here"] if report.failures or stopped else []
    return Completed(message="; ".join([report.summary, *passing]), data=report)


def _collapse_backlog() -> None:
    """Of what was missed in an outage, this run does everything. It works all the same where that cannot be said."""
    if not deployment.id:
        return
    try:
        cancel_missed(UUID(deployment.id), UUID(flow_run.id))
    except Exception as error:
        get_run_logger().warning("Missed runs could not be cancelled: %s", error)


def _show(app: App, report: Report, began: datetime) -> None:
    """Tell Prefect what happened. A quiet run leaves nothing; nothing that is only to be looked at fails a run."""
    try:
        for happening in happenings(app, report, since=began):
            _emit(happening)
        if table := news(report):
            create_markdown_artifact(table, key="crosspost-news", description="What this run did.")
        now, posts = overview(app), queued(app)
        _keep("crosspost-queue", queue(now, posts), headline(now, posts))
    except DatabaseError:
        raise
    except Exception as error:
        get_run_logger().warning("Prefect was not told everything: %s", error)


def _emit(happening: Happening) -> None:
    emit_event(
        event=happening.event,
        resource={"prefect.resource.id": f"crosspost.{happening.to}", "prefect.resource.name": happening.name},
        related=[
            {"prefect.resource.id": f"crosspost.{role}.{name}", "prefect.resource.role": role}
            for role, name in happening.related
        ],
        payload=dict(happening.details),
    )


def _keep(key: str, markdown: str, description: str) -> None:
    """A standing artifact: a new version only when it says something new."""
    latest: Any = Artifact.get(key)  # Prefect says it may be a coroutine: not here
    if latest is None or latest.data != markdown:
        create_markdown_artifact(markdown, key=key, description=description)


def _chosen(names: list[str] | None, known: Iterable[str]) -> list[str]:
    """The names that a run was asked for. Raises `ConfigError` for those that crosspost.toml does not have."""
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise ConfigError([f"{name}: is not in crosspost.toml; choose of: {', '.join(known)}" for name in unknown])
    return names or list(known)


def _as_task(name: str, work: Work) -> Result:
    """Carry out one step as a task run of its own, never retried: the ledger alone decides what is tried again."""

    results: list[Result] = []

    def run() -> State[None]:
        result = work()
        results.append(result)
        # No data: Prefect would write all of it into the log.
        if not result.failure:
            return Completed(message=str(result))
        return Completed(name="Unfinished", message=result.failure) if result.passes else Failed(message=result.failure)

    kind, _, _ = name.partition(" ")
    # A name of our own as a function: Prefect would fill in the braces of a text, and titles may hold some.
    step = task(name=kind, task_run_name=lambda: name, retries=0, cache_policy=NO_CACHE, persist_result=False)(run)
    state: State[Any] = step(return_state=True)
    return results[0] if results else Broken(failure=f"{name}: {state.message}")
