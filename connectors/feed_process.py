"""Parses a feed in a process of its own: some input keeps a parser busy for hours, and only a process can be ended."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from connectors.feed_document import Document, dump, load

CPU_SECONDS = 4
MEMORY = 1 << 30  # bytes
_WALL_SECONDS = 30.0  # the machine may be busy with something else
_KEPT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "PYTHONHOME")  # our secrets are not the parser's business
_REMEDY = "have whoever runs the site look at it"


def parse_apart(body: bytes, *, url: str, content_type: str = "", content_language: str = "") -> Document:
    """What `feed_parser.parse` says, with an end: over 4 s of computing or 1 GiB is a `problem` too."""
    about = json.dumps({"url": url, "content_type": content_type, "content_language": content_language})
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", "connectors.feed_process"],
            input=about.encode() + b"\n" + body,
            capture_output=True,
            timeout=_WALL_SECONDS,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Document(problem=f"could not be parsed within {_WALL_SECONDS:g} s: {_REMEDY}")
    return _answer(child)


def _environment() -> dict[str, str]:
    """Enough to import what we import, wherever we were imported from."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}


def _answer(child: subprocess.CompletedProcess[bytes]) -> Document:
    if child.returncode < 0:
        return Document(problem=f"needs more than {CPU_SECONDS} s or 1 GiB to be parsed: {_REMEDY}")
    try:
        return load(child.stdout)
    except (ValueError, TypeError, KeyError, AttributeError):
        lines = child.stderr.decode("utf-8", "replace").strip().splitlines()
        return Document(problem=f"could not be parsed ({lines[-1][:160] if lines else 'no reason given'}): {_REMEDY}")


def _limit() -> None:
    """Bounds this process. Computing time, not time on the clock, so that a busy machine loses no feed."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows knows no such limits, macOS not all of them
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> None:
    _limit()
    from connectors.feed_parser import parse  # noqa: PLC0415 - the parent does not pay for feedparser

    about = json.loads(sys.stdin.buffer.readline())
    sys.stdout.buffer.write(dump(parse(sys.stdin.buffer.read(), **about)))


if __name__ == "__main__":
    main()
