"""An item as a template sees it: clean words, said once, its own link the only one, nobody pinged."""

import re
import unicodedata
from dataclasses import replace
from difflib import SequenceMatcher

from connectors.contract import Destination, Item
from templates.defuse import defuse_links, defuse_names, drop_addresses, first_address
from templates.language import Known, guess

# Control characters, bidirectional overrides, what is no character at all, and the soft hyphen
_UNPRINTABLE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff]"
)
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n\s*")
_UNTITLED = frozenset(("untitled", "ohne titel", "kein titel", "no title", "(no title)", "(ohne titel)", "[no title]"))
_SAME = 0.9  # a first sentence this similar to the title says it again


def prepare(item: Item, account: Destination, *, mentions: bool) -> Item:
    """The item with its words ready to be printed; its language is known afterwards."""

    def words(text: str) -> str:
        text = drop_addresses(text)
        text = defuse_links(text, account.links)
        return text if mentions else defuse_names(text)

    most = 6 * account.limit + 1000  # more is never printed, and reading a long article costs time
    title, text = clean(item.title), clean(item.text[:most])
    link = item.link or first_address(text) or first_address(title)
    title, text = said_once(words(title).replace("\n", " "), words(text))
    return replace(
        item,
        title="" if title.lower() in _UNTITLED else title,
        text=text + ("…" if len(item.text) > most else ""),
        link=clean(link),
        author=words(clean(item.author)),
        tags=tuple(clean(tag) for tag in item.tags[:50]),
        language=item.language or language_of(title, text),
        extra={key: words(clean(value)) for key, value in item.extra.items()},
    )


def clean(text: str) -> str:
    """One form of every letter (NFC), one blank between words, one line break between paragraphs."""
    text = _UNPRINTABLE.sub(_visible, unicodedata.normalize("NFC", text).replace("\r\n", "\n"))
    return _BREAKS.sub("\n", _BLANKS.sub(" ", text)).strip()


def _visible(match: re.Match[str]) -> str:
    return " " if match.group() in "\t\r\v\f\x1c\x1d\x1e\x1f\x85" else ""


def language_of(title: str, text: str) -> Known:
    return guess(f"{title} {text}")


def said_once(title: str, text: str) -> tuple[str, str]:
    """Title and text without the repetition of one in the other."""
    if not title or not text:
        return title, text
    start = _words_of(title.rstrip(" .…"))
    if not start:
        return title, text
    end = _common(start, text)
    if end is None:
        return (title, "") if _words_of(title)[: len(_words_of(text))] == _words_of(text) else _unlike(title, text)
    rest = text[end:]
    if re.match(r"[.…!?:\"”“»)]*(?:\s*[\n–—|-]|\s*$)|[.…!?:]+[\"”“»)]*\s", rest) and not title.endswith("…"):
        return title, re.sub(r"^[\s.…!?:\"”“»)–—|-]+", "", rest)
    return "", text  # the text goes on where the title stops: it says it better


_WORD = re.compile(r"\w+")


def _words_of(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _common(words: list[str], text: str) -> int | None:
    """Where `text` has said all of `words`, if it begins with them."""
    end = None
    found = _WORD.finditer(text)
    for word in words:
        match = next(found, None)
        if match is None or match.group().casefold() != word:
            return None
        end = match.end()
    return end


def _unlike(title: str, text: str) -> tuple[str, str]:
    """A first sentence that is nearly the title goes."""
    first = re.match(r"[^\n.!?]{1,200}[\n.!?]", text)
    if first and SequenceMatcher(None, title.casefold(), first.group()[:-1].casefold()).ratio() >= _SAME:
        return title, text[first.end() :].lstrip()
    return title, text
