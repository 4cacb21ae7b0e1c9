"""The length of a tweet and its links, as X counts them."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from connectors.tweet_length import LIMIT, _length, find_links, is_valid, tweet_length

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "twitter-text"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="X's conformance suite is not beside the repository")


def links_of(text: str) -> list[str]:
    return [text[start:end] for start, end in find_links(text)]


# --- Weights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Neue Preise ab Montag", 21),
        ("Größe, Straße, Übung", 20),
        ("Gro\u0308ße", 5),
        ("„Gut“ – sagt sie — ‚so‘", 23),
        ("Warte…", 7),
        ("5 €", 4),
        ("Acme™", 6),
        ("• Punkt", 8),
        ("東京", 4),
        ("Привет", 6),
        ("Zeile\nZeile", 11),
        ("Zeile\r\nZeile", 12),
        ("\ufb2c", 3),
    ],
)
def test_most_of_latin_counts_one_and_the_rest_two(text: str, length: int) -> None:
    assert tweet_length(text) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("🎉", 2),
        ("❤️", 2),
        ("👩🏽‍💻", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👩‍❤️‍💋‍👨", 2),
        ("🏳️‍🌈", 2),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("🇩🇪🇫🇷", 4),
        ("🇽🇽", 4),
        ("1️⃣", 2),
        ("#⃣", 2),
        ("⛹🏽‍♀️", 2),
        ("✌️🏽", 2),
        ("👯‍♂️", 2),
        ("©", 1),
        ("©️", 2),
    ],
)
def test_an_emoji_counts_two_however_many_characters_it_has(text: str, length: int) -> None:
    assert tweet_length(text) == length


def test_an_emoji_unknown_to_the_reference_counts_as_its_parts() -> None:
    assert tweet_length("🐦‍🔥") == 5
    assert tweet_length("🧑‍🧑‍🧒") == 8
    assert tweet_length("👁️‍🗨️") == 5


# --- Links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Mehr: https://example.com/blog/2026/ein-langer-titel.", ["https://example.com/blog/2026/ein-langer-titel"]),
        ("(siehe https://example.com/a_(b))", ["https://example.com/a_(b)"]),
        ("https://example.com/a,b?x=1&y=2.", ["https://example.com/a,b?x=1&y=2"]),
        ("https://example.com?x=(1)!", ["https://example.com?x=(1"]),
        ("https://example.com:8080/x", ["https://example.com:8080/x"]),
        ("HTTPS://EXAMPLE.COM", ["HTTPS://EXAMPLE.COM"]),
        ("https://bücher.de/straße", ["https://bücher.de/straße"]),
        ("https://example.com/привет", ["https://example.com/привет"]),
        ("https://example.com/日本", ["https://example.com/"]),
        ("https://例え.jp/", ["https://例え.jp/"]),
        ("例え.jp", []),
        ("https://президент.рф", ["https://президент.рф"]),
        ("https://xn--bcher-kva.example.xn--p1ai/x", ["https://xn--bcher-kva.example.xn--p1ai/x"]),
        ("https://foo_bar.example.com", ["https://foo_bar.example.com"]),
        ("https://foo_bar.com", []),
        ("bit.ly/abc, heise.de und spiegel.de!", ["bit.ly/abc", "heise.de", "spiegel.de"]),
        ("https://t.co/abc123/mehr", ["https://t.co/abc123"]),
        (f"https://t.co/{'a' * 41}", []),
        ("example.com?x=1", ["example.com"]),
        ("example.com/?x=1", ["example.com/?x=1"]),
        ("Termine im Mai.Infos folgen", []),
        ("\u2066https://example.com\u2069", ["https://example.com"]),
    ],
)
def test_a_link_ends_where_x_ends_it(text: str, links: list[str]) -> None:
    assert links_of(text) == links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Lies README.md zuerst", ["README.md"]),
        ("Neu in ASP.NET und Socket.io", ["ASP.NET", "Socket.io"]),
        ("That was today.It is over", ["today.It"]),
        ("um 3 p.m.to 5 p.m.", ["p.m.to"]),
        ("main.py läuft", ["main.py"]),
        ("node.js, .NET 9, v4.2.1, z.B., index.html, e.g., 1.299,00", []),
        ("me@example.com, @example.com, #example.com, $example.com", []),
        ("ftp://example.com, http://localhost/, http://10.0.0.1/", []),
        ("README\u200b.md", []),
        ("https://xn--`.com", []),
        ("-example.com und _example.com und /example.com", []),
    ],
)
def test_what_merely_looks_like_a_host_is_a_link_if_it_ends_in_a_top_level_domain(text: str, links: list[str]) -> None:
    assert links_of(text) == links


def test_a_link_counts_23_short_or_long() -> None:
    assert tweet_length("a.de") == 23
    assert tweet_length(f"Neu: https://example.com/{'x' * 900}") == 28
    assert tweet_length("README.md und ASP.NET") == 23 + 5 + 23


def test_a_label_over_63_letters_or_an_address_over_4096_is_no_link() -> None:
    assert links_of(f"{'a' * 63}.com") == [f"{'a' * 63}.com"]
    assert links_of(f"{'a' * 64}.com") == []
    assert links_of("https://東京大阪名古屋札幌福岡神戸横浜仙台広島新潟静岡.com") == []
    at_most = f"https://a.com/{'x' * (4096 - 8 - 14)}"
    assert links_of(at_most) == [at_most]
    assert links_of(at_most + "x") == []


def test_links_stand_where_they_are_behind_emoji() -> None:
    text = "👨‍👩‍👧‍👦 neu: example.com/x 🎉 und https://example.org"
    assert links_of(text) == ["example.com/x", "https://example.org"]


def test_the_reference_weighs_what_follows_the_last_name_of_a_host_without_protocol() -> None:
    assert find_links("file.py….com/") == [(0, 13)]
    assert tweet_length("file.py….com/") == 23 + 5
    assert tweet_length("main.py©.mt/#️⃣") == 23 + 3 + 2


# --- Validity ---------------------------------------------------------------------------------------------------------


def test_a_tweet_is_neither_empty_nor_over_the_limit() -> None:
    assert not is_valid("")
    assert is_valid("ä" * 280)
    assert not is_valid("ä" * 281)
    assert is_valid("語" * 140)
    assert not is_valid("語" * 141)
    assert is_valid("ä" * 281, limit=4000)


@pytest.mark.parametrize("character", ["\ufeff", "\ufffe", "\uffff"])
def test_a_tweet_has_no_byte_order_mark_nor_noncharacter(character: str) -> None:
    assert not is_valid(f"Hallo{character}")


# --- Properties -------------------------------------------------------------------------------------------------------

PIECES = [
    "a",
    "b.",
    "é",
    "日本",
    ".",
    "-",
    "_",
    "/",
    "?",
    "(",
    ")",
    "@",
    "#",
    " ",
    "com",
    "de",
    "t.co/",
    "рф",
    "x" * 64,
]
EMOJI = [
    "👩",
    "\u200d",
    "💻",
    "\ufe0f",
    "🏽",
    "🇩",
    "\u20e3",
    "1",
    "©",
    "e\u0301",
    "https://",
    "xn--",
    "。",
    "\ufeff",
    "\0",
]
texts = st.text() | st.lists(st.sampled_from(PIECES + EMOJI), max_size=30).map("".join)


@given(texts)
def test_links_are_in_order_disjoint_and_within_the_text(text: str) -> None:
    position = 0
    for start, end in find_links(text):
        assert position <= start < end <= len(text)
        position = end


@given(texts, texts)
def test_a_space_between_two_texts_adds_one(left: str, right: str) -> None:
    # A host at the very start of a text loses its first letter to the reference's search if the letter is not ASCII.
    right = "." + right
    assert tweet_length(f"{left} {right}") == tweet_length(left + " ") + tweet_length(right)


@given(texts)
def test_normalising_changes_no_length(text: str) -> None:
    assert tweet_length(text) == tweet_length(unicodedata.normalize("NFC", text))


# Each of these takes minutes where a search starts over at every letter.
@pytest.mark.parametrize(
    "piece", ["a.", "日.本.", "http://", "(", "a.com/(", "com_b.", "-", "👩\u200d", "\u0316\u0301", "xn--a."]
)
def test_a_text_made_to_be_slow_is_read(piece: str) -> None:
    assert tweet_length(piece * (50_000 // len(piece))) > 0


# --- X's own cases ----------------------------------------------------------------------------------------------------


def cases(file: str, group: str) -> list[dict[str, Any]]:
    if not CORPUS.is_dir():
        return []
    tests: dict[str, list[dict[str, Any]]] = yaml.load((CORPUS / file).read_text("utf-8"), Loader=yaml.CSafeLoader)[
        "tests"
    ]
    return tests[group]


@needs_corpus
@pytest.mark.parametrize(
    "group", ["WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"]
)
def test_weights_are_those_of_the_conformance_suite(group: str) -> None:
    for case in cases("validate.yml", group):
        expected = case["expected"]
        assert tweet_length(case["text"]) == expected["weightedLength"], case["description"]
        assert is_valid(case["text"]) == expected["valid"], case["description"]


@needs_corpus
def test_weights_are_those_of_the_older_configuration_where_the_parts_of_an_emoji_count_each() -> None:
    for case in cases("validate.yml", "WeightedTweetsCounterTest"):
        length = _length(case["text"], emoji=False)
        assert length == case["expected"]["weightedLength"], case["description"]
        assert (0 < length <= LIMIT) == case["expected"]["valid"], case["description"]


@needs_corpus
@pytest.mark.parametrize("group", ["urls", "tco_urls_with_params"])
def test_links_are_those_of_the_conformance_suite(group: str) -> None:
    for case in cases("extract.yml", group):
        assert links_of(case["text"]) == case["expected"], case["description"]


@needs_corpus
@pytest.mark.parametrize("group", ["urls_with_indices", "urls_with_directional_markers"])
def test_places_of_links_are_those_of_the_conformance_suite(group: str) -> None:
    for case in cases("extract.yml", group):
        assert find_links(case["text"]) == [tuple(url["indices"]) for url in case["expected"]], case["description"]


@needs_corpus
@pytest.mark.parametrize("group", ["country", "generic"])
def test_top_level_domains_are_those_of_the_conformance_suite(group: str) -> None:
    for case in cases("tlds.yml", group):
        assert links_of(case["text"]) == case["expected"], case["description"]


@needs_corpus
def test_lengths_and_links_are_those_of_the_reference() -> None:
    # Lengths and validity agree in all; of this one link the reference gives a text, "file.py/", that the tweet does not
    # hold: it shows the place that it counts.
    impossible = {"file.py….com/ _": ["file.py….com/"]}
    for line in (CORPUS / "reference.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        text = row["text"]
        assert (tweet_length(text), is_valid(text)) == (row["weighted_length"], row["valid"]), ascii(text)
        assert links_of(text) == impossible.get(text, row["urls"]), ascii(text)
