"""How long one core takes for the canonical link of ordinary and of hostile links: `python tests/bench_links.py`."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from connectors.links import canonical_link

ROUNDS = 5
HOSTILE = ("%2e%2e/", "index.html/", "/amp", "&amp;", "ref=x&", "?utm_", ")", "!", "\u0301\u0327", "ß", "m.", "[")
STARTS = (
    "https://",
    "https://firma.de/",
    "https://firma.de/?p=",
    "https://l.facebook.com/l.php?u=",
    "https://firma.de/#/",
)


def main() -> None:
    table = Path(__file__).with_name("link_spellings.txt").read_text(encoding="utf-8")
    ordinary = [line.strip() for line in table.splitlines()[1:]]
    seconds = min(sum(map(measure, ordinary)) for _ in range(ROUNDS))
    print(f"{len(ordinary) / seconds:8,.0f} links a second: {len(ordinary)} ordinary ones")
    for length in (4_000, 100_000):
        links = [start + piece * (length // len(piece)) for start in STARTS for piece in HOSTILE]
        slowest = max(min(measure(link[:length]) for _ in range(ROUNDS)) for link in links)
        print(f"{slowest * 1000:8,.1f} ms: the slowest of {len(links)} hostile ones, {length:,} characters each")


def measure(link: str) -> float:
    """Seconds of processor time for one link."""
    started = time.process_time()
    canonical_link(link)
    return time.process_time() - started


if __name__ == "__main__":
    main()
