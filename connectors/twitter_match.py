"""Is this tweet of the timeline that draft? Pure."""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.contract import Draft
from connectors.links import canonical_link
from connectors.tweet_length import find_links
from connectors.twitter_problem import table

_LINK = "\N{LINK SYMBOL}"
# Marks without a width of their own, which X may drop: zero-width characters, soft hyphen, variation selectors.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_ALIKE = 0.5
_MEDIA_LINK = re.compile(r"https?://(?:x|twitter)\.com/[^/]+/status/[0-9]+/(?:photo|video)/", re.IGNORECASE)


def has_words(draft: Draft, tweet: Mapping[str, Any]) -> bool:
    """Whether `tweet`, as X returns it, says what the draft says, and leads nowhere else."""
    if _refers_to_another(tweet):
        return False
    urls, theirs = list(_urls(tweet)), _linked(tweet)
    leads_elsewhere = draft.link and theirs and not _links(draft.text) <= theirs
    return not leads_elsewhere and _same_words(draft.text, _full_text(tweet), urls)


def has_link(draft: Draft, tweet: Mapping[str, Any]) -> bool:
    """Whether `tweet` carries the draft's link. That alone decides nothing: several posts may lead to one page."""
    return bool(draft.link) and not _refers_to_another(tweet) and canonical_link(draft.link) in _linked(tweet)


def is_alike(draft: Draft, tweet: Mapping[str, Any]) -> bool:
    """Whether the two share half of all their words at least, should X have changed some."""
    ours, theirs = _vocabulary(draft.text), _vocabulary(html.unescape(_full_text(tweet)))
    return len(ours & theirs) >= _ALIKE * len(ours | theirs)


def leads_to(tweet: Mapping[str, Any]) -> str:
    """Where the first link of a tweet leads, as far as X has followed it; empty if it has none of its own."""
    targets = [list(_targets(url)) for url in _urls(tweet) if not _is_media(url)]
    return next((each[-1] for each in targets if each), "")


def words_of(tweet: Mapping[str, Any]) -> str:
    """The whole text of a tweet, as a reader sees it."""
    return html.unescape(_full_text(tweet))


def _linked(tweet: Mapping[str, Any]) -> set[str]:
    """Where the links of a tweet lead, but for those to its own pictures."""
    return {canonical_link(target) for url in _urls(tweet) if not _is_media(url) for target in _targets(url)}


def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", _words(text).casefold()))


def _links(text: str) -> set[str]:
    """The links in `text` as X sees them, which may end earlier than meant: at a letter that is not Latin."""
    links = (text[start:end] for start, end in find_links(text))
    return {canonical_link(link if "://" in link else f"http://{link}") for link in links}


def _refers_to_another(tweet: Mapping[str, Any]) -> bool:
    """Retweets, quotes and replies are made by people, never by us."""
    return bool(tweet.get("referenced_posts") or tweet.get("referenced_tweets")) or _full_text(tweet).startswith("RT @")


def _note(tweet: Mapping[str, Any]) -> Mapping[str, Any]:
    """What X adds to a tweet of more than 280 characters; renamed on 2026-08-07."""
    return table(tweet.get("note_post")) or table(tweet.get("note_tweet"))


def _full_text(tweet: Mapping[str, Any]) -> str:
    return str(_note(tweet).get("text") or tweet.get("text") or "")


def _urls(tweet: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for part in (tweet, _note(tweet)):
        urls = table(part.get("entities")).get("urls")
        yield from (url for url in (urls if isinstance(urls, list) else []) if isinstance(url, dict))


def _targets(url: Mapping[str, Any]) -> Iterator[str]:
    for key in ("expanded_url", "unwound_url"):
        if isinstance(target := url.get(key), str) and target:
            yield target


def _is_media(url: Mapping[str, Any]) -> bool:
    return bool(url.get("media_key")) or any(_MEDIA_LINK.match(target) for target in _targets(url))


def _same_words(draft: str, tweet: str, urls: list[Mapping[str, Any]]) -> bool:
    for url in filter(_is_media, urls):
        tweet = tweet.replace(str(url.get("url") or _LINK), "")
    ours, theirs = _words(draft), _words(html.unescape(tweet))
    # Without entities nothing tells the link of a picture from any other, but for its place.
    return theirs == ours or (not urls and theirs == f"{ours} {_LINK}")


def _words(text: str) -> str:
    """The text as a reader would compare it: every link alike, no invisible marks, one space between words."""
    # All that hangs on a link goes with it: X makes links of hosts that we do not know, and ends them where it likes.
    text = _ADDRESS.sub(_LINK, unicodedata.normalize("NFC", text))
    for start, end in reversed(find_links(text)):
        text = f"{text[:start]}{_LINK}{text[end:]}"
    return " ".join(_UNSEEN.sub("", text).split())
