"""The commands: what each does, prints and returns as its exit code."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from flows import tables
from flows.app import opened
from flows.config import ConfigError, load
from flows.overdue import nobody_reads
from state.values import DatabaseError, SettleError

FINE, FAILED, WRONG = 0, 1, 2
out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def carry_out(call: argparse.Namespace) -> int:
    """Run the command that `call` names; the exit code."""
    command: Callable[[argparse.Namespace], int] = globals()[call.command]
    try:
        return command(call)
    except ConfigError as error:
        return _say(error, WRONG)
    except (DatabaseError, SettleError) as error:
        return _say(error, FAILED)
    except BrokenPipeError:
        return FAILED


# --- The commands -----------------------------------------------------------------------------------------------------


def demo(call: argparse.Namespace) -> int:
    """Everything on this machine, nothing to set up."""
    from flows.demo import show  # noqa: PLC0415  (Prefect takes seconds to import; only runs need it)

    return FAILED if show(Path(call.folder), out, err) else FINE


def run(call: argparse.Namespace) -> int:
    """One pass, as a Prefect flow run."""
    from flows.runs import run_once  # noqa: PLC0415

    config = load(call.config)
    report = run_once(config, err)
    if call.json:
        _print_json([outcome.as_json() for outcome in report.outcomes])
    elif report.outcomes:
        limits = {name: account.limit for name, account in config.accounts.items()}
        out.print(tables.outcomes(report.outcomes, limits))
    for failure in report.failures:
        _say(failure, FAILED)
    return FAILED if report.failures else FINE


def serve(call: argparse.Namespace) -> int:
    """Poll for ever, with the Prefect UI."""
    from flows.prefect_server import ServerDied  # noqa: PLC0415
    from flows.serve import serve as serve_for_ever  # noqa: PLC0415

    try:
        serve_for_ever(load(call.config), err, metrics=call.metrics)
    except ServerDied as error:
        return _say(error, FAILED)
    return FINE


def ops(call: argparse.Namespace) -> int:
    """Install the automations that ops want into the configured Prefect server."""
    from flows.ops import install  # noqa: PLC0415
    from flows.prefect_api import configured_api, unreachable  # noqa: PLC0415

    every = load(call.config).every
    if not configured_api():
        return _say(
            "no Prefect server is configured: set PREFECT_API_URL; `crosspost serve` installs them itself", WRONG
        )
    if trouble := unreachable():
        return _say(trouble, FAILED)
    for name in install(every=every):
        out.print(name, markup=False)
    return FINE


def check(call: argparse.Namespace) -> int:
    """Config, templates, database, sources and accounts: each works, or what to do."""
    from flows.check import findings  # noqa: PLC0415

    fine = True
    for finding in findings(load(call.config)):
        fine &= finding.ok
        out.print("[green]ok   [/]" if finding.ok else "[red]wrong[/]", Text(finding.what), soft_wrap=True)
    return FINE if fine else FAILED


def preview(call: argparse.Namespace) -> int:
    """What the next run would tweet; nothing is sent or stored."""
    from flows.preview import foresee  # noqa: PLC0415

    with opened(load(call.config)) as app:
        foreseen = foresee(app)
    if call.json:
        _print_json([row.as_json() for row in foreseen.rows])
    else:
        out.print(tables.preview(foreseen.rows, app.config.timezone))
    for failure in foreseen.failures:
        _say(failure, FAILED)
    return FAILED if foreseen.failures else FINE


def status(call: argparse.Namespace) -> int:
    """The queue, the accounts, the sources and the last posts."""
    from flows.status import overview  # noqa: PLC0415

    with opened(load(call.config)) as app:
        now = overview(app)
        if call.json:
            _print_json(now.as_json())
        else:
            out.print(tables.status(now, app.ledger.posts(limit=call.last), app.config.timezone))
    if trouble := nobody_reads(now.overdue, app.config.timezone):
        _say(trouble, FAILED)
    return FAILED if now.needs_a_person else FINE


def show(call: argparse.Namespace) -> int:
    """Everything known about one post, and why."""
    with opened(load(call.config)) as app:
        known = app.ledger.show(call.id)
        timezone = app.config.timezone
    if known is None:
        return _say(f"there is no post {call.id}; `crosspost status` lists them", FAILED)
    if call.json:
        _print_json(known)
    else:
        out.print(tables.post(known, timezone))
    return FINE


def settle(call: argparse.Namespace) -> int:
    """A person decides what becomes of one post."""
    with opened(load(call.config)) as app:
        for account in app.config.accounts:
            app.ledger.overdue(account, now=app.now())  # an interrupted send is no send any more
        app.ledger.settle(call.id, call.status, now=app.now(), tweet_id=call.tweet)
    out.print(f"post {call.id} is {call.status} now")
    return FINE


def rebuild(call: argparse.Namespace) -> int:
    """After the database was lost or put back: learn what was tweeted, so that nothing goes out again."""
    from flows.rebuild import rebuild as rebuild_all  # noqa: PLC0415

    with opened(load(call.config)) as app:
        rebuilt = rebuild_all(app)
    for each in rebuilt:
        (err if each.failure else out).print(each.failure or each.text, markup=False)
    return FAILED if any(each.failure for each in rebuilt) else FINE


# --- Words ------------------------------------------------------------------------------------------------------------


def _say(message: object, code: int) -> int:
    err.print(str(message), markup=False)
    return code


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
