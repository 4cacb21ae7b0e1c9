"""The work of one poll, without Prefect: read the sources, look after doubtful posts, tweet what is due.

    feed -fetch-> Item -add-> row:waiting -render-> words -claim-> row:sending -post-> X -confirm-> row:posted

Reading and posting meet only in the row, so either may die, be slow or be rate-limited alone.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from itertools import takewhile
from typing import TypeVar

from flows.alerts import tell
from flows.app import App
from flows.collect import collect
from flows.doubts import has_doubts, settle
from flows.owners import forsaken, mistaken, take_over
from flows.publish import tweet
from flows.results import Broken, Outcome, Report, Result, title_of
from flows.stop_signals import held_back, is_stopping
from flows.words import prepare
from state.values import DatabaseError, Waiting

logger = logging.getLogger("crosspost")
progress = logging.getLogger("crosspost.progress")

# An article that nobody has changed for a year is tweeted by nobody: its text may go, which is most of the ledger.
KEEP_TEXTS = timedelta(days=365)

T = TypeVar("T")
Work = Callable[[], Result]
Step = Callable[[str, Work], Result]
"""How a named piece of work is carried out: plainly here, as a task run under Prefect."""


def plainly(name: str, work: Work) -> Result:  # noqa: ARG001
    """Just do it."""
    return work()


def poll(
    app: App,
    step: Step = plainly,
    *,
    sources: Iterable[str] | None = None,
    accounts: Iterable[str] | None = None,
) -> Report:
    """One pass over these sources and accounts; None means all. A step that fails does not stop the others."""
    report = Report()
    take_over(app)
    barred = mistaken(app)
    report.results += [Broken(failure=f"{name}: {why}") for name, why in (*barred.items(), *forsaken(app))]
    collect_all(app, report, app.config.sources if sources is None else sources, step)
    chosen = app.config.accounts if accounts is None else accounts
    publish_all(app, report, [name for name in chosen if name not in barred], step)
    _finish(app)
    return report


def collect_all(app: App, report: Report, sources: Iterable[str], step: Step = plainly) -> None:
    """Read these sources."""
    for name in _until_stopped(sources):
        _take(report, step, f"collect {name}", partial(collect, app, name))


def publish_all(app: App, report: Report, accounts: Iterable[str], step: Step = plainly) -> None:
    """Look after the doubts of these accounts, then tweet what is due."""
    for name in _until_stopped(accounts):
        if has_doubts(app, name):
            _take(report, step, f"settle {name}", partial(settle, app, name))
        due, held = prepare(app, name)
        report.results += held
        for post in _until_stopped(due):
            result = _take(report, step, f"tweet {name}: {title_of(post.item)}", partial(_tweet, app, name, post))
            if not isinstance(result, Outcome) or result.stop:
                break


def _until_stopped(all_of_them: Iterable[T]) -> Iterable[T]:
    """What is not begun when a stop is asked for is left to the next run."""
    return takewhile(lambda _: not is_stopping(), all_of_them)


def _take(report: Report, step: Step, name: str, work: Work) -> Result:
    result = step(name, partial(_contained, name, work))
    report.results.append(result)
    progress.log(logging.WARNING if result.failure else logging.INFO, "%s", result)
    return result


def _finish(app: App) -> None:
    try:
        tell(app)
        app.ledger.prune(before=app.now() - KEEP_TEXTS)
    except DatabaseError as error:
        logger.warning("%s", error)


def _tweet(app: App, account: str, post: Waiting) -> Result:
    with held_back():
        return tweet(app, account, post)


def _contained(name: str, work: Work) -> Result:
    """One bad source must not stop the others, whatever its connector does."""
    try:
        return work()
    except DatabaseError as error:
        return Broken(failure=str(error))
    except Exception as error:
        logger.debug("%s", name, exc_info=True)
        return Broken(failure=f"{name}: a fault of Crosspost itself; please report it: {type(error).__name__}: {error}")
