"""Is a kind of source right? A test class for pytest that asks what every source meets sooner or later.

    TestPodcast = source_contract(Path(__file__).parent / "fixtures", "podcast")

is a whole test file. The folder fixtures/podcast/ holds

    source.json      {"now": MOMENT, "settings": {KEY: VALUE}, "answers": {PATH: FILE}}: the table of crosspost.toml, in
                     which the server is HERE (https://source.example), and the file that answers each path, or a path
                     with a query (PATH?KEY=VALUE). "optional": [PATH] names answers without which the items come too
    FILE             what a real server answered
    reordered/FILE   the same with its entries in another order (each FILE of which the order means nothing)
    items.json       the items that come of it; a failing test prints those that came
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from connectors.contract import Fetched, Item, SourceBroken, SourceDown, SourceError
from connectors.kit_answers import LOST, NO_SOURCE, SPOILED, STATUSES, body, echoes, lost, status
from connectors.kit_fields import CHANGES, changed
from connectors.kit_recorded import Came, Recorded, told_by
from connectors.registry import AnySource, kinds

_ITEM = TypeAdapter(Item)


class SourceContract:
    """The questions. `source_contract` makes a class of it that pytest collects."""

    fixtures: ClassVar[Path]
    kinds: ClassVar[tuple[str, ...]]

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Ask every question of every kind."""
        tables: dict[str, Mapping[Any, object]] = {
            "no_source": NO_SOURCE,
            "spoil": SPOILED,
            "code": STATUSES,
            "what": LOST,
            "change": CHANGES,
        }
        if "kind" in metafunc.fixturenames:
            metafunc.parametrize("kind", self.kinds or list(kinds(AnySource)))
        for name, table in tables.items():
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, list(table))

    def test_the_recorded_answers_give_the_expected_items(self, kind: str) -> None:
        recorded = self._recorded(kind)
        came = [_ITEM.dump_python(item, mode="json", exclude_defaults=True) for item in recorded.fetch().items]
        expected = json.loads((recorded.folder / "items.json").read_text("utf-8"))
        shown = json.dumps(came, ensure_ascii=False, indent=2)
        _must(bool(expected), "items.json is empty: what comes of the recorded answers?")
        _must(came == expected, f"other items came than items.json expects:\n{shown}")

    def test_every_recorded_answer_is_asked_for(self, kind: str) -> None:
        recorded = self._recorded(kind)
        unasked = recorded.bodies.keys() - set().union(*recorded.asked.values())
        _must(not unasked, f"nobody asks for {sorted(unasked)}")

    def test_an_id_belongs_to_one_item_and_stays(self, kind: str) -> None:
        recorded = self._recorded(kind)
        first = recorded.ids()
        _must(len(set(first)) == len(first), f"two items share an id: {first}")
        _must(recorded.ids() == first, "a second read gave other ids")

    def test_ids_and_stories_do_not_depend_on_the_order(self, kind: str) -> None:
        recorded, reordered = self._recorded(kind), self._recorded(kind, "reordered")
        _must(recorded.bodies != reordered.bodies, "reordered/ holds nothing in another order")
        before, after = (sorted((item.id, item.story) for item in each.fetch().items) for each in (recorded, reordered))
        _must(before == after, f"in another order, the items were others:\n{before}\n{after}")

    def test_items_are_what_the_contract_says(self, kind: str) -> None:
        _keep_the_contract(self._recorded(kind).fetch().items)

    def test_the_next_look_takes_the_notes_of_the_last(self, kind: str) -> None:
        recorded = self._recorded(kind)
        notes = recorded.fetch().validators
        _must(all(isinstance(text, str) for text in (*notes, *notes.values())), "validators must be text")
        again = recorded.fetch(json.loads(json.dumps(dict(notes))))
        newest = [item.id for item in again.items]
        same = again.unchanged or (newest and newest == recorded.ids()[: len(newest)])
        _must(bool(same), "with the notes of the last look, the same answers gave other items")

    def test_what_is_no_such_source_is_an_error(self, kind: str, no_source: str) -> None:
        recorded = self._recorded(kind)
        for part in recorded.parts():
            for way, came in recorded.looks(part, body(NO_SOURCE[no_source])):
                where = f"{way}, {no_source} for {_named(part)}"
                if not _went_without(recorded, part, way, came, where):
                    _must(isinstance(came, SourceError), f"{where}: must be SourceDown or SourceBroken")

    def test_what_arrives_spoiled_is_an_error_or_a_part_of_the_items(self, kind: str, spoil: str) -> None:
        recorded = self._recorded(kind)
        known = set(recorded.ids())
        for name, content in recorded.bodies.items():
            for _, came in recorded.looks((name,), body(SPOILED[spoil](content))):
                surplus = {item.id for item in came.items} - known if isinstance(came, Fetched) else set()
                _must(not surplus, f"{name} {spoil}: items came that nobody wrote: {surplus}")

    def test_a_status_tells_whether_it_may_pass(self, kind: str, code: int) -> None:
        recorded = self._recorded(kind)
        for part in recorded.parts():
            for way, came in recorded.looks(part, status(code)):
                where = f"{way}, {code} for {_named(part)}"
                if not _went_without(recorded, part, way, came, where, told=STATUSES[code] is SourceBroken):
                    wanted = STATUSES[code]
                    _must(isinstance(came, wanted), f"{where}: must be {wanted.__name__}, and was {came!r:.200}")

    def test_a_network_that_fails_may_pass(self, kind: str, what: str) -> None:
        recorded = self._recorded(kind)
        for part in recorded.parts():
            for way, came in recorded.looks(part, lost(what)):
                where = f"{way}, {what} for {_named(part)}"
                if not _went_without(recorded, part, way, came, where):
                    _must(isinstance(came, SourceDown), f"{where}: must be SourceDown, and was {came!r:.200}")

    def test_one_wrong_field_costs_one_entry_at_most(self, kind: str, change: str) -> None:
        recorded = self._recorded(kind)
        known = set(recorded.ids())
        for name, content in recorded.bodies.items():
            for answer in changed(content, change):
                for _, came in recorded.looks((name,), body(answer.body)):
                    where = f"{name}, {answer.field} {change}"
                    if isinstance(came, Fetched):
                        _keep_the_contract(came.items, where)
                        missing = known - {item.id for item in came.items}
                        _must(len(missing) < 2 or not answer.in_entry, f"{where}: cost more than its entry: {missing}")
                    elif isinstance(came, SourceError):
                        _must(not answer.in_entry, f"{where}: one entry cost all the others: {came}")

    def test_no_secret_is_told(self, kind: str, caplog: Any) -> None:
        recorded = self._recorded(kind)
        told = [repr(recorded.source()), *told_by(recorded.fetch()), *recorded.check()]
        with caplog.at_level("DEBUG"):
            for answer in echoes(recorded.secrets):
                for part in recorded.parts():
                    told += [text for _, came in recorded.looks(part, answer) for text in told_by(came)]
        text = "\n".join([*told, caplog.text]).lower()
        _must(
            not any(needle.lower() in text for needle in _needles(recorded.secrets)), "a secret stands in what is told"
        )

    def test_check_has_something_to_say(self, kind: str) -> None:
        said = self._recorded(kind).check()
        _must(bool(said) and all(said), "check() must return sentences about the access")

    def _recorded(self, kind: str, order: str = "") -> Recorded:
        folder = self.fixtures / kind
        _must(
            (folder / "source.json").is_file(), f'the kind "{kind}" has no {folder}/source.json: see connectors/kit.py'
        )
        return Recorded(kind=kind, folder=folder, order=order)


