"""Pictures for a tweet: fetched behind the same guard as feeds, made small enough, handed to the account.

A picture that fails costs the picture, not the tweet.
"""

import io
import logging
from collections.abc import Iterable

from PIL import Image as Pillow
from PIL import ImageOps

from connectors.contract import Image, PostError, SourceError
from flows.app import App

logger = logging.getLogger("crosspost")

LARGEST_UPLOAD = 5 * 1024 * 1024  # bytes; X takes no more
LARGEST_DOWNLOAD = 25 * 1024 * 1024  # bytes
LONGEST_SIDE = 4096  # pixels, of a picture that has to be made smaller
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}


class NoPicture(Exception):
    """These bytes are no picture that X takes."""


def upload(app: App, account: str, images: Iterable[Image]) -> list[str]:
    """The ids under which the account knows the pictures that could be had, in their order."""
    ids = []
    for image in images:
        try:
            answer = app.web.get(image.url, max_bytes=LARGEST_DOWNLOAD).check(now=app.now())
            body, media_type = fitting(answer.body)
            ids.append(app.config.accounts[account].upload(body, media_type=media_type, alt=image.alt))
        except (SourceError, PostError, NoPicture) as error:
            logger.info("%s: goes without the picture %s: %s", account, image.url.partition("?")[0], error)
    return ids


def fitting(body: bytes) -> tuple[bytes, str]:
    """The picture and its type, as the bytes tell it; scaled down if X would not take it, else untouched.

    Raises `NoPicture`.
    """
    try:
        with Pillow.open(io.BytesIO(body), formats=list(TYPES)) as picture:
            if len(body) <= LARGEST_UPLOAD:
                return body, TYPES[str(picture.format)]
            return _smaller(picture), "image/jpeg"
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError) as error:
        raise NoPicture(f"no JPEG, PNG, GIF or WebP that can be read ({error})") from error


def _smaller(picture: Pillow.Image) -> bytes:
    """A JPEG within the limit. On white, for JPEG knows no transparency."""
    upright = ImageOps.exif_transpose(picture)  # a telephone notes how it was held, and the note is lost below
    canvas = Pillow.new("RGB", upright.size, "white")
    layer = upright.convert("RGBA")
    canvas.paste(layer, mask=layer)
    side = LONGEST_SIDE
    while True:
        canvas.thumbnail((side, side))
        packed = io.BytesIO()
        canvas.save(packed, "JPEG", quality=85, optimize=True)
        if packed.tell() <= LARGEST_UPLOAD:
            return packed.getvalue()
        side = side * 3 // 4
