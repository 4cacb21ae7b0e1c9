"""A bank that suddenly says du is noticed before it speaks."""

import pytest

from templates.voice import offending_sentence

FORMAL = [
    "Wir freuen uns, wenn Sie uns besuchen.",
    "Das Angebot gilt für Sie und Ihre Familie.",
    "Besuchen Sie uns am Samstag!",
    "Haben Sie Fragen? Wir sind für alle da.",
    "Wir beraten Ihnen zuliebe auch am Abend.",
    "Laut Ihnen.",
    "BESUCHEN SIE UNS!",
    "JETZT SPAREN SIE BEI UNS",
    "ALLES FÜR SIE",
    "Das ist nur für SIE!",
    "Das Konto, das Sie brauchen.",
    "Wie läuft Ihr Geschäft?",
    "So findet Ihr Kind den passenden Schuh.",
    "Bei uns bekommt Ihr neues, großes Bad eine Garantie.",
    "Wir planen mit Freude Ihr ganz persönliches Fest.",
    "Jetzt ist Ihr 10-Euro-Gutschein da.",
    "Das ist wichtig, weil Ihr Vertrauen zählt.",
]
INFORMAL = [
    "Wir freuen uns, wenn du uns besuchst.",
    "Das Angebot ist für dich und deine Familie.",
    "Hol dir jetzt den neuen Katalog!",
    "Wir freuen uns auf euch und eure Kinder.",
    "Habt ihr Fragen? Wir sind für alle da.",
    "Das wisst ihr ja, und es ist nicht neu.",
    "Wenn Ihr kommt, ist der Tisch gedeckt.",
    "DEIN KONTO",
    "DU BIST DRAN!",
    "Dein Sparplan!",
    "Das Konto, das Du brauchst.",
    "Hast Du Fragen?",
    "Wir danken Euch für Eure Treue. Das habt Ihr verdient.",
    "Wir freuen uns, wenn Ihr vorbeischaut.",
    "Danke, dass Ihr uns geholfen habt, den Laden einzuräumen.",
    "Holt Euch das Angebot, bevor Ihr …",
    "Wir freuen uns, wenn ihr uns im neuen Laden besucht.",
    "Habt Ihr Fragen? Wir sind für alle da.",
    "Wenn Ihr Lust auf Kuchen habt, ist das der Ort.",
    "Was haltet ihr davon?",
    "Was wünscht Ihr Euch?",
    "Und was haltet Ihr davon?",
    "Wusstet ihr schon, dass wir auch am Samstag offen haben?",
    "Kennt ihr schon die neue App?",
    "👉 Kennt ihr schon die neue App?",
    "HABT IHR SCHON DIE NEUE APP? WIR HABEN EINE.",
    "Ihr liebt Kaffee? Wir auch.",
    "Hallo ihr Lieben, wir haben wieder offen.",
    "Hallo Ihr Lieben, wir haben wieder offen.",
    "Was meint ihr?",
    "Wie feiert ihr Weihnachten?",
    "Wie oft kocht ihr in der Woche?",
    "Bei uns bekommt ihr alles für den Garten.",
    "Am Samstag seht ihr uns auf dem Markt.",
    "Alles, was ihr braucht, ist bei uns im Laden.",
]
NEITHER = [
    "Unser Laden ist jetzt auch samstags offen.",
    "Die Chefin kam, und ihr Bruder war dabei.",
    "Sie haben lange daran gearbeitet.",
    "Ihre Idee war gut, und das wurde belohnt.",
    "Der Verein und ihre Mitglieder feiern.",
    "„Du schaffst das, und ich weiß es“, sagte der Trainer.",
    "Er fragte: „Kommen Sie auch?“, und alle lachten.",
    "Du Pont baut in Köln ein neues Werk.",
    "Das Restaurant Le Du ist jetzt auch am Sonntag offen.",
    "Der Cirque du Soleil kommt nach Köln.",
    "Das Du ist ihm unangenehm.",
    "Das Sie ist ihm lieber.",
    "In der Bank sind jetzt alle per Du.",
    "Vom Sie zum Du ist es nicht weit.",
    "Die Du-Kultur ist bei uns angekommen.",
    "OB SIE KOMMT, WEISS NIEMAND.",
    "Heute findet ihr Konzert bei uns statt.",
    "Heute findet ihr großes Konzert bei uns statt.",
    "Dazu macht ihr Mann Musik und wir den Kuchen.",
    "Die Firma kommt ihr entgegen und zahlt die Reise.",
    "Das gehört ihr, und die Firma, die ihr gehört, ist es wert.",
    "Er hat ihr gesagt, dass es nicht geht.",
    "Wir haben ihr gratuliert.",
    "Wenn ihr Mann kommt, ist sie nicht da.",
    *(
        f"Unser Chef sagt: {spoken}. Wir sind für alle da."
        for words in ("Du bist toll", "Das ist für Sie")
        for spoken in (
            f'„{words}"',
            f"„{words}''",
            f"„{words}‟",
            f"”{words}”",
            f"»{words}«",
            f"«{words}»",
            f'"{words}"',
        )
    ),
]


