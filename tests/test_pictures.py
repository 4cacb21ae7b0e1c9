"""Pictures: what X takes goes untouched, what is too large is made smaller, what is none or broken is told."""

import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from house import House, article, open_house
from PIL import Image as Pillow

from connectors.simulators import x_faults
from connectors.simulators.graph import Graph
from connectors.simulators.graph_pages import Page
from connectors.simulators.pictures import png
from connectors.simulators.server import serving
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


def telephone_picture(size: tuple[int, int] = (400, 300)) -> bytes:
    """A JPEG with a second one behind it."""
    first, second = (Pillow.frombytes("RGB", each, os.urandom(each[0] * each[1] * 3)) for each in (size, (40, 30)))
    packed = io.BytesIO()
    first.save(packed, "MPO", save_all=True, append_images=[second], quality=95)
    return packed.getvalue()


@pytest.mark.parametrize("lost", [0, 900])
def test_a_picture_of_a_telephone_goes_untouched_whatever_is_behind_it(lost: int) -> None:
    body = telephone_picture()
    body = body[: len(body) - lost]
    assert fitting(body) == (body, "image/jpeg")


def test_a_picture_of_a_telephone_that_is_too_large_is_made_smaller() -> None:
    body = telephone_picture((3000, 2000))
    assert len(body) > LARGEST_UPLOAD
    with Pillow.open(io.BytesIO(fitting(body)[0])) as opened:
        assert (opened.format, opened.size) == ("JPEG", (3000, 2000))


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


def animation() -> bytes:
    frames = [Pillow.frombytes("L", (90, 60), os.urandom(90 * 60)) for _ in range(4)]
    packed = io.BytesIO()
    frames[0].save(packed, "GIF", save_all=True, append_images=frames[1:])
    return packed.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "animated GIF", "MPO"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_picture_that_is_cut_off_is_told(kind: str, part: float) -> None:
    body = animation() if kind == "animated GIF" else picture(kind, (400, 300))
    assert fitting(body)
    with pytest.raises(NoPicture, match="no whole JPEG, PNG, GIF or WebP"):
        fitting(body[: int(part * len(body))])


def test_a_picture_that_lacks_nothing_but_its_end_is_told() -> None:
    with pytest.raises(NoPicture, match="no whole JPEG, PNG, GIF or WebP"):
        fitting(picture("PNG", (400, 300))[:-14])


