"""Whether a German text says du or Sie to its readers.

What it misses, on purpose or by its nature: what stands in quotation marks (somebody else is speaking), imperatives
without a pronoun ("Komm vorbei"), "Sie" and "Ihr" as the first word of a sentence (it may be "she", "they", "her"),
and every language but German.
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
_SIE = re.compile(rf"(?<=[\w,–—-]\s)(?:Sie|Ihre?[mnrs]?{_POLITE_PLURAL}|Ihnen|Ihrerseits)\b|\bIhnen\b")
_QUOTED = re.compile(r"„[^“”\n]{0,600}[“”]|»[^«\n]{0,600}«|«[^»\n]{0,600}»|\"[^\"\n]{0,600}\"|“[^”\n]{0,600}”")


def offending_sentence(text: str, voice: Voice, language: str = "") -> str:
    """The first sentence of a German text that addresses readers the other way; empty if none does."""
    if (language or guess(text)) != "de":
        return ""
    wrong = _SIE if voice == "du" else _DU
    unquoted = _QUOTED.sub(lambda quote: "„" + "x" * (len(quote.group()) - 2) + "“", text)
    breaks = [match.start() for match in re.finditer("\n", text)]
    start = 0
    for end in sorted([*sentence_ends(unquoted, "de"), *breaks, len(text)]):
        if wrong.search(unquoted[start:end]):
            return text[start:end].strip()
        start = end
    return ""
