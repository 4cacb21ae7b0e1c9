"""Send one post, and write down what became of it."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from connectors.contract import AccountDown, NotPosted, Posted, PostError, Refused
from flows.app import App
from flows.pictures import upload
from flows.recheck import withdrawn
from flows.results import PATIENCE, Outcome, title_of
from flows.stop_signals import is_stopping
from state.values import Claim, LostClaim, Waiting

# A send must be over before its lease is, or another worker would look for a tweet that is still on its way.
SEND_SHARE = 0.8
LONGEST_SEND = timedelta(seconds=60)


def tweet(app: App, account: str, post: Waiting) -> Outcome:
    """Claim one post, send it, and write down what became of it.

    Nothing here logs or prints between the answer of X and the ledger. A flow run whose Prefect worker was killed lives
    on until its next line on the console that is gone, and must not die there.
    """
    destination = app.config.accounts[account]
    if over := _over_budget(app, account, post):
        app.ledger.hold(post.id, over, now=app.now())
        return Outcome.of(
            account, post, status="held", reason=over, failure=f"{account}: post {post.id} is held: {over}"
        )
    if gone := withdrawn(app, account, post.item):
        app.ledger.withdraw(post.id, gone, now=app.now())
        return Outcome.of(account, post, status="skipped", reason=gone)
    media = upload(app, account, post.images)  # before the claim: it takes long, and nothing public comes of it
    if is_stopping():
        return Outcome.of(account, post, status="waiting", reason="a stop was asked for before it was sent")
    claim = app.ledger.claim(post.id, lease=destination.lease, now=app.now())
    if claim is None:
        return Outcome.of(
            account, post, status="waiting", reason="another worker was quicker, or it is not due any more"
        )
    timeout = min(destination.lease * SEND_SHARE, LONGEST_SEND)
    # A worker that was suspended since its claim has no time left: its post may be another's by now.
    left = min(timeout, claim.claimed_at + timeout - app.now())
    try:
        posted = destination.post(claim.draft, timeout=left, now=app.now(), media=media)
    except PostError as error:
        return _not_confirmed(app, account, post, claim, error)
    return _confirmed(app, account, post, claim, posted)


def _over_budget(app: App, account: str, post: Waiting) -> str:
    """Why the month's budget does not allow this tweet; empty if it does. Asked before each tweet: they add up."""
    budget, price = app.config.accounts[account].monthly_budget, post.price or Decimal(0)
    spent = app.ledger.spent(account, app.month_start) if budget is not None else Decimal(0)
    if budget is None or spent + price <= budget:
        return ""
    return f"monthly_budget: {spent:.3f} of {budget:.2f} USD are spent this month, and this one costs {price:.3f}"


def _confirmed(app: App, account: str, post: Waiting, claim: Claim, posted: Posted) -> Outcome:
    try:
        app.ledger.confirm(claim, posted, now=app.now())
    except LostClaim as lost:
        failure = f"{account}: post {post.id} is out as {posted.url}, but the ledger had given it up: {lost}"
        return Outcome.of(account, post, status="unsure", reason=failure, failure=failure, draft=claim.draft)
    app.ledger.resume(account)
    return Outcome.of(account, post, status="posted", draft=claim.draft, url=posted.url)


def _not_confirmed(app: App, account: str, post: Waiting, claim: Claim, error: PostError) -> Outcome:
    outcome = partial(Outcome.of, account, post, reason=str(error))
    failure = f"{account}: post {post.id} “{title_of(post.item)}”: {error}"
    now = app.now()
    try:
        match error:
            case NotPosted():
                app.ledger.release(claim, str(error), not_before=error.after, now=now)
                # A rate limit says itself when it is over; it needs nobody.
                passes = claim.attempt < PATIENCE
                return outcome(status="waiting", failure="" if error.after else failure, passes=passes, stop=True)
            case AccountDown():
                app.ledger.release(claim, str(error), not_before=None, now=now)
                app.ledger.pause(account, str(error), now=now)
                return outcome(status="waiting", failure=f"{account}: {error}", stop=True)
            case Refused():
                app.ledger.refuse(claim, str(error), now=now)
                return outcome(status="refused", failure=failure, draft=claim.draft)
            case _:
                app.ledger.doubt(claim, str(error), now=now)
                return outcome(status="unsure", failure=failure, passes=True, draft=claim.draft)
    except LostClaim as lost:
        return outcome(status="unsure", failure=f"{failure} ({lost})", draft=claim.draft)
