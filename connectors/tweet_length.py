"""How long a text is to X, which counts neither characters nor bytes, and what of it X turns into links.

Source: docs.x.com "Counting characters" and its reference, twitter-text 3.1.0 (config v3). Where a newer emoji is not
yet known to the reference, it counts the parts, and so do we: too long a count is harmless, too short a one is refused.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from unicodedata import combining, normalize

from connectors import tweet_length_data as data
from connectors import tweet_length_links as links

LIMIT = 280
LINK_LENGTH = 23

# From here on, a run of marks is long enough for its order to matter to the time taken.
_SHORT = 1000
_LONG_RUN = re.compile(r"[\u0300-\U0010ffff]{100,}")
_INVALID = re.compile("[\ufeff\ufffe\uffff]")
_HEAVY = re.compile(r"[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")


def tweet_length(text: str) -> int:
    """The weighted length of a tweet.

    A link counts 23, an emoji 2, a character of Latin and neighbouring scripts 1, any other 2, all in NFC. A line break
    written as CR and LF counts 2.
    """
    return _length(text)


def find_links(text: str) -> list[tuple[int, int]]:
    """Where X makes a link, with or without a protocol, as (start, end) in code points; in order, never overlapping.

    Like the reference, this reads the text as given, while `tweet_length` counts the links of the text in NFC: give the
    text in NFC where that matters.
    """
    return [(start, end) for start, end, _ in links.find(text)]


def is_valid(text: str, limit: int = LIMIT) -> bool:
    """Whether X takes the text: not empty, not over the limit, and none of U+FEFF, U+FFFE and U+FFFF in it."""
    return 0 < tweet_length(text) <= limit and not _INVALID.search(text)


def _length(text: str, *, emoji: bool = True) -> int:
    """The weighted length; without `emoji`, each character of one counts on its own, as in X's older configuration."""
    if len(text) > _SHORT:
        text = _LONG_RUN.sub(_sort_marks, text)
    text = normalize("NFC", text)
    if not (found := links.find(text)):
        return _weigh(text, emoji)
    outside = []
    position, rest = 0, ""
    for start, end, next_rest in found:
        outside.append(rest + text[position:start])
        position, rest = end, next_rest
    outside.append(rest + text[position:])
    # What stood apart must not join into an emoji: a light character keeps it apart, and counts 1 of the link's 23.
    return _weigh("\n".join(outside), emoji) + (LINK_LENGTH - 1) * len(found)


def _sort_marks(run: re.Match[str]) -> str:
    """The run with its combining marks in canonical order, which takes `normalize` quadratic time to make."""
    groups = groupby(run[0], key=lambda char: combining(char) > 0)
    return "".join(char for _, group in groups for char in sorted(group, key=combining))


def _weigh(text: str, emoji: bool) -> int:
    """The weight of a text in NFC and without links."""
    if text.isascii():
        return len(text)
    if emoji and _HAS_JOINT.search(text):
        text = _EMOJI.sub("\U0001f600", text)
    return len(text) + len(_HEAVY.findall(text))


def _emoji_pattern() -> str:
    """The emoji of several characters; what may continue stands before what may not."""
    style, joiner, skin = "\ufe0f", "\u200d", "[\U0001f3fb-\U0001f3ff]"
    gender = rf"{joiner}[\u2640\u2642]{style}"
    people = {"M": "👨", "W": "👩", "B": "👦", "G": "👧", "H": f"\u2764{style}", "K": "💋"}
    return "|".join(
        [
            rf"[👨👩]{skin}?{joiner}(?:[{data.STYLED_PROFESSIONS}]{style}|[{data.PROFESSIONS}])",
            rf"[{data.STYLED_GENDERED}](?:{skin}|{style}){gender}",
            rf"[{data.GENDERED}]{skin}?{gender}|[👯🤼🧞🧟]{gender}",
            *(joiner.join(people[person] for person in family) for family in data.FAMILIES.split()),
            rf"🏳{style}{joiner}🌈|🏴{joiner}\u2620{style}|👁{joiner}🗨",
            rf"[#*0-9]{style}?\u20e3|[{data.STYLED}]{style}",
            rf"[{data.STYLED_BODIES}](?:{style}{skin}?|{skin})|[{data.BODIES}]{skin}",
            *("🏴" + "".join(chr(0xE0000 + ord(char)) for char in area) + "\U000e007f" for area in data.AREAS.split()),
            *_flag_patterns(),
        ]
    )


def _flag_patterns() -> Iterator[str]:
    for first, flags in groupby(data.FLAGS.split(), key=itemgetter(0)):
        yield f"{_indicator(first)}[{''.join(_indicator(flag[1]) for flag in flags)}]"


def _indicator(letter: str) -> str:
    return chr(0x1F1E6 + ord(letter) - ord("A"))


# Every emoji of several characters has one of these behind its first.
_JOINT = "[\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff\U0001f1e6-\U0001f1ff\U000e0067]"
_HAS_JOINT = re.compile(_JOINT)
_EMOJI = re.compile(f"(?=.{_JOINT})(?:{_emoji_pattern()})")
