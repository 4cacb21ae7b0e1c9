"""Is a kind of source right? A test class for pytest that asks what every source meets sooner or later.

    TestPodcast = source_contract(Path(__file__).parent / "fixtures", "podcast")

is a whole test file. The folder fixtures/podcast/ holds

    source.json      {"now": MOMENT, "settings": {KEY: VALUE}, "answers": {PATH: FILE}}: the table of crosspost.toml, in
                     which the server is HERE (https://source.example), and the file that answers each path, or a path
                     with a query (PATH?KEY=VALUE). "optional": [PATH] names answers without which the items come too
    FILE             what a real server answered, with letters beyond ASCII in it
    reordered/FILE   the same with its entries in another order (each FILE of which the order means nothing)
    earlier/FILE     the same before its newest entry came; needed only of what is neither JSON nor XML
    items.json       the items that come of it; a failing test prints those that came

Every secret setting has a value in source.json, of which at least 12 characters stand nowhere else.

An answer whose bytes are not in the encoding that it declares (or that its format has, as JSON has UTF-8) is an error,
or is read as it was meant, as feed readers do. Letters that nobody wrote, lost ones or U+FFFD would be tweeted.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from connectors.contract import Fetched, Item, SourceBroken, SourceDown, SourceError
from connectors.kit_answers import LOST, NO_SOURCE, SPOILED, SPOILED_LETTERS, STATUSES, body, echoes, lost, status
from connectors.kit_fields import CHANGES, changed, without_an_entry
from connectors.kit_recorded import Came, Recorded, told_by
from connectors.kit_secrets import SHORTEST, needles, told_openly
from connectors.registry import AnySource, kinds

LATER = (timedelta(hours=1, minutes=1, seconds=1), timedelta(days=431, hours=5))  # another hour; another year, too

_ITEM = TypeAdapter(Item)
_NO_NEEDLE = f"give it a value of {SHORTEST} characters or more in source.json, or nobody sees whether it is told"


class SourceContract:
    """The questions. `source_contract` makes a class of it that pytest collects."""

    fixtures: ClassVar[Path]
    kinds: ClassVar[tuple[str, ...]]

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Ask every question of every kind."""
        tables: dict[str, Mapping[Any, object]] = {
            "no_source": NO_SOURCE,
            "spoil": SPOILED,
            "letters": SPOILED_LETTERS,
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

    def test_a_later_look_at_the_same_answers_gives_the_same_items(self, kind: str) -> None:
        recorded = self._recorded(kind)
        first = recorded.fetch().items
        for later in LATER:
            items = recorded.fetch(later=later).items
            _must(
                all(item in first for item in items),
                "a later look at the same answers gave other items: is the time of the look in them?",
            )
            _must(bool(items) or later != LATER[0], "an hour later, no item came of the same answers")

    def test_news_comes_after_the_first_look_too(self, kind: str) -> None:
        recorded, known = self._recorded(kind), self._recorded(kind).ids()
        for before in _earlier(recorded):
            first = before.fetch()
            news = [id_ for id_ in known if id_ not in {item.id for item in first.items}]
            if news and news[0] in {item.id for item in recorded.fetch(first.validators).items}:
                return
        raise AssertionError("with the notes of an earlier look, no news came; or nothing in earlier/ shows any")

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

    def test_letters_that_arrive_in_another_encoding_are_read_as_meant_or_not_at_all(
        self, kind: str, letters: str
    ) -> None:
        recorded = self._recorded(kind)
        _must(
            not repr(recorded.fetch().items).isascii(), "the recorded items are all ASCII: record an umlaut or the like"
        )
        for name, content in recorded.bodies.items():
            for plain, garbled in SPOILED_LETTERS[letters](content):
                meant = [item for _, came in recorded.looks((name,), body(plain)) for item in _items(came)]
                for _, came in recorded.looks((name,), body(garbled)):
                    _must(
                        all(item in meant for item in _items(came)),
                        f"{name} {letters}: items came with letters that nobody wrote, or without some",
                    )

    def test_a_status_tells_whether_it_may_pass(self, kind: str, code: int) -> None:
        recorded = self._recorded(kind)
        for part in recorded.parts():
            for way, came in recorded.looks(part, status(code), {}, recorded.notes):
                where = f"{way}, {code} for {_named(part)}"
                if not _went_without(recorded, part, way, came, where, told=STATUSES[code] is SourceBroken):
                    wanted = STATUSES[code]
                    _must(isinstance(came, wanted), f"{where}: must be {wanted.__name__}, and was {came!r:.200}")

    def test_a_network_that_fails_may_pass(self, kind: str, what: str) -> None:
        recorded = self._recorded(kind)
        for part in recorded.parts():
            for way, came in recorded.looks(part, lost(what), {}, recorded.notes):
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

    def test_a_setting_that_is_a_secret_is_a_secret_str(self, kind: str) -> None:
        recorded = self._recorded(kind)
        openly = told_openly(type(recorded.source()))
        _must(
            not openly, f"{openly}: a secret must be a SecretStr; any other type is printed, and pasted into the config"
        )

    def test_no_secret_is_told(self, kind: str, caplog: Any, capfd: Any, recwarn: Any) -> None:
        """In nothing that is raised, logged, printed, warned of, noted or made an item of."""
        recorded = self._recorded(kind)
        for name, values in recorded.secrets.items():
            _must(bool(values) and all(len(each) >= SHORTEST for each in values), f"{name}: {_NO_NEEDLE}")
        secrets = [value for values in recorded.secrets.values() for value in values]
        with caplog.at_level("DEBUG"):
            told = [repr(recorded.source()), *told_by(recorded.fetch()), *recorded.check()]
            for answer in echoes(secrets):
                for part in recorded.parts():
                    told += [text for _, came in recorded.looks(part, answer) for text in told_by(came)]
        text = "\n".join([*told, caplog.text, *capfd.readouterr(), *(str(each.message) for each in recwarn)]).lower()
        _must(not any(needle in text for needle in needles(secrets)), "a secret stands in what is told")

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


def _earlier(recorded: Recorded) -> Iterator[Recorded]:
    """The source as it was before an entry of it came."""
    if (recorded.folder / "earlier").is_dir():
        yield replace(recorded, order="earlier")
    for name, content in recorded.bodies.items():
        for fewer in without_an_entry(content):
            yield recorded.with_body(name, fewer)


def _items(came: Came) -> tuple[Item, ...]:
    return came.items if isinstance(came, Fetched) else ()


def _named(part: tuple[str, ...]) -> str:
    return part[0] if len(part) == 1 else "everything"


def _must(holds: bool, sentence: str) -> None:
    if not holds:
        raise AssertionError(sentence)
