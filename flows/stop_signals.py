"""A request to stop waits until what was begun is written down."""

import asyncio
import os
import signal
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

STOPS = (signal.SIGINT, signal.SIGTERM)
_FLAG = "CROSSPOST_STOPPING"  # the path of a file that is there once the process that started us is to stop


@contextmanager
def children_can_be_asked() -> Iterator[Callable[[], None]]:
    """What this yields asks all processes that are started inside to begin nothing new: they see it in `is_stopping`.

    A signal would do for some of them, but Prefect's runner (3.8.8) does not tell which they are.
    """
    with tempfile.TemporaryDirectory(prefix="crosspost-", ignore_cleanup_errors=True) as folder:
        flag = Path(folder) / "stopping"
        os.environ[_FLAG] = str(flag)

        def ask() -> None:
            flag.parent.mkdir(exist_ok=True)  # machines clear away what lies about for days
            flag.touch()

        try:
            yield ask
        finally:
            del os.environ[_FLAG]


def is_stopping() -> bool:
    """Whether the process that started this one has asked to begin nothing new."""
    flag = os.environ.get(_FLAG)
    return flag is not None and Path(flag).exists()


def leave_ctrl_c_to_parent() -> None:
    """Ctrl-C in a terminal goes to all its processes; where the parent asks us to stop, it must not also break off."""
    if _FLAG in os.environ and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def sigterm_is_ctrl_c() -> None:
    """From here on, SIGTERM raises KeyboardInterrupt as Ctrl-C does."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


def run_until_stopped(work: Callable[[], Awaitable[None]], *, first: Callable[[], None]) -> bool:
    """Run an event loop until the work is done, or a stop signal cancels it once `first` is over; whether one came.

    Signals that come while the loop is made count, too: as an exception there, they would leave half a loop behind.
    After a signal, what the work says to its end is of no interest any more.
    """
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _frame: came.append(number)) for number in STOPS}
    try:
        asyncio.run(_cancelled_by_stops(work, first, came))
    except BaseException:
        if not came:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
    return bool(came)


async def _cancelled_by_stops(work: Callable[[], Awaitable[None]], first: Callable[[], None], came: list[int]) -> None:
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task  # noqa: S101  (a coroutine that runs is a task)

    def stop(number: int) -> None:
        came.append(number)
        loop.run_in_executor(None, first).add_done_callback(lambda _: task.cancel())

    early = bool(came)
    for number in STOPS:
        loop.add_signal_handler(number, stop, number)
    if early:
        task.cancel()
    await work()


@contextmanager
def held_back() -> Iterator[None]:
    """Keep Ctrl-C and SIGTERM away from this block; they take effect at its end.

    The ledger survives a stop anywhere, but a tweet that is cut off would have to be looked up by the next run.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _frame: came.append(number)) for number in STOPS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        for stop in came[:1]:
            signal.raise_signal(stop)
