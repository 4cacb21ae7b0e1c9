"""One poll in a process of its own, for tests that kill it: python -m tests.poll_once crosspost.toml"""

import sys
from pathlib import Path

from flows.app import opened
from flows.config import load
from flows.pipeline import poll

if __name__ == "__main__":
    with opened(load(Path(sys.argv[1]))) as app:
        sys.exit(bool(poll(app).failures))
