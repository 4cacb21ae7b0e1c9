"""A kind of source that comes from another package: found by its entry point, held to the same kit."""

import subprocess
import sys
from pathlib import Path

import pytest

from connectors.kit import SourceContract

ROOT = Path(__file__).parents[1]

SOURCE = """\
import json, time
from dataclasses import replace
from datetime import datetime
from typing import Literal
from pydantic import SecretStr
from connectors.contract import Fetched, Item, SourceBroken, SourceDown, SourceError, SourceSettings
from connectors.json_answers import read_list, read_object
from connectors.secrecy import Secrets

class Podcast(SourceSettings):
    kind: Literal["podcast"] = "podcast"
    url: str
    token: SecretStr = SecretStr("needle-of-the-podcast")

    def fetch(self, web, validators, *, now):
        notes = {"seen": "1"}
        show = read_object(self.ask(web, "show", now)).get("number")
        fetched = read_list(self.ask(web, f"{show}/all", now), self.item, key="episodes")
        return Fetched(items=fetched.items, validators=notes, notices=fetched.notices)

    def ask(self, web, path, now):
        token = self.token.get_secret_value()
        with Secrets(token).out_of_errors():
            return web.get(f"{self.url}/{path}", headers={"Authorization": token}).check(now=now)

    def item(self, episode):
        at = datetime.fromisoformat(episode["at"])
        return Item(source=self.name, id=text(episode["id"]), title=text(episode["title"]), link=episode["link"], published=at)

def decoded(answer, errors):
    return replace(answer, body=answer.body.decode("utf-8", errors).encode())

def text(value):
    if not isinstance(value, str):
        raise TypeError(value)
    return value
"""

ITS_TESTS = """\
from pathlib import Path
from connectors.kit import source_contract

TestPodcast = source_contract(Path(__file__).parent / "fixtures", "podcast")
"""

EPISODES = [
    """{"id": "2", "title": "Äpfel", "link": "https://example.com/2", "at": "2026-11-22T07:00:00+00:00"}""",
    """{"id": "1", "title": "Birnen", "link": "https://example.com/1", "at": "2026-11-21T07:00:00+00:00"}""",
]
ITEM = """{"source": "podcast", "id": "%s", "title": "%s", "link": "https://example.com/%s", "story": "podcast:%s",
           "published": "2026-11-2%dT07:00:00Z"}"""
