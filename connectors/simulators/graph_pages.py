"""A page in the Graph API's own shape: everything its people, its visitors and Facebook itself do to it."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

HERE = "http://graph.invalid"  # stands for the simulator's own address, which only a request knows
_numbers = itertools.count(122_100_000_000_000_001)

Fields = dict[str, Any]


class Page:
    """A page and its posts; every method that makes a post gives its id."""

    def __init__(self, *, id: str, name: str, username: str = "") -> None:  # noqa: A002
        self.id = id
        self.name = name
        self.username = username
        self.posts: dict[str, Fields] = {}

    def write(self, message: str, *, at: datetime) -> str:
        return self._add(at, message, status_type="mobile_status_update")

    def share_link(
        self, message: str, link: str, *, at: datetime, title: str, description: str = "", shimmed: bool = True
    ) -> str:
        """A post with a link preview; Facebook reports the link through its own redirect, or as it is."""
        url = f"https://l.facebook.com/l.php?u={quote(link, safe='')}&h=AT0simulated&s=1" if shimmed else link
        preview = f"https://external.xx.fbcdn.net/safe_image.php?d=AQsim&url={quote(_picture('vorschau'), safe='')}"
        attachment = {
            "title": title,
            "description": description,
            "media": _media(preview),
            "media_type": "link",
            "type": "share",
            "target": {"url": url},
            "unshimmed_url": link,
            "url": url,
        }
        return self._add(at, message, [attachment], status_type="shared_story", full_picture=preview)

    def show_photo(self, message: str, *, at: datetime, picture: str = "foto") -> str:
        photo = {**self._photo(picture), "description": message, "media_type": "photo", "type": "photo"}
        photo = {**photo, "unshimmed_url": photo["url"]}
        return self._add(at, message, [photo], status_type="added_photos", full_picture=_picture(picture))

    def show_album(self, message: str, pictures: Sequence[str], *, at: datetime) -> str:
        photos = [{**self._photo(picture), "type": "photo"} for picture in pictures]
        link = f"https://www.facebook.com/{self.id}/posts/{next(_numbers)}/"
        album = {
            "title": f"Photos from {self.name}'s post",
            "media_type": "album",
            "type": "album",
            "target": {"id": str(next(_numbers)), "url": link},
            "unshimmed_url": link,
            "url": link,
            "subattachments": {"data": photos},
        }
        return self._add(at, message, [album], status_type="added_photos", full_picture=_picture(pictures[0]))

    def show_video(self, message: str, *, at: datetime, title: str) -> str:
        number = next(_numbers)
        link = f"https://www.facebook.com/{self.username or self.id}/videos/{number}/"
        video = {
            "title": title,
            "media": _media(_picture("vorschaubild")),
            "media_type": "video",
            "type": "video_autoplay",
            "target": {"id": str(number), "url": link},
            "unshimmed_url": link,
            "url": link,
        }
        return self._add(at, message, [video], status_type="added_video", full_picture=_picture("vorschaubild"))

    def change_cover(self, *, at: datetime) -> str:
        cover = {**self._photo("titelbild"), "media_type": "photo", "type": "cover_photo"}
        story = f"{self.name} updated their cover photo."
        return self._add(at, "", [cover], status_type="added_photos", story=story, full_picture=_picture("titelbild"))

    def share_post(self, message: str, *, of: str, at: datetime, told: bool = True) -> str:
        """Somebody else's post; Facebook does not always name the original (`told`)."""
        page, _, number = of.partition("_")
        link = f"https://www.facebook.com/{page}/posts/{number}/"
        attachment = {
            "media_type": "link",
            "type": "share",
            "title": "Ein anderer",
            "target": {"id": of, "url": link},
            "unshimmed_url": link,
            "url": link,
        }
        parent: Fields = {"parent_id": of} if told else {}
        return self._add(at, message, [attachment], status_type="shared_story", **parent)

    def create_event(self, message: str, *, at: datetime) -> str:
        link = f"https://www.facebook.com/events/{next(_numbers)}/"
        event = {"media_type": "event", "type": "event", "target": {"url": link}, "url": link, "unshimmed_url": link}
        return self._add(at, message, [event], status_type="created_event")

    def visit(self, message: str, *, by: str, at: datetime) -> str:
        """A visitor writes on the page."""
        return self._add(at, message, status_type="wall_post", author={"id": by, "name": "Besuch"})

    def edit(self, post_id: str, message: str, *, at: datetime) -> None:
        self.posts[post_id].update(message=message, updated_time=_time(at))

    def comment(self, post_id: str, *, at: datetime) -> None:
        """Somebody comments, which moves `updated_time` as an edit does."""
        self.posts[post_id]["updated_time"] = _time(at)

    def mark(self, post_id: str, **flags: bool) -> None:
        """Set `is_published`, `is_hidden` or `is_expired`, or `withheld` from readers who may not see the post."""
        self.posts[post_id].update(flags)

    def delete(self, post_id: str) -> None:
        del self.posts[post_id]

    def _add(
        self,
        at: datetime,
        message: str,
        attachments: Sequence[Fields] = (),
        *,
        author: Fields | None = None,
        **more: Any,
    ) -> str:
        number = next(_numbers)
        post: Fields = {
            "id": f"{self.id}_{number}",
            "created_time": _time(at),
            "updated_time": _time(at),
            "permalink_url": f"https://www.facebook.com/{self.id}/posts/{number}/",
            "from": author or {"id": self.id, "name": self.name},
            "is_published": True,
            "is_hidden": False,
            "is_expired": False,
            **more,
        }
        post |= {"message": message} if message else {}
        post |= {"attachments": {"data": list(attachments)}} if attachments else {}
        self.posts[post["id"]] = post
        return str(post["id"])

    def _photo(self, picture: str) -> Fields:
        number = next(_numbers)
        link = f"https://www.facebook.com/{self.username or self.id}/photos/a.1/{number}/?type=3"
        return {"media": _media(_picture(picture)), "target": {"id": str(number), "url": link}, "url": link}


def _picture(name: str) -> str:
    return f"{HERE}/pictures/{name}.png"


def _media(source: str) -> Fields:
    return {"image": {"height": 480, "src": source, "width": 720}}


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S%z}"
