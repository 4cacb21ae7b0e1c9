"""Give what waits its words, and say what is due."""

from datetime import datetime

from connectors.contract import Draft, Item
from flows.app import App
from flows.results import Outcome
from flows.routing import route_for
from flows.turns import next_turn, turns
from state.values import Waiting
from templates.render import TemplateError, Wording

HASHTAGS = 3  # of a route that says no number


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
        app.ledger.word(post.id, draft, story=post.item.story, now=now)
        return None
    app.ledger.hold(post.id, objection, now=now)
    failure = f"{account}: post {post.id} is held: {objection}"
    return Outcome.of(account, post, status="held", reason=objection, failure=failure)


def _objection(app: App, account: str, draft: Draft) -> str:
    """Why a draft must not go out as it is, though it can be written; empty if it may."""
    other = app.ledger.same_words(account, draft.text)
    if not other:
        return ""
    return f"post {other} says the same on another account, which X forbids; give the routes different templates"


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
