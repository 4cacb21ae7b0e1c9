"""Whether a German text says du or Sie to its readers.

What it misses, on purpose or by its nature: what stands in quotation marks (somebody else is speaking), imperatives
without a pronoun ("Komm vorbei"), "Sie" and "Ihr" as the first word of a sentence (it may be "she", "they", "her"),
"ihr" before a noun in a statement ("So findet ihr Ruhe" may be "her peace"), "Ihr" that has more than its adjectives
before its noun, in words all of capitals "IHR" (but with a verb like HABT), "IHRE", "IHNEN", and "SIE" unless a verb,
FÜR or AUF stands before it ("OB SIE KOMMT" may be "she"), and every language but German.

What it holds for nothing, by its nature: "du" in French names that are no street, place or prize, "ihr" as "to her"
behind a verb without its subject ("Heute kommt ihr die Erfahrung zugute"), and, where the route says du, "Ihr" for all
of you before a noun, unless a verb like "habt" tells ("Wie feiert Ihr Weihnachten?" reads as "Ihr Geschäft").
"""

import re
from typing import Literal

from templates.language import guess
from templates.sentences import sentence_ends

Voice = Literal["du", "sie"]

_IHR = r"(?:[Ii]hr|IHR)"
# "Ihr" says whose, "her" or "your", where a noun follows, perhaps with its adjectives
_NOUN = (
    r"\s+(?:ganz\s+)?(?:(?!(?:aber|de[rs]|dieser|hier|immer|lieber|oder|unser|wieder)\b)[a-zäöüß]+e[rs],?\s+){0,2}"
    r"(?!Eu(?:ch|er|re))[A-ZÄÖÜ\d„\"»]"
)
# Verbs that go with "ihr" as "all of you" alone; of the others, "she finds" is spelled as "you find"
_PLURAL = (
    r"(?i:seid|habt|könnt|wollt|sollt|müsst|dürft|mögt|werdet|wisst|wart"
    r"|(?:hätt|konnt|könnt|möcht|müsst|würd|wär|wüsst|wusst|wollt|sollt)et)"
)
_VERB = (  # in -t, but for what is no verb, goes with "er" alone, or takes "ihr" as "to her"
    r"(?!(?:dort|echt|erst|fast|gut|jetzt|längst|laut|meist|mit|nicht|oft|recht|seit|selbst|sonst|statt"
    r"|fällt|gefällt|gibt|gilt|hat|hält|hilft|ist|lässt|dankt|fehlt|gehört|gelingt|schmeckt|steht|zusteht)\b)[a-zäöüß]+t\b"
)
_CLAUSE = r"(?:^|[^\w\s])\s*"
_ASKED = r"\b(?i:was|wann|warum|welche\w?|wen|wie|wo|wo(?:für|her|hin|mit|rauf|ran|von))(?:\s+\w+){0,3}?\s+"
_NO_SUBJECT = (  # so it comes behind the verb
    r"(?i:ab|am|an|auf|bald|bei|beim|da|dabei|dafür|damit|dann|das|dazu|dort|für|heute|hier|im|in|jetzt|mit|morgen|nun"
    r"|so|unter|von|vor|zu|zum|zur)(?:\s+\w+){0,4}?\s+"
)
_IF = r"\b(?i:bevor|damit|dass|falls|ob|sobald|solange|weil|wenn)\s+"
_YOU_ALL = re.compile(
    rf"\b{_IHR}\s+(?:[Ll]ieben|LIEBEN)\b|\b{_PLURAL}\s+{_IHR}\b|\b{_IHR}\b[^.,:;!?]{{1,80}}\b{_PLURAL}\b"
    rf"|(?:{_CLAUSE}|{_ASKED})(?i:{_VERB})\s+{_IHR}\b(?:(?!{_NOUN})|(?<=ihr)(?=[^.:;!?]{{1,200}}\?))"
    rf"|{_CLAUSE}{_NO_SUBJECT}{_VERB}\s+{_IHR}\b(?!{_NOUN})"
    rf"|(?:{_CLAUSE}|\b(?:aber|das|denn|die|oder|und|was|wie|wo)\s+|{_IF}){_IHR}\s+{_VERB}"
    rf"|{_IF}{_IHR}\b(?!{_NOUN})[^.,:;!?]{{1,80}}\s{_VERB}(?=$|[.,:;!?…])"
)
_DU = re.compile(rf"\b(?i:du|dich|dir|dein(?:e[mnrs]?)?|deinetwegen|euch|euer|eure[mnrs]?)\b|{_YOU_ALL.pattern}")
_SIE = re.compile(
    rf"(?<=[\w,–—-]\s)(?:Sie|Ihre[mnrs]?|Ihr(?={_NOUN})|Ihrerseits)\b|\bIhnen\b"
    r"|\b(?:[A-ZÄÖÜ]+EN|FÜR|AUF|[Ff]ür|[Aa]uf)\s+SIE\b"
)
# A mark opens where no word ends and the next one closes, of whatever kind: „so", ”so”, »so«
_QUOTED = re.compile(r"(?<!\w)[\"„“”‟«»](?:(?!'')[^\"„“”‟«»\n]){0,600}(?:[\"„“”‟«»]|'')")
_NOBODY = re.compile(  # the word itself, and names
    r"\b(?:[Pp]er|[Bb]eim|[Vv]om|[Zz]um)\s+(?:[Dd]u|Sie)\b|(?<!,\s)\b[Dd]as\s+(?:Du|Sie)\b|\b[Aa]uf\s+Du\s+und\s+Du\b"
    r"|\b(?:Du|Sie)-(?=\w)|\b(?:Du\s+(?:Barry|Bois|Maurier|Mont|Plessis|Pont|Preez|Toit)|(?:La|Le)\s+Du)\b"
    r"|\b(?:Avenue|Café|Château|Cirque|Côtes?|Hôtel|Musée|Palais|Place|Prix|Rue|Salon|Tour)\s+du\b"
)


def offending_sentence(text: str, voice: Voice, language: str = "") -> str:
    """The first sentence of a German text that addresses readers the other way; empty if none does."""
    if not _is_german(text, language):
        return ""
    wrong = _SIE if voice == "du" else _DU
    spoken = _QUOTED.sub(lambda quote: "„" + "x" * (len(quote.group()) - 2) + "“", text)
    for another in (_NOBODY, _YOU_ALL) if voice == "du" else (_NOBODY,):
        spoken = another.sub(lambda words: "x" * len(words.group()), spoken)
    breaks = [match.start() for match in re.finditer("\n", text)]
    start = 0
    for end in sorted([*sentence_ends(spoken, "de"), *breaks, len(text)]):
        if wrong.search(spoken[start:end]):
            return text[start:end].strip()
        start = end
    return ""


def _is_german(text: str, language: str) -> bool:
    """Words that could be either are German to a route with a German voice, whatever the feed calls its language."""
    return language == "de" or guess(text if language else f"und {text}") == "de"
