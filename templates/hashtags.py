"""Hashtags from tags and categories."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from templates.language import Known, words_of

_LONGEST = 30  # a longer category is a sentence, not a tag
_FURNITURE = words_of(
    """
    aktuell aktuelles alle allgemein allgemeines artikel beitrag beitrage blog blogs default featured general
    home kategorie misc miscellaneous neues neuigkeiten news newsarchiv ohnekategorie post posts slider sonstige
    sonstiges startseite unbekannt uncategorised uncategorized undefined unkategorisiert unkategorisiertes
    unsorted untagged verschiedenes
    """
)
# What stands upon, below and beside letters (vowels of Hindi, points of Hebrew), up to the marks that choose an emoji
_MARKS = "".join(mark for mark in map(chr, range(0x300, 0xFE00)) if unicodedata.category(mark) in ("Mn", "Mc"))
_WORD = re.compile(rf"\w[\w{_MARKS}]*")
_IN_TEXT = re.compile(rf"(?<![\w&])[#＃]({_WORD.pattern})")


def hashtags(tags: Iterable[str], language: Known, *, text: str = "", most: int) -> list[str]:
    """At most `most` hashtags, with their sign, in the order of the tags; none that `text` already has."""
    seen = {_key(tag) for tag in _IN_TEXT.findall(text)} if "#" in text or "＃" in text else set()
    found: list[str] = []
    for word in _words(tags, language):
        if len(found) >= most:
            break
        if _key(word) not in seen:
            seen.add(_key(word))
            found.append("#" + word)
    return found


def _words(tags: Iterable[str], language: Known) -> Iterator[str]:
    for tag in tags:
        word = _one_word(tag, language)
        if word:
            yield word


@lru_cache(1_000)  # a blog has few categories
def _one_word(tag: str, language: Known) -> str:
    """`künstliche Intelligenz` as KünstlicheIntelligenz; of a path (A/B) its end; empty if it is no hashtag."""
    if "://" in tag or tag.strip().endswith(("+", "#")):
        return ""
    name = unicodedata.normalize("NFC", tag).rstrip("/ ").rpartition("/")[2]
    name = re.sub(r"['’`´]", "", name).replace("&", " und " if language == "de" else " and ")
    parts = _WORD.findall(name)
    word = parts[0] if len(parts) == 1 else "".join(map(_capital, parts))
    return word if 2 <= len(word) <= _LONGEST and _is_word(word) and _key(word) not in _FURNITURE else ""


def _capital(word: str) -> str:
    """With a capital, unless it has one further on: iPhone, eBike."""
    return word if word.lower() != word else word[:1].upper() + word[1:]


def _is_word(word: str) -> bool:
    """What X links: letters, marks, digits and underscores, at least one of them a letter."""
    kinds = {unicodedata.category(letter) for letter in word}
    return all(kind[0] in "LM" or kind in ("Nd", "Pc") for kind in kinds) and any(kind[0] == "L" for kind in kinds)


@lru_cache(1_000)
def _key(word: str) -> str:
    """Büro, BURO and buro are one hashtag."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
