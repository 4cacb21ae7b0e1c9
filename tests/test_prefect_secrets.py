"""Secrets that are kept by Prefect: `block:NAME`, against a real server."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.config import ConfigError, load
from tests.house import House, article, open_house
from tests.prefect_kit import ROOT, Prefect, in_process, private_environment

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Its API secret is wanted from Prefect."""
    with open_house(tmp_path, article(1)) as house:
        path = house.configure()
        path.write_text(path.read_text().replace('"env:API_SECRET"', '"block:crosspost-api-secret"'))
        yield house


def test_a_secret_comes_out_of_its_block(prefect: Prefect, house: House) -> None:
    with in_process(prefect):
        from prefect.blocks.system import Secret  # noqa: PLC0415  (after the environment is set)

        with pytest.raises(ConfigError) as mistake:
            load(house.folder / "crosspost.toml")
        assert 'Prefect has no Secret block "crosspost-api-secret"' in mistake.value.mistakes[0]
        Secret(value="needle").save("crosspost-api-secret", overwrite=True)
        account = load(house.folder / "crosspost.toml").accounts["office"]
    assert account.api_secret.get_secret_value() == "needle"
    assert "needle" not in repr(account)


def test_without_a_server_the_remedy_is_told_and_none_is_started(house: House) -> None:
    command = [sys.executable, "-m", "flows.cli", "check", "--config", str(house.folder / "crosspost.toml")]
    environment = private_environment(house.folder / "prefect")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "accounts.office.api_secret" in done.stderr
    assert "PREFECT_API_URL" in done.stderr
    assert not (house.folder / "prefect" / "prefect.db").exists()
