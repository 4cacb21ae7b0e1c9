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


def new_lines() -> list[str]:
    """What the guide adds to the registry; it changes nothing that stands there, whatever kinds came since."""
    lines = "".join(blocks("diff")).splitlines()
    assert all(line.startswith("+") for line in lines)
    return [line[1:] for line in lines]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Crosspost as it was before its third kind of source."""
    for folder in ("connectors", "tests/fixtures"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "test_sources_kit.py", tmp_path / "tests")
    (tmp_path / "connectors" / "mastodon.py").unlink()
    registry = tmp_path / "connectors" / "registry.py"
    registry.write_text(without(registry.read_text(encoding="utf-8"), new_lines()), encoding="utf-8")
    return tmp_path


def without(text: str, unwanted: list[str]) -> str:
    lines = text.splitlines()
    for line in unwanted:
        assert lines.count(line) == 1, f"connectors/registry.py has no line {line}"
        lines.remove(line)
    return "\n".join([*lines, ""])


def write_mastodon(project: Path) -> None:
    """Steps 2 and 3 of the guide. Where its lines belong in the registry, the one that is shipped shows."""
    (project / "connectors" / "mastodon.py").write_text("\n\n".join(blocks("python")), encoding="utf-8")
    shutil.copy(ROOT / "connectors" / "registry.py", project / "connectors")


def kinds_of(project: Path) -> list[str]:
    code = "from connectors.registry import Shipped, kinds; print(*kinds(Shipped))"
    return run(project, "-c", code).stdout.split()


def ship_another_kind(project: Path) -> None:
    """A source that somebody adds after Mastodon, beside it in every list."""
    connectors = project / "connectors"
    source = (connectors / "mastodon.py").read_text(encoding="utf-8")
    source = source.replace('"mastodon"', '"mastodong"').replace("MastodonAccount", "Mastodong")
    (connectors / "mastodong.py").write_text(source, encoding="utf-8")
    registry = (connectors / "registry.py").read_text(encoding="utf-8")
    for line in new_lines():
        other = line.replace("connectors.mastodon", "connectors.mastodong").replace("MastodonAccount", "Mastodong")
        registry = registry.replace(f"{line}\n", f"{line}\n{other}\n")
    (connectors / "registry.py").write_text(registry, encoding="utf-8")


def ask_the_kit(project: Path) -> subprocess.CompletedProcess[str]:
    (command,) = blocks("sh")
    return run(project, "-m", *command.split(), "-q", "-p", "no:cacheprovider")


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(project), "PATH": "/usr/bin:/bin"}
    call = [sys.executable, *arguments]
    return subprocess.run(call, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_the_way_to_a_new_source_leads_there(project: Path) -> None:
    assert ask_the_kit(project).returncode == 5, "there is no such kind yet"
    write_mastodon(project)
    told = ask_the_kit(project)
    assert told.returncode == 0, told.stdout


def test_the_way_stays_the_same_when_another_kind_has_come_after_it(project: Path) -> None:
    before = kinds_of(project)
    write_mastodon(project)
    shipped = kinds_of(project)
    ship_another_kind(project)
    assert set(kinds_of(project)) == {*before, "mastodon", "mastodong"}
    registry = project / "connectors" / "registry.py"
    registry.write_text(without(registry.read_text(encoding="utf-8"), new_lines()), encoding="utf-8")
    assert set(kinds_of(project)) == {*before, "mastodong"}
    assert set(shipped) == {*before, "mastodon"}


def test_what_the_guide_shows_is_what_is_shipped() -> None:
    shipped = (ROOT / "connectors" / "mastodon.py").read_text(encoding="utf-8")
    assert "\n\n".join(blocks("python")) == shipped
    (recorded,) = blocks("json")
    assert recorded == (ROOT / "tests" / "fixtures" / "mastodon" / "source.json").read_text(encoding="utf-8")
    assert len(shipped.splitlines()) < 60
