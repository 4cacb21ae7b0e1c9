"""Links that only lead to another link: redirect shims, AMP caches, short addresses of videos."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote

# Addresses that only forward to another one, which stands in one of _TARGETS: whole hosts, then single pages
_GOOGLE = r"google\.(?:[a-z]{2,3}|com?\.[a-z]{2})"
_SHIM = re.compile(
    rf"""(?:lm?\.(?:facebook|instagram|messenger|workplace|threads)\.(?:com|net)
        |out\.reddit\.com
        |l\.wl\.co
        |(?:exit|gate)\.sc
        |[\w-]+\.safelinks\.protection\.outlook\.com
    )/.*
    |(?:(?:[\w-]+\.)?facebook\.com/(?:l\.php|flx/warn|safe_image\.php)
        |[\w.-]+\.fbcdn\.net/safe_image\.php
        |t\.umblr\.com/redirect
        |youtube\.com/redirect
        |{_GOOGLE}/url
        |linkedin\.com/(?:redir/redirect|safety/go)
        |vk\.com/away(?:\.php)?
        |duckduckgo\.com/l
        |slack-redir\.net/link
        |steamcommunity\.com/linkfilter
        |medium\.com/r
        |getpocket\.com/redirect
        |pinterest\.[a-z]{{2,3}}/offsite
    )/?""",
    re.VERBOSE,
)
_TARGETS = ("u", "url", "q", "z", "to", "uddg")
_SHORT_VIDEO = re.compile(r"youtu\.be/([A-Za-z0-9_-]+)/?")
_AMP_CACHE = re.compile(
    rf"(?:(?:[\w-]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)/[a-z]{{1,3}}|{_GOOGLE}/amp)/(?:s/)?([^/]+\.[^/].*)"
)


def shim_targets(address: str, query: str) -> Iterator[str]:
    """What a shim may lead to, likeliest first; `address` is host and path. Nothing for an address that is no shim."""
    if _SHIM.fullmatch(address):
        values = parse_qs(query)
        for target in (values[key][0].strip() for key in _TARGETS if key in values):
            yield from (target, unquote(target))


def cached_page(address: str, query: str) -> str:
    """The page or the video that an AMP cache or a short address shows; empty for any other address."""
    if cached := _AMP_CACHE.match(address):
        return f"https://{cached[1]}/?{query}"  # with the slash, for in a cache /amp always names the version
    if video := _SHORT_VIDEO.fullmatch(address):
        return f"https://youtube.com/watch?v={video[1]}&{query}"
    return ""
