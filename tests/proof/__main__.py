"""python -m tests.proof: every part at full length, two at a time, and one table. Exit 1 if anything went wrong."""

import argparse
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime

from tests.proof.parts import PARTS, carry_out
from tests.proof.report import listing, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="do only this share of everything (default: 1, all)")
    share = parser.parse_args().share
    began = time.monotonic()
    done = []
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for work in [pool.submit(carry_out, part, share) for part in PARTS]:
            found = work.result()
            done.append(found)
            print(f"{found.part}: {found.seconds:.0f} s", *found.mistakes, sep="\n  ", file=sys.stderr, flush=True)
    for found in done:
        if found.places:
            print(listing(found), end="\n\n")
    print(table(done))
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, share {share:g}, {(time.monotonic() - began) / 60:.1f} minutes")
    return int(any(found.mistakes for found in done))


if __name__ == "__main__":
    sys.exit(main())
