"""What a destination would turn into a link, a mention or a cashtag although nobody meant it."""

import re
from collections.abc import Callable

from templates.language import dangles, words_of
from templates.sentences import sentence_ends

Links = Callable[[str], list[tuple[int, int]]]

GAP = "\u200b"  # invisible, weighs 1, and neither a link nor a mention goes over it

# X: twitter-text, validMentionPrecedingChars (an "rt" before the sign is no protection) and validCashtag; a sign at the
# very end would begin what the template prints next
_MENTION = re.compile(
    r"([@＠])(?=[A-Za-z0-9_]|$)(?:(?<![A-Za-z0-9_!#$%&*@＠][@＠])|(?<=\brt[@＠])|(?<=\bRT[@＠])|(?<=\bRt[@＠]))"
)
_CASHTAG = re.compile(r"(?<!\w)\$(?=[A-Za-z]{1,6}(?![A-Za-z])|$)")
_ADDRESS = re.compile(r"[hHwW](?i:(?<=h)ttps?://|(?<=w)ww\.)[^\s<>\"„“”»«]+")  # the first letter finds it fast
_MAYBE_LINK = re.compile(r"\.\w")
_GLUED_SENTENCE = re.compile(r"(?<=[a-zäöüß])\.(?=[A-ZÄÖÜ][a-zäöüß]*$)")
_POINTS = words_of(
    """
    anmelden anmeldung article artikel beitrag blog click details here hier info infos information informationen klick
    lesen lies link mehr more programm quelle read register see shop siehe source story tickets via video watch website
    webseite weiter weiterlesen
    """
)
_LITTLE = words_of(
    """
    a alle alles am an and at auch auf available bei bitte by can das dazu dem den der die en es euch find findet finden
    for from full further gehts geht gibt hin ihr im in is it jetzt neu now of on our please s sie sind steht the to und
    uns unser unsere unter us visit weitere you your zu zum zur über
    """
)
_HOST = re.compile(r"^(?:https?://)?(?:www\.)?([^/?#:]+).*$", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(r"^(?:https?://)?+[^/?#]+[/?#].", re.IGNORECASE | re.DOTALL)
_SENTENCE_OVER = re.compile(r"\s*(?:[.!?…)\]]+(?=[\s,;:.]|$)|#\w|https?://|www\.|$)")
_FULL_STOP = re.compile(r"^\s*[.!?…)\]]+")
_BEFORE_A_LEAD = re.compile(r"(?s:.*)(?:[!?…]\s|[(\[←-⿿\U0001f000-\U0001faff\ufe0f])")
_ARROWS = re.compile(r"[\s:–—\-➡👉👇→⇒️>(\[]+$")
_GOES_ON = re.compile(r"[,;/&+|.]$")  # a full stop that ends no sentence is that of an abbreviation
_WORD = re.compile(r"\w+")
_NEAR = 200  # characters: the sentence before an address begins within them, or is too long to do nothing but point


def defuse_names(text: str) -> str:
    """@name and $NAME as they are, but neither pings a stranger nor counts as a cashtag."""
    if "@" in text or "＠" in text:
        text = _MENTION.sub(r"\1" + GAP, text)
    return _CASHTAG.sub("$" + GAP, text) if "$" in text else text


def defuse_links(text: str, links: Links, keep: Callable[[str], bool] = lambda _: False) -> str:
    """Whatever would become a link becomes words again, unless `keep` says it is meant; `today.It` gets its blank."""
    if not _MAYBE_LINK.search(text):
        return text
    for start, end in reversed(links(text)):
        if not keep(text[start:end]):
            text = text[:start] + _as_words(text[start:end]) + text[end:]
    return text


def _as_words(link: str) -> str:
    spaced = _GLUED_SENTENCE.sub(". ", link)
    return spaced if spaced != link else re.sub(r"\.(?=\w)", GAP + ".", link)


def first_address(text: str) -> str:
    """The first web address that is written out in the text, with its scheme; empty if there is none."""
    match = _ADDRESS.search(text)
    if match is None:
        return ""
    address = _bare(match.group())
    return address if "://" in address else "https://" + address


def drop_addresses(text: str) -> str:
    """The text without its web addresses, for the tweet has its own link.

    "Mehr dazu: https://…" goes altogether, unless it is all that there is. Where a sentence needs the address, its host
    stays as a name.
    """
    if "://" not in text and "www." not in text.lower():
        return text
    lines = (_drop_in_line(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line) or _ADDRESS.sub("", text).strip()


def _drop_in_line(line: str) -> str:
    done, rest = "", line
    while match := _ADDRESS.search(rest):
        address = _bare(match.group())
        before, after = done + rest[: match.start()], rest[match.start() + len(address) :]
        done, rest = _without(before, address, after)
    return (done + rest).strip()


def _bare(address: str) -> str:
    address = address.rstrip(".,;:!?'’…*")
    while address.endswith((")", "]")) and address.count("(") + address.count("[") < address.count(")") + address.count(
        "]"
    ):
        address = address[:-1].rstrip(".,;:!?'’…*")
    return address


def _without(before: str, address: str, after: str) -> tuple[str, str]:
    """What stands before and after one address, once it is gone or its host has become a name."""
    start = _lead_begins(before)
    over = _SENTENCE_OVER.match(after)
    if over and _only_points(before[start:]):
        if before[:start].endswith(("(", "[")) and after.startswith((")", "]")):
            return before[: start - 1].rstrip(), after[1:]
        before, after = before[:start], _FULL_STOP.sub("", after)
    elif not over or _is_needed(before.rstrip(), address, after):
        return before + _HOST.sub(r"\1", address), after
    kept = _ARROWS.sub("", before).rstrip()
    stopped = not kept[-1:].isalnum() or _FULL_STOP.match(after)
    return kept + ("" if stopped else "."), after


def _lead_begins(before: str) -> int:
    """Where the words begin that lead to an address: at their sentence, a bracket or an arrow."""
    near = before[-_NEAR:]
    mark = _BEFORE_A_LEAD.match(near)
    start = mark.end() if mark else 0
    ends = sentence_ends(near[start:] + "X", "de") if "." in near[start:] else ()
    return len(before) - len(near) + start + max(ends, default=0)


def _only_points(lead: str) -> bool:
    """Whether these words say no more than where the link is."""
    said = {*_WORD.findall(lead.lower())}
    return not said or (said <= _POINTS | _LITTLE and not said.isdisjoint(_POINTS))


def _is_needed(before: str, address: str, after: str) -> bool:
    """Whether the sentence says too little without the address: a page may go where only its sentence is over."""
    if not _PAGE.match(address) or _GOES_ON.search(before):
        return True
    if before[-1:].isalnum() and _FULL_STOP.match(after):
        return True
    return any(dangles(word, "de") or dangles(word, "en") for word in _WORD.findall(before[-_NEAR:])[-1:])
