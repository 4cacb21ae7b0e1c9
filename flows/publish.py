"""Post what is due, and find out what became of posts whose answer was lost."""

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from connectors.contract import (
    AccountDown,
    Draft,
    Item,
    NotPosted,
    Posted,
    PostError,
    Refused,
)
from flows.app import App
from flows.pictures import upload
from flows.results import Outcome, Settled
from flows.routing import route_for
from flows.turns import next_turn, turns
from state.values import Claim, Doubt, LostClaim, Status, Waiting
from templates.render import TemplateError, Wording

# A send must be over before its lease is, or another worker would look for a tweet that is still on its way.
SEND_SHARE = 0.8
LONGEST_SEND = timedelta(seconds=60)
# After so long without a look at the timeline, a person is asked.
LONGEST_DOUBT = timedelta(days=1)
HASHTAGS = 3
LONGEST_TITLE = 60


# --- Words ------------------------------------------------------------------------------------------------------------


def prepare(app: App, account: str) -> tuple[list[Waiting], list[Outcome]]:
    """Give every waiting post the words of today's item and template: those that are due now, and those held.

    Words follow an edited item or template as long as the post waits; from the claim on they are frozen.
    """
    now = app.now()
    app.ledger.expire(account, now=now)
    held = [outcome for post in app.ledger.waiting(account, now=now) if (outcome := _word(app, account, post))]
    if next_turn_of(app, account, now) > now:
        return [], held
    due = [post for post in app.ledger.waiting(account, now=now) if post.not_before is None or post.not_before <= now]
    return due[: turns(app.config.accounts[account])], held


def next_turn_of(app: App, account: str, now: datetime) -> datetime:
    """The earliest moment at which the account may tweet again, by its hours and the pause between two tweets."""
    settings, last = app.config.accounts[account], app.ledger.last_posted(account)
    return next_turn(settings, last_posted=last, now=now, timezone=app.config.timezone)


def _word(app: App, account: str, post: Waiting) -> Outcome | None:
    """Write the words of one waiting post; the outcome if it had to be held instead."""
    now = app.now()
    try:
        draft = draft_for(app, account, post.item)
        objection = _objection(app, account, draft)
    except TemplateError as error:
        objection = str(error)
    if not objection:
        app.ledger.word(post.id, draft, now=now)
        return None
    app.ledger.hold(post.id, objection, now=now)
    failure = f"{account}: post {post.id} is held: {objection}"
    return _outcome(account, post, status="held", reason=objection, failure=failure)


def _objection(app: App, account: str, draft: Draft) -> str:
    """Why a draft must not go out as it is, though it can be written; empty if it may."""
    other = app.ledger.same_words(account, draft.text)
    if not other:
        return ""
    return f"post {other} says the same on another account, which X forbids; give the routes different templates"


