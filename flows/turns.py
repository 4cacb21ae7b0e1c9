"""When an account may speak: its hours and the pause between two tweets. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.contract import AccountSettings


def next_turn(account: AccountSettings, *, last_posted: datetime | None, now: datetime, timezone: ZoneInfo) -> datetime:
    """The earliest moment from now on at which the account may tweet again."""
    turn = max(now, last_posted + account.spacing) if last_posted else now
    return account.hours.next_open(turn.astimezone(timezone)) if account.hours else turn


def turns(account: AccountSettings) -> int:
    """How many tweets one run may send: with a pause between two tweets, one."""
    return 1 if account.spacing > timedelta(0) else account.max_per_run
