"""A text gets shorter the way an editor would do it."""

import re
import unicodedata

import pytest
import words_yardstick as yardstick
from hypothesis import given
from hypothesis import strategies as st
from words_account import an_item

from connectors.contract import Draft
from templates.graphemes import between_graphemes
from templates.sentences import sentence_ends
from templates.shorten import chop, shorten
from templates.together import enclosed


def short(text: str, limit: int, language: str = "de") -> str:
    return shorten(text, len, limit, language)  # type: ignore[arg-type]


def every_cut(text: str, language: str = "de") -> list[str]:
    """What stays of the text with every limit, without the closing marks that the cut itself adds."""
    cuts = {short(text, limit, language) for limit in range(10, len(text) + 1)}
    return sorted(cut.partition("…")[0].rstrip() for cut in cuts if cut)


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert short("Wir haben auch samstags offen", 29) == "Wir haben auch samstags offen"


def test_a_colon_before_nothing_goes() -> None:
    assert short("Unsere Öffnungszeiten:", 29) == "Unsere Öffnungszeiten"


def test_a_tweet_ends_after_a_sentence_if_that_uses_three_fifths_of_the_room() -> None:
    text = "Unser Laden ist jetzt auch samstags offen. Das haben sich viele gewünscht, und wir finden es gut."
    assert short(text, 70) == "Unser Laden ist jetzt auch samstags offen."


def test_it_ends_after_a_word_if_the_sentence_leaves_too_much_room() -> None:
    text = "Endlich! Unser Laden am Neumarkt ist jetzt auch samstags bis zum späten Abend offen, sogar im Advent."
    assert short(text, 70) == "Endlich! Unser Laden am Neumarkt ist jetzt auch samstags …"


def test_a_short_sentence_is_better_than_a_stump() -> None:
    assert short("Wir freuen uns. Donaudampfschifffahrtsgesellschaftskapitän Müller", 40) == "Wir freuen uns."


def test_a_sentence_is_better_than_a_cut_that_leaves_the_room_empty() -> None:
    text = "Wir eröffnen in St. Augustin. Die Chefin sagt: „" + "Wir sind sehr stolz und " * 9 + "froh.“"
    assert short(text, 70) == "Wir eröffnen in St. Augustin."


def test_english_puts_the_dots_at_the_word() -> None:
    text = "Our shop stays open late on Saturdays starting next winter, which many of you have wanted"
    assert short(text, 50, "en") == "Our shop stays open late on Saturdays starting…"


def test_a_line_break_ends_a_sentence_only_with_a_full_stop() -> None:
    assert sentence_ends("Unser Angebot\nWir backen selbst.\nKommt vorbei! 🎉\nBis dann", "de") == [32, 46, 48]


@pytest.mark.parametrize(
    "text",
    [
        "Am 1. Dezember geht es los.",
        "Das gilt z. B. für Brot.",
        "Wir danken Dr. Schmitz und Prof. Meier.",
        "Das Los kostet ca. 5 Euro inkl. Steuer.",
        "Obst, Gemüse, Brot usw. gibt es hier.",
        "Im 19. Jahrhundert war das so.",
    ],
)
def test_an_abbreviation_does_not_end_a_german_sentence(text: str) -> None:
    assert sentence_ends(text, "de") == [len(text)]


@pytest.mark.parametrize("last", ["ist das ok.", "gibt es Brot, Obst usw.", "war das im Dez.", "kostet es 5 Mio."])
def test_an_abbreviation_ends_a_sentence_where_the_next_word_can_only_begin_one(last: str) -> None:
    text = f"Im Haus {last} Danach geht es weiter."
    assert sentence_ends(text, "de") == [8 + len(last), len(text)]
    assert sentence_ends(f"Im Haus {last} Brot geht es weiter.", "de") == [len(text) - 2]


