"""CONTRIBUTING.md tells the truth: its way to a new source leads there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Adding a source")[2].partition("\n## ")[0]
WAY = GUIDE.partition("**From another package.**")[0]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", WAY, re.DOTALL | re.MULTILINE)


def before_and_after() -> list[tuple[str, str]]:
    """The two sides of each change of a line."""
    sides = []
    for block in blocks("diff"):
        old, new = (
            "".join(line[1:] + "\n" for line in block.splitlines() if line.startswith(sign)) for sign in ("-", "+")
        )
        sides.append((old, new))
    return sides


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Crosspost as it was before its third kind of source."""
    for folder in ("connectors", "tests/fixtures"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "test_sources_kit.py", tmp_path / "tests")
    (tmp_path / "connectors" / "mastodon.py").unlink()
    change_registry(tmp_path, [(new, old) for old, new in before_and_after()])
    return tmp_path


def change_registry(project: Path, changes: list[tuple[str, str]]) -> None:
    registry = project / "connectors" / "registry.py"
    text = registry.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"connectors/registry.py has no line {old}"
        text = text.replace(old, new)
    registry.write_text(text, encoding="utf-8")


def ask_the_kit(project: Path) -> subprocess.CompletedProcess[str]:
    (command,) = blocks("sh")
    call = [sys.executable, "-m", *command.split(), "-q", "-p", "no:cacheprovider"]
    environment = {"PYTHONPATH": str(project), "PATH": "/usr/bin:/bin"}
    return subprocess.run(call, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_the_way_to_a_new_source_leads_there(project: Path) -> None:
    assert ask_the_kit(project).returncode == 5, "there is no such kind yet"
    (project / "connectors" / "mastodon.py").write_text("\n\n".join(blocks("python")), encoding="utf-8")
    change_registry(project, before_and_after())
    told = ask_the_kit(project)
    assert told.returncode == 0, told.stdout


def test_what_the_guide_shows_is_what_is_shipped() -> None:
    shipped = (ROOT / "connectors" / "mastodon.py").read_text(encoding="utf-8")
    assert "\n\n".join(blocks("python")) == shipped
    (recorded,) = blocks("json")
    assert recorded == (ROOT / "tests" / "fixtures" / "mastodon" / "source.json").read_text(encoding="utf-8")
    assert len(shipped.splitlines()) < 60
