"""Writes the simulated blog's posts as RSS 2.0, Atom and JSON Feed, much as WordPress does."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from re import sub

from connectors.simulators.samples import Post

_RSS_NAMES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"'
)


def body_html(post: Post, url: str) -> str:
    if not post.image:
        return post.html
    picture = f'<img src="{url}/images/{post.image}.png" alt="{escape(post.alt)}" width="1200" height="675">'
    return f"<figure>{picture}</figure>{post.html}"


def link(post: Post, url: str) -> str:
    return f"{url}/{post.published:%Y}/{post.slug}/"


def changed(posts: Sequence[Post]) -> datetime | None:
    return max((post.updated or post.published for post in posts), default=None)


def rss(posts: Sequence[Post], url: str, title: str) -> bytes:
    latest = changed(posts)
    built = f"<lastBuildDate>{format_datetime(latest)}</lastBuildDate>" if latest else ""
    items = "".join(_rss_item(post, url) for post in posts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {_RSS_NAMES}><channel>'
        f"<title>{escape(title)}</title><link>{url}/</link><language>de-DE</language>{built}"
        f'<atom:link href="{url}/feed/" rel="self" type="application/rss+xml"/>{items}</channel></rss>\n'
    ).encode()


def _rss_item(post: Post, url: str) -> str:
    tags = "".join(f"<category>{_cdata(tag)}</category>" for tag in post.tags)
    offer = f"<g:sale_price>{post.price}</g:sale_price>" if post.price else ""
    if post.until:
        offer += f"<g:sale_price_effective_date>{_iso(post.published)}/{_iso(post.until)}</g:sale_price_effective_date>"
    return (
        f"<item><title>{escape(post.title, quote=False)}</title><link>{link(post, url)}</link>"
        f"<dc:creator>{_cdata(post.author)}</dc:creator><dc:language>{post.language}</dc:language>"
        f"<pubDate>{format_datetime(post.published)}</pubDate>{tags}"
        f'<guid isPermaLink="false">{escape(post.id)}</guid><description>{_cdata(_excerpt(post))}</description>'
        f"<content:encoded>{_cdata(body_html(post, url))}</content:encoded>{offer}</item>"
    )


def _excerpt(post: Post) -> str:
    """The first dozen words and "[…]", as WordPress does it."""
    words = sub(r"<[^>]+>", " ", post.html).split()
    return " ".join(words[:12]) + " [&hellip;]"


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def atom(posts: Sequence[Post], url: str, title: str) -> bytes:
    latest = changed(posts)
    entries = "".join(_atom_entry(post, url) for post in posts)
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">'
        f'<id>{url}/</id><title>{escape(title)}</title><link rel="alternate" type="text/html" href="{url}/"/>'
        f"<updated>{_iso(latest) if latest else '2026-01-01T00:00:00Z'}</updated>{entries}</feed>\n"
    ).encode()


def _atom_entry(post: Post, url: str) -> str:
    tags = "".join(f'<category term="{escape(tag)}"/>' for tag in post.tags)
    return (
        f'<entry xml:lang="{post.language}"><id>{escape(post.id)}</id><title>{escape(post.title)}</title>'
        f'<link rel="alternate" type="text/html" href="{link(post, url)}"/>'
        f"<published>{_iso(post.published)}</published><updated>{_iso(post.updated or post.published)}</updated>"
        f"<author><name>{escape(post.author)}</name></author>{tags}"
        f'<content type="html">{escape(body_html(post, url))}</content></entry>'
    )


def json_feed(posts: Sequence[Post], url: str, title: str) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": f"{url}/",
        "items": [_json_item(post, url) for post in posts],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(post: Post, url: str) -> dict[str, object]:
    item: dict[str, object] = {
        "id": post.id,
        "url": link(post, url),
        "title": post.title,
        "content_html": body_html(post, url),
        "date_published": _iso(post.published),
        "tags": list(post.tags),
        "authors": [{"name": post.author}],
        "language": post.language,
    }
    return item | ({"date_modified": _iso(post.updated)} if post.updated else {})