def test_a_picture_with_a_wrong_byte_is_told_where_the_format_can_tell() -> None:
    body = bytearray(picture("PNG", (400, 300)))
    body[len(body) // 2] ^= 1
    with pytest.raises(NoPicture, match="no whole JPEG, PNG, GIF or WebP"):
        fitting(bytes(body))


@pytest.mark.parametrize("side", [8_000, 30_000])
def test_a_small_file_that_unpacks_to_a_huge_picture_is_never_unpacked(side: int) -> None:
    body = png("bomb", width=side, height=8)  # its header is changed below: nobody needs to pack so many pixels
    with pytest.raises(NoPicture, match="pixels"):
        fitting(with_height(body, side))


def with_height(body: bytes, height: int) -> bytes:
    changed = body[:20] + height.to_bytes(4) + body[24:29]
    return changed + zlib.crc32(changed[12:29]).to_bytes(4) + body[33:]


def test_a_long_animation_is_a_picture_though_not_every_frame_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.pictures.MOST_PIXELS", 2 * 90 * 60)
    body = animation()
    assert fitting(body) == (body, "image/gif")


def test_a_jpeg_that_is_built_up_in_very_many_steps_is_refused_before_it_is_unpacked() -> None:
    packed = io.BytesIO()
    Pillow.frombytes("RGB", (400, 300), os.urandom(360_000)).save(packed, "JPEG", progressive=True)
    body = packed.getvalue()
    assert fitting(body) == (body, "image/jpeg")
    last_scan = body[body.rindex(b"\xff\xda") : -2]
    with pytest.raises(NoPicture, match="too many steps"):
        fitting(body[:-2] + 600 * last_scan + body[-2:])


def test_a_picture_with_a_film_behind_it_is_made_smaller_like_any_other() -> None:
    film = os.urandom(20 * 1024 * 1024)
    assert fitting(telephone_picture() + film)[1] == "image/jpeg"


def test_of_an_animation_with_very_many_frames_only_the_first_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.pictures.MOST_FRAMES", 2)
    body = animation()
    broken_at_its_end = body[: int(0.95 * len(body))]
    assert fitting(broken_at_its_end) == (broken_at_its_end, "image/gif")


# --- On their way to X ------------------------------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, article(1), route="images = true") as house:
        house.blog.url = house.blog_url  # so that the pictures are there
        house.poll()
        yield house


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_a_picture_that_is_cut_off_costs_the_picture_and_not_the_tweet(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.simulators.blog.png", lambda name: png(name)[:900])
    house.blog.publish(article(3, image="laden", alt="Unser Laden"))
    report = house.poll()
    (tweet,) = house.x.tweets
    assert (tweet.media, report.failures) == ((), [])
    assert "/images/laden.png: no whole JPEG, PNG, GIF or WebP" in warnings(caplog)[0]


def test_a_picture_that_x_refuses_costs_the_picture_and_not_the_tweet(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.x.next(x_faults.Reply.of(400, x_faults.invalid("Your media is odd.")), on="upload")
    house.blog.publish(article(3, image="laden", alt="Unser Laden"))
    house.poll()
    (tweet,) = house.x.tweets
    assert tweet.media == ()
    assert "office: goes without the picture" in warnings(caplog)[0]
    assert "X does not take this picture (400: Your media is odd" in warnings(caplog)[0]


def test_a_picture_whose_alternative_text_fails_is_tweeted_all_the_same(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.x.next(x_faults.UNAVAILABLE, on="describe")
    house.blog.publish(article(3, image="laden", alt="Unser Laden"))
    house.poll()
    (tweet,) = house.x.tweets
    assert [house.x.media[media_id].alt for media_id in tweet.media] == [""]
    assert "office: a picture goes without its alternative text “Unser Laden”" in warnings(caplog)[0]


PAGE = "100200300400500"
TOKEN = "EAAsimulated"


def on_the_page(name: str) -> bytes:
    return png(f"{name}.png", width=720, height=480)


@contextmanager
def open_page(house: House) -> Iterator[Page]:
    """A Facebook page beside the blog, with a post that was there at the first read."""
    page = Page(id=PAGE, name="Kaufhaus Lindner", username="kaufhauslindner")
    page.write("Willkommen!", at=house.now - timedelta(days=30))
    graph = Graph(clock=lambda: house.now)
    graph.add(page, token=TOKEN)
    with serving(graph) as url:
        source = f"""
            [sources.facebook]
            kind = "facebook"
            page = "{PAGE}"
            token = "env:PAGE_TOKEN"
            api_url = "{url}/v26.0"
            """
        route = """
            [[routes]]
            from = ["facebook"]
            to = ["office"]
            template = "facebook.j2"
            images = true
            """
        house.configure(routes=dedent(source + route))
        with (house.folder / ".env").open("a", encoding="utf-8") as secrets:
            secrets.write(f"PAGE_TOKEN={TOKEN}\n")
        house.poll()
        yield page


def test_a_facebook_post_that_leads_nowhere_but_to_itself_goes_out_with_its_picture(house: House) -> None:
    with open_page(house) as page:
        page.show_photo("Die Herbstdeko steht. Kommen Sie vorbei!", at=house.now, picture="deko")
        house.sleep(timedelta(minutes=60))
        assert house.poll().failures == []
    (tweet,) = house.x.tweets
    assert tweet.raw.startswith("Die Herbstdeko steht. Kommen Sie vorbei!\n\nhttps://www.facebook.com/")
    (media_id,) = tweet.media
    assert house.x.media[media_id].body == on_the_page("deko")


def test_an_album_goes_out_with_four_of_its_pictures(house: House) -> None:
    with open_page(house) as page:
        page.show_album("Fünf Bilder vom Sommerfest.", list("abcde"), at=house.now)
        house.sleep(timedelta(minutes=60))
        house.poll()
    (tweet,) = house.x.tweets
    assert [house.x.media[media_id].body for media_id in tweet.media] == [on_the_page(name) for name in "abcd"]
