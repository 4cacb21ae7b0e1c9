"""crosspost.service, judged by systemd itself."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.prefect_kit import ROOT


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_no_fault_with_the_unit(tmp_path: Path) -> None:
    unit = (ROOT / "crosspost.service").read_text(encoding="utf-8")
    here = unit.replace("/srv/crosspost/.venv/bin/crosspost", sys.executable).replace("User=crosspost", "User=root")
    (tmp_path / "crosspost.service").write_text(here, encoding="utf-8")
    command = ["systemd-analyze", "verify", tmp_path / "crosspost.service"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
