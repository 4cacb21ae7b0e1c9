"""A real Prefect server for tests: one per session, on loopback, with its files in a temporary folder."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from flows.prefect_api import QUIET
from flows.prefect_server import LASTING, start_server

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 300.0  # only a failure waits so long


def private_environment(home: Path, **more: str) -> dict[str, str]:
    """This environment without anybody's Prefect settings: everything stays in `home`, and nothing leaves loopback."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {**ours, **QUIET, "PREFECT_HOME": str(home), "PYTHONPATH": str(ROOT), **more}


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Exactly this environment, for the length of a block."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Prefect:
    """What the tests ask of a server. `environment` is for processes that shall talk to it."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        self.api = f"{url}/api"
        self.home = home
        self.environment = private_environment(home, PREFECT_API_URL=self.api)
        self._client = httpx.Client(trust_env=False, timeout=30)

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def post(self, path: str, data: Mapping[str, Any] | None = None) -> Any:
        return self._ask("POST", path, json=data or {})

    def patch(self, path: str, data: Mapping[str, Any]) -> Any:
        return self._ask("PATCH", path, json=data)

    def delete(self, path: str) -> Any:
        return self._ask("DELETE", path)

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        """What the server answers; its SQLite may be busy, and then it wants to be asked again, as Prefect's client does."""
        for _ in range(20):
            answer = self._client.request(method, f"{self.api}/{path}", **content)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.5)
        return answer.raise_for_status().json() if answer.content else answer.raise_for_status()

    def flow_runs(self, **where: Any) -> list[dict[str, Any]]:
        """Newest first."""
        runs: list[dict[str, Any]] = self.post("flow_runs/filter", {"sort": "START_TIME_DESC", **where})
        return runs

    def task_runs(self, flow_run: str) -> list[dict[str, Any]]:
        """Those of one flow run, in their order; the server learns of them a moment after the run."""
        where = {"flow_runs": {"id": {"any_": [flow_run]}}}
        runs: list[dict[str, Any]] = self.post("task_runs/filter", where)
        return sorted(runs, key=lambda run: run["start_time"] or "")

    def logs(self, flow_run: str) -> list[str]:
        lines: list[dict[str, Any]] = self.post("logs/filter", {"logs": {"flow_run_id": {"any_": [flow_run]}}})
        return [line["message"] for line in lines]

    def deployment(self, name: str) -> Any:
        return self.get(f"deployments/name/{name}")

    def start(self, deployment: str, **parameters: Any) -> str:
        """The id of a new run, for a worker to take."""
        path = f"deployments/{self.deployment(deployment)['id']}/create_flow_run"
        return str(self.post(path, {"parameters": parameters, "state": {"type": "SCHEDULED"}})["id"])

    def end_of(self, flow_run: str) -> Any:
        """The run, once it has ended in one way or another."""

        def look() -> Any:
            run = self.get(f"flow_runs/{flow_run}")
            return run if run["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"} else None

        return until(look, "the end of the run")

    @contextmanager
    def worker(self, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
        """A worker of the pool `local`, one run at a time, in a process group of its own; it runs what a test starts."""
        self.post(f"deployments/{self.deployment('crosspost/production')['id']}/pause_deployment")
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "local", "--type", "process"]
        command += ["--limit", "1"]
        environment = self.environment | {"PREFECT_WORKER_QUERY_SECONDS": "1", "PYTHONPATH": str(folder)}
        with running(command, folder=folder, env=environment) as process:
            yield process

    def command(self, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """A command of Prefect's own, in this folder."""
        return subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            cwd=folder,
            env=self.environment | {"PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE_SECONDS,
        )


def prefect_server(home: Path, **settings: str) -> Prefect:
    """A server as `crosspost serve` starts it. It ends with this process: Prefect's own threads write to it until then."""
    with environment(private_environment(home, **settings)):
        return Prefect(start_server(LASTING).url, home)


@contextmanager
def in_process(prefect: Prefect) -> Iterator[None]:
    """Flows of this process talk to this server; without heartbeats, they end a second earlier."""
    with environment(prefect.environment):
        from prefect import settings  # noqa: PLC0415  (it reads the environment)

        ours = {settings.PREFECT_API_URL: prefect.api, settings.PREFECT_HOME: prefect.home}
        with settings.temporary_settings(ours, set_defaults={settings.PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            yield


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def until(look: Callable[[], Any], what: str) -> Any:
    """What `look` sees as soon as it is true of anything."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        if seen := look():
            return seen
        time.sleep(0.2)
    raise AssertionError(f"waited {PATIENCE_SECONDS:.0f} s in vain: {what}")


def listen_to_ctrl_c() -> None:
    """For `preexec_fn`: a shell that starts us in the background has us ignore Ctrl-C, and our children would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def running(
    command: list[str], *, folder: Path, env: Mapping[str, str], stderr: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own; the whole group is gone at the end of the block."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stderr=stderr,
        start_new_session=True,
        preexec_fn=listen_to_ctrl_c,  # noqa: PLW1509  (no thread here holds a lock)
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
