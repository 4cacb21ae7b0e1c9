"""A Prefect server for as long as this process lives: on loopback, and gone with its parent however the parent ends.

Prefect starts one by itself where none is configured, but that one outlives a parent that is killed: each crash would
leave 230 MB behind.
"""

import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import httpx

STARTUP_SECONDS = 120.0

# Nothing of Prefect's telefones home, and its console stays ours; set in the environment, they win.
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "crosspost",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
}

# Kept open until the process ends: Prefect's own threads still write to the API while the interpreter leaves.
_FOR_GOOD = ExitStack()


class ServerDied(Exception):
    """The temporary Prefect server did not come up. The message is one line for a person."""


def use_api() -> None:
    """Make sure that flows of this process have a Prefect API: the configured one, or a temporary server.

    Call it before anything imports prefect's flows. Raises `ServerDied`.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    from prefect.settings import get_current_settings  # noqa: PLC0415  (a second or two, and only runs need it)

    if not get_current_settings().api.url:
        _adopt(start_temporary_server())


def _adopt(url: str) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415

    os.environ["PREFECT_API_URL"] = url
    _FOR_GOOD.enter_context(temporary_settings({PREFECT_API_URL: url}))


def start_temporary_server() -> str:
    """Start a server on a free port and give its API address once it is healthy. Takes seven to ten seconds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        command = [sys.executable, "-m", "flows.prefect_server", str(listener.fileno())]
        marks = {"PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1", "PREFECT_UI_ENABLED": "0"}
        environment = {**os.environ, **marks}
        with _one_at_a_time():
            # The child ends when this pipe closes, and the kernel closes it even after SIGKILL.
            server = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[listener.fileno()], env=environment)
            _wait_until_healthy(url, server)
    return url


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two servers that start at once would migrate the same database. SQLite's own lock dies with its process."""
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    with suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(home / "crosspost-server.lock", timeout=STARTUP_SECONDS, isolation_level=None)
    with closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        yield


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + STARTUP_SECONDS
    with httpx.Client(trust_env=False, timeout=STARTUP_SECONDS) as client:
        while time.monotonic() < ends and server.poll() is None:
            with suppress(httpx.TransportError):
                if client.get(f"{url}/health").is_success:
                    return
            time.sleep(0.1)
    server.kill()
    raise ServerDied("the temporary Prefect server did not start; set PREFECT_API_URL to a server that runs")


def _leave_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """The child: serve on the inherited socket until the parent is gone."""
    import uvicorn  # noqa: PLC0415  (only the child needs it)

    threading.Thread(target=_leave_with_parent, daemon=True).start()
    uvicorn.run("prefect.server.api.server:create_app", factory=True, fd=int(sys.argv[1]), log_level="error")


if __name__ == "__main__":
    main()
