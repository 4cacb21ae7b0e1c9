"""A Prefect server for as long as this process lives: on loopback, and gone with its parent however the parent ends.

Prefect starts one by itself where none is configured, but that one outlives a parent that is killed: each crash would
leave 230 MB behind.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from flows.prefect_api import QUIET, configured_api

if TYPE_CHECKING:
    import uvicorn

HOST = "127.0.0.1"
STARTUP_SECONDS = 120.0
FAREWELL_SECONDS = 5.0

# A server for one run: no UI and no services.
TEMPORARY = {"PREFECT__SERVER_EPHEMERAL": "1", "PREFECT_UI_ENABLED": "0"}

# A server for years. With Prefect's own lease storage, one power cut amid a run would keep the concurrency limit taken
# for good; and Prefect deletes no run unless it is told to.
LASTING = {
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * 86400),
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # Its threads share two heaps; with one each, what they free is not used again by the others, and memory grows.
    "MALLOC_ARENA_MAX": "2",
}

# Kept open until the process ends: Prefect's own threads still write to the API while the interpreter leaves.
_FOR_GOOD = ExitStack()


class ServerDied(Exception):
    """The Prefect server did not come up. The message is one line for a person."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that runs. Its address is `url`; that of its API is `api`."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def api(self) -> str:
        """What PREFECT_API_URL must be."""
        return f"{self.url}/api"


def use_api() -> None:
    """Make sure that flows of this process have a Prefect API: the configured one, or a temporary server.

    Call it before anything imports prefect's flows. Raises `ServerDied`.
    """
    if not configured_api():
        adopt(start_server(TEMPORARY))


def adopt(server: Server) -> None:
    """From now on, this process and its children talk to this server."""
    from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415

    os.environ["PREFECT_API_URL"] = server.api
    _FOR_GOOD.enter_context(temporary_settings({PREFECT_API_URL: server.api}))


def start_server(settings: Mapping[str, str], *, port: int = 0) -> Server:
    """Start a server, by default on a free port, and wait until it is healthy: seven to ten seconds.

    `settings` hold for the server where the environment does not say otherwise. Raises `ServerDied`.
    """
    with _listening(port) as listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        # Prefect's UI asks for its API where these say, not where it was loaded from; a proxy in front needs others.
        ui = {"PREFECT_UI_API_URL": f"{url}/api", "PREFECT_UI_URL": url}
        ours = {"PREFECT_API_URL": f"{url}/api"}
        environment = {**QUIET, **settings, **ui, **os.environ, **ours}
        command = [sys.executable, "-m", "flows.prefect_server", str(listener.fileno())]
        with _one_at_a_time():
            # The child ends when this pipe closes, and the kernel closes it even after SIGKILL.
            process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[listener.fileno()], env=environment)
            server = Server(url=url, process=process)
            _wait_until_healthy(server)
    return server


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ServerDied(
            f"port {port} of this machine cannot be had ({why}): set PREFECT_API_URL="
            f"http://{HOST}:{port}/api if a Prefect server has it, or choose another PREFECT_SERVER_API_PORT"
        ) from None
    with listener:
        yield listener


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two servers that start at once would migrate the same database. SQLite's own lock dies with its process."""
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(home / "crosspost-server.lock", timeout=STARTUP_SECONDS, isolation_level=None)
    except (OSError, sqlite3.OperationalError) as error:
        raise ServerDied(
            f"Prefect cannot use {home} ({error}): set PREFECT_HOME to a folder that can be written"
        ) from None
    with closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        yield


def _wait_until_healthy(server: Server) -> None:
    ends = time.monotonic() + STARTUP_SECONDS
    with httpx.Client(trust_env=False, timeout=5) as client:
        while time.monotonic() < ends and server.process.poll() is None:
            with suppress(httpx.TransportError):
                if client.get(f"{server.api}/health").is_success:
                    return
            time.sleep(0.1)
    server.process.kill()
    raise ServerDied("the Prefect server did not start; set PREFECT_API_URL to one that runs")


# --- The child --------------------------------------------------------------------------------------------------------


def main() -> None:
    """Serve on the inherited socket until the parent is gone.

    A Ctrl-C in the terminal, or the SIGTERM of systemd, goes to the whole group; the parent still needs us to write
    down how its run ended.
    """
    import uvicorn  # noqa: PLC0415  (only the child needs it)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    config = uvicorn.Config("flows.prefect_app:create_app", factory=True, fd=int(sys.argv[1]), log_level="error")
    server = uvicorn.Server(config)
    # Not in the main thread: there, uvicorn would take the signals for itself.
    serving = threading.Thread(target=_serve, args=[server], daemon=True)
    serving.start()
    sys.stdin.buffer.read()
    server.should_exit = True
    serving.join(FAREWELL_SECONDS)
    os._exit(0)


def _serve(server: "uvicorn.Server") -> None:
    try:
        server.run()
    finally:
        os._exit(0 if server.should_exit else 1)


if __name__ == "__main__":
    main()
