"""Where sentences end (pure)."""

import re
import unicodedata
from collections.abc import Iterator

from sentencex import segment

from templates.language import Known, begins_a_sentence, dangles, words_of

# What sentencex takes for the last word of a sentence, although it announces another. In capitals: only so.
_ANNOUNCING = {
    "de": words_of(
        """
        Di Do Fr Mi Mo Sa So abb abs abt allg amtl anm aufl aug bd begr bes betr bez bhf bsp bspw bzw ca chem
        d.h dent dez dipl div dr dt ebd ehem entspr etc etw ev evtl fa fam feb franz frz geb gebr geg gegr gem
        gen ges gesch ggf griech hl hr hrsg ing inh insb int ital jan jap jh jhd jur kap kath lat lfd lt ltd
        max med mind mio mrd nachm nat nov nr okt orig phil prof rd rer russ röm schwed schweiz sep sept sog
        span spez st std stellv techn tel tsd türk u.a u.ä ungar univ urspr usw v.a var verl verm versch vorm
        vors vs wg wiss z.b z.t z.zt zb zt ztr österr
        """
    ),
    "en": words_of(
        """
        Apr Aug Dec Feb Fri Jan Jun Jul Mar Mon Nov Oct Sat Sept Sun Thu Thur Thurs Tue Tues Wed appt approx assoc avg
        ca dept dist est ext feat fig intl max min misc nos orig pp prof pty qty rev tel temp vol vols vs
        """
    ),
}
# -str. is a street, and -l. is -lich or its like in either language (schriftl., inkl., excl.): no word ends so
_SHORTENED = re.compile(r"(?:str|[a-zäöü](?:[bcdfgknpstvz]|ch)l)$")
_ORDINAL_OR_INITIAL = re.compile(r"\d{1,2}|[^\W\d_]")
_BEFORE_A_WORD = re.compile(r"[\s(„\"/–-]")
_WORD = re.compile(r"\w+")
_MAY_END = re.compile(r"(?<![\w.])(?:[^\W\d_]{2,}|o\. ?k|u\. ?[va]\. ?m)$", re.IGNORECASE)  # no z. B., no 1.
_CAPITAL_FOLLOWS = re.compile(r"\. ([A-ZÄÖÜ]\w*)")
_COMPLETE = re.compile(r"[.!?。！？][\"'”“’‘»«)\]]*$")
_ENUMERATED = re.compile(r"\s\d{1,2}\.$")  # the 1. belongs to what follows


def sentence_ends(text: str, language: Known) -> list[int]:
    """Where whole sentences end: a sentence has its full stop, and a line break always ends it."""
    ends, start = [], 0
    for line in text.split("\n"):
        for length in _piece_lengths(line, language):
            end = start + length
            if _is_whole(text[start:end]) and _is_apart(text[end : end + 1] or "\n"):
                ends.append(end)
        start += len(line) + 1
    return ends


def _is_apart(following: str) -> bool:
    """Whether a sentence can end before this character: a blank, an emoji, Chinese, but not the dash of 49.– Euro."""
    return following.isspace() or (not following.isascii() and unicodedata.category(following) not in ("Pd", "Sm"))


def _is_whole(sentence: str) -> bool:
    tail = sentence[-12:]
    if _COMPLETE.search(tail):
        return not sentence.endswith("...") and not _ENUMERATED.search(tail)
    return bool(sentence) and unicodedata.category(sentence[-1]) in ("So", "Mn") and sentence[-1] not in "®©™°"


def _piece_lengths(line: str, language: Known) -> list[int]:
    """The sentences of one line, as growing lengths of its beginning, without the blanks behind them."""
    end, lengths = 0, set()
    careless = line.islower()  # whoever writes no capitals begins sentences without them
    for piece in segment(language, line):
        end += len(piece)
        if end >= len(line) or careless or not _goes_on(piece.rstrip()[-20:], line[end : end + 40], language):
            lengths.add(len(line[:end].rstrip()))
    if language == "de":
        lengths.update(_ends_after_abbreviations(line))
    return sorted(lengths)


def _goes_on(said: str, following: str, language: Known) -> bool:
    """Whether the full stop does not end a sentence: Mon. to, usw., 1., B., Hauptstr., schriftl., approx."""
    if not said.endswith("."):
        return False
    word, found = _BEFORE_A_WORD.split(said[:-1])[-1], _WORD.search(following)
    after = found.group() if found else ""
    if after.islower() or (language == "de" and _ORDINAL_OR_INITIAL.fullmatch(word)):
        return True
    known, small = _ANNOUNCING[language], word.lower()
    is_short = word in known or small in known or _SHORTENED.search(small)
    return bool(is_short) and not _begins(after, language)


def _begins(word: str, language: Known) -> bool:
    """Whether this word has its capital because a sentence begins; Ihr has one anywhere."""
    if language == "en":
        return word[:1].isupper() and dangles(word, language)
    return begins_a_sentence(word) and not word.startswith("Ihr")


def _ends_after_abbreviations(line: str) -> Iterator[int]:
    """Where sentencex knows an abbreviation, and not that a sentence ends with it: usw. Danach."""
    for match in _CAPITAL_FOLLOWS.finditer(line):
        stop = match.start()
        if _begins(match[1], "de") and _MAY_END.search(line[max(0, stop - 12) : stop]):
            yield stop + 1
