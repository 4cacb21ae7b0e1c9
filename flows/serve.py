"""`crosspost serve`: poll for ever, with Prefect's schedule and UI, until somebody stops it."""

import asyncio
import os
import signal
import socket
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console

from flows.config import Config
from flows.prefect_server import LASTING, Server, adopt, configured_api, start_server

if TYPE_CHECKING:
    from prefect.runner import Runner

# Every run starts at a round time: with every = "15m", at a quarter past and so on.
ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)


def serve(config: Config, console: Console) -> bool:
    """Poll every `config.every` until Ctrl-C or SIGTERM; whether it was stopped by neither. Raises `ServerDied`."""
    # A quiet poll says nothing; the UI has the rest.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")
    server = _use_lasting_api(console)
    runner = _runner(config)
    bereft = threading.Event()
    if server:
        threading.Thread(target=_watch, args=[server, bereft], daemon=True).start()
    console.print(f"Polling every {config.every}; Ctrl-C ends it.", markup=False)
    _run(runner)
    if bereft.is_set():
        console.print("The Prefect server has died, so nothing starts any run; start `crosspost serve` again.")
    return bereft.is_set()


def _use_lasting_api(console: Console) -> Server | None:
    """The server that was started here, if none is configured: without one, Prefect would never fire a schedule."""
    api = configured_api()
    if api:
        console.print(f"Prefect: {api.removesuffix('/api')}", markup=False)
        return None
    from prefect.settings import get_current_settings  # noqa: PLC0415  (a second or two, and only runs need it)

    with console.status("Starting Prefect …"):
        server = start_server(LASTING, port=get_current_settings().server.api.port)
    adopt(server)
    console.print(f"Prefect: {server.url}", markup=False)
    return server


def _runner(config: Config) -> "Runner":
    from prefect.deployments import run_deployment  # noqa: PLC0415
    from prefect.runner import Runner  # noqa: PLC0415

    runner = Runner(limit=1)
    identifier = runner.add_deployment(_deployment(config))
    run_deployment(identifier, timeout=0)  # the first poll is now, not in a quarter of an hour
    return runner


def _deployment(config: Config) -> Any:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy  # noqa: PLC0415
    from prefect.schedules import Interval  # noqa: PLC0415
    from prefect.types.entrypoint import EntrypointType  # noqa: PLC0415

    from flows.crosspost import crosspost  # noqa: PLC0415

    return crosspost.to_deployment(
        name=f"{config.folder.name or 'root'} on {socket.gethostname()}",
        schedule=Interval(config.every, anchor_date=ANCHOR, slug="every"),
        parameters={"config": str(config.path)},
        # A run that finds another one working is cancelled, so that nothing piles up after an outage.
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        tags=["crosspost"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _run(runner: "Runner") -> None:
    """Until a signal comes. A poll that works then is ended; a tweet amid it is written down first."""
    # Prefect's own answer to SIGTERM (3.8.8) leaves at once, and its run to its fate; that to Ctrl-C waits for it.
    runner.handle_sigterm = lambda *_: signal.raise_signal(signal.SIGINT)  # type: ignore[method-assign]
    try:
        asyncio.run(runner.start())
    except KeyboardInterrupt:
        return


def _watch(server: Server, bereft: threading.Event) -> None:
    server.process.wait()
    bereft.set()
    os.kill(os.getpid(), signal.SIGTERM)
