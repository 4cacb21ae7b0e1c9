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
        ("MEHR: HTTPS://FIRMA.DE/1", "MEHR:"),
        ("Folgt @firma.de und $firma.de!", "Folgt @\u200bfirma\u200b.de und $\u200bfirma\u200b.de!"),
        ("Alles steht auf Www.Firma.de/hallo, sagt sie.", "Alles steht auf Firma\u200b.de, sagt sie."),
    ],
)
def test_nobody_is_pinged_and_no_second_link_is_left(text: str, shown: str) -> None:
    assert text_of(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ab Montag 20 % Rabatt auf www.firma.de.", "Ab Montag 20 % Rabatt auf firma.de."),
        ("Jetzt 20 % Rabatt auf www.firma.de.", "Jetzt 20 % Rabatt auf firma.de."),
        ("www.firma.de hat jetzt einen Shop.", "firma.de hat jetzt einen Shop."),
        ("Bestellungen nur über www.firma.de", "Bestellungen nur über firma.de"),
        ("Anmeldung nur unter www.firma.de/kurs", "Anmeldung nur unter firma.de"),
        ("Schreiben Sie an www.firma.de/kontakt!", "Schreiben Sie an firma.de!"),
        (
            "Das Interview mit dem Chef gibt es auf https://firma.de.",
            "Das Interview mit dem Chef gibt es auf firma.de.",
        ),
        ("Der Code gilt bei www.a.de, www.b.de und www.c.de.", "Der Code gilt bei a.de, b.de und c.de."),
        ("Tel. 0221 123, www.firma.de", "Tel. 0221 123, firma.de"),
        ("Viele Läden, z. B. https://firma.de/x.", "Viele Läden, z. B. firma.de."),
        ("Besuchen Sie den Shop https://firma.de/x.", "Besuchen Sie den Shop firma.de."),
        ("Unser neuer Shop: www.firma.de", "Unser neuer Shop: firma.de"),
    ],
)
def test_a_sentence_keeps_the_name_of_the_address_that_it_needs(text: str, shown: str) -> None:
    assert text_of(text).replace("\u200b", "") == shown


@pytest.mark.parametrize(
    "pointer",
    [
        *(
            "Mehr dazu: https://a.de/1",
            "Mehr Infos und Tickets unter www.a.de.",
            "Read the full story at https://a.de/1.",
        ),
        *("👉 Mehr: https://a.de/1", "(siehe https://a.de/1)", "https://a.de/1 https://a.de/2", "\nwww.a.de"),
    ],
)
@pytest.mark.parametrize("said", ["Der Laden ist neu.", "Kommt alle! 🎉"])
def test_what_only_points_to_an_address_goes_with_it(said: str, pointer: str) -> None:
    assert text_of(f"{said} {pointer}") == said


@pytest.mark.parametrize(
    "text",
    [
        "Unser neuer Film: https://a.de/1",
        "Unser neuer Film https://a.de/1",
        "Unser neuer Film – https://a.de/1 https://a.de/2",
    ],
)
def test_a_page_goes_where_its_sentence_is_whole_without_it(text: str) -> None:
    assert text_of(text) == "Unser neuer Film."


@pytest.mark.parametrize("text", ["Hallo www.,, du", "Hallo www./x, du", "https:///x, du"])
def test_what_only_begins_like_an_address_ends(text: str) -> None:
    assert text_of(text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Am Samstag gibt es Rabatt in Köln", "Am Samstag gibt es 20 % Rabatt in Köln. Kommen Sie vorbei."),
        ("Am Samstag ist in Köln geöffnet", "Am Samstag ist in Köln nicht geöffnet. Bitte beachten."),
        (
            "Unser neuer Laden in Köln öffnet am Samstag, dem 1. Dezember",
            "Unser neuer Laden in Köln öffnet schon am Samstag, dem 1. Dezember, um 10 Uhr. Kommen Sie vorbei.",
        ),
        ("Ist der Laden in Köln am Samstag offen?", "Der Laden in Köln ist am Samstag offen. Kommen Sie vorbei."),
    ],
)
def test_a_first_sentence_that_says_more_than_the_title_stays(title: str, text: str) -> None:
    assert prepare(an_item(title=title, text=text), ACCOUNT.links, limit=280, mentions=False).text == text


@pytest.mark.parametrize(
    "first",
    [
        "Am Samstag, dem 1. Dezember, öffnet unser Laden in Köln.",
        "Am 1. Dezember öffnet unser Laden in Köln\n",
        "Unser Laden in Köln\nöffnet am Samstag, dem 1. Dezember\n",
    ],
)
def test_a_first_sentence_that_says_no_more_than_the_title_goes(first: str) -> None:
    item = an_item(title="Unser Laden in Köln öffnet am Samstag, dem 1. Dezember", text=f"{first} Kommen Sie vorbei.")
    assert prepare(item, ACCOUNT.links, limit=280, mentions=False).text == "Kommen Sie vorbei."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Winter-Sale: 50 % Rabatt\nSofa Oslo, lieferbar sofort.", "de"),
        *[(text, "de") for text in ("Verkaufsoffener Sonntag", "Gutschein 10 Euro", "Lieferung kostenlos")],
        *[(text, "en") for text in ("Winter sale: 50% off", "Free delivery", "Drill $99.90", "Sofa Oslo")],
    ],
)
def test_a_text_without_little_words_is_told_by_its_spelling(text: str, language: str) -> None:
    item = an_item(title="", text=text, language="")
    assert prepare(item, ACCOUNT.links, limit=280, mentions=False).language == language
