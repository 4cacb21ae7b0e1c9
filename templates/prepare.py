"""An item as a template sees it: clean words, said once, its own link the only one, nobody pinged."""

import re
from dataclasses import replace
from html import unescape
from unicodedata import category, normalize

from connectors.contract import Item
from templates.defuse import Links, defuse_links, defuse_names, drop_addresses, first_address
from templates.language import Known, guess
from templates.sentences import sentence_ends

# Control characters, bidirectional overrides, what is no character at all, and the soft hyphen
_UNPRINTABLE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff]"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_TAG = re.compile(
    r"</?(?:a|b|blockquote|br|code|div|em|figure|font|h[1-6]|hr|i|img|li|ol|p|pre|small|span|strong|sub|sup|table|td|tr|u"
    r"|ul)(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n\s*")
_UNTITLED = frozenset(("untitled", "ohne titel", "kein titel", "no title", "(no title)", "(ohne titel)", "[no title]"))
_WORD = re.compile(r"\w+")
_LINE_END = re.compile(r"\n")
_NEW_SENTENCE = re.compile(r"[.…!?:\"”“»)]*(?:\s*[\n–—|-]|\s*$)|[.…!?:]+[\"”“»)]*\s")
_SEPARATORS = re.compile(r"^[\s.…!?:\"”“»)–—|-]+")
_SAME = 0.8  # a text that begins with this share of the title's words, and no other word, says it again
_AHEAD = 40  # characters that show whether a sentence really ends before them


def prepare(item: Item, links: Links, *, limit: int, mentions: bool) -> Item:
    """The item with its words ready to be printed; its language is known afterwards."""

    def named(text: str) -> str:
        return text if mentions else defuse_names(text)

    def words(text: str) -> str:
        # In this order: @firma.de is a link once it pings nobody.
        return defuse_links(named(drop_addresses(text)), links)

    most = 2 * limit + 500  # more is never printed, and reading a long article costs time
    title, text = clean(item.title), clean(item.text[:most])
    link = item.link or first_address(text) or first_address(title)
    title, text = words(title).replace("\n", " "), words(text)
    language = item.language or guess(f"{title} {text}")
    title, text = said_once(title, text, "de" if language == "de" else "en")
    return replace(
        item,
        id=named(clean(item.id)) or item.source,
        story=clean(item.story),
        title="" if title.lower() in _UNTITLED else _said(title),
        text=_said(text) + ("…" if len(item.text) > most else ""),
        link=clean(link),
        images=tuple(replace(image, alt=words(clean(image.alt))) for image in item.images),
        author=words(clean(item.author)),
        tags=tuple(words(clean(tag)) for tag in item.tags[:50]),
        language=language,
        offer=item.offer and replace(item.offer, price=words(clean(item.offer.price))),
        extra={clean(key): words(clean(value)) for key, value in item.extra.items()},
    )


def _said(text: str) -> str:
    """The text, if it says anything: by a letter, a number or a picture. A lone colon would be cut to nothing later."""
    return text if any(character.isalnum() or _is_picture(character) for character in text) else ""


def _is_picture(character: str) -> bool:
    return character >= "←" and category(character) == "So"  # the symbols before the arrows are ©, ° and their like


def clean(text: str) -> str:
    """One form of every letter (NFC), one blank between words, one line break between paragraphs."""
    text = normalize("NFC", _without_markup(text))
    if _is_tidy(text):
        return text.strip()
    text = _UNPRINTABLE.sub(_visible, text.replace("\r\n", "\n"))
    return _BREAKS.sub("\n", _BLANKS.sub(" ", text)).strip()


def _is_tidy(text: str) -> bool:
    if "  " in text or " \n" in text or "\n " in text or "\n\n" in text:
        return False
    return text.replace("\n", "").isprintable()


def _without_markup(text: str) -> str:
    """Markup that its source has escaped once too often, so that it came as words."""
    if "&" in text:
        text = _ENTITY.sub(lambda entity: unescape(entity.group()), text)
    return _TAG.sub("", text) if "<" in text else text


def _visible(match: re.Match[str]) -> str:
    return " " if match.group() in "\t\r\v\f\x1c\x1d\x1e\x1f\x85" else ""


def said_once(title: str, text: str, language: Known) -> tuple[str, str]:
    """Title and text without the repetition of one in the other."""
    if not title or not text:
        return title, text
    end = _after(title, text)
    if end is None:
        return title, "" if _after(text, title) else _without_echo(title, text, language)
    rest = text[end:]
    if _NEW_SENTENCE.match(rest) and not title.endswith("…"):
        return title, _SEPARATORS.sub("", rest)
    return "", text  # the text goes on where the title stops: it says it better


def _after(beginning: str, text: str) -> int | None:
    """Where `text` has said all words of `beginning`, if it begins with them."""
    end, found = None, _WORD.finditer(text)
    for word in _WORD.finditer(beginning):
        match = next(found, None)
        if match is None or match.group().casefold() != word.group().casefold():
            return None
        end = match.end()
    return end


def _without_echo(title: str, text: str, language: Known) -> str:
    """First sentences that say the title again, and not one word more, go."""
    said = {*_words_of(title)}
    news = next((word.start() for word in _WORD.finditer(text) if word.group().casefold() not in said), len(text))
    if len({*_words_of(text[:news])}) < _SAME * len(said):
        return text
    near = text[: news + _AHEAD]
    ends = [len(text), *sentence_ends(near, language), *(line.start() for line in _LINE_END.finditer(near))]
    end = max((at for at in ends if at <= news), default=0)
    answers = title.endswith("?") and not text[:end].endswith("?")
    return text if answers else text[end:].lstrip()


def _words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
