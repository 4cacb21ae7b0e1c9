"""What the tweets read like: `python tests/words_yardstick.py [--worst 30] [--sample 50] [--feeds FOLDER]`.

Renders every entry of the feeds in ../shared/corpus/feeds with blog.j2, counted as X counts, prints how many drafts
have which flaw, and then the worst and a sample in full, for a person to read. Exit code 1 if a flaw is one that must
not be.
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from words_account import PaperAccount  # noqa: E402

from connectors.contract import Draft, Item  # noqa: E402
from connectors.feed_items import items_of  # noqa: E402
from connectors.feed_parser import parse  # noqa: E402
from templates.prepare import prepare  # noqa: E402
from templates.render import Renderer, TemplateError, Wording  # noqa: E402
from templates.sentences import sentence_ends  # noqa: E402

FEEDS = ROOT.parent / "shared" / "corpus" / "feeds"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACCOUNT = PaperAccount()

MUST_NOT_BE = (
    "over the limit",
    "without its link",
    "ends mid-word",
    "markup left",
    "furniture left",
    "accidental link",
    "lost a fact",
    "ends within a sentence",
)
MARKS = {
    **dict.fromkeys(MUST_NOT_BE, 10),
    "accidental mention": 10,
    "room left": 5,
    "sentence missed": 5,
    "cut at a word": 1,
    "ends oddly": 2,
    "says it twice": 3,
    "bare link": 3,
    "shouts": 1,
}

_MARKUP = re.compile(
    r"</?(?:a|b|br|div|em|i|img|li|p|span|strong|td|tr|ul)\b[^<>]{0,200}>|&(?:amp|lt|gt|quot|nbsp|#\d+|#x\w+);"
)
_FURNITURE = re.compile(
    r"appeared first on|erschien zuerst|continue reading|weiterlesen$|mehr lesen$|read more$|\[…\]|\[\.\.\.\]"
    r"|\[/?caption",
    re.IGNORECASE | re.MULTILINE,
)
_MENTION = re.compile(r"(?<![A-Za-z0-9_!#$%&*@＠])[@＠][A-Za-z0-9_]")
_ODD_END = re.compile(r"(?:[,;:(„«–-]|\b(?:and|or|the|a|of|und|oder|der|die|das|mit))\s*…?$", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+[.:@/]\S*[/@.]\S+")
_FACT = re.compile(r"\d+|\b(?:nicht|nie|kein\w*|not|never|no)\b|\w+n[’']t\b", re.IGNORECASE)
# Asked without the list that the cutting itself goes by: what follows goes on, or the last word has no vowel
_GOES_ON = re.compile(r"[^\S\n]*(?:[a-zäöü]|[–—-])")
_SHORTENED = re.compile(r"(?<!\w)[B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xzß][b-df-hj-np-tv-xzß]+\.$")
_UNITS = ("km.", "kg.", "cm.", "mm.", "lbs.", "hrs.")


@dataclass
class Verdict:
    """One draft, and what is wrong with it."""

    item: Item
    shown: Item
    draft: Draft
    flaws: list[str]
    had_sentence: bool

    @property
    def badness(self) -> int:
        return sum(MARKS[flaw] for flaw in self.flaws)


def items(folder: Path, every: int = 1) -> Iterator[Item]:
    for path in sorted(folder.rglob("*"))[::every]:
        if path.is_file():
            document = parse(path.read_bytes(), url="https://feed.example.com/feed")
            yield from items_of(document.entries, source="feed", now=NOW)[0]


def judge(item: Item, draft: Draft) -> Verdict:
    shown = prepare(item, ACCOUNT.links, limit=ACCOUNT.limit, mentions=False)
    body = _body(draft, shown)
    room = ACCOUNT.limit - ACCOUNT.length(draft.text) + len(body)
    ends = sentence_ends(shown.text, "de" if shown.language == "de" else "en")
    had_sentence = bool(ends) and ends[0] <= room
    whole = body == shown.text or any(shown.text[:end].split() == body.split() for end in ends)
    flaws = {
        "over the limit": ACCOUNT.length(draft.text) > ACCOUNT.limit,
        "without its link": bool(item.link) and item.link not in draft.text,
        "ends mid-word": _ends_mid_word(body, shown.text),
        "markup left": bool(_MARKUP.search(draft.text)),
        "furniture left": bool(_FURNITURE.search(draft.text)),
        "accidental link": len(ACCOUNT.links(draft.text)) > bool(shown.link),
        "accidental mention": bool(_MENTION.search(draft.text)),
        "sentence missed": had_sentence and not whole,
        "lost a fact": not _facts(f"{item.title} {item.text[:300].rpartition(' ')[0]}")
        <= _facts(f"{shown.title} {shown.text}"),
        "ends within a sentence": _ends_within_a_sentence(body, shown.text),
        "room left": len(body) < len(shown.text.rstrip(" :…")) and 2 * ACCOUNT.length(draft.text) < ACCOUNT.limit,
        "cut at a word": body.endswith("…"),
        "ends oddly": bool(_ODD_END.search(body)),
        "says it twice": _says_twice(shown.title, body),
        "bare link": not body and not shown.title,
        "shouts": len(body) > 30 and body.isupper(),
    }
    return Verdict(item, shown, draft, [name for name, there in flaws.items() if there], had_sentence)


def _body(draft: Draft, shown: Item) -> str:
    """The words of the draft that come from the text."""
    words = draft.text.removeprefix(shown.title).strip()
    words = words.removesuffix(shown.link).strip()
    lines = words.split("\n")
    if lines and re.fullmatch(r"(?:#\S+ ?)+", lines[-1]) and lines[-1] not in shown.text:
        lines.pop()
    return "\n".join(lines).strip()


def _ends_mid_word(body: str, text: str) -> bool:
    if not body.endswith("…") or body == text:
        return False
    kept = body.rstrip(' …“”»«)"]')
    return text.startswith(kept) and text[len(kept) : len(kept) + 1].isalnum() and not _is_wide(text[len(kept)])


def _facts(words: str) -> set[str]:
    """What a text cannot lose without saying something else: numbers and negations, outside of addresses."""
    return set(_FACT.findall(_ADDRESS.sub("", words.casefold())))


def _ends_within_a_sentence(body: str, text: str) -> bool:
    """Whether the full stop at its end is that of an abbreviation or of a price."""
    if not body.endswith(".") or body == text:
        return False
    follows = text[len(body) :] if text.startswith(body) else ""
    shortened = _SHORTENED.search(body) and not body.endswith(_UNITS)
    return bool(_GOES_ON.match(follows) or shortened)


def _is_wide(letter: str) -> bool:
    return "\u3040" <= letter <= "\u9fff"


def _says_twice(title: str, body: str) -> bool:
    said = re.findall(r"\w+", title.lower())
    return len(said) > 2 and re.findall(r"\w+", body.lower())[: len(said)] == said


def measure(folder: Path, every: int = 1) -> tuple[list[Verdict], Counter[str]]:
    renderer, wording = Renderer(), Wording(template="blog.j2")
    verdicts, refused = [], Counter[str]()
    for item in items(folder, every):
        try:
            verdicts.append(judge(item, renderer.render(item, wording, ACCOUNT)))
        except TemplateError as error:
            refused[str(error).partition(" of ")[0]] += 1
    return verdicts, refused


def report(verdicts: list[Verdict], refused: Counter[str]) -> None:
    flaws = Counter(flaw for verdict in verdicts for flaw in verdict.flaws)
    print(f"{len(verdicts):6} drafts; {sum(refused.values())} not made: {dict(refused)}")
    for name in MARKS:
        print(f"{flaws[name]:6} {name}{' (must be 0)' if name in MUST_NOT_BE else ''}")
    could = [verdict for verdict in verdicts if verdict.had_sentence]
    ended = sum("sentence missed" not in verdict.flaws for verdict in could)
    print(
        f"{ended:6} of {len(could)} that had a sentence fitting the room end at one: {ended / max(1, len(could)):.1%}"
    )


def show(verdicts: list[Verdict], title: str) -> None:
    print(f"\n===== {title} =====")
    for verdict in verdicts:
        print(
            f"\n--- weighs {verdict.draft.weight}; {', '.join(verdict.flaws) or 'no flaw found'}\n{verdict.draft.text}"
        )


def main() -> int:
    options = argparse.ArgumentParser(description="Renders the feeds and judges the tweets.")
    options.add_argument("--feeds", type=Path, default=FEEDS)
    options.add_argument("--worst", type=int, default=30)
    options.add_argument("--sample", type=int, default=0)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    if not chosen.feeds.is_dir():
        print(f"no feeds in {chosen.feeds}: name their folder with --feeds", file=sys.stderr)
        return 2
    verdicts, refused = measure(chosen.feeds)
    report(verdicts, refused)
    unlike = list({verdict.draft.text: verdict for verdict in verdicts}.values())
    show(sorted(unlike, key=lambda verdict: -verdict.badness)[: chosen.worst], "the worst")
    if chosen.sample:
        show(random.Random(chosen.seed).sample(unlike, min(chosen.sample, len(unlike))), "at random")
    return int(any(flaw in MUST_NOT_BE for verdict in verdicts for flaw in verdict.flaws))


if __name__ == "__main__":
    sys.exit(main())
