"""Where sentences end (pure)."""

import re
import unicodedata
from collections.abc import Iterator

from sentencex import segment

from templates.language import Known, begins_a_sentence, words_of

_GOES_ON = words_of(  # what sentencex takes for the end of a German sentence, although the sentence goes on
    """
    abb abs abt allg aug bd bsp bspw bzgl bzw ca d.h dez dr ehem eigtl etc evtl exkl fa fam feb fr geb gebr gegr gem ggf
    hl hr hrsg ing inkl insb jan jh jhd kap lt mind mio mrd mtl nov nr okt prof rd sep sept sog st std tel tgl u.a usw
    v.a vgl z.b z.t zb zt zzgl
    """
)
_BEFORE_A_WORD = re.compile(r"[\s(„\"/–-]")
_AT_AN_END = (
    re.compile(  # what sentencex takes for an abbreviation within a sentence, and often is the last word of one
        r"(?<![\w.])(?:art|etc|ok|o\. ?k|okay|usf|usw|uvm|u\. ?v\. ?m|u\. ?a\. ?m|ff|[vn]\. ?chr|std|min|mio|mrd|jh"
        r"|jan|feb|aug|sept?|okt|nov|dez)$",
        re.IGNORECASE,
    )
)
_CAPITAL_FOLLOWS = re.compile(r"\. ([A-ZÄÖÜ]\w*)")
_COMPLETE = re.compile(r"[.!?。！？][\"'”“’‘»«)\]]*$")
_ENUMERATED = re.compile(r"\s\d{1,2}\.$")  # the 1. belongs to what follows


def sentence_ends(text: str, language: Known) -> list[int]:
    """Where whole sentences end: a sentence has its full stop, and a line break always ends it."""
    ends, start = [], 0
    for line in text.split("\n"):
        for length in _piece_lengths(line, language):
            end = start + length
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


def _piece_lengths(line: str, language: Known) -> list[int]:
    """The sentences of one line, as growing lengths of its beginning, without the blanks behind them."""
    end, lengths = 0, set()
    for piece in segment(language, line):
        end += len(piece)
        if language == "en" or end >= len(line) or not _is_abbreviation(piece):
            lengths.add(len(line[:end].rstrip()))
    if language == "de":
        lengths.update(_ends_after_abbreviations(line))
    return sorted(lengths)


def _is_abbreviation(piece: str) -> bool:
    """Whether its last word does not end a German sentence: usw., 1., B., Hauptstr."""
    if not (tail := piece.rstrip()[-20:].lower()).endswith("."):
        return False
    word = _BEFORE_A_WORD.split(tail[:-1])[-1]
    return (
        word in _GOES_ON
        or word.endswith("str")
        or (len(word) < 3 and word.isdecimal())
        or (len(word) == 1 and word.isalpha())
    )


def _ends_after_abbreviations(line: str) -> Iterator[int]:
    for match in _CAPITAL_FOLLOWS.finditer(line):
        stop = match.start()
        if begins_a_sentence(match[1]) and _AT_AN_END.search(line[max(0, stop - 12) : stop]):
            yield stop + 1