@pytest.mark.parametrize("text", FORMAL)
def test_sie_is_wrong_where_the_route_says_du(text: str) -> None:
    assert offending_sentence(text, "du")
    assert not offending_sentence(text, "sie")


@pytest.mark.parametrize("text", INFORMAL)
def test_du_is_wrong_where_the_route_says_sie(text: str) -> None:
    assert offending_sentence(text, "sie")
    assert not offending_sentence(text, "du")


@pytest.mark.parametrize("text", NEITHER)
def test_a_text_that_addresses_nobody_is_never_wrong(text: str) -> None:
    assert not offending_sentence(text, "du")
    assert not offending_sentence(text, "sie")


def test_the_sentence_that_offends_is_named() -> None:
    text = "Neu in Köln\n\nWir haben offen. Das ist gut für Sie und auch für uns. Der Eintritt ist frei."
    assert offending_sentence(text, "du") == "Das ist gut für Sie und auch für uns."


@pytest.mark.parametrize("text", ['Der TV mit 24" ist für dich und der mit 27" auch.', "„Ja“, du und „Nein“."])
def test_what_stands_between_two_quotations_is_no_quotation(text: str) -> None:
    assert offending_sentence(text, "sie")


def test_what_it_holds_for_nothing_is_known() -> None:
    assert offending_sentence("Heute kommt ihr die Erfahrung zugute, die sie hat.", "sie")
    assert offending_sentence("Wie feiert Ihr Weihnachten mit den Kindern?", "du")


def test_english_has_no_such_thing() -> None:
    assert not offending_sentence("You and your friends: we think that this is for you.", "sie")


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("Komm vorbei und bring die Kinder mit.", "sie"),  # an imperative without a pronoun
        ("Ihre Meinung ist uns wichtig, und die der anderen auch.", "du"),  # may be "her opinion"
        ("IHRE MEINUNG IST UNS WICHTIG", "du"),  # may be "her opinion"
        ("WIR HELFEN IHNEN", "du"),  # may be "them"
        ("KENNT IHR SCHON DIE NEUE APP?", "sie"),  # may be "does their app know"
        ("So findet ihr Ruhe im Urlaub.", "sie"),  # may be "her peace"
        ("Das ist Ihr von uns gebautes Haus.", "du"),  # may be "all of you"
        ("„Kommt mit, ihr habt Zeit“: das ist unser Motto für die Messe.", "sie"),  # a quotation
    ],
)
def test_what_it_misses_is_known(text: str, voice: str) -> None:
    assert not offending_sentence(text, voice)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["Willkommen bei dir", "Schau nach bei Du und Ich"])
def test_a_text_too_short_to_tell_its_language_is_looked_at(text: str) -> None:
    assert offending_sentence(text, "sie") == text


def test_a_german_text_is_looked_at_though_its_feed_calls_it_english() -> None:
    assert offending_sentence("Wir freuen uns auf dich und auf alle anderen.", "sie", "en")
    assert not offending_sentence("Voilà: la soupe du jour is what we have for you today.", "sie", "en")