def test_an_abbreviated_street_or_firm_does_not_end_a_sentence() -> None:
    text = "Die Fa. Müller in der Hauptstr. Ecke Ring hat offen."
    assert sentence_ends(text, "de") == [len(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Wir haben zwölf versch. Sorten.",
        "Der Preis gilt inkl. ges. Steuern und zzgl. Versand, div. Extras einschl. Montage.",
        "Wir bitten um schriftl. Anmeldung und danken für freundl. Hilfe.",
        "Es gibt franz. Käse und ital. Wein.",
        "Das ist die urspr. Fassung.",
        "Das sagt Inh. Dipl. Ing. Meier.",
        "Das sagt Dr. med. dent. Schmitz.",
        "Die Dt. Post am Bhf. Zoo ist wg. Umbaus zu.",
        "Das Haus kostet 20 Tsd. Euro.",
        "Geöffnet Mo. bis Fr. von 9 bis 18 Uhr und Sa. 10 bis 14 Uhr.",
        "Wir antworten bzgl. Ihrer Anfrage.",
    ],
)
def test_a_shortened_german_word_ends_no_sentence(text: str) -> None:
    assert sentence_ends(text, "de") == [len(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Delivery takes approx. 5 days and costs approx. EUR 20 more.",
        "Open Mon. to Fri. from nine to six and on Sat. from nine to two.",
        "That is incl. VAT and excl. Sundays for max. 5 guests.",
        "See Vol. 3 or tel. 555 12 now.",
        "Est. 1998.",
        "Only by appt. in town.",
        "It weighs 5 lbs. and takes 3 hrs. or 20 mins. for 3 pcs. in 10 yrs. or more.",
        "By Candy Pty. Ltd. and friends.",
    ],
)
def test_a_shortened_english_word_ends_no_sentence(text: str) -> None:
    assert sentence_ends(text, "en") == [len(text)]


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("de", "Der Weg ist nur 5 km.", "Kinder zahlen nichts."),
        ("de", "Der Preis ist inkl. MwSt.", "Das gilt nur heute."),
        ("de", "Wir sind in der Hauptstr.", "Wir freuen uns."),
        ("de", "Gewonnen hat der kleine Max.", "Er freut sich."),
        ("de", "Das neue Modell ist schnell.", "Kunden mögen es."),
        ("en", "The box weighs 20 lbs.", "Perfect for dogs."),
        ("en", "We also open on Sat.", "We close at five."),
        ("en", "we are open.", "come by."),
    ],
)
def test_what_looks_like_an_abbreviation_may_be_a_last_word(language: str, first: str, second: str) -> None:
    assert sentence_ends(f"{first} {second}", language) == [len(first), len(first) + 1 + len(second)]  # type: ignore[arg-type]


@pytest.mark.parametrize("price", ["1'299.– Franken", "49.— Franken", "49.− Franken"])
def test_the_dash_of_a_price_is_no_new_sentence(price: str) -> None:
    text = f"Das kostet nur {price} im Laden."
    assert sentence_ends(text, "de") == [len(text)]


def test_a_number_in_a_list_does_not_end_a_sentence() -> None:
    assert sentence_ends("Here are the apps. Recording 1. Audacity is free.", "en") == [18, 49]


@pytest.mark.parametrize(
    "whole",
    [
        "19,99 €",
        "€ 20",
        "10 Uhr",
        "8:30–12 Uhr",
        "1. Dezember 2026",
        "3 500 Kilometer",
        "z. B.",
        "Seite 4",
        "§ 5",
        "Nr. 12",
        "Mo–Fr",
        "20 %",
        "Dr. Schmitz",
        "#Öffnungszeiten",
        "https://example.com/a?b=c",
        "„Das ist gut. Wirklich gut“",
        '„Das ist gut. Wirklich gut"',
        "„Das ist gut. Wirklich gut''",
        "„Das ist gut. Wirklich gut‟",
        "”Das ist gut. Wirklich gut”",
        '"Das ist gut. Wirklich gut“',
        '„Das ist "gut". Wirklich gut“',
        "‚Das ist gut. Wirklich gut‘",
        "›Das ist gut. Wirklich gut‹",
        "‹Das ist gut. Wirklich gut›",
        "(immer am ersten Samstag)",
        "0221 / 12 34 56",
        "+49 (0) 221 / 12 34-56",
        "3 Millionen Euro",
        "drei Millionen Euro",
        "2,5 Mrd. Euro",
        "10 Quadratmeter",
        "20 Grad Celsius",
        "5 Euro pro Stück",
        "3 x 4 Meter",
        "90 cm x 200 cm",
        "2 % + 3 %",
        "3 + 1 gratis",
        "1'299.– Franken",
        "1.299,- Euro",
        "49,– Euro",
        "20.-- Franken",
        "versch. Sorten",
        "iPhone 15",
        "Frau Anna Schmidt",
        "Herr Dr. Max von Schmidt",
        "Deutsche Bahn",
        "Bad Homburg",
        "St. Gallen",
        "Frankfurt am Main",
        "Rothenburg ob der Tauber",
        "rock ’n’ roll",
    ],
)
def test_what_belongs_together_stays_together(whole: str) -> None:
    assert not cuts_within(
        whole, "Die Gäste loben unser Haus seit Jahren und {} gehört auch dazu, wie wir alle wissen, seit langem.", "de"
    )


