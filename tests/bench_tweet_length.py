"""How many texts a second `tweet_length` weighs on one core: `python tests/bench_tweet_length.py`."""

import json
import sys
import time
from pathlib import Path

from connectors.tweet_length import tweet_length

ROUNDS = 7
CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "twitter-text" / "reference.jsonl"
NEWS = [
    "Der Verlag hat heute neue Zahlen vorgelegt: plus 12,5 % gegenüber dem Vorjahr. https://example.com/blog/zahlen",
    "„Das geht nicht“, sagte sie – und ging. Mehr dazu in README.md und auf example.org/bericht?seite=2",
    "Our new release is out 🎉 – faster, smaller and easier to run. Details: https://example.com/releases/4.2",
]


def seconds(texts: list[str]) -> float:
    began = time.process_time()
    for text in texts:
        tweet_length(text)
    return time.process_time() - began


def report(name: str, texts: list[str]) -> None:
    best = min(seconds(texts) for _ in range(ROUNDS))
    print(f"{name}: {len(texts) / best:,.0f} texts/s")


def main() -> None:
    report("news", [f"{number} {text}" for number in range(2000) for text in NEWS])  # what was just weighed is known
    if CORPUS.exists():
        report("reference.jsonl", [json.loads(line)["text"] for line in CORPUS.read_text("utf-8").splitlines()])
    for size in (10_000, 20_000, 40_000, 160_000):
        best = min(seconds([f"{turn}{'a.' * (size // 2)}"]) for turn in range(3))
        print(f"{size:,} characters of 'a.': {best * 1000:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