def source_contract(fixtures: Path, *names: str) -> type[SourceContract]:
    """The test class for these kinds of sources, or for every registered kind; its name must start with `Test`."""
    return type("TestSources", (SourceContract,), {"fixtures": fixtures, "kinds": names})


def _keep_the_contract(items: Iterable[Item], where: str = "") -> None:
    """Beside what an `Item` itself sees to: its addresses, its time zones."""
    seen: set[str] = set()
    for item in items:
        name = f"{where} {item.id!r:.60}".strip()
        _must(_has_its_types(item), f"{name}: a value has another type than the contract says, or a date no time zone")
        _must(bool(item.id) and item.id not in seen, f"{name}: an id must not be empty, nor another item's")
        seen.add(item.id)
        _must(bool(item.title or item.text or item.link), f"{name}: says nothing and leads nowhere")


def _has_its_types(item: Item) -> bool:
    try:
        return _ITEM.validate_json(_ITEM.dump_json(item, warnings="none"), strict=True) == item
    except (ValidationError, ValueError):
        return False


def _went_without(
    recorded: Recorded, part: tuple[str, ...], way: str, came: Came, where: str, *, told: bool = False
) -> bool:
    """Whether this look could do without an answer; what a person must act on (`told`) is a notice then."""
    if not recorded.optional.issuperset(part):
        return False
    if way == "fetch":
        ids = [item.id for item in came.items] if isinstance(came, Fetched) else []
        _must(ids == recorded.ids(), f"{where}: the items must not depend on what is optional")
        _must(isinstance(came, Fetched) and bool(came.notices) >= told, f"{where}: nobody was told")
    return True


def _needles(secrets: Iterable[str]) -> set[str]:
    """What must stand nowhere: secrets, however written, nor the first part of one."""
    forms = {form for secret in secrets for form in (secret, quote(secret, safe=""), secret[:12]) if form}
    return {form.lower() for form in forms}  # a host is told in lower case


def _named(part: tuple[str, ...]) -> str:
    return part[0] if len(part) == 1 else "everything"


def _must(holds: bool, sentence: str) -> None:
    if not holds:
        raise AssertionError(sentence)
