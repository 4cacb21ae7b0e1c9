"""Pictures: what X takes goes untouched, what is too large is made smaller, what is none is told."""

import io
import os

import pytest
from PIL import Image as Pillow

from flows.pictures import LARGEST_UPLOAD, NoPicture, fitting


def picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    packed = io.BytesIO()
    Pillow.frombytes(mode, size, os.urandom(size[0] * size[1] * len(mode))).save(packed, kind)
    return packed.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_ordinary_size_goes_untouched(kind: str) -> None:
    body = picture(kind)
    assert fitting(body) == (body, f"image/{kind.lower()}")


def test_a_picture_that_is_too_large_is_made_smaller() -> None:
    body = picture("PNG", (1600, 1400), "RGBA")
    assert len(body) > LARGEST_UPLOAD
    smaller, media_type = fitting(body)
    assert len(smaller) <= LARGEST_UPLOAD
    assert media_type == "image/jpeg"
    with Pillow.open(io.BytesIO(smaller)) as opened:
        assert opened.size == (1600, 1400)


@pytest.mark.parametrize("body", [b"", b"<html>not found</html>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\nrubbish"])
def test_bytes_that_are_no_picture_are_told(body: bytes) -> None:
    with pytest.raises(NoPicture):
        fitting(body)


def test_a_picture_of_a_kind_that_x_does_not_take_is_told() -> None:
    with pytest.raises(NoPicture):
        fitting(picture("BMP"))


def test_a_picture_of_a_telephone_that_was_held_upright_stays_upright() -> None:
    packed = io.BytesIO()
    exif = Pillow.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    Pillow.frombytes("RGB", (3000, 2000), os.urandom(3000 * 2000 * 3)).save(packed, "JPEG", quality=95, exif=exif)
    assert packed.tell() > LARGEST_UPLOAD
    with Pillow.open(io.BytesIO(fitting(packed.getvalue())[0])) as opened:
        assert opened.height > opened.width
