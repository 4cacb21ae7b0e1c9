"""Find out what became of posts whose answer was lost: nothing is ever sent again on a guess."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from connectors.contract import AccountDown, NotPosted, Posted, PostError, Refused
from flows.app import App
from flows.owners import user_id_of
from flows.results import Outcome, Settled
from state.values import Doubt, LostClaim

# After so long without a look at the timeline, a person is asked.
LONGEST_DOUBT = timedelta(days=1)


def has_doubts(app: App, account: str) -> bool:
    """Whether any post of this account needs a look at the timeline; sends whose lease ran out become doubtful here."""
    app.ledger.overdue(account, now=app.now())
    return bool(app.ledger.doubts(account))


def settle(app: App, account: str) -> Settled:
    """Look into the account's own timeline for every post whose answer was lost."""
    outcomes = []
    for doubt in app.ledger.doubts(account):
        try:
            outcomes.append(_look(app, account, doubt))
        except LostClaim as lost:  # another worker has looked too, and was quicker
            outcomes.append(Outcome.of_doubt(doubt, status="unsure", reason=str(lost)))
        except (NotPosted, AccountDown) as error:
            outcomes.append(_no_look(app, account, doubt, error))
            break
    return Settled(account=account, outcomes=outcomes)


def _look(app: App, account: str, doubt: Doubt) -> Outcome:
    destination = app.config.accounts[account]
    try:
        look = destination.find(doubt.draft, user_id=user_id_of(app, account), since=doubt.since)
    except Refused as error:
        app.ledger.cannot_look(doubt, str(error), now=app.now())
        return Outcome.of_doubt(
            doubt, status="held", reason=str(error), failure=f"{account}: post {doubt.id} is held: {error}"
        )
    if look.posted:
        return _found(app, account, doubt, look.posted)
    # A worker whose clock is ahead takes a send for dead that still goes on: for as long as its lease at most.
    pause = destination.lease + destination.look_again
    status = app.ledger.absent(doubt, seen_at=look.at, look_again=pause, now=app.now())
    reason = "not in the timeline" if status == "unsure" else "twice not in the timeline: it is not out"
    return Outcome.of_doubt(doubt, status=status, reason=reason)


def _found(app: App, account: str, doubt: Doubt, posted: Posted) -> Outcome:
    try:
        objection = app.ledger.found(doubt, posted, now=app.now())
    except LostClaim as lost:
        failure = f"{account}: post {doubt.id} is out as {posted.url}, but the ledger had given it up: {lost}"
        return Outcome.of_doubt(doubt, status="unsure", reason=str(lost), failure=failure)
    if objection:
        failure = f"{account}: post {doubt.id} is held: {objection}"
        return Outcome.of_doubt(doubt, status="held", reason=objection, failure=failure)
    return Outcome.of_doubt(doubt, status="posted", reason="found in the timeline", url=posted.url)


def _no_look(app: App, account: str, doubt: Doubt, error: PostError) -> Outcome:
    """The timeline cannot be read now. The post stays in doubt, but not for ever without a person."""
    failure = f"{account}: nobody knows whether post {doubt.id} is out, and the timeline cannot be read: {error}"
    unsure = Outcome.of_doubt(doubt, status="unsure", reason=str(error), failure=failure, passes=True)
    if isinstance(error, AccountDown):
        app.ledger.pause(account, str(error), now=app.now())
        return replace(unsure, passes=False)
    if app.now() - doubt.unsure_since <= LONGEST_DOUBT:
        return unsure
    with suppress(LostClaim):  # another worker has asked a person already
        app.ledger.cannot_look(doubt, str(error), now=app.now())
    return replace(unsure, status="held", passes=False)
