"""German or English: which one a text is, and the few words of both that matter for cutting it."""

import re
from typing import Literal

Known = Literal["de", "en"]


def words_of(text: str) -> frozenset[str]:
    """A list of words, as a person writes it."""
    return frozenset(text.split())


_GERMAN = words_of(
    """
    aber als auch auf aus bei beim bis das dass dem den der die durch ein eine einem einen einer euch für haben
    hat ich ihr ihre im ist jetzt kann mit nach nicht noch nur oder sich sie sind über um und uns unser unsere
    vom von vor wenn werden wie wir wird zu zum zur
    """
)
_ENGLISH = words_of(
    """
    a about all an and are as at be but by can for from has have his how i in is it its more new not of on or
    our out she that the their they this to up was we what when which who will with you your
    """
)
_BEGINNING = _GERMAN | words_of("bitte danach dann dort heute hier morgen seither sonst später wann wieso willkommen")
_WORD = re.compile(r"[^\W\d_]+")

# How either language spells its words and numbers: lieferbar, Schuhe, 50 %, 19,99 €; free delivery, $19.99
_GERMAN_SPELLING = re.compile(
    r"sch|tz|pf|ie[bfhlrt]|ei[cdhlst]|(?:ung|heit|keit|lich|bar|haft|isch|rei|tät)(?:en|e|er|es|s)?\b|en\b"
    r"|\bge(?=[^nto])|\bver(?=[^ty])|\bzu[gmrs]|\d (?:%|€|uhr)|\d,\d\d?(?!\d)"
)
_ENGLISH_SPELLING = re.compile(
    r"sh|th|wh|[bcdfglnrst]y\b|ing\b|ai|ee|ea|oo|ou|ow|ght|[ct]ions?\b|ll\b|ed\b|[aeiou][bcdfgklmnprstv]e\b|'s\b|[€$£]\d"
)

# A cut text should not end with one of these: what they announce is missing.
_DANGLING = {
    "de": words_of(
        """
    ab aber alle allen aller alles als am an ans auch auf aufs aus außer bei beim bis bzw da damit dank dass das
    dein deine deinem deinen deiner dem den denen denn der deren des dessen die dies diese diesem diesen dieser
    dieses doch du durch ein eine einem einen einer eines entweder er es etwa euer eure euren für gegen ganz
    hinter ihr ihre ihrem ihren ihrer ihres im in indem ins ist jede jedem jeden jeder jedes kein keine keinem
    keinen keiner man mein meine meinem meinen meiner mit nach neben nicht noch nur ob obwohl oder ohne pro rund
    samt sehr sein seine seinem seinen seiner seit sich sie sind so sobald sodass sondern soll sowie sowohl
    statt trotz über um und uns unser unsere unserem unseren unserer unter vom von vor war was weder wegen weil
    welche welchem welchen welcher welches wenn wer werden wie wir wird wo während zu zum zur zwischen
    """
    ),
    "en": words_of(
        """
    a about above across after against all along also although among an and any are around as at be because been
    before behind being below between both but by can could despite did do does during each either every few for
    from had has have her his how i if in including into is it its just like many may might more most much must
    my near neither no nor not of off on onto or our out over own per said shall she should since so some such
    than that the their them then these they this those though through to toward towards under unless until up
    upon very via was we were what when where whether which while who whom whose why will with within without
    would yet you your
    """
    ),
}


def guess(text: str) -> Known:
    """German if its little words and umlauts outnumber the English ones, or else its spelling does; else English."""
    text = text[:300].lower()
    words = _WORD.findall(text)
    german = sum(map(_BEGINNING.__contains__, words)) + sum(map(text.count, "äöüß"))
    english = sum(map(_ENGLISH.__contains__, words))
    if german == english:
        german, english = len(_GERMAN_SPELLING.findall(text)), len(_ENGLISH_SPELLING.findall(text))
    return "de" if german > english else "en"


def begins_a_sentence(word: str) -> bool:
    """Whether a German word has its capital only because a sentence begins; a noun has one anywhere."""
    return word[:1].isupper() and (word.lower() in _BEGINNING or word.lower() in _DANGLING["de"])


def dangles(word: str, language: Known) -> bool:
    """Whether a text that ends with this word promises something that does not come."""
    return word.lower() in _DANGLING[language]