FIXTURES = {
    "source.json": """{"now": "2026-11-22T08:00:00+00:00", "settings": {"url": "HERE"},
                       "answers": {"/show": "show.json", "/7/all": "all.json"}}""",
    "show.json": '{"number": 7}',
    "all.json": f'{{"episodes": [{EPISODES[0]}, {EPISODES[1]}]}}',
    "reordered/all.json": f'{{"episodes": [{EPISODES[1]}, {EPISODES[0]}]}}',
    "items.json": f"[{ITEM % ('2', 'Äpfel', 2, 2, 2)}, {ITEM % ('1', 'Birnen', 1, 1, 1)}]",
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


def run_its_tests(package: Path, question: str = "") -> subprocess.CompletedProcess[str]:
    return python(package, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_podcast.py", "-k", question)


def test_its_kind_is_a_kind_like_any_other(package: Path) -> None:
    (package / "crosspost.toml").write_text(CONFIG, encoding="utf-8")
    code = "from flows.config import load; from pathlib import Path; print(repr(load(Path('crosspost.toml'), {'K': 'k'}).sources['talk']))"
    told = python(package, "-c", code)
    assert "Podcast(name='talk'" in told.stdout, told.stderr


def test_one_line_holds_it_to_the_contract(package: Path) -> None:
    told = run_its_tests(package)
    assert told.returncode == 0, told.stdout
    assert "passed" in told.stdout or "[100%]" in told.stdout


SHOW = 'show = read_object(self.ask(web, "show", now)).get("number")'
READ = 'read_list(self.ask(web, f"{show}/all", now), self.item, key="episodes")'
ITEMS = "items=fetched.items"
NOTES = 'notes = {"seen": "1"}'
BODY = 'self.ask(web, f"{show}/all", now)'
SECRET = "token = self.token.get_secret_value()"
SETTING = 'token: SecretStr = SecretStr("needle-of-the-podcast")'
OF_THE_LOOK = "is the time of the look in them?"
OTHER_LETTERS = "items came with letters that nobody wrote, or without some"


def caught(code: str, error: str, then: str) -> str:
    return f"try:\n            {code}\n        except {error}:\n            {then}"


def renamed(part: str) -> str:
    return f"items=tuple(replace(item, {part}) for item in fetched.items)"


def also(line: str) -> str:
    return f"{SECRET}\n        {line}"


# What may be wrong with a source: the question that finds it, the right code and the wrong, what is said
FAULTS = [
    ("expected_items", 'text(episode["title"])', '"Folge"', "other items came than items.json expects"),
    ("asked_for", SHOW, "show = 7", "nobody asks for ['/show']"),
    ("belongs_to_one_item", ITEMS, f"{ITEMS} * 2", "two items share an id"),
    ("belongs_to_one_item", 'text(episode["id"])', "str(time.monotonic_ns())", "a second read gave other ids"),
    (
        "depend_on_the_order",
        ITEMS,
        "items=tuple(replace(item, id=str(place)) for place, item in enumerate(fetched.items))",
        "in another order, the items were others",
    ),
    ("what_the_contract_says", 'title=text(episode["title"])', "title=7", "another type than the contract says"),
    ("what_the_contract_says", ITEMS, f"{ITEMS} * 2", "nor another item's"),
    (
        "what_the_contract_says",
        'title=text(episode["title"]), link=episode["link"]',
        "tags=()",
        "says nothing and leads nowhere",
    ),
    ("notes_of_the_last", NOTES, 'notes = {"seen": 1}', "validators must be text"),
    ("notes_of_the_last", ITEMS, "items=() if validators else fetched.items", "the same answers gave other items"),
    ("later_look", ITEMS, renamed('id=f"{now:%H%M} {item.id}"'), OF_THE_LOOK),
    ("later_look", ITEMS, renamed('id=f"{now:%Y} {item.id}"'), OF_THE_LOOK),
    ("later_look", ITEMS, renamed("published=now"), OF_THE_LOOK),
    ("later_look", ITEMS, "items=fetched.items if f'{now:%H}' == '08' else ()", "an hour later, no item came"),
    (
        "news_comes",
        NOTES,
        f"{NOTES}\n        if validators:\n            return Fetched(unchanged=True)",
        "no news came",
    ),
    ("news_comes", ITEMS, "items=fetched.items[1:] if validators else fetched.items", "no news came"),
    ("in_another_encoding", BODY, f"decoded({BODY}, 'replace')", OTHER_LETTERS),
    ("in_another_encoding", BODY, f"decoded({BODY}, 'ignore')", OTHER_LETTERS),
    ("is_a_secret_str", SETTING, 'token: str = "needle-of-the-podcast"', "['token']: a secret must be a SecretStr"),
    ("is_a_secret_str", SETTING, f"{SETTING}\n    api_keys: dict[str, str] = {{}}", "['api_keys']: a secret must be"),
    # Only the second answer is bad here, so that these show that each answer is spoiled alone
    (
        "no_such_source",
        f"fetched = {READ}",
        caught(f"fetched = {READ}", "SourceError", "fetched = Fetched()"),
        "for /7/all: must be SourceDown or SourceBroken",
    ),
    (
        "spoiled",
        f"fetched = {READ}",
        caught(
            f"fetched = {READ}", "SourceError", 'fetched = Fetched(items=(Item(source="podcast", id="?", title="?"),))'
        ),
        "items came that nobody wrote",
    ),
    (
        "whether_it_may_pass",
        f"fetched = {READ}",
        caught(f"fetched = {READ}", "SourceDown", 'raise SourceBroken("?") from None'),
        "429 for /7/all: must be SourceDown",
    ),
    ("whether_it_may_pass", ".check(now=now)", "", "429 for everything: must be SourceDown"),
    (
        "network_that_fails",
        f"fetched = {READ}",
        caught(f"fetched = {READ}", "SourceDown", 'raise SourceBroken("?") from None'),
        "timed out for /7/all: must be SourceDown",
    ),
    (
        "one_wrong_field",
        READ,
        'Fetched(items=tuple(map(self.item, read_object(self.ask(web, f"{show}/all", now))["episodes"])))',
        "KeyError: ",
    ),
    (
        "one_wrong_field",
        "return Fetched(",
        'if fetched.notices:\n            raise SourceBroken("?")\n        return Fetched(',
        "one entry cost all the others",
    ),
    (
        "one_wrong_field",
        ITEMS,
        "items=() if fetched.notices else fetched.items",
        "cost more than its entry",
    ),
    (
        "whether_it_may_pass",
        f"fetched = {READ}",
        caught(
            f"fetched = {READ}", "SourceError", "if not validators: raise\n            return Fetched(unchanged=True)"
        ),
        "must be SourceDown, and was Fetched(",
    ),
    (
        "network_that_fails",
        f"fetched = {READ}",
        caught(
            f"fetched = {READ}", "SourceError", "if not validators: raise\n            return Fetched(unchanged=True)"
        ),
        "must be SourceDown, and was Fetched(",
    ),
    ("no_secret", SECRET, also("print(token)"), "a secret stands in what is told"),
    (
        "no_secret",
        SECRET,
        also("import logging; logging.getLogger('x').debug(token)"),
        "a secret stands in what is told",
    ),
    ("no_secret", SECRET, also("import warnings; warnings.warn(token)"), "a secret stands in what is told"),
    (
        "no_secret",
        SECRET,
        also("import base64; print(base64.b64encode(token.encode()))"),
        "a secret stands in what is told",
    ),
    (
        "no_secret",
        'link=episode["link"]',
        "link=f\"{episode['link']}?key={self.token.get_secret_value()}\"",
        "a secret stands in what is told",
    ),
    ("no_secret", ITEMS, renamed("extra={'via': self.token.get_secret_value()}"), "a secret stands in what is told"),
    ("no_secret", "needle-of-the-podcast", "short", "token: give it a value of 12 characters or more"),
    ("no_secret", SETTING, f"{SETTING}\n    app_key: SecretStr | None = None", "app_key: give it a value of 12"),
    ("no_secret", "with Secrets(token).out_of_errors()", "if True", "a secret stands in what is told"),
    (
        "no_secret",
        NOTES,
        'notes = {"seen": self.token.get_secret_value()}',
        "a secret stands in what is told",
    ),
    (
        "something_to_say",
        "    def ask(",
        "    def check(self, web, *, now):\n        return []\n\n    def ask(",
        "sentences",
    ),
    ("expected_items", NOTES, "time.sleep(60)", "one look took longer than 0.5 s"),
    ("expected_items", NOTES, "while True: pass", "one look took longer than 0.5 s"),
    ("expected_items", NOTES, caught("time.sleep(60)", "Exception", "pass"), "one look took longer than 0.5 s"),
]


@pytest.mark.parametrize(("question", "good", "bad", "sentence"), FAULTS)
def test_what_is_wrong_with_it_is_told(package: Path, question: str, good: str, bad: str, sentence: str) -> None:
    assert SOURCE.count(good) == 1
    (package / "crosspost_podcast.py").write_text(SOURCE.replace(good, bad), encoding="utf-8")
    if "longer" in sentence:
        patience = "import connectors.kit_recorded\nconnectors.kit_recorded.LONGEST = 0.5\n"
        (package / "test_podcast.py").write_text(patience + ITS_TESTS, encoding="utf-8")
    told = run_its_tests(package, question)
    assert told.returncode == 1, told.stdout
    assert sentence in told.stdout


def test_there_is_a_fault_for_every_question() -> None:
    questions = [name for name in vars(SourceContract) if name.startswith("test_")]
    assert [name for name in questions if not any(question in name for question, *_ in FAULTS)] == []


def test_a_secret_is_looked_for_by_its_name_too(package: Path) -> None:
    """`token: str` is told by a question of its own, and what becomes of it by the one about all secrets."""
    source = SOURCE.replace(SETTING, 'token: str = "needle-of-the-podcast"').replace(SECRET, "token = self.token")
    (package / "crosspost_podcast.py").write_text(source, encoding="utf-8")
    told = run_its_tests(package, "no_secret_is_told")
    assert told.returncode == 1
    assert "a secret stands in what is told" in told.stdout


def test_answers_without_an_umlaut_are_told_because_they_show_no_encoding(package: Path) -> None:
    for name in ("all.json", "reordered/all.json", "items.json"):
        path = package / "fixtures" / "podcast" / name
        path.write_text(path.read_text("utf-8").replace("Äpfel", "Apfel"), encoding="utf-8")
    told = run_its_tests(package, "another_encoding")
    assert told.returncode == 1
    assert "the recorded items are all ASCII" in told.stdout


TEXT = {"all.json": "2 Äpfel\n1 Birnen", "reordered/all.json": "1 Birnen\n2 Äpfel", "earlier/all.json": "1 Birnen"}
READ_TEXT = """Fetched(items=tuple(
            Item(source=self.name, id=line.split()[0], title=line.split()[1], link="https://example.com", published=now)
            for line in self.ask(web, f"{show}/all", now).body.decode().splitlines()))"""


def test_news_of_what_is_neither_json_nor_xml_is_shown_by_an_earlier_answer(package: Path) -> None:
    (package / "crosspost_podcast.py").write_text(SOURCE.replace(READ, READ_TEXT), encoding="utf-8")
    for name, text in TEXT.items():
        assert run_its_tests(package, "news_comes").returncode == 1
        (package / "fixtures" / "podcast" / name).parent.mkdir(exist_ok=True)
        (package / "fixtures" / "podcast" / name).write_text(text, encoding="utf-8")
    told = run_its_tests(package, "news_comes")
    assert told.returncode == 0, told.stdout


TOLERANT = SOURCE.replace(
    SHOW, f"problem, show = (), 7\n        {caught(SHOW, 'SourceError as error', 'problem = (str(error),)')}"
).replace("notices=fetched.notices", "notices=(*fetched.notices, *problem)")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (TOLERANT, ""),
        (TOLERANT.replace("*problem)", ")"), "401 for /show: nobody was told"),
        (SOURCE, "500 for /show: the items must not depend on what is optional"),
    ],
)
def test_an_optional_answer_may_fail_if_the_items_come_and_a_person_is_told(
    package: Path, source: str, sentence: str
) -> None:
    (package / "crosspost_podcast.py").write_text(source, encoding="utf-8")
    about = package / "fixtures" / "podcast" / "source.json"
    about.write_text(about.read_text("utf-8").replace('"answers"', '"optional": ["/show"], "answers"'), "utf-8")
    told = run_its_tests(package)
    assert (told.returncode == 0) == (not sentence), told.stdout
    assert sentence in told.stdout


