"""Pictures for a tweet: fetched behind the same guard as feeds, made small enough, handed to the account.

A picture that fails costs the picture, not the tweet.
"""

import io
import logging
from collections.abc import Iterable
from itertools import islice

from PIL import Image as Pillow
from PIL import ImageOps, ImageSequence

from connectors.contract import Image, PostError, SourceError
from flows.app import App

logger = logging.getLogger("crosspost")

LARGEST_UPLOAD = 5 * 1024 * 1024  # bytes; X takes no more
LARGEST_DOWNLOAD = 25 * 1024 * 1024  # bytes
LONGEST_SIDE = 4096  # pixels, of a picture that has to be made smaller
MOST_PIXELS = 50_000_000  # of all frames together; to unpack them takes a second or two, and 200 MB
MOST_FRAMES = 1_000
# Of a progressive JPEG: each goes over the whole picture again, and ten or so are usual. Two bytes mark one; in the
# film that telephones put behind a picture, they stand by chance: 400 times in the largest download.
MOST_SCANS = 600
_SCAN = b"\xff\xda"
KINDS = ("JPEG", "PNG", "GIF", "WEBP")
_TWO_IN_ONE = "MPO"  # what Pillow calls a JPEG with a second one behind it, as telephones write: depth, a preview


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
            logger.warning("%s: goes without the picture %s: %s", account, image.url.partition("?")[0], error)
    return ids


def fitting(body: bytes) -> tuple[bytes, str]:
    """The picture and its type, as the bytes tell it; scaled down if X would not take it, else untouched.

    Raises `NoPicture`, also for one that is cut off or broken: X would refuse it, or show half of it. What decoders put
    up with passes here too: wrong bytes in the middle of a JPEG are only wrong colours.
    """
    try:
        _require_whole_file(body)
        with _opened(body) as picture:
            if len(body) > LARGEST_UPLOAD:
                return _smaller(picture), "image/jpeg"
            _unpack(picture)
            return body, f"image/{_kind(picture).lower()}"
    except NoPicture:
        raise
    except Exception as error:  # what a decoder says of hostile bytes is anybody's guess
        raise NoPicture(f"no whole JPEG, PNG, GIF or WebP ({error})") from error


def _opened(body: bytes) -> Pillow.Image:
    """The picture, its pixels not yet unpacked. Raises `NoPicture` if that would take too much."""
    picture = Pillow.open(io.BytesIO(body), formats=KINDS)
    if picture.width * picture.height > MOST_PIXELS:
        raise NoPicture(f"{picture.width} × {picture.height} pixels are too many: give it a smaller one")
    if _kind(picture) == "JPEG" and body.count(_SCAN) > MOST_SCANS:
        raise NoPicture("it is built up in too many steps: save it anew, not progressive")
    return picture


def _kind(picture: Pillow.Image) -> str:
    return "JPEG" if picture.format == _TWO_IN_ONE else str(picture.format)


def _require_whole_file(body: bytes) -> None:
    """Checksums and the file's own end, as far as its format has them."""
    with _opened(body) as picture:
        picture.verify()


def _unpack(picture: Pillow.Image) -> None:
    """Unpack every frame that is shown, up to the limit: what cannot be unpacked raises one of many errors."""
    pixels = 0
    frames = [picture] if _kind(picture) == "JPEG" else islice(ImageSequence.Iterator(picture), MOST_FRAMES)
    for frame in frames:
        pixels += picture.width * picture.height
        if pixels > MOST_PIXELS:
            return
        frame.load()


def _smaller(picture: Pillow.Image) -> bytes:
    """A JPEG within the limit. On white, for JPEG knows no transparency."""
    if picture.mode == "P":
        picture = picture.convert("RGBA")  # a palette has no colours in between
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
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