def month_of(app: App) -> datetime:
    """When this month began, where the company is."""
    return app.now().astimezone(app.config.timezone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def draft_for(app: App, account: str, item: Item) -> Draft:
    """The words in which an item goes to an account. Raises `TemplateError`, with what to do."""
    route, objection = route_for(item, account, app.config.routes)
    if route is None:
        raise TemplateError(f"{objection} (any more); mend the route, then `crosspost settle` the post")
    hashtags = HASHTAGS * route.hashtags if isinstance(route.hashtags, bool) else route.hashtags
    wording = Wording(
        template=route.template, hashtags=hashtags, mentions=route.mentions, voice=route.voice, images=route.images
    )
    return app.renderer.render(item, wording, app.config.accounts[account])


# --- Tweets -----------------------------------------------------------------------------------------------------------


def tweet(app: App, account: str, post: Waiting) -> Outcome:
    """Claim one post, send it, and write down what became of it.

    Nothing here logs or prints between the answer of X and the ledger: a worker whose console is gone dies of its next
    line (PrefectHQ/prefect, see facts on orphans), and must not die there.
    """
    destination = app.config.accounts[account]
    if over := _over_budget(app, account, post):
        app.ledger.hold(post.id, over, now=app.now())
        return _outcome(account, post, status="held", reason=over, failure=f"{account}: post {post.id} is held: {over}")
    media = upload(app, account, post.images)  # before the claim: it takes long, and nothing public comes of it
    claim = app.ledger.claim(post.id, lease=destination.lease, now=app.now())
    if claim is None:
        return _outcome(account, post, status="waiting", reason="another worker was quicker, or it is not due any more")
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
    spent = app.ledger.spent(account, month_of(app)) if budget is not None else Decimal(0)
    if budget is None or spent + price <= budget:
        return ""
    return f"monthly_budget: {spent:.3f} of {budget:.2f} USD are spent this month, and this one costs {price:.3f}"


def _confirmed(app: App, account: str, post: Waiting, claim: Claim, posted: Posted) -> Outcome:
    try:
        app.ledger.confirm(claim, posted, now=app.now())
    except LostClaim as lost:
        failure = _given_up(account, post.id, posted, lost)
        return _outcome(account, post, status="unsure", reason=failure, failure=failure, draft=claim.draft)
    app.ledger.resume(account)
    return _outcome(account, post, status="posted", draft=claim.draft, url=posted.url)


def _given_up(account: str, post_id: int, posted: Posted, lost: LostClaim) -> str:
    return f"{account}: post {post_id} is out as {posted.url}, but the ledger had given it up: {lost}"


def _not_confirmed(app: App, account: str, post: Waiting, claim: Claim, error: PostError) -> Outcome:
    outcome = partial(_outcome, account, post, reason=str(error))
    failure = f"{account}: post {post.id} “{title_of(post.item)}”: {error}"
    now = app.now()
    try:
        match error:
            case NotPosted():
                app.ledger.release(claim, str(error), not_before=error.after, now=now)
                # A rate limit says itself when it is over; it needs nobody.
                return outcome(status="waiting", failure="" if error.after else failure, stop=True)
            case AccountDown():
                app.ledger.release(claim, str(error), not_before=None, now=now)
                app.ledger.pause(account, str(error), now=now)
                return outcome(status="waiting", failure=f"{account}: {error}", stop=True)
            case Refused():
                app.ledger.refuse(claim, str(error), now=now)
                return outcome(status="refused", failure=failure, draft=claim.draft)
            case _:
                app.ledger.doubt(claim, str(error), now=now)
                return outcome(status="unsure", failure=failure, draft=claim.draft)
    except LostClaim as lost:
        return outcome(status="unsure", failure=f"{failure} ({lost})", draft=claim.draft)


# --- Doubts -----------------------------------------------------------------------------------------------------------


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
            outcomes.append(_settled(doubt, status="unsure", reason=str(lost)))
        except (NotPosted, AccountDown) as error:
            return Settled(account=account, outcomes=outcomes, failure=_no_look(app, account, doubt, error))
    failures = [outcome.failure for outcome in outcomes if outcome.failure]
    return Settled(account=account, outcomes=outcomes, failure="; ".join(failures))


def _look(app: App, account: str, doubt: Doubt) -> Outcome:
    destination = app.config.accounts[account]
    try:
        posted = destination.find(doubt.draft, user_id=_user_id(app, account), since=doubt.since)
    except Refused as error:
        app.ledger.cannot_look(doubt, str(error), now=app.now())
        return _settled(doubt, status="held", reason=str(error), failure=f"{account}: post {doubt.id} is held: {error}")
    if posted:
        return _found(app, account, doubt, posted)
    status = app.ledger.absent(doubt, look_again=destination.look_again, now=app.now())
    reason = "not in the timeline" if status == "unsure" else "twice not in the timeline: it is not out"
    return _settled(doubt, status=status, reason=reason)


def _found(app: App, account: str, doubt: Doubt, posted: Posted) -> Outcome:
    try:
        app.ledger.found(doubt, posted, now=app.now())
    except LostClaim as lost:
        return _settled(doubt, status="unsure", reason=str(lost), failure=_given_up(account, doubt.id, posted, lost))
    return _settled(doubt, status="posted", reason="found in the timeline", url=posted.url)


def _no_look(app: App, account: str, doubt: Doubt, error: PostError) -> str:
    """The timeline cannot be read now. The post stays in doubt, but not for ever without a person."""
    if isinstance(error, AccountDown):
        app.ledger.pause(account, str(error), now=app.now())
    elif app.now() - doubt.unsure_since > LONGEST_DOUBT:
        with suppress(LostClaim):  # another worker has asked a person already
            app.ledger.cannot_look(doubt, str(error), now=app.now())
    return f"{account}: nobody knows whether post {doubt.id} is out, and the timeline cannot be read: {error}"


def _user_id(app: App, account: str) -> str:
    """Whose timeline to read: asked of X once, then remembered."""
    known = app.ledger.account(account).user_id
    if known:
        return known
    profile = app.config.accounts[account].whoami()
    app.ledger.introduce(account, profile)
    return profile.id


# --- Results ----------------------------------------------------------------------------------------------------------


def title_of(item: Item) -> str:
    """What to call an item in a line of its own."""
    name = item.title or item.text.partition("\n")[0] or item.id
    return name if len(name) <= LONGEST_TITLE else name[: LONGEST_TITLE - 1].rstrip() + "…"


def _outcome(account: str, post: Waiting, *, status: Status, draft: Draft | None = None, **more: Any) -> Outcome:
    words: dict[str, Any] = {"text": draft.text, "weight": draft.weight, "price": draft.price} if draft else {}
    source, title = post.item.source, title_of(post.item)
    return Outcome(account=account, post=post.id, source=source, title=title, status=status, **words, **more)


def _settled(doubt: Doubt, *, status: Status, **more: Any) -> Outcome:
    draft = doubt.draft
    return Outcome(
        account=doubt.account,
        post=doubt.id,
        source="",
        title=draft.text.partition("\n")[0],
        status=status,
        text=draft.text,
        weight=draft.weight,
        price=draft.price,
        **more,
    )
