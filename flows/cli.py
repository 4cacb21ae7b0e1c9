"""What a person may type. Exit 0: fine; 1: something failed or needs a person; 2: the config or the call is wrong."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    call = parser().parse_args(arguments)
    try:
        from flows import commands  # noqa: PLC0415  (takes a second or two, in which Ctrl-C must not end in a traceback)

        return commands.carry_out(call)
    except KeyboardInterrupt:
        sys.stderr.write("stopped; nothing is lost, the next run goes on from here\n")
        return 1


def parser() -> argparse.ArgumentParser:
    about = "What a company publishes on its blog and its Facebook page becomes tweets: once each."
    top = argparse.ArgumentParser(prog="crosspost", description=about)
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    shown = _command(commands, "demo", "a show on this machine: no account, no network, no set-up", config=False)
    shown.add_argument("--folder", default="demo", help="where the timeline page is left (default: demo)")
    _command(commands, "run", "one pass, as a Prefect flow run", as_json=True)
    served = _command(commands, "serve", "poll for ever, with the Prefect UI")
    served.add_argument("--metrics", type=int, metavar="PORT", help="numbers for Prometheus on this port of 127.0.0.1")
    installed = _command(commands, "ops", "install: automations for dead, failed and late runs, in the Prefect server")
    installed.add_argument("action", choices=["install"])
    _command(commands, "check", "config, templates, database, sources, accounts: each with a remedy")
    _command(commands, "preview", "what the next run would tweet, with weight, price and time", as_json=True)
    listed = _command(commands, "status", "the queue and the last posts", as_json=True)
    listed.add_argument("--last", type=int, default=10, metavar="N", help="how many posts to list (default: 10)")
    shown_post = _command(commands, "show", "everything known about one post, and why", as_json=True)
    decided = _command(commands, "settle", "a person decides what becomes of a post")
    for command in (shown_post, decided):
        command.add_argument("id", type=int, metavar="ID", help="the number of the post, as status lists it")
    decided.add_argument(
        "status", choices=["posted", "waiting", "skipped"], help="posted: it is out; waiting: tweet it; skipped: never"
    )
    decided.add_argument("--tweet", metavar="TWEET_ID", help="with posted: the id of the tweet")
    _command(commands, "rebuild", "after the database was lost: restore what was tweeted")
    return top


def _command(
    commands: Any,
    name: str,
    text: str,
    *,
    config: bool = True,
    as_json: bool = False,
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(command=name)
    if config:
        default = Path("crosspost.toml")
        command.add_argument("--config", type=Path, default=default, metavar="FILE", help="default: crosspost.toml")
    if as_json:
        command.add_argument("--json", action="store_true", help="JSON on standard output, and nothing else there")
    return command


if __name__ == "__main__":
    sys.exit(main())