def test_a_kind_without_fixtures_fails(package: Path) -> None:
    (package / "fixtures" / "podcast" / "source.json").unlink()
    told = run_its_tests(package)
    assert told.returncode == 1
    assert 'the kind "podcast" has no' in told.stdout


ODD_KINDS = {
    "Text": 'kind: str = "podcast"',
    "Optional": 'kind: Literal["podcast"] | None = "podcast"',
    "Several": 'kind: Literal["podcast", "rss"] = "podcast"',
    "Spare": 'kind: Literal["podcast", "radio"] = "podcast"',
    "Other": 'kind: Literal["radio"] = "podcast"',
    "Aliased": 'kind: Literal["podcast"] = Field("podcast", alias="sort")',
    "Renamed": 'kind: Literal["podcast"] = Field("podcast", validation_alias="sort")',
}


@pytest.mark.parametrize("line", ODD_KINDS.values(), ids=ODD_KINDS)
def test_a_kind_that_is_written_otherwise_is_told_and_harms_nobody(package: Path, line: str) -> None:
    source = SOURCE.replace('kind: Literal["podcast"] = "podcast"', line).replace(
        "SecretStr\n", "SecretStr, Field\n", 1
    )
    told = use(package, source)
    assert told.stdout.split() == ["rss"]
    assert 'lacks the line: kind: Literal["podcast"] = "podcast"' in told.stderr


def test_a_source_that_cannot_be_one_of_several_is_told_and_harms_nobody(package: Path) -> None:
    early = '@field_validator("kind", mode="before")\n    def early(cls, kind):\n        return kind\n'
    source = SOURCE.replace("    url: str\n", f"    url: str\n    {early}", 1).replace(
        "SecretStr\n", "SecretStr, field_validator\n", 1
    )
    told = use(package, source)
    assert told.stdout.split() == ["rss"]
    assert "cannot be used: PydanticUserError" in told.stderr


def test_a_source_that_cannot_fetch_is_told_and_harms_nobody(package: Path) -> None:
    told = use(package, SOURCE.replace("def fetch", "def look"))
    assert told.stdout.split() == ["rss"]
    assert "Podcast has no method fetch" in told.stderr


def use(package: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Loads the config, which names no podcast, and shows the kinds of its sources."""
    (package / "crosspost_podcast.py").write_text(source, encoding="utf-8")
    (package / "crosspost.toml").write_text(CONFIG.replace('"podcast"', '"rss"'), encoding="utf-8")
    code = "from flows.config import load; from pathlib import Path; print(load(Path('crosspost.toml'), {'K': 'k'}).sources['talk'].kind)"
    return python(package, "-c", code)


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
