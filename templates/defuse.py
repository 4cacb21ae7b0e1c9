"""What a destination would turn into a link, a mention or a cashtag although nobody meant it."""

import re
from collections.abc import Callable

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
_LEAD = re.compile(
    r"\b(?:alle|anmelden|anmeldung|article|artikel|beitrag|blog|click|details|find|full|gibt|hier|here|hin|info|infos"
    r"|informationen|jetzt|klick|lesen|lies|link|mehr|more|programm|quelle|read|register|see|siehe|source|story|tickets"
    r"|unter|via|video|watch|website|webseite|weiter|weiterlesen|weitere)\b",
    re.IGNORECASE,
)
_SHORT_LEAD = 6  # words; a longer sentence says more than where the link is
_HOST = re.compile(r"^(?:https?://)?(?:www\.)?([^/?#:]+).*$", re.IGNORECASE | re.DOTALL)
_SENTENCE_OVER = re.compile(r"\s*(?:[.!?…)\]]+(?=\s|$)|#\w|$)")
_FULL_STOP = re.compile(r"^\s*[.!?…)\]]+")
_POINTER = re.compile(r"(?:\s+(?:auf|unter|via|bei|at|on|from|see|siehe))?[\s:–—\-➡👉→>️(\[]*$")


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

    "Mehr dazu: https://…" goes altogether, unless it is all that there is.
    """
    if "://" not in text and "www." not in text.lower():
        return text
    lines = (_drop_in_line(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line) or _ADDRESS.sub("", text).strip()


def _drop_in_line(line: str) -> str:
    while match := _ADDRESS.search(line):
        end = match.start() + len(_bare(match.group()))
        line = _without(line[: match.start()], line[match.start() : end], line[end:])
    return line.strip()


def _bare(address: str) -> str:
    address = address.rstrip(".,;:!?'’…*")
    while address.endswith((")", "]")) and address.count("(") + address.count("[") < address.count(")") + address.count(
        "]"
    ):
        address = address[:-1].rstrip(".,;:!?'’…*")
    return address


def _without(before: str, address: str, after: str) -> str:
    """One address less: at the end of a sentence it goes with what led to it, within one its host stays as a name."""
    if before.endswith(("(", "[")) and after.startswith((")", "]")):
        return before[:-1].rstrip() + after[1:]
    if before.strip() and not _SENTENCE_OVER.match(after):
        return before + _HOST.sub(r"\1", address) + after
    start = max((match.end() for match in re.finditer(r"[.!?] ", before)), default=0)
    lead = before[start:]
    if len(lead.split()) <= _SHORT_LEAD and (_LEAD.search(lead) or not re.search(r"\w", lead)):
        return (before[:start] + _FULL_STOP.sub("", after).lstrip()).strip()
    kept = _POINTER.sub("", before)
    return kept + (after if after.strip() or kept.endswith((".", "!", "?")) else ".")
