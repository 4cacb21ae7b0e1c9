"""Where short links lead: https://bit.ly/3kTq hides which article a post is about."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from connectors.contract import SHORT_LINK, Fetched, Item, SourceBroken, SourceDown
from connectors.links import host_of, story_of
from connectors.transport import deadline
from connectors.web import MAX_REDIRECTS, PERMANENT, Web

_SECONDS = 5.0  # for one link
_SECONDS_IN_ALL = 20.0  # for all links of one look
_NOTE = "short "

_SERVICES = frozenset(
    """
    fb.me bit.ly t.co lnkd.in goo.gl ow.ly buff.ly dlvr.it ift.tt tinyurl.com t1p.de kurzelinks.de is.gd v.gd j.mp
    trib.al po.st bl.ink rebrand.ly cutt.ly rb.gy t.ly tiny.cc shorturl.at s.id hubs.ly hubs.la mailchi.mp eepurl.com
    wp.me smarturl.it lnk.to snip.ly shr.lc spr.ly sprout.link sumo.ly crwd.fr
    """.split()  # noqa: SIM905 (a list of words is easier to read and to keep)
)
# Companies have short hosts of their own (kfh.li/x7Gq): a short name, and after it nothing but one short word.
_BRANDED = re.compile(r"https?://[a-z0-9-]{1,6}\.[a-z]{2,3}/[A-Za-z0-9_-]{3,10}")
# Where a visitor is sent who has not logged in or agreed to anything: that is not where the link leads.
_WALL_HOST = re.compile(r"(?:.+\.)?(?:facebook|instagram|linkedin)\.com|(?:consent|login|accounts)\..+")
_WALL_PAGE = re.compile(
    r"(?:cookies?|consent|(?:wp-)?log-?in|sign-?in|anmelden|authwall)(?:[-_](?:consent|wall|notice|hinweis))?(?:\.\w+)?",
    re.IGNORECASE,
)


class ShortLinks:
    """Looks short links up, each of them once: `kept` are the notes for the next look at the source.

    A link that cannot be looked up stays as it is; the next look tries again if that may pass by itself.
    """

    def __init__(self, web: Web, notes: Mapping[str, str]) -> None:
        self._web = web
        self._notes = notes
        self.kept: dict[str, str] = {}

    def lengthen(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """The items, each with the link and the story that a short link stood for."""
        with deadline(_SECONDS_IN_ALL):
            return tuple(self._lengthen(item) for item in items)

    def _lengthen(self, item: Item) -> Item:
        if not is_short(item.link):
            return item
        link = self._look_up(item.link)
        if link == item.link:
            return item
        extra = {**item.extra, SHORT_LINK: item.link}
        return replace(item, link=link, story=story_of(link), extra=extra)

    def _look_up(self, link: str) -> str:
        note = _NOTE + link
        target, is_sure = (self._notes[note], True) if note in self._notes else self._ask(link)
        if is_sure:
            self.kept[note] = target
        return target

    def _ask(self, link: str) -> tuple[str, bool]:
        """Where a link leads, as far as it was told, and whether a later look would tell nothing else."""
        here = target = link
        try:
            with deadline(_SECONDS):
                for _ in range(MAX_REDIRECTS):
                    answer = self._web.hop(here, timeout=_SECONDS)
                    if not answer.leads_to:
                        return _settled(link, target, answer.status)
                    here = answer.leads_to
                    target = here if _is_nearer(here, target, link, answer.status) else target
        except SourceDown:
            return target, False
        except SourceBroken:
            return link, True
        return target, True


def _is_nearer(here: str, target: str, link: str, status: int) -> bool:
    """Whether a redirect says better than `target` where the link leads.

    A site sends its visitor elsewhere within itself for the moment (302): to its cookies, its login. The page it was
    asked for is still the one that is meant (RFC 9110, 15.4.3).
    """
    host = host_of(here)
    if host == host_of(link) or host in _SERVICES or _is_wall(here):
        return False
    return host != host_of(target) or status in PERMANENT


def _is_wall(link: str) -> bool:
    page = re.split(r"[?#]", link)[0].rstrip("/").rpartition("/")[2]
    return bool(_WALL_HOST.fullmatch(host_of(link)) or _WALL_PAGE.fullmatch(page))


def _settled(link: str, target: str, status: int) -> tuple[str, bool]:
    """What the last address of the way says about the way."""
    if status in (404, 410):
        return link, True
    return target, target != link or not (status == 429 or status >= 500)


def lengthened(fetched: Fetched, web: Web, notes: Mapping[str, str]) -> Fetched:
    """What a look brought, without short links; `notes` are those of the last look."""
    short = ShortLinks(web, notes)
    items = short.lengthen(fetched.items)
    return replace(fetched, items=items, validators={**fetched.validators, **short.kept})


def is_short(link: str) -> bool:
    """Whether a link belongs to a shortening service, or looks as if it did."""
    return host_of(link) in _SERVICES or bool(_BRANDED.fullmatch(link))
