"""Whether anything still polls. What polls no more cannot tell anybody; `status` and Prometheus can."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flows.results import PATIENCE
from state.values import SourceState

AT_LEAST = timedelta(hours=1)  # a poll may take long, and a server may be started anew


def longest_pause(every: timedelta, *, at_least: timedelta = AT_LEAST) -> timedelta:
    """How long there may be nothing without anything being wrong: three polls."""
    return max(PATIENCE * every, at_least)


def is_overdue(source: SourceState, pause: timedelta, *, now: datetime) -> bool:
    """Whether nobody reads the source, though it may be read. One that fails again and again is read."""
    if source.failures >= PATIENCE:
        return False
    free = max(filter(None, (source.last_success_at, source.not_before)), default=None)
    return free is None or now - free > pause


def nobody_reads(overdue: Mapping[str, SourceState], timezone: ZoneInfo) -> str:
    """A sentence for those that nobody reads; empty if there are none."""
    if not overdue:
        return ""
    names = ", ".join(f"{name} ({_last_read(source, timezone)})" for name, source in overdue.items())
    return (
        f"nothing reads {names}: start `crosspost serve`, or the worker or cron job that should; "
        "if it polls more rarely, `every` in crosspost.toml must say so"
    )


def _last_read(source: SourceState, timezone: ZoneInfo) -> str:
    last = source.last_success_at
    return f"last read {last.astimezone(timezone):%Y-%m-%d %H:%M}" if last else "never read"
