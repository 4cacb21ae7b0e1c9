"""A kind of source that comes from another package: found by its entry point, held to the same kit."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SOURCE = """\
import json
from typing import Literal
from connectors.contract import Fetched, Item, SourceBroken, SourceSettings

class Podcast(SourceSettings):
    kind: Literal["podcast"] = "podcast"
    url: str

    def fetch(self, web, validators, *, now):
        try:
            episodes = json.loads(web.get(self.url).check(now=now).body)["episodes"]
            items = [Item(source=self.name, id=episode["id"], title=episode["title"]) for episode in episodes]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise SourceBroken(f"{self.url} lists no episodes: correct the url") from None
        return Fetched(items=tuple(items))
"""

ITS_TESTS = """\
from pathlib import Path
from connectors.kit import source_contract

TestPodcast = source_contract(Path(__file__).parent / "fixtures", "podcast")
"""

FIXTURES = {
    "source.json": """{"now": "2026-11-22T08:00:00+00:00", "settings": {"url": "HERE/all"}, "answers": {"/all": "all.json"}}""",
    "all.json": '{"episodes": [{"id": "2", "title": "Äpfel"}, {"id": "1", "title": "Birnen"}]}',
    "reordered/all.json": '{"episodes": [{"id": "1", "title": "Birnen"}, {"id": "2", "title": "Äpfel"}]}',
    "items.json": """[{"source": "podcast", "id": "2", "title": "Äpfel", "story": "podcast:2"},
                     {"source": "podcast", "id": "1", "title": "Birnen", "story": "podcast:1"}]""",
}

CONFIG = """\
[sources.talk]
kind = "podcast"
url = "https://podcast.example.com/all"
[accounts.office]
kind = "twitter"
api_key = "env:K"
api_secret = "env:K"
access_token = "env:K"
access_token_secret = "env:K"
[[routes]]
from = ["talk"]
to = ["office"]
template = "blog.j2"
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The folder that an installed package consists of."""
    about = tmp_path / "crosspost_podcast-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: crosspost-podcast\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(
        "[crosspost.sources]\npodcast = crosspost_podcast:Podcast\n", encoding="utf-8"
    )
    (tmp_path / "crosspost_podcast.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "test_podcast.py").write_text(ITS_TESTS, encoding="utf-8")
    for name, text in FIXTURES.items():
        path = tmp_path / "fixtures" / "podcast" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def python(package: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": f"{package}:{ROOT}", "PATH": "/usr/bin:/bin"}
    call = [sys.executable, *arguments]
    return subprocess.run(call, cwd=package, env=environment, capture_output=True, text=True, check=False)


def run_its_tests(package: Path) -> subprocess.CompletedProcess[str]:
    return python(package, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_podcast.py")


def test_its_kind_is_a_kind_like_any_other(package: Path) -> None:
    (package / "crosspost.toml").write_text(CONFIG, encoding="utf-8")
    code = "from flows.config import load; from pathlib import Path; print(repr(load(Path('crosspost.toml'), {'K': 'k'}).sources['talk']))"
    told = python(package, "-c", code)
    assert "Podcast(name='talk'" in told.stdout, told.stderr


def test_one_line_holds_it_to_the_contract(package: Path) -> None:
    told = run_its_tests(package)
    assert told.returncode == 0, told.stdout
    assert "passed" in told.stdout or "[100%]" in told.stdout


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ('id=episode["id"]', "id=str(id(episode))", "a second read gave other ids"),
        ('episode["id"], title', 'f"{len(episodes)}", title', "two items share an id"),
        ("TypeError, ", "", "TypeError: "),
    ],
)
def test_what_is_wrong_with_it_is_told(package: Path, good: str, bad: str, sentence: str) -> None:
    (package / "crosspost_podcast.py").write_text(SOURCE.replace(good, bad), encoding="utf-8")
    told = run_its_tests(package)
    assert told.returncode == 1
    assert sentence in told.stdout


def test_a_kind_without_fixtures_fails(package: Path) -> None:
    (package / "fixtures" / "podcast" / "source.json").unlink()
    told = run_its_tests(package)
    assert told.returncode == 1
    assert 'the kind "podcast" has no' in told.stdout


def test_packages_that_cannot_be_used_are_told_and_harm_nobody(package: Path) -> None:
    faults = {
        "gone = crosspost_podcast:Gone": "AttributeError",
        "nowhere = nowhere:Podcast": "ModuleNotFoundError",
        "number = crosspost_podcast:json": "is no subclass of connectors.contract.SourceSettings",
        "talk = crosspost_podcast:Podcast": 'lacks the line: kind: Literal["talk"] = "talk"',
        "rss = crosspost_podcast:Podcast": 'there is a kind "rss" already',
    }
    points = package / "crosspost_podcast-1.0.dist-info" / "entry_points.txt"
    points.write_text("\n".join(["[crosspost.sources]", *faults]), encoding="utf-8")
    told = python(package, "-c", "from connectors.registry import AnySource, kinds; print(kinds(AnySource))")
    assert "connectors.rss.RssFeed" in told.stdout
    assert "podcast" not in told.stdout
    assert told.stderr.count("of the package crosspost-podcast cannot be used") == len(faults)
    assert [why for why in faults.values() if why not in told.stderr] == []