@pytest.mark.parametrize(
    "whole",
    [
        "5 million dollars",
        "US$ 5 million",
        "20 square metres",
        "5 per cent",
        "20 miles per hour",
        "(0221) 12 34 56",
        "9 a.m.",
        "“That is good. Really good”",
        "‘That’s good. I don’t mind’",
        "'That's good. Really good'",
        "Dr. Anna Smith",
        "J. K. Rowling",
        "New York",
        "San Francisco Bay Area",
        "Bank of America",
    ],
)
def test_what_belongs_together_in_english_stays_together(whole: str) -> None:
    assert not cuts_within(
        whole, "Our guests have praised this house for years and {} belongs to it too, as all of us know by now.", "en"
    )


def cuts_within(whole: str, frame: str, language: str) -> list[str]:
    text = frame.format(whole)
    start = text.index(whole)
    cuts = every_cut(text, language)
    assert len(cuts) > 5
    return [kept for kept in cuts if start < len(kept) < start + len(whole)]


def test_a_headline_whose_words_all_have_capitals_can_be_cut() -> None:
    headline = "Our New House In Cologne Opens On Saturday With Music And Free Coffee For Everybody Who Comes"
    assert short(headline, 60, "en") == "Our New House In Cologne Opens On Saturday With Music…"


@pytest.mark.parametrize(
    "text",
    [
        "We don’t know Müller’s plan, and the Smiths’ house is full.",
        "'Tis the season of the '90s, when rock 'n roll was young",
        "‘Tis the season, said the boss",
        "It's 5 o'clock, and we're off",
    ],
)
def test_an_apostrophe_is_no_quotation(text: str) -> None:
    assert enclosed(text) == []


def test_an_apostrophe_within_a_quotation_does_not_end_it() -> None:
    text = "„Ich hab’s ‘mal versucht“, sagt sie. “It’s ‘our’ house,” he says."
    assert [text[start:end] for start, end in enclosed(text)] == [
        "„Ich hab’s ‘mal versucht“",
        "‘our’",
        "“It’s ‘our’ house,”",
    ]


def test_a_cut_text_promises_nothing_that_does_not_come() -> None:
    text = (
        "Wir eröffnen am Samstag mit der ganzen Familie und für alle Freunde des Hauses ein neues Café in der Altstadt."
    )
    for kept in every_cut(text):
        assert kept.split()[-1].lower() not in {"am", "mit", "der", "und", "für", "alle", "des", "ein", "in"}


def test_no_comma_and_no_open_bracket_before_the_dots() -> None:
    text = (
        "Kaffee, Kuchen, Brot (aus Roggen), Brezeln: alles ist frisch – und alles ist von hier, „wie früher“, sagt sie"
    )
    for limit in range(20, len(text)):
        assert not re.search(r"[,;:(„–-]\s*…", short(text, limit))


def test_a_mark_that_closes_nothing_opens_nothing() -> None:
    assert enclosed("Das ist ein Bildschirm mit 27” und mehr.” Dann kommt alles andere.") == []


@pytest.mark.parametrize(
    ("lead", "marks"),
    [
        ("Chefin Anna Schmitz sagt dazu: ", "„“"),
        ("Das sagt Chefin Eva: ", '„"'),
        ("Das sagt Chefin Eva: ", '""'),
        ("Das sagt Chefin Eva: ", "»«"),
        ("Bitte an Ostern beachten: ", "()"),
    ],
)
def test_a_long_quotation_after_a_few_words_is_shown_as_far_as_whole_sentences_go(lead: str, marks: str) -> None:
    said = ["Wir freuen uns sehr über unseren neuen Laden.", "Er ist viel größer als der alte.", "Das war nötig " * 9]
    text = f"{lead}{marks[0]}{' '.join(said)}{marks[1]} Der Laden hat ab sofort offen."
    closed = "“" if marks[0] == "„" else marks[1]
    assert short(text, len(lead) + 95) == f"{lead}{marks[0]}{said[0]} {said[1]}{closed}"


def test_a_quotation_of_one_endless_sentence_is_closed_after_a_word() -> None:
    text = "Das sagt Chefin Eva: „Wir freuen uns sehr über den neuen Laden in der Altstadt, der so viel größer ist als der alte“"
    assert short(text, 77) == "Das sagt Chefin Eva: „Wir freuen uns sehr über den neuen Laden …“"


def test_a_bracket_that_nobody_closes_does_not_empty_the_tweet() -> None:
    text = "Unsere Öffnungszeiten: (Bitte beachten Sie den Aushang. Am Montag ist zu. Am Dienstag ist bis sechs Uhr geöffnet"
    assert short(text, 77) == "Unsere Öffnungszeiten: (Bitte beachten Sie den Aushang. Am Montag ist zu.)"


