"""The simulated timeline as a page: what readers would see, with the weight and the price of every tweet."""

import base64
import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from connectors.simulators.x_tweets import Tweet

if TYPE_CHECKING:
    from connectors.simulators.x_account import Media

_STYLE = """
:root { color-scheme: light dark; --ink: #0f1419; --pale: #536471; --line: #e6ecf0; --paper: #fff; --link: #0b66c3; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7e9ea; --pale: #8b98a5; --line: #2f3336; --paper: #000; --link: #6cb4f5; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; }
main { max-width: 600px; margin: 0 auto; min-height: 100vh; border: solid var(--line); border-width: 0 1px; }
header { position: sticky; top: 0; padding: 12px 16px; background: var(--paper); border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 20px; }
header p, .about, footer, .empty { margin: 0; color: var(--pale); font-size: 14px; }
article { display: grid; grid-template-columns: 44px 1fr; gap: 0 12px; padding: 14px 16px; }
article { border-bottom: 1px solid var(--line); scroll-margin-top: 64px; }
article:target { box-shadow: inset 3px 0 var(--link); }
.face { width: 44px; height: 44px; border-radius: 50%; background: var(--link); color: var(--paper); }
.face { display: grid; place-items: center; font-weight: 700; }
.about b { color: var(--ink); font-size: 16px; }
.words { margin: 2px 0 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
.about a { color: inherit; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 4px; margin-bottom: 8px; }
.pictures img { width: 100%; border: 1px solid var(--line); border-radius: 14px; }
.gauge { display: inline-block; width: 64px; height: 4px; margin-right: 8px; border-radius: 2px; }
.gauge { vertical-align: middle; }
.gauge { background: linear-gradient(var(--link) 0 0) 0 / var(--full) 100% no-repeat var(--line); }
.empty { padding: 48px 16px; text-align: center; }
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>@{username}: {summary}</title>
<style>{style}</style>
</head>
<body>
<main>
<header><h1>@{username}</h1><p>{summary}, on a simulated X. Nothing here was published.</p></header>
{tweets}
</main>
</body>
</html>
"""

_TWEET = """<article id="{id}">
<div class="face" aria-hidden="true">{initial}</div>
<div>
<p class="about"><b>{username}</b> @{username} · <a href="#{id}"><time datetime="{at}">{day}</time></a></p>
<p class="words">{words}</p>
{pictures}<footer><span class="gauge" style="--full: {percent}%"></span>{weight} of {limit} · ${price}</footer>
</div>
</article>"""


def timeline_page(username: str, tweets: Sequence[Tweet], media: Mapping[str, "Media"], *, limit: int) -> str:
    """All tweets, newest first."""
    total = sum(tweet.price for tweet in tweets)
    count = "1 tweet" if len(tweets) == 1 else f"{len(tweets)} tweets"
    shown = "\n".join(_tweet(username, tweet, media, limit) for tweet in reversed(tweets))
    return _PAGE.format(
        username=html.escape(username),
        summary=f"{count}, ${total:.3f}",
        style=_STYLE,
        tweets=shown or '<p class="empty">No tweets yet.</p>',
    )


def _tweet(username: str, tweet: Tweet, media: Mapping[str, "Media"], limit: int) -> str:
    pictures = "".join(_picture(media[key]) for key in tweet.media)
    return _TWEET.format(
        id=tweet.id,
        username=html.escape(username),
        initial=html.escape(username[:1].upper()),
        at=tweet.created_at.isoformat(),
        day=f"{tweet.created_at.day} {tweet.created_at:%b %Y, %H:%M %Z}",
        words=_words(tweet),
        pictures=f'<div class="pictures">{pictures}</div>\n' if pictures else "",
        percent=min(100, 100 * tweet.weight // limit),
        weight=tweet.weight,
        limit=limit,
        price=tweet.price,
    )


def _words(tweet: Tweet) -> str:
    """The text, which is escaped already, with its links as readers see them; a picture's link is the picture."""
    words, end = "", 0
    for url in tweet.urls:
        words += tweet.text[end : url["start"]]
        if "media_key" not in url:
            words += f'<a href="{html.escape(url["expanded_url"])}">{html.escape(url["display_url"])}</a>'
        end = url["end"]
    return (words + tweet.text[end:]).rstrip()


def _picture(picture: "Media") -> str:
    data = base64.b64encode(picture.body).decode()
    alt = html.escape(picture.alt)
    return f'<img src="data:{picture.type};base64,{data}" alt="{alt}" title="{alt}">'
