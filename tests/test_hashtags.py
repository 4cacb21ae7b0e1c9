"""Tags and categories become hashtags that one can be seen with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.hashtags import hashtags


def made(*tags: str, text: str = "", most: int = 9, language: str = "de") -> list[str]:
    return hashtags(tags, language, text=text, most=most)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tag", "hashtag"),
    [
        ("Büromöbel", "#Büromöbel"),
        ("Attualità", "#Attualità"),
        ("künstliche Intelligenz", "#KünstlicheIntelligenz"),
        ("E-Mail", "#EMail"),
        ("#Messe", "#Messe"),
        ("Haus & Garten", "#HausUndGarten"),
        ("Let's go", "#LetsGo"),
        ("Technik/Büro", "#Büro"),
        ("iPhone", "#iPhone"),
        ("DSGVO", "#DSGVO"),
        ("Web 2.0", "#Web20"),
        ("Новости", "#Новости"),
        ("日本", "#日本"),
        ("Bu\u0308ro", "#Büro"),
        ("हिन्दी", "#हिन्दी"),
        ("தமிழ்", "#தமிழ்"),
        ("বাংলা ভাষা", "#বাংলাভাষা"),
        ("שָׁלוֹם", "#שָׁלוֹם"),
        ("iPhone 15", "#iPhone15"),
        ("eBike Tour", "#eBikeTour"),
        ("mRNA-impfstoff", "#mRNAImpfstoff"),
        ("❤️ Köln", "#Köln"),
        ("Herz ❤️", "#Herz"),
    ],
)
def test_a_tag_becomes_one_word(tag: str, hashtag: str) -> None:
    assert made(tag) == [hashtag]


def test_english_and_is_and() -> None:
    assert made("Arts & Crafts", language="en") == ["#ArtsAndCrafts"]


@pytest.mark.parametrize(
    "tag",
    [
        *("Allgemein", "Uncategorized", "Ohne Kategorie", "News", "2026", "C++", "C#", "!", "", "x"),
        *("http://schemas.example.com/kind#post", "Alles was wir schon immer einmal sagen wollten"),
    ],
)
def test_a_category_that_says_nothing_is_left_out(tag: str) -> None:
    assert made(tag, "Messe") == ["#Messe"]


def test_one_hashtag_in_several_spellings_is_one() -> None:
    assert made("Büro", "BÜRO", "buro", "#büro", "Straße", "Strasse") == ["#Büro", "#Straße"]


def test_the_text_has_it_already() -> None:
    assert made("Büro", "Messe", text="Alles fürs #buro! Und eine Messe") == ["#Messe"]
    assert made("हिन्दी", "שָׁלוֹם", text="#हिन्दी #שלום") == []


def test_never_more_than_the_route_allows() -> None:
    assert made("Eins", "Zwei", "Drei", most=2) == ["#Eins", "#Zwei"]
    assert made("Eins", most=0) == []


@given(st.lists(st.text(max_size=40), max_size=8), st.integers(0, 5))
def test_every_hashtag_is_one_to_x(tags: list[str], most: int) -> None:
    for tag in made(*tags, most=most):
        assert tag[0] == "#"
        assert tag[1:].replace("_", "").isalnum() or any(not letter.isascii() for letter in tag)
        assert not tag[1:].isdecimal()
