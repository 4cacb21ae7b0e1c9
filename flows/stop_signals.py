"""A request to stop waits until what was begun is written down."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

STOPS = (signal.SIGINT, signal.SIGTERM)


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
