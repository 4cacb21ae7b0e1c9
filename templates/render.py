"""An item and a template become a draft that fits."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import FileSystemLoader, Template, pass_context
from jinja2.runtime import Context

from connectors.contract import Destination, Draft, Item
from templates.budget import BUDGET, Budget, words
from templates.dates import day
from templates.defuse import defuse_links
from templates.fitting import DoesNotFit, Droppable, Layout, Shrinkable
from templates.language import Known
from templates.mistakes import TemplateError, WrongVoice, explained
from templates.prepare import prepare
from templates.sandbox import Sandbox
from templates.voice import offending_sentence

__all__ = ["SHIPPED", "Account", "Renderer", "TemplateError", "Wording", "WrongVoice"]

SHIPPED = Path(__file__).parent
MOST_IMAGES = 4  # X attaches no more

_VISIBLE = re.compile(r"[^\W_]|[\U00002190-\U0001ffff]")  # a letter, a digit, a symbol or an emoji


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a route wants to say: which template, how many hashtags at most, and in which voice."""

    template: str
    hashtags: int = 3
    mentions: bool = False
    voice: Literal["", "du", "sie"] = ""
    images: bool = False


@dataclass(frozen=True, kw_only=True)
class Account:
    """What a template sees of the destination: nothing that is a secret."""

    name: str
    limit: int


class Renderer:
    """Templates by name: from the given folders first, then the shipped ones.

    `timezone` is the one that days are printed in; without it, the one in which the source gave them.
    """

    def __init__(self, folders: Sequence[Path] = (), *, timezone: tzinfo | None = None) -> None:
        self._folders = [*folders, SHIPPED]
        filters: dict[str, Callable[..., Any]] = {"fit": _fit, "hashtags": _hashtags, "day": _day_in(timezone)}
        self._sandbox = Sandbox(FileSystemLoader(self._folders), filters)

    def check(self, template: str) -> None:
        """Raises `TemplateError` if the template is missing or is no Jinja."""
        self._load(template)

    def render(self, item: Item, wording: Wording, account: Destination) -> Draft:
        """The draft for this item: within the account's limit, never empty, its link whole. Raises `TemplateError`."""
        template = self._load(wording.template)
        scales = _Scales(account)
        shown = prepare(item, scales.links, limit=scales.limit, mentions=wording.mentions)
        with explained(wording.template, self._folders):
            layout = _laid_out(template, shown, wording, account)
        text = _fitted(layout, wording.template, shown, scales)
        _require_voice(text, wording, item.language)
        return Draft(
            text=text,
            link=_link_in(text, shown.link, scales),
            weight=scales.length(text),
            price=account.price(text),
            images=item.images[:MOST_IMAGES] if wording.images else (),
        )

    def _load(self, name: str) -> Template:
        with explained(name, self._folders):
            return self._sandbox.get_template(name)


class _Scales:
    """The account's own measures, each asked once per text."""

    def __init__(self, account: Destination) -> None:
        self.length, self.links, self.limit = cache(account.length), cache(account.links), account.limit


def _laid_out(template: Template, item: Item, wording: Wording, account: Destination) -> Layout:
    seen = {"item": item, "account": Account(name=account.name, limit=account.limit), BUDGET: Budget()}
    language: Known = "de" if item.language == "de" else "en"
    return Layout(template.generate(seen), link=item.link, language=language, most_tags=wording.hashtags)


def _fitted(layout: Layout, name: str, item: Item, scales: _Scales) -> str:
    """The tweet that fits, with no link in it that nobody meant."""
    limit = scales.limit
    try:
        text = layout.fit(scales.length, limit)
        for _ in range(3):  # taking the sting out of a link may cost a little room
            harmless = defuse_links(text, scales.links, keep=lambda link: layout.means(link, scales.links))
            if harmless == text:
                break
            over = scales.length(harmless) - scales.limit
            limit -= max(0, over)
            text = harmless if over <= 0 else layout.fit(scales.length, limit)
    except DoesNotFit as error:
        raise TemplateError(
            f"{name}: {error}. Mark what may shrink, as in {{{{ item.text | fit }}}}, or say less."
        ) from error
    if not _VISIBLE.search(text):
        raise TemplateError(
            f"{name} makes an empty tweet of {item.source}:{item.id}. Print item.title, item.text or item.link outside"
            " of every {% if %}, or settle the post by hand."
        )
    if layout.prints(item.link) and item.link not in text:
        raise TemplateError(f"{name}: the link would be cut. Print it outside of fit: {{{{ item.link }}}}.")
    return text


def _require_voice(text: str, wording: Wording, language: str) -> None:
    if wording.voice and (sentence := offending_sentence(text, wording.voice, language)):
        raise WrongVoice(
            f"{wording.template}: the route wants the voice {wording.voice!r}, and this addresses readers the other"
            f' way: "{sentence}" Change the words at the source or in the template, or settle the post by hand.',
            sentence=sentence,
        )


def _link_in(text: str, link: str, scales: _Scales) -> str:
    """The link that stands in the text: the item's own, as far as the destination follows it, else the template's."""
    links = [text[start:end] for start, end in scales.links(text)]
    own = [found for found in links if link and link in found]
    if own or (link and link in text):
        return own[0] if own else link
    return links[0] if links else ""


@pass_context
def _fit(context: Context, text: Any, order: int = 1) -> Shrinkable:
    """May shrink; the part with the lowest order gives way first."""
    if not isinstance(order, int):
        raise TypeError("the order of fit is a number, as in fit(2)")
    context[BUDGET].mark()
    return Shrinkable(words(text), order)


@pass_context
def _hashtags(context: Context, tags: Sequence[str]) -> Droppable:
    """The tags as hashtags, as many as the route allows; the last ones go when room is short."""
    context[BUDGET].mark()
    context[BUDGET].handle(tags)
    return Droppable(words(tag) for tag in tags)


def _day_in(timezone: tzinfo | None) -> Callable[..., str]:
    @pass_context
    def in_words(context: Context, moment: datetime) -> str:
        """A moment as its day: 30. November, 30 November; with the year if that is not the item's own."""
        if not isinstance(moment, datetime):
            raise TypeError(f"day prints a moment, as in item.published | day, and not a {type(moment).__name__}")
        item = context["item"]
        published = item.published.year if item.published else None
        return day(moment.astimezone(timezone) if timezone else moment, item.language, this_year=published)

    return in_words
