"""An item's words before a template sees them."""

import pytest

from templates.prepare import prepare
from tests.words_account import PaperAccount, an_item

ACCOUNT = PaperAccount()


def text_of(text: str) -> str:
    return prepare(an_item(title="", text=text), ACCOUNT.links, limit=280, mentions=False).text


@pytest.mark.parametrize("text", ["©", "°", ":", " – ", "…", "\u200d"])
def test_a_text_of_marks_alone_says_nothing(text: str) -> None:
    assert text_of(text) == ""


@pytest.mark.parametrize("text", ["Ja", "7", "½", "🎉", "★", "我们"])
def test_a_letter_a_number_or_a_picture_says_something(text: str) -> None:
    assert text_of(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Danke @koeln", "Danke @\u200bkoeln"),
        ("RT @koeln: Ja", "RT @\u200bkoeln: Ja"),
        ("rt@koeln", "rt@\u200bkoeln"),
        ("info@firma.example", "info@firma.example"),
        ("MEHR: HTTPS://FIRMA.DE/1", ""),
        ("Alles steht auf Www.Firma.de/hallo, sagt sie.", "Alles steht auf Firma\u200b.de, sagt sie."),
    ],
)
def test_nobody_is_pinged_and_no_second_link_is_left(text: str, shown: str) -> None:
    assert text_of(text) == shown
