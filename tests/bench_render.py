"""How many drafts a second one core makes of items of ordinary size: `python tests/bench_render.py`.

The best of several rounds counts: the others say how busy the machine was.
"""

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from connectors.contract import Item
from templates.render import Renderer, Wording
from tests.words_account import PaperAccount, an_item

ROUNDS, DRAFTS = 8, 400


def main() -> None:
    renderer, account = Renderer(), PaperAccount()
    long_text = an_item().text * 4
    items = {
        "blog.j2, 400 characters": (an_item(), "blog.j2"),
        "blog.j2, 1,600 characters": (an_item(text=long_text), "blog.j2"),
        "blog.j2, no language given": (an_item(text=long_text, language=""), "blog.j2"),
        "blog.j2, an address and a name": (an_item(text=f"Danke @koeln! Mehr: https://a.de/1\n{long_text}"), "blog.j2"),
        "facebook.j2, 400 characters": (an_item(title="", tags=()), "facebook.j2"),
    }
    for name, (item, template) in items.items():
        wording = Wording(template=template)
        news = [replace(item, text=f"{number} Tage: {item.text}") for number in range(DRAFTS)]  # no two are the same
        rounds = [
            measure(lambda item, wording=wording: renderer.render(item, wording, account), news) for _ in range(ROUNDS)
        ]
        print(f"{DRAFTS / min(rounds):8,.0f} drafts a second: {name}")


def measure(render: Callable[[Item], object], news: Iterable[Item]) -> float:
    """Seconds of processor time for one round."""
    started = time.process_time()
    for item in news:
        render(item)
    return time.process_time() - started


if __name__ == "__main__":
    main()
