"""Reads the posts in an answer of the Graph API (pure): which of them a page means as news, and what they say."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.contract import Image, Item
from connectors.facebook_values import (
    address,
    as_object,
    edge,
    is_outside,
    moment,
    outside_link_in,
    owner,
    plain,
    string,
    target,
)
from connectors.links import story_of

# With comments and reactions the answer gets too big (HTTP 500). `updated_time` is for people who read an answer: it
# also moves when somebody comments, so it tells no edit.
FIELDS = (
    "id,message,story,created_time,updated_time,permalink_url,full_picture,status_type,is_published,is_hidden,is_expired,"
    "parent_id,from,attachments{media_type,type,url,unshimmed_url,title,description,target{id,url},"
    "media{image{src,width,height},source},"
    "subattachments{media_type,type,url,unshimmed_url,title,media,target}}"
)

_UPLOADS = {"added_photos", "added_video"}
_NO_NEWS = {"created_event", "created_group", "approved_friend", "tagged_in_photo", "wall_post"}
_PHOTOS = {"photo", "album", "new_album"}
_POST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,200}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """A post that is no news of the page, and why."""

    id: str
    why: str


def read_posts(
    posts: Sequence[object], *, source: str, page: str, page_id: str, username: str = ""
) -> tuple[list[Item], list[Skipped]]:
    """The items among the posts of the page that is called `page` and has `page_id`, and what was left out.

    `username` is what Facebook calls it in addresses, if it has told so.
    """
    items: dict[str, Item] = {}
    skipped: dict[str, Skipped] = {}
    names = _names_of_page(posts, page, page_id, username)
    for post in map(as_object, posts):
        post_id = string(post, "id")
        if not _POST_ID.fullmatch(post_id):
            skipped[""] = Skipped(id="", why="unreadable")
        elif why := _why_skipped(post, page_id, names):
            skipped[post_id] = Skipped(id=post_id, why=why)
        else:
            items.setdefault(post_id, _item(post, source))
    return list(items.values()), list(skipped.values())


def is_taken_back(post: Mapping[str, Any]) -> bool:
    """Whether a post that was public may not be seen any more."""
    return post.get("is_published") is False or post.get("is_hidden") is True or post.get("is_expired") is True


def _why_skipped(post: Mapping[str, Any], page_id: str, names: frozenset[str]) -> str:
    attachments = edge(post, "attachments")
    types = {string(attachment, "type") for attachment in attachments}
    rules = {
        "unpublished": post.get("is_published") is False,
        "hidden": post.get("is_hidden") is True,
        "expired": post.get("is_expired") is True,
        "written by somebody else": not _is_by(post, page_id),
        "cover or profile picture": bool(types & {"cover_photo", "profile_media"}),
        "event, group or tag": string(post, "status_type") in _NO_NEWS or "event" in types,
        "share of somebody else's post": _is_share(post, attachments, names),
        "no longer available": bool(types & {"unavailable", "native_templates"}),
        # `story` is Facebook's own wording, so it is no text of the page's.
        "without words": not plain(post.get("message")),
    }
    return next((why for why, applies in rules.items() if applies), "")


def _is_by(post: Mapping[str, Any], page_id: str) -> bool:
    author = string(as_object(post.get("from")), "id")
    page, underscore, _ = string(post, "id").partition("_")
    return author in ("", page_id) and (not underscore or page == page_id)


def _is_share(post: Mapping[str, Any], attachments: Iterable[Mapping[str, Any]], names: frozenset[str]) -> bool:
    # A plain link post is a `shared_story` too, so the status does not tell.
    owners = (owner(target(attachment)) for attachment in attachments)
    return bool(post.get("parent_id")) or any(name and name not in names for name in owners)


def _names_of_page(posts: Iterable[object], page: str, page_id: str, username: str) -> frozenset[str]:
    """What the page's addresses begin with. Facebook uses its number or its name as it likes, even in one post.

    Whose the uploads are is asked only where the name is not known: somebody else's film may be a post of ours, too.
    """
    names = {page.lower(), page_id, username.lower()}
    for post in map(as_object, posts):
        if _is_by(post, page_id) and not post.get("parent_id"):
            names.add(owner(string(post, "permalink_url")))
            if not username and string(post, "status_type") in _UPLOADS:
                names.update(owner(target(attachment)) for attachment in edge(post, "attachments"))
    return frozenset(names)


def _item(post: Mapping[str, Any], source: str) -> Item:
    post_id, text = string(post, "id"), plain(post.get("message"))
    permalink = address(post.get("permalink_url")) or f"https://www.facebook.com/{post_id}"
    attachments = edge(post, "attachments")
    linked, title = _linked(attachments)
    article = linked or outside_link_in(text)
    return Item(
        source=source,
        id=post_id,
        link=article or permalink,
        story=story_of(article),
        title=title,
        text=text,
        published=moment(post.get("created_time")),
        images=_images(post, attachments, text),
        extra={"permalink": permalink, "kind": string(post, "status_type")},
    )


def _linked(attachments: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """The first attached address outside Facebook and its headline, or nothing."""
    for attachment in attachments:
        link = target(attachment)
        if is_outside(link):
            return link, plain(attachment.get("title")).replace("\n", " ")
    return "", ""


def _images(post: Mapping[str, Any], attachments: Sequence[Mapping[str, Any]], text: str) -> tuple[Image, ...]:
    parts = [part for attachment in attachments for part in edge(attachment, "subattachments") or [attachment]]
    images: dict[str, Image] = {}
    for part in parts:
        url = address(as_object(as_object(part.get("media")).get("image")).get("src"))
        images.setdefault(url, Image(url=url, alt=_alt(part, text)))
    images.pop("", None)
    preview = address(post.get("full_picture"))
    if not images and preview:
        images[preview] = Image(url=preview)
    return tuple(images.values())


def _alt(attachment: Mapping[str, Any], text: str) -> str:
    """What the page says of the picture. Facebook repeats the post as description, and titles photos by itself."""
    title = "" if string(attachment, "type") in _PHOTOS else plain(attachment.get("title"))
    captions = (title, plain(attachment.get("description")))
    return next((caption.replace("\n", " ") for caption in captions if caption and caption != text), "")