def test_the_room_of_a_text_is_what_the_title_leaves() -> None:
    text = "Das sagt Chefin Eva: „Wir freuen uns. Das war nötig. " + "Wir sind froh und " * 9 + "stolz.“"
    weighed = shorten(text, lambda part: 60 + len(part), 120, "de")
    assert weighed == "Das sagt Chefin Eva: „Wir freuen uns. Das war nötig.“"


def test_one_long_quotation_is_closed() -> None:
    said = "Wir sind sehr froh über den Zuspruch. " * 3
    text = f"„{said}Das hatte niemand gedacht“, sagt die Chefin."
    assert short(text, 90) == "„Wir sind sehr froh über den Zuspruch. Wir sind sehr froh über den Zuspruch.“"
    assert short(text, 35) == "„Wir sind sehr froh …“"
    assert short(text.replace("„", "‚").replace("“", "‘"), 35) == "‚Wir sind sehr froh …‘"


@given(st.text('ab „“"«»‚‘’›‹()[]., ', max_size=200), st.integers(0, 60))
def test_quotations_that_are_cut_are_closed(text: str, limit: int) -> None:
    cut = short(text, limit)
    if cut != text and "…" in cut:
        assert cut.count("„") <= cut.count("“") + cut.count("”") + text.count("„")
    assert len(cut) <= limit


def test_a_sentence_that_the_source_has_cut_off_is_left_out() -> None:
    text = "Unser Laden ist jetzt auch samstags bis 20 Uhr offen. Außerdem gibt es …"
    assert short(text, 200) == "Unser Laden ist jetzt auch samstags bis 20 Uhr offen."


@pytest.mark.parametrize("seen", ["👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "한"])
def test_what_a_reader_sees_as_one_character_is_never_cut(seen: str) -> None:
    text = seen * 12
    for limit in range(1, len(text)):
        kept = chop(text, len, limit).removesuffix("…")
        assert kept == seen * (len(kept) // len(seen))


def test_chinese_is_cut_between_its_characters() -> None:
    text = "我们的商店现在星期六也营业到很晚" * 3
    assert short(text, 30, "en") == text[:29] + "…"


@given(
    st.text(max_size=300) | st.text("ab1A. '‘’„“()", max_size=300), st.integers(0, 100), st.sampled_from(["de", "en"])
)
def test_a_shortened_text_is_a_beginning_of_it_and_fits(text: str, limit: int, language: str) -> None:
    text = unicodedata.normalize("NFC", text).strip()
    cut = short(text, limit, language)
    assert len(cut) <= limit
    assert text.startswith(re.split(r"\s?…[\"”“»«‘’›‹')\]]*$", cut)[0])
    assert all(between_graphemes(text, at) for at in [len(cut)] if text.startswith(cut))


@given(st.text("aä .,\n🎉", max_size=120), st.integers(10, 80))
def test_more_room_never_makes_an_empty_text(text: str, limit: int) -> None:
    if short(text, limit):
        assert short(text, limit + 30)


@pytest.mark.parametrize(
    ("shown", "text", "flaw"),
    [
        ("Es gibt Bücher bzw.", "Es gibt Bücher bzw. Hefte.", "ends within a sentence"),
        ("Open on Mon.", "Open on Mon. to Fri. from nine to six.", "ends within a sentence"),
        ("Es kostet nur 1'299.", "Es kostet nur 1'299.– Franken im Laden.", "ends within a sentence"),
        ("Das sagt Eva …", "Das sagt Eva: „Das ist ein schönes Haus.“", "room left"),
        ("Wir haben offen.", "Wir haben offen. Nicht am 24. Dezember.", "room left"),
        ("Es gibt Brot.", "Es gibt Brot.", ""),
    ],
)
def test_the_yardstick_sees_a_bad_end(shown: str, text: str, flaw: str) -> None:
    found = yardstick.judge(an_item(title="", text=text, link=""), drafted(shown)).flaws
    assert (flaw in found) if flaw else "ends within a sentence" not in found


def drafted(text: str) -> Draft:
    return Draft(text=text, weight=yardstick.ACCOUNT.length(text), price=yardstick.ACCOUNT.price(text))


@pytest.mark.parametrize("said", ["20 % Rabatt", "nicht geöffnet", "kein Kaffee"])
def test_the_yardstick_sees_what_was_lost_on_the_way_to_the_template(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = an_item(title="Am Samstag", text=f"Am Samstag ist {said} im Laden.", link="")
    monkeypatch.setattr(yardstick, "prepare", lambda item, *_, **__: an_item(title=item.title, text="", link=""))
    assert "lost a fact" in yardstick.judge(item, drafted("Am Samstag")).flaws
