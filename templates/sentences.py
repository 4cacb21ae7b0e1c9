"""Where sentences end (pure)."""

import re
import unicodedata
from collections.abc import Iterator

from sentencex import segment

from templates.language import Known

_ABBREVIATION = re.compile(  # what sentencex takes for the end of a German sentence, although the sentence goes on
    r"(?:^|[\s(„\"/–-])(?:\d{1,2}|[^\W\d_]|abb|abs|abt|allg|aug|bd|bsp|bspw|bzgl|bzw|ca|dez|dr|eigtl|etc|evtl|exkl|feb"
    r"|fr|geb|gem|ggf|hl|hr|hrsg|ing|inkl|insb|jan|jh|jhd|kap|lt|mio|mind|mrd|mtl|nov|nr|okt|prof|rd|sep|sept|sog|st"
    r"|std|str|tel|tgl|usw|u\.a|v\.a|vgl|z\.b|d\.h|z\.t|zb|zt|zzgl)\.$",
    re.IGNORECASE,
)
_COMPLETE = re.compile(r"[.!?。！？][\"'”“’‘»«)\]]*$")
_ENUMERATED = re.compile(r"\s\d{1,2}\.$")  # the 1. belongs to what follows


def sentence_ends(text: str, language: Known) -> list[int]:
    """Where whole sentences end: a sentence has its full stop, and a line break always ends it."""
    ends, start = [], 0
    for line in text.split("\n"):
        for length in _piece_lengths(line, language):
            end = start + len(line[:length].rstrip())
            if _is_whole(text[start:end]) and (
                text[end : end + 1].isspace() or end == len(text) or not text[end].isascii()
            ):
                ends.append(end)
        start += len(line) + 1
    return ends


def _is_whole(sentence: str) -> bool:
    tail = sentence[-12:]
    if _COMPLETE.search(tail):
        return not sentence.endswith("...") and not _ENUMERATED.search(tail)
    return bool(sentence) and unicodedata.category(sentence[-1]) in ("So", "Mn") and sentence[-1] not in "®©™°"


def _piece_lengths(line: str, language: Known) -> Iterator[int]:
    """The sentences of one line, as growing lengths of its beginning."""
    end = 0
    for piece in segment(language, line):
        end += len(piece)
        if language == "en" or end >= len(line) or not _ABBREVIATION.search(piece.rstrip()[-12:]):
            yield end
