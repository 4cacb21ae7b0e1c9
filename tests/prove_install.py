"""Proof that plain pip, by the bounds of pyproject.toml alone, installs something whose schedules fire.

With an unlucky set of versions everything looks healthy (server, UI, commands, runs by hand) and no schedule ever
fires. So: an empty environment, `pip install .`, a real server, `prefect deploy` with a short interval, a worker, and
then a run that the scheduler made must complete. Not part of the test suite: it needs a package index, and minutes.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
INSTALL_SECONDS = 600
PATIENCE_SECONDS = 240
EVERY_SECONDS = 20

# A house with a blog and X on loopback, from the demo, so that the scheduled runs have something to do.
STAGE = """
import sys, time
from pathlib import Path
from connectors.simulators.x import X
from flows.demo import _stage
with _stage(Path(sys.argv[1]), X()):
    print("ready", flush=True)
    time.sleep(3600)
"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="crosspost-") as name:
        folder = Path(name)
        python = install(folder)
        say(versions(python))
        with house(folder, python) as config, server(folder, python) as api:
            deploy(folder, python, api, config)
            with worker(folder, python, api):
                return verdict(api)


def say(text: str) -> None:
    print(text, flush=True)


# --- Steps ------------------------------------------------------------------------------------------------------------


def install(folder: Path) -> Path:
    """Install a copy of the project into an empty environment; its Python."""
    copy = folder / "project"
    ignored = shutil.ignore_patterns(".git", ".venv", "*.db*", ".*_cache", ".hypothesis", "demo", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=ignored)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    began = time.monotonic()
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", copy]
    installed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
    if installed.returncode:
        raise SystemExit(f"pip install . failed\n{installed.stderr}")
    say(f"pip install .: {time.monotonic() - began:.0f} s")
    return python


def versions(python: Path) -> str:
    wanted = ["prefect", "fastapi", "sqlalchemy", "pydantic", "certifi"]
    code = f"from importlib.metadata import version; print(*(f'{{name}} {{version(name)}}' for name in {wanted}), sep=', ')"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def house(folder: Path, python: Path) -> Iterator[Path]:
    with process(folder, [python, "-c", STAGE, folder / "house"], stdout=subprocess.PIPE) as stage:
        assert stage.stdout
        assert stage.stdout.readline().strip() == b"ready"
        yield folder / "house" / "crosspost.toml"


@contextmanager
def server(folder: Path, python: Path) -> Iterator[str]:
    api = "http://127.0.0.1:4269/api"
    with process(folder, [python, "-m", "prefect", "server", "start"], PREFECT_SERVER_API_PORT="4269"):
        wait(lambda: ask(f"{api}/health"), "the server to be healthy")
        say("server: healthy")
        yield api


def deploy(folder: Path, python: Path, api: str, config: Path) -> None:
    """Deploy the project's own prefect.yaml, with a schedule that does not take a quarter of an hour."""
    project = folder / "project"
    text = (project / "prefect.yaml").read_text(encoding="utf-8")
    text = text.replace("interval: 900", f"interval: {EVERY_SECONDS}").replace("crosspost.toml}", f"{config}}}")
    (project / "prefect.yaml").write_text(text, encoding="utf-8")
    for arguments in (
        ["work-pool", "create", "local", "--type", "process"],
        ["deploy", "--name", "crosspost/production", "--no-prompt"],
    ):
        command = [python, "-m", "prefect", *arguments]
        environment = env(folder, PREFECT_API_URL=api)
        subprocess.run(command, cwd=project, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=120)
    say(f"deployed: crosspost/production, every {EVERY_SECONDS} s")


@contextmanager
def worker(folder: Path, python: Path, api: str) -> Iterator[None]:
    with process(folder, [python, "-m", "prefect", "worker", "start", "--pool", "local"], PREFECT_API_URL=api):
        yield


def verdict(api: str) -> int:
    """1 unless a run that the scheduler made completes in time."""
    scheduled: list[dict[str, Any]] = []
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        runs = ask(f"{api}/flow_runs/filter", {"sort": "START_TIME_DESC"}) or []
        scheduled = [run for run in runs if run["auto_scheduled"]]
        done = [run for run in scheduled if run["state"]["type"] == "COMPLETED"]
        if done:
            say(f"scheduled runs: {len(scheduled)}; completed: {done[0]['name']} ({done[0]['state']['message']})")
            return 0
        time.sleep(2)
    states = ", ".join(sorted(run["state"]["name"] for run in scheduled)) or "none"
    say(f"no scheduled run completed within {PATIENCE_SECONDS} s; runs of the scheduler: {states}")
    return 1


# --- Tools ------------------------------------------------------------------------------------------------------------


def env(folder: Path, **more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "PYTHON"))}
    quiet = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_HOME": str(folder / "prefect")}
    return {**ours, **quiet, **more}


@contextmanager
def process(
    folder: Path, command: list[Any], stdout: int = subprocess.DEVNULL, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own; the whole group is gone at the end of the block."""
    started = subprocess.Popen(
        command, cwd=folder, env=env(folder, **more), stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def ask(url: str, data: dict[str, Any] | None = None) -> Any:
    """The answer; None where there is none (yet)."""
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with suppress(OSError), urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)
    return None


def wait(look: Any, what: str) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not look():
        if time.monotonic() > ends:
            raise SystemExit(f"waited {PATIENCE_SECONDS} s for {what}")
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
