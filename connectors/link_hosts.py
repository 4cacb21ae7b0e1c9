"""The host that a link names, without its `www.`, mobile and AMP variants: one site, one name."""

import re
from itertools import dropwhile
from urllib.parse import SplitResult, unquote

import idna

_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_VARIANTS = frozenset({"www", "m", "mobile", "amp"})

# Under these anybody can own a name, even www.co.uk, m.com.au or amp.github.io: that name is no variant. From
# https://publicsuffix.org and the services themselves; of its thousands, those where companies publish.
_SUFFIX = re.compile(
    r"(?:co|com|org|net|gov|gob|gouv|gv|mil|ac|edu|sch|asso|or|ne|go|priv|me|ltd)\.[a-z]{2}|(?:de|eu|uk|us)\.com|eu\.org"
)
_HOSTING = frozenset(
    """
    github.io gitlab.io bitbucket.io codeberg.page readthedocs.io pages.dev workers.dev deno.dev fly.dev netlify.app
    vercel.app web.app firebaseapp.com appspot.com herokuapp.com onrender.com azurewebsites.net azurestaticapps.net
    surge.sh neocities.org webflow.io framer.app framer.website notion.site carrd.co wixsite.com jimdofree.com
    jimdosite.com webnode.page weeblysite.com godaddysites.com mystrikingly.com myshopify.com pantheonsite.io
    wpenginepowered.com altervista.org hashnode.dev ghost.io hubspotpagebuilder.com r2.dev lovable.app repl.co
    replit.app bubbleapps.io streamlit.app cloudfront.net
    """.split()  # noqa: SIM905 (a list of words is easier to read and to keep)
)
# The same, but their owner publishes at the bare name too, and keeps `www` for that.
_PLATFORMS = frozenset(
    """
    wordpress.com blogspot.com tumblr.com substack.com medium.com beehiiv.com typepad.com livejournal.com weebly.com
    over-blog.com squarespace.com bandcamp.com podbean.com buzzsprout.com
    """.split()  # noqa: SIM905
)
_ALIASES = (
    (re.compile(r"(?:mbasic|touch|web|[a-z]{2}-[a-z]{2})\.facebook\.com"), "facebook.com"),
    (re.compile(r"old\.reddit\.com"), "reddit.com"),
    (re.compile(r"twitter\.com"), "x.com"),
)


def host_in(parts: SplitResult) -> str:
    """The host as DNS knows it, without variants and aliases; empty if it can be none. Raises `ValueError` likewise."""
    host = unquote(parts.hostname or "").rstrip(".")
    if len(host) > 253:
        return ""
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = idna.encode(host, uts46=True).decode()  # IDNA 2008, as browsers: straße is not strasse
    return _main_host(host.lower()) if _HOST.fullmatch(host.lower()) else ""


def _main_host(host: str) -> str:
    bare = host.removeprefix("www.")
    labels = (host if _is_suffix(bare) else bare).split(".")
    base = ".".join(labels[-2:])
    own = 3 if _is_suffix(base) or base in _PLATFORMS else 2
    sub = [label for label in dropwhile(_VARIANTS.__contains__, labels[:-own]) if label != "m"]
    main = ".".join(sub + labels[-own:])
    return next((name for alias, name in _ALIASES if alias.fullmatch(main)), main)


def _is_suffix(host: str) -> bool:
    return "." not in host or host in _HOSTING or bool(_SUFFIX.fullmatch(host))
