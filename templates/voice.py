"""Whether a German text says du or Sie to its readers.

What it misses, on purpose or by its nature: what stands in quotation marks (somebody else is speaking), imperatives
without a pronoun ("Komm vorbei"), "Sie" and "Ihr" as the first word of a sentence (it may be "she", "they", "her"), in
words all of capitals "IHR", "IHRE", "IHNEN", and "SIE" unless a verb, FÜR or AUF stands before it ("OB SIE KOMMT" may
be "she"), "du" in French names that are no street, place or prize (it is taken for an address), and every language but
German.
"""

import re
from typing import Literal

from templates.language import guess
from templates.sentences import sentence_ends

Voice = Literal["du", "sie"]

_SECOND = (
    r"(?:seid|habt|könnt|wollt|sollt|müsst|dürft|mögt|möchtet|werdet|wisst|findet|bekommt|kommt|geht|braucht|sucht"
    r"|sagt|macht)"
)
_DU = re.compile(
    r"\b(?:du|dich|dir|dein(?:e[mnrs]?)?|deinetwegen|euch|euer|eure[mnrs]?|eurem|euren|eurer)\b"
    rf"|\bihr\s+(?:\w+\s+)?{_SECOND}\b|\b{_SECOND}\s+ihr\b",
    re.IGNORECASE,
)
_POLITE_PLURAL = rf"(?!\s+(?:\w+\s+)?{_SECOND}\b)"
_SIE = re.compile(
    rf"(?<=[\w,–—-]\s)(?:Sie|Ihre?[mnrs]?{_POLITE_PLURAL}|Ihnen|Ihrerseits)\b|\bIhnen\b"
    r"|\b(?:[A-ZÄÖÜ]+EN|FÜR|AUF|[Ff]ür|[Aa]uf)\s+SIE\b"
)
_QUOTED = re.compile(r"„[^“”\n]{0,600}[“”]|»[^«\n]{0,600}«|«[^»\n]{0,600}»|\"[^\"\n]{0,600}\"|“[^”\n]{0,600}”")
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
    spoken = _NOBODY.sub(lambda name: "x" * len(name.group()), spoken)
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
