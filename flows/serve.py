"""`crosspost serve`: poll for ever, with Prefect's schedule and UI, until somebody stops it."""

import asyncio
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID
from warnings import filterwarnings

import httpx
from rich.console import Console

from flows import ops
from flows.config import Config
from flows.monitoring import serve_numbers
from flows.prefect_api import configured_api, quick_client, unreachable
from flows.prefect_server import (
    HOST,
    LASTING,
    Server,
    ServerDied,
    adopt,
    start_server,
)
from flows.publish import LONGEST_SEND
from flows.stop_signals import children_can_be_asked, is_stopping, run_until_stopped, sigterm_is_ctrl_c
from flows.without_prefect import LOOK_SECONDS, poll_without_prefect

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun, State
    from prefect.runner import Runner

logger = logging.getLogger("crosspost")

# Every run starts at a round time: with every = "15m", at a quarter past and so on.
ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)

MISSES = 3  # in a row, LOOK_SECONDS apart

# Prefect's UI has no menu entry for artifacts.
QUEUE = "/v2/artifacts/key/crosspost-queue"


class PrefectGone(Exception):
    """The server of PREFECT_API_URL does not answer any more."""


def serve(config: Config, console: Console, *, metrics: int | None = None) -> None:
    """Poll every `config.every` until Ctrl-C or SIGTERM. Raises `ServerDied`.

    `metrics` is a port on loopback for Prometheus.
    """
    # A quiet poll says nothing; the UI has the rest.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")
    # Prefect's runner (3.8.8) forgets a coroutine when it loses its server; no person can do anything about that.
    filterwarnings("ignore", message="coroutine 'Runner.* was never awaited", category=RuntimeWarning)
    sigterm_is_ctrl_c()
    with suppress(KeyboardInterrupt), children_can_be_asked() as ask_to_stop:
        if metrics is not None:
            console.print(f"Numbers: http://{HOST}:{serve_numbers(config, metrics)}/metrics", markup=False)
        server = _use_lasting_api(console)
        if server:
            threading.Thread(target=_watch, args=[server, console], daemon=True).start()
        while not _poll_until_stopped(config, console, ask_to_stop):
            poll_without_prefect(config, console)


def _poll_until_stopped(config: Config, console: Console, ask_to_stop: Callable[[], None]) -> bool:
    """Whether a signal has ended the polling; if not, Prefect could not be had any more."""
    ops.install(every=config.every)
    runner, served = _runner(config)
    _end_leftovers(served, "Crashed", "`crosspost serve` ended before this run did; the next one goes on from here")
    _start_now(served)
    console.print(f"Polling every {config.every}; Ctrl-C ends it.", markup=False)

    def stop() -> None:
        if not is_stopping():
            console.print("Stopping: what is being sent is written down first.")
        ask_to_stop()
        try:
            _wait_for_end(served)
        except httpx.HTTPError:
            runner.pause_on_shutdown = False  # of a server that does not answer, it would ask for a minute

    if not _run(runner, stop):
        return False
    with suppress(httpx.HTTPError):
        _end_leftovers(served, "Cancelled", "`crosspost serve` was stopped; the next run goes on from here")
    return True


def _use_lasting_api(console: Console) -> Server | None:
    """The server that was started here, if none is configured: without one, Prefect would never fire a schedule."""
    api = configured_api()
    if api:
        if trouble := unreachable():
            raise ServerDied(f"{trouble}; mend that, or leave PREFECT_API_URL out and have a server of our own")
        console.print(f"Prefect: {api.removesuffix('/api')}", markup=False)
        return None
    from prefect.settings import get_current_settings

    with console.status("Starting Prefect …"):
        server = start_server(LASTING, port=get_current_settings().server.api.port)
    adopt(server)
    if trouble := unreachable():
        raise ServerDied(f"{trouble}: the server that was started here has a password that its clients do not")
    console.print(f"Prefect: {server.url}", markup=False)
    return server


def _runner(config: Config) -> tuple["Runner", UUID]:
    """A runner of one deployment, and the deployment."""
    from prefect.runner import Runner

    runner = Runner(limit=1)
    served: Any = runner.add_deployment(deployment(config))  # Prefect says it may be a coroutine: not here
    return runner, served


def _start_now(served: UUID) -> None:
    """The first poll is now, not in a quarter of an hour."""
    from prefect.deployments import run_deployment

    run_deployment(served, timeout=0)


def _end_leftovers(served: UUID, name: Literal["Crashed", "Cancelled"], why: str) -> None:
    """End the runs whose process was ours and is gone: after a power cut, they would keep out all others."""
    from prefect.states import Cancelled, Crashed

    with quick_client() as client:
        for run in _alive(client, served):
            state: State[Any] = Crashed(message=why) if name == "Crashed" else Cancelled(message=why)
            client.set_flow_run_state(run.id, state, force=True)


def _wait_for_end(served: UUID) -> None:
    """Until our runs have ended by themselves, or take too long: Prefect ends them by SIGKILL, wherever they are.

    Raises httpx.HTTPError if Prefect cannot be asked.
    """
    ends = time.monotonic() + LONGEST_SEND.total_seconds()
    with quick_client() as client:
        while _alive(client, served) and time.monotonic() < ends:
            time.sleep(0.2)


def _alive(client: "SyncPrefectClient", served: UUID) -> list["FlowRun"]:
    """The runs of this deployment that have begun and not ended."""
    from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter

    begun = FlowRunFilter.model_validate({"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}})
    mine = DeploymentFilter.model_validate({"id": {"any_": [served]}})
    return client.read_flow_runs(flow_run_filter=begun, deployment_filter=mine)


def deployment(config: Config) -> Any:
    """The one that this machine serves for this config."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.schedules import Interval
    from prefect.types.entrypoint import EntrypointType

    from flows.crosspost import crosspost

    return crosspost.to_deployment(
        name=f"{config.folder.name or 'root'} on {socket.gethostname()}",
        description=f"{(crosspost.description or '').splitlines()[0]} [What waits, and why]({QUEUE})",
        schedule=Interval(config.every, anchor_date=ANCHOR, slug="every"),
        parameters={"config": str(config.path)},
        # A run that finds another one working is cancelled, so that nothing piles up after an outage.
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        tags=["crosspost"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _run(runner: "Runner", stop: Callable[[], None]) -> bool:
    """Until a signal comes and `stop` is over, or Prefect cannot be had any more; whether it was a signal."""
    # Prefect's own answer to SIGTERM (3.8.8) leaves at once, and its run to its fate; to be cancelled, it waits for it.
    runner.handle_sigterm = lambda *_: None  # type: ignore[method-assign]
    try:
        with redirect_stdout(None):  # it prints its tracebacks
            return run_until_stopped(lambda: _while_prefect_answers(runner), first=stop)
    except Exception as error:
        logger.debug("the runner has given up", exc_info=error)
        return False


async def _while_prefect_answers(runner: "Runner") -> None:
    """Let the runner work. Raises within a minute after Prefect is gone: the runner itself needs five."""
    async with asyncio.TaskGroup() as together:
        together.create_task(runner.start())
        misses = 0
        while misses < MISSES:
            await asyncio.sleep(LOOK_SECONDS)
            misses = misses + 1 if await asyncio.to_thread(unreachable) else 0
        runner.pause_on_shutdown = False  # it would ask for a minute
        raise PrefectGone


def _watch(server: Server, console: Console) -> None:
    """End with the server: without it, Prefect would spend minutes on its goodbyes. systemd starts us anew."""
    server.process.wait()
    console.print("The Prefect server has died, and nothing starts a run any more: start `crosspost serve` again.")
    os._exit(1)
