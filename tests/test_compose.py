"""compose.yaml, as far as it can be tried without Docker: its settings are Prefect's, its commands exist."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from flows.prefect_app import policy
from tests.prefect_kit import ROOT, free_port, private_environment, running, until


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return services


def test_every_setting_is_one_that_prefect_has_and_takes(services: dict[str, Any], tmp_path: Path) -> None:
    """In a process of its own, which reads them as Prefect's server would."""
    settings = {name: value for service in services.values() for name, value in service.get("environment", {}).items()}
    ours = {name: value for name, value in settings.items() if name.startswith("PREFECT_")}
    code = "from prefect.settings import get_current_settings as now; print(*now().to_environment_variables())"
    environment = private_environment(tmp_path, **ours)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    # An alias is given back under the name that Prefect prefers.
    known = set(done.stdout.split()) | {"PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_UI_API_URL"}
    assert set(ours) <= known


def test_the_lasting_settings_are_those_of_serve(services: dict[str, Any]) -> None:
    from flows.prefect_server import LASTING  # noqa: PLC0415

    given = services["prefect"]["environment"]
    wanted = {name: value for name, value in LASTING.items() if "PROMOTIONAL" not in name}
    assert wanted.items() <= given.items()


def test_only_this_machine_can_reach_the_ui(services: dict[str, Any]) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:4200:4200"]


def test_every_option_of_its_worker_exists(services: dict[str, Any], tmp_path: Path) -> None:
    command = services["worker"]["command"]
    words = [word for word in command[1:] if word.isalpha() and word not in {"local", "process"}]
    help_page = subprocess.run(
        [sys.executable, "-m", "prefect", *words, "--help"],
        env=private_environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for option in (word for word in command if word.startswith("--")):
        assert option in help_page


def test_its_server_starts_and_keeps_the_browser_here(services: dict[str, Any], tmp_path: Path) -> None:
    port = str(free_port())
    here = {"0.0.0.0": "127.0.0.1", "4200": port}
    command = [sys.executable, "-m", *(here.get(word, word) for word in services["prefect"]["command"])]
    environment = private_environment(tmp_path, PREFECT_SERVER_API_PORT=port)
    with running(command, folder=ROOT, env=environment, stderr=subprocess.DEVNULL):
        page = until(lambda: answer(f"http://127.0.0.1:{port}/v2/"), "the UI")
    assert f"connect-src 'self' data: blob: http://127.0.0.1:{port} " in page.headers["content-security-policy"]


def answer(url: str) -> httpx.Response | None:
    with suppress(httpx.TransportError):
        return httpx.get(url, trust_env=False)
    return None


def test_behind_a_proxy_with_tls_the_browser_may_ask_the_api_there() -> None:
    assert policy("https://ops.example/api").endswith("data: blob: https://ops.example wss://ops.example")
