"""What becomes of a Facebook page: which posts are news, how often it is asked, and what its errors ask for."""

import json
import logging
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.contract import Fetched, Image, SourceBroken, SourceDown, SourceError
from connectors.facebook import FacebookPage
from connectors.facebook_errors import Usage, error_of, usage
from connectors.facebook_posts import read_posts
from connectors.facebook_token import read_token
from connectors.links import canonical_link
from connectors.simulators.graph import Graph
from connectors.simulators.graph_errors import ERRORS
from connectors.simulators.graph_pages import Page
from connectors.simulators.server import serving
from connectors.web import Web

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TOKEN = "EAAneedle0Nobody0Must0See"
SECRET = "5ecre7needleOfTheApp"
PAGE = "100200300400500"
OTHER = "555666777888999"
ARTICLE = "https://blog.example.com/2026/neue-oeffnungszeiten/"
CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "facebook"


class House:
    """A page, the simulated API in front of it, and the source that reads it, at a time that can be moved."""

    def __init__(self, **graph):
        self.now = NOW
        self.page = Page(id=PAGE, name="Kaufhaus Lindner", username="kaufhauslindner")
        self.graph = Graph(clock=lambda: self.now, **graph)
        self.token = self.graph.add(self.page, token=TOKEN)
        self.web = Web(transport=httpx.WSGITransport(app=self.graph))
        self.source = FacebookPage(name="facebook", page=PAGE, token=TOKEN)
        self.notes = {}

    def fetch(self) -> Fetched:
        fetched = self.source.fetch(self.web, self.notes, now=self.now)
        self.notes = fetched.validators
        return fetched

    def settle(self) -> None:
        """The first read, of a page with one post."""
        self.page.write("Willkommen!", at=NOW - 30 * DAY)
        self.fetch()
        self.graph.calls.clear()

    def only_item(self):
        (item,) = self.fetch().items
        return item

    @property
    def asked(self) -> list[str]:
        return [call.path.rpartition("/")[2] for call in self.graph.calls]


@pytest.fixture
def house():
    return House()


# --- Items ------------------------------------------------------------------------------------------------------------


def test_a_photo_post_is_an_item_with_its_words_and_its_picture(house):
    post_id = house.page.show_photo("Die Herbstdeko steht.\n\n  Kommen Sie vorbei!  🍂", at=NOW, picture="deko")
    item = house.only_item()
    permalink = f"https://www.facebook.com/{PAGE}/posts/{post_id.partition('_')[2]}/"
    assert (item.source, item.id, item.story) == ("facebook", post_id, f"facebook:{post_id}")
    assert (item.title, item.text) == ("", "Die Herbstdeko steht.\nKommen Sie vorbei! 🍂")
    assert (item.link, item.extra) == (permalink, {"permalink": permalink, "kind": "added_photos"})
    assert (item.published, item.updated) == (NOW, None)
    assert item.images == (Image(url="https://graph.facebook.com/pictures/deko.png"),)


def test_an_album_gives_all_its_pictures(house):
    house.page.show_album("Drei Bilder", ["a", "b", "c"], at=NOW)
    assert [image.url[-5:] for image in house.only_item().images] == ["a.png", "b.png", "c.png"]


@pytest.mark.parametrize("shimmed", [True, False])
def test_a_post_that_links_the_blog_is_the_same_story_as_the_blogs_own_item(house, shimmed):
    link = f"{ARTICLE}?utm_source=facebook"
    house.page.share_link("Lesen Sie mehr!", link, at=NOW, title="Neue Öffnungszeiten", shimmed=shimmed)
    item = house.only_item()
    assert (item.title, item.link, item.story) == ("Neue Öffnungszeiten", link, canonical_link(ARTICLE))
    assert item.images == (Image(url="https://graph.facebook.com/pictures/vorschau.png", alt="Neue Öffnungszeiten"),)


def test_a_link_is_unwrapped_where_facebook_names_only_its_own_redirect(house):
    post_id = house.page.share_link("Lesen!", f"{ARTICLE}?fbclid=IwAR1", at=NOW, title="")
    del house.page.posts[post_id]["attachments"]["data"][0]["unshimmed_url"]
    assert house.only_item().link == ARTICLE


def test_the_link_itself_is_preferred_to_what_facebook_made_of_it(house):
    post_id = house.page.share_link("Lesen!", ARTICLE, at=NOW, title="")
    house.page.posts[post_id]["attachments"]["data"][0]["url"] = "https://fb.me/short"
    assert house.only_item().link == ARTICLE


def test_the_title_that_facebook_gives_a_photo_is_not_what_it_shows(house):
    post_id = house.page.show_photo("Ein Foto", at=NOW)
    photo = house.page.posts[post_id]["attachments"]["data"][0]
    photo["title"] = "Photos from Kaufhaus Lindner's post"
    assert house.only_item().images[0].alt == ""
    photo["description"] = "Kürbisse auf einem Tisch"
    assert house.only_item().images[0].alt == "Kürbisse auf einem Tisch"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-22T09:00:00+0100", NOW),
        ("2026-11-22T08:00:00", NOW),
        ("0001-01-01T00:00:00+14:00", None),
        ("gestern", None),
        (1700000000, None),
    ],
)
def test_a_time_is_read_in_utc_or_not_at_all(house, written, read):
    post_id = house.page.write("Willkommen!", at=NOW)
    post = {**house.page.posts[post_id], "created_time": written}
    (item,), _ = read_posts([post], source="facebook", page=PAGE, page_id=PAGE)
    assert item.published == read
    assert read is None or item.published.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("words", "link"),
    [
        ("Alles dazu: https://fb.me/Herbst-Deko", "https://fb.me/Herbst-Deko"),
        (f"Mehr ({ARTICLE}).", ARTICLE),
        ("Siehe www.example.com/deko!", "https://www.example.com/deko"),
        ("Fotos https://www.facebook.com/events/1 und https://example.com/b", "https://example.com/b"),
    ],
)
def test_a_link_in_the_words_of_a_photo_post_is_its_link(house, words, link):
    house.page.show_photo(words, at=NOW)
    item = house.only_item()
    assert (item.link, item.story) == (link, canonical_link(link))


def test_two_posts_that_name_the_front_page_of_a_site_are_two_stories(house):
    ids = [house.page.show_photo(f"{word}! https://example.com/", at=NOW) for word in ("Äpfel", "Birnen")]
    assert {item.story for item in house.fetch().items} == {f"facebook:{post_id}" for post_id in ids}


def test_comments_change_nothing_and_an_edit_changes_the_words_alone(house):
    post_id = house.page.write("Ab Montag offen", at=NOW)
    before = house.only_item()
    house.page.comment(post_id, at=NOW + DAY)
    assert house.only_item() == before
    house.page.edit(post_id, "Ab Dienstag offen", at=NOW + DAY)
    after = house.only_item()
    assert (after.id, after.text, after.published) == (before.id, "Ab Dienstag offen", before.published)


# --- What is no news --------------------------------------------------------------------------------------------------


def share_without_preview(page):
    page.posts[page.write("Schön!", at=NOW)]["parent_id"] = f"{OTHER}_7"


def marked(flag, value):
    def add(page):
        page.mark(page.write("Ein Entwurf", at=NOW), **{flag: value})

    return add


@pytest.mark.parametrize(
    ("why", "add"),
    [
        ("unpublished", marked("is_published", False)),
        ("hidden", marked("is_hidden", True)),
        ("expired", marked("is_expired", True)),
        ("written by somebody else", lambda page: page.visit("Toller Laden!", by=OTHER, at=NOW)),
        ("cover or profile picture", lambda page: page.change_cover(at=NOW)),
        ("event, group or tag", lambda page: page.create_event("Kommt alle!", at=NOW)),
        ("share of somebody else's post", lambda page: page.share_post("Schön!", of=f"{OTHER}_7", at=NOW)),
        ("share of somebody else's post", lambda page: page.share_post("Oh!", of=f"{OTHER}_7", at=NOW, told=False)),
        ("share of somebody else's post", share_without_preview),
        ("without words", lambda page: page.show_photo("", at=NOW)),
    ],
)
def test_what_is_no_news_of_the_page_is_left_out_and_told_once(house, why, add):
    house.settle()
    add(house.page)
    fetched = house.fetch()
    assert [item.text for item in fetched.items] == ["Willkommen!"]
    assert fetched.notices == (f"1 posts of the page {PAGE} are left out: 1 {why}",)
    assert house.fetch().notices == ()


def test_a_shared_post_of_our_own_is_news_though_facebook_writes_our_name_now_as_a_word_now_as_a_number(house):
    house.page.show_photo("Ein Foto", at=NOW - DAY)
    post_id = house.page.share_post("Noch einmal, weil es so schön war", of=f"{PAGE}_7", at=NOW, told=False)
    attachment = house.page.posts[post_id]["attachments"]["data"][0]
    attachment["url"] = attachment["unshimmed_url"] = "https://www.facebook.com/KaufhausLindner/posts/7/"
    assert len(house.fetch().items) == 2


def test_a_photo_under_the_name_of_the_page_is_news_though_the_page_is_given_by_its_number(house):
    post_id = house.page.show_photo("Ein Foto vom Handy", at=NOW)
    house.page.posts[post_id]["status_type"] = "mobile_status_update"
    assert house.only_item().id == post_id


@pytest.mark.parametrize("host", ["www", "m", "business"])
def test_the_film_of_somebody_else_makes_his_name_not_ours(house, host):
    for words, status in (("Ein Film", "added_video"), ("Noch einer", "mobile_status_update")):
        post_id = house.page.share_post(words, of=f"{OTHER}_7", at=NOW, told=False)
        attachment = house.page.posts[post_id]["attachments"]["data"][0]
        attachment["url"] = attachment["unshimmed_url"] = f"https://{host}.facebook.com/nachbarladen/videos/9/"
        house.page.posts[post_id]["status_type"] = status
    fetched = house.fetch()
    assert fetched.items == ()
    assert "2 share of somebody else's post" in fetched.notices[0]


def test_an_attachment_of_an_unknown_type_is_read_as_text_and_link(house):
    post_id = house.page.share_link("Neu", ARTICLE, at=NOW, title="Neu")
    house.page.posts[post_id]["attachments"]["data"][0].update(type="hologram", media_type="hologram")
    assert house.only_item().link == ARTICLE


# --- How often the page is asked --------------------------------------------------------------------------------------


def test_a_quiet_page_costs_one_call_a_poll(house):
    house.settle()
    for _ in range(4):
        house.now += timedelta(minutes=15)
        house.fetch()
    assert house.asked == ["published_posts"] * 4


def test_the_first_read_takes_two_pages_and_every_other_one(house):
    for hour in range(60):
        house.page.write(f"Nummer {hour}", at=NOW - timedelta(hours=hour))
    assert [len(house.fetch().items) for _ in range(2)] == [50, 25]


def test_the_first_read_of_a_short_page_asks_once(house):
    house.page.write("Willkommen!", at=NOW)
    house.fetch()
    assert house.asked == [PAGE, "published_posts", "debug_token"]


def test_an_empty_page_is_not_the_end(house):
    house.settle()
    for hour in range(25):
        house.page.mark(house.page.write("Nur für Mitglieder", at=NOW - timedelta(hours=hour)), withheld=True)
    assert [item.text for item in house.fetch().items] == ["Willkommen!"]
    assert house.asked == ["published_posts"] * 2


def test_only_the_cursor_of_the_next_page_is_used(house):
    for hour in range(30):
        house.page.write(f"Nummer {hour}", at=NOW - timedelta(hours=hour))
    house.fetch()
    posts = [call for call in house.graph.calls if call.path.endswith("published_posts")]
    assert len(posts) == 2
    assert all(call.in_header and "access_token" not in call.parameters for call in posts)


def test_too_much_data_is_asked_for_in_smaller_pieces(house):
    for hour in range(20):
        house.page.write(f"Nummer {hour}", at=NOW - timedelta(hours=hour))
    house.settle()
    house.graph.most_data = 7
    assert len(house.fetch().items) == 6
    assert [call.parameters["limit"] for call in house.graph.calls] == ["25", "12", "6"]
    house.graph.most_data = 5
    with pytest.raises(SourceDown, match="into one answer"):
        house.fetch()


def test_a_page_near_its_limit_is_left_alone_for_an_hour_and_that_is_told_once(house):
    house.settle()
    house.graph.usage = 76
    (notice,) = house.fetch().notices
    assert notice.startswith(f"76 % of what Facebook allows for the page {PAGE} is used up")
    house.now += timedelta(minutes=59)
    assert house.fetch().unchanged
    assert house.asked == ["published_posts"]
    house.now += timedelta(minutes=1)
    fetched = house.fetch()
    assert (fetched.unchanged, fetched.notices) == (False, ())
    house.graph.usage = 75
    house.now += timedelta(hours=1)
    assert "rest_until" not in house.fetch().validators


def test_a_throttled_page_is_left_alone_for_the_time_that_facebook_names(house):
    house.settle()
    house.graph.throttle(timedelta(minutes=90))
    with pytest.raises(SourceDown) as caught:
        house.fetch()
    # The simulated API adds five minutes for the call that was too many, as the real one may.
    assert caught.value.after == NOW + timedelta(minutes=95)


def test_the_fullest_limit_counts_and_nonsense_in_the_headers_does_not():
    business = {PAGE: [{"call_count": 12, "total_time": 81.5, "estimated_time_to_regain_access": 7}], "7": "x"}
    headers = {"x-business-use-case-usage": json.dumps(business), "x-app-usage": '{"call_count": 40}'}
    assert usage(headers) == Usage(percent=81.5, wait=timedelta(minutes=7))
    for nonsense in ("", "[", "[[1]]", '{"call_count": "many"}', '{"call_count": NaN}', "1" * 9999, "[" * 99999):
        assert usage({"x-app-usage": nonsense}) == Usage()


@pytest.mark.parametrize(
    "headers",
    [
        {"retry-after": "7200"},
        {"retry-after": "Sun, 22 Nov 2026 10:03:00 GMT", "date": "Sun, 22 Nov 2026 08:03:00 GMT"},
        {"retry-after": "7200", "x-app-usage": '{"estimated_time_to_regain_access": 7}'},
        {"retry-after": "7", "x-app-usage": '{"estimated_time_to_regain_access": 120}'},
    ],
)
@pytest.mark.parametrize(("status", "code"), [(400, 4), (429, 4), (503, 2)])
def test_a_page_is_left_alone_for_the_longest_time_that_any_header_names(house, status, code, headers):
    house.web = answering(status, json.dumps({"error": {"code": code, "message": "Zu viel"}}).encode(), headers.items())
    with pytest.raises(SourceDown) as caught:
        house.fetch()
    assert caught.value.after == NOW + timedelta(hours=2)


@pytest.mark.parametrize("value", ["", "soon", "-5", "9" * 30, "Sun, 22 Nov 2026 10:03:00 GMT", "Sun, 99 Nov 2026"])
def test_a_time_to_wait_that_cannot_be_read_is_an_hour(house, value):
    house.web = answering(400, b'{"error": {"code": 4}}', [("retry-after", value)])
    with pytest.raises(SourceDown) as caught:
        house.fetch()
    assert caught.value.after == NOW + timedelta(hours=1)


def test_a_wrong_number_cannot_silence_a_page_for_good():
    header = json.dumps({PAGE: [{"estimated_time_to_regain_access": 10**300}]})
    assert usage({"x-business-use-case-usage": header}).rest() == timedelta(days=7)


# --- Errors -----------------------------------------------------------------------------------------------------------

NEW_TOKEN = "make a new Page token"
EXPECTED = {
    "token invalid": (SourceBroken, NEW_TOKEN),
    "session gone": (SourceBroken, NEW_TOKEN),
    "token unreadable": (SourceBroken, NEW_TOKEN),
    "app removed": (SourceBroken, "let it in again"),
    "checkpoint": (SourceBroken, "log in"),
    "password changed": (SourceBroken, NEW_TOKEN),
    "token expired": (SourceBroken, "the token has expired"),
    "unconfirmed": (SourceBroken, "not confirmed"),
    "token withdrawn": (SourceBroken, "withdrawn"),
    "role lost": (SourceBroken, "a new token will not help"),
    "subcode alone": (SourceBroken, "the token has expired"),
    "permission denied": (SourceBroken, "lacks a permission"),
    "permission missing": (SourceBroken, "lacks a permission"),
    "permission of a range": (SourceBroken, "lacks a permission"),
    "capability missing": (SourceBroken, "lacks a permission"),
    "bad parameter": (SourceBroken, "check `page`"),
    "no such object": (SourceBroken, "no such page"),
    "too much data": (SourceDown, "the next run tries again"),
    "unknown trouble": (SourceDown, "the next run tries again"),
    "down": (SourceDown, "the next run tries again"),
    "transient": (SourceDown, "the next run tries again"),
    "app throttled": (SourceDown, "left alone until 2026-11-22 09:00 UTC"),
    "user throttled": (SourceDown, "left alone until 2026-11-22 09:00 UTC"),
    "page throttled": (SourceDown, "left alone until 2026-11-22 09:00 UTC"),
    "app at its limit": (SourceDown, "left alone until 2026-11-22 09:00 UTC"),
    "calls throttled": (SourceDown, "left alone until 2026-11-22 09:00 UTC"),
    "business throttled": (SourceDown, "left alone until 2026-11-22 09:00 UTC"),
    "blocked": (SourceBroken, "Support Inbox"),
}


def test_there_is_an_expectation_for_every_error_that_the_simulator_knows():
    assert EXPECTED.keys() == ERRORS.keys()


@pytest.mark.parametrize("what", EXPECTED)
def test_every_error_says_who_must_act_and_how(house, what):
    house.settle()
    house.graph.fail(what, times=3)
    kind, words = EXPECTED[what]
    with pytest.raises(SourceError) as caught:
        house.fetch()
    assert isinstance(caught.value, kind)
    assert words in str(caught.value)
    assert PAGE in str(caught.value)
    throttled = "left alone" in words
    assert getattr(caught.value, "after", None) == (NOW + timedelta(hours=1) if throttled else None)
    assert house.asked == ["published_posts"] * (3 if what == "too much data" else 1)


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"code": "190"}, 400, SourceBroken),
        ({"code": 4, "error_subcode": 463}, 400, SourceDown),
        ({"code": 190, "is_transient": True}, 400, SourceBroken),
        ({"code": 987654}, 503, SourceDown),
        ({"code": 987654}, 429, SourceDown),
        ({"code": 987654}, 400, SourceBroken),
        ({"code": True}, 400, SourceBroken),
        ({"type": "OAuthException"}, 500, SourceDown),
        ({}, 400, SourceBroken),
    ],
)
def test_the_body_decides_and_the_status_only_where_the_body_says_nothing(body, status, kind):
    assert type(error_of(body, status=status, page=PAGE, used=Usage(), now=NOW)) is kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"", SourceDown),
        (200, b'{"data": [', SourceDown),
        (200, b"<html>Bitte anmelden</html>", SourceDown),
        (200, b"[" * 100_000, SourceDown),
        (200, b"\xff\xfe\x00", SourceDown),
        (200, b"[]", SourceBroken),
        (200, b"{}", SourceBroken),
        (200, b'{"error": "no"}', SourceBroken),
        (401, b"", SourceBroken),
        (404, b"<html>", SourceBroken),
        (410, b"{}", SourceBroken),
        (429, b"", SourceDown),
        (500, b"{}", SourceDown),
        (503, b"[]", SourceDown),
    ],
)
def test_an_answer_that_is_none_of_the_graph_api_ends_in_a_source_error(house, status, body, kind):
    with pytest.raises(kind):
        house.source.fetch(answering(status, body), {}, now=NOW)


def answering(status, body, headers=()):
    def app(environ, start_response):
        start_response(f"{status} Whatever", list(headers))
        return [body]

    return Web(transport=httpx.WSGITransport(app=app))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(PAGE) | st.just(ARTICLE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "url", "data"]), inner),
    max_leaves=8,
)


def objects(*names, **known):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, ANYTHING) | known) | ANYTHING


def edges(inner):
    return objects(data=st.lists(inner, max_size=3) | ANYTHING)


ADDRESSES = (
    st.sampled_from([ARTICLE, f"https://www.facebook.com/{OTHER}/posts/1", "https://[", "http://a:b/"]) | ANYTHING
)
ATTACHMENTS = objects(
    "type",
    "title",
    "description",
    "media",
    "target",
    url=ADDRESSES,
    unshimmed_url=ADDRESSES,
    subattachments=edges(ANYTHING),
)
POSTS = objects(
    *("status_type", "is_published", "parent_id", "from", "full_picture", "story"),
    id=st.sampled_from([f"{PAGE}_1", f"{PAGE}_2", f"{OTHER}_3"]) | ANYTHING,
    message=st.text() | ANYTHING,
    created_time=st.sampled_from(["2026-11-22T08:00:00+0000", "0001-01-01T00:00:00+14:00", "nonsense"]) | ANYTHING,
    permalink_url=ADDRESSES,
    attachments=edges(ATTACHMENTS),
)
PAGING = objects("next", cursors=objects("after"))
ERROR = objects("code", "error_subcode", "message", "type", "fbtrace_id", "is_transient")
BODIES = objects(data=st.lists(POSTS, max_size=3) | ANYTHING, paging=PAGING, error=st.none() | ERROR)


@given(body=BODIES, status=st.sampled_from([200, 200, 200, 400, 401, 404, 429, 500]))
def test_whatever_json_comes_the_end_is_items_or_a_source_error(body, status):
    source = FacebookPage(name="facebook", page=PAGE, token=TOKEN, app_secret=SECRET)
    try:
        fetched = source.fetch(answering(status, json.dumps(body).encode()), {}, now=NOW)
    except SourceError:
        return
    for item in fetched.items:
        item.text.encode()
        assert item.id.startswith(PAGE) or "_" not in item.id
        assert item.link.startswith(("https://", "http://"))
        assert item.published is None or item.published.utcoffset() == timedelta()
    assert all(isinstance(note, str) for pair in fetched.validators.items() for note in pair)


# --- The token --------------------------------------------------------------------------------------------------------


def test_the_token_is_looked_at_once_a_day(house):
    house.settle()
    for _ in range(9):
        house.now += timedelta(hours=6)
        house.fetch()
    assert house.asked.count("debug_token") == 2


@pytest.mark.parametrize("end", ["expires_at", "data_access_expires_at"])
def test_the_end_of_a_token_is_told_14_7_and_1_days_ahead(house, end):
    setattr(house.token, end, int((NOW + 20 * DAY).timestamp()))
    told = {}
    house.settle()
    for day in range(1, 20):
        house.now = NOW + day * DAY
        for notice in house.fetch().notices:
            told[20 - day] = notice
    assert list(told) == [14, 7, 1]
    assert "within 14 days" in told[14]
    assert "within 1 day:" in told[1]
    assert all("make a new Page token" in notice and "2026-12-12 08:00" in notice for notice in told.values())


def test_a_token_without_end_is_never_told(house):
    house.settle()
    for day in range(1, 9):
        house.now = NOW + 300 * day * DAY
        assert house.fetch().notices == ()


def test_a_lapsed_access_to_data_is_told_while_the_posts_can_still_be_read(house):
    house.settle()
    house.token.data_access_expires_at = int((NOW + DAY).timestamp())
    house.now += 2 * DAY
    fetched = house.fetch()
    assert len(fetched.items) == 1
    assert "has lapsed" in fetched.notices[0]


@pytest.mark.parametrize(
    ("what", "notices", "pause"),
    [("down", 0, timedelta(hours=1)), ("bad parameter", 1, DAY), ("page throttled", 0, DAY)],
)
def test_posts_are_read_even_if_the_token_cannot_be_looked_at(house, what, notices, pause):
    house.page.write("Willkommen!", at=NOW)
    house.graph.fail(what, path="debug_token")
    fetched = house.fetch()
    assert (len(fetched.items), len(fetched.notices)) == (1, notices)
    house.graph.calls.clear()
    house.now += pause
    house.fetch()
    assert "debug_token" in house.asked


def test_a_page_throttled_at_the_look_at_the_token_is_left_alone_too(house):
    house.page.write("Willkommen!", at=NOW)
    house.graph.fail("page throttled", path="debug_token")
    assert len(house.fetch().items) == 1
    house.now += timedelta(minutes=59)
    assert house.fetch().unchanged


def test_a_page_that_lists_nothing_is_told_once_because_a_wrong_token_looks_like_that(house):
    house.page.write("Willkommen!", at=NOW)
    house.token.kind = "USER"
    (notice,) = house.fetch().notices
    assert "lists no post" in notice
    assert house.fetch().notices == ()
    house.token.kind = "PAGE"
    assert len(house.fetch().items) == 1
    house.token.kind = "USER"
    assert len(house.fetch().notices) == 1


def test_check_tells_whose_token_it_is_and_how_long_it_lasts(house):
    belongs = f"the token is the one of the page Kaufhaus Lindner ({PAGE})"
    assert house.source.check(house.web, now=NOW) == [belongs, "the token is valid and does not expire"]
    house.token.expires_at = int((NOW + 20 * DAY).timestamp())
    assert house.source.check(house.web, now=NOW)[1] == "the token is valid until 2026-12-12 08:00 UTC"
    assert "within 7 days" in house.source.check(house.web, now=NOW + 14 * DAY)[1]


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("1798761600", "the token is valid until 2027-01-01 00:00 UTC"),
        (1798761600.0, "the token is valid until 2027-01-01 00:00 UTC"),
        ("0", "the token is valid and does not expire"),
        ("soon", "the token is valid, but Facebook does not tell how long it lasts"),
        (None, "the token is valid, but Facebook does not tell how long it lasts"),
        (True, "the token is valid, but Facebook does not tell how long it lasts"),
        (1798761600000, "the token is valid, but Facebook does not tell how long it lasts"),
    ],
)
def test_the_end_of_a_token_is_read_however_it_is_written_or_said_to_be_unknown(end, sentence):
    health = read_token({"is_valid": True, "expires_at": end, "data_access_expires_at": 0})
    assert health.sentence(NOW) == sentence


def test_check_refuses_the_token_of_another_page(house):
    house.graph.add(Page(id=OTHER, name="Lieferant"), token="EAAother")
    source = FacebookPage(name="facebook", page=PAGE, token="EAAother")
    with pytest.raises(SourceBroken, match=rf"belongs to Lieferant \({OTHER}\), not to the page {PAGE}"):
        source.check(house.web, now=NOW)


def test_check_names_the_missing_permission(house):
    house.token.scopes = ("pages_read_engagement",)
    with pytest.raises(SourceBroken, match="lacks pages_read_user_content"):
        house.source.check(house.web, now=NOW)


def test_a_page_may_be_given_by_its_name(house):
    source = FacebookPage(name="facebook", page="kaufhauslindner", token=TOKEN)
    house.page.write("Willkommen!", at=NOW)
    house.page.visit("Toll!", by=OTHER, at=NOW)
    fetched = source.fetch(house.web, {}, now=NOW)
    assert [item.text for item in fetched.items] == ["Willkommen!"]
    house.graph.calls.clear()
    source.fetch(house.web, fetched.validators, now=NOW)
    assert house.asked == ["published_posts"]
    assert len(source.check(house.web, now=NOW)) == 2


def test_the_proof_of_the_app_secret_goes_with_every_call():
    house = House(app_secret=SECRET, requires_proof=True)
    house.page.write("Willkommen!", at=NOW)
    with pytest.raises(SourceBroken, match="require an appsecret_proof"):
        house.fetch()
    house.source = FacebookPage(name="facebook", page=PAGE, token=TOKEN, app_secret=SECRET)
    assert len(house.fetch().items) == 1
    house.source = FacebookPage(name="facebook", page=PAGE, token=TOKEN, app_secret="another")
    with pytest.raises(SourceBroken, match="Invalid appsecret_proof"):
        house.fetch()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("page", "https://www.facebook.com/lindner"),
        ("page", ""),
        ("token", f"{TOKEN}\u00fc"),
        ("token", f"{TOKEN}\n{TOKEN}"),
        ("app_secret", " "),
        ("api_url", "http://graph.facebook.com/v26.0"),
        ("api_url", "https://graph.facebook.com/?access_token=1"),
    ],
)
def test_a_setting_that_cannot_be_right_is_refused_without_repeating_it(key, value):
    settings = {"name": "facebook", "page": PAGE, "token": TOKEN, key: value}
    with pytest.raises(ValidationError) as caught:
        FacebookPage(**settings)
    assert key in str(caught.value)
    assert TOKEN not in str(caught.value)


# --- The token as a needle --------------------------------------------------------------------------------------------


def assert_no_needle(text):
    proof = "appsecret_proof="
    for needle in (TOKEN, SECRET, proof, "needle"):
        assert needle not in text


@pytest.mark.parametrize("what", ["", "malformed", "redirected", *ERRORS])
def test_no_token_is_in_anything_that_a_look_prints_or_raises_or_keeps(what, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    house = House(app_secret=SECRET)
    for hour in range(30):
        house.page.write("Hallo", at=NOW - timedelta(hours=hour))
    source = FacebookPage(name="facebook", page=PAGE, token=TOKEN, app_secret=SECRET)
    app = house.graph
    if what == "malformed":
        app = Graph()
    elif what == "redirected":
        app = redirecting
    elif what:
        house.graph.fail(what, times=3)
    shown = [repr(source), str(source), repr(source.model_dump())]
    with serving(app) as url:
        source = source.model_copy(update={"api_url": f"{url}/v26.0"})
        web = Web(allow_private_hosts=True)
        for look in (lambda: source.fetch(web, {}, now=NOW), lambda: source.check(web, now=NOW)):
            try:
                shown.append(repr(look()))
            except SourceError as error:
                shown += [repr(error), *traceback.format_exception(error)]
    with pytest.raises(SourceDown) as caught:
        source.fetch(web, {}, now=NOW)  # nobody serves there any more
    shown += traceback.format_exception(caught.value)
    assert_no_needle("\n".join([*shown, caplog.text, *capfd.readouterr()]))


@pytest.mark.parametrize("place", ["message", "fbtrace_id", "type", "code", "is_transient"])
@pytest.mark.parametrize("wrap", [str, lambda text: [text], lambda text: {"x": text}, lambda text: "." * 180 + text])
def test_no_token_is_in_an_error_wherever_facebook_quotes_it(house, place, wrap):
    body = json.dumps({"error": {"code": 190, place: wrap(f"access token {TOKEN} is bad")}}).encode()
    with pytest.raises(SourceError) as caught:
        house.source.fetch(answering(400, body), {}, now=NOW)
    assert TOKEN[:8] not in str(caught.value)


def test_a_long_word_in_an_error_is_blotted_because_it_may_be_a_token(house):
    foreign = "EAA" + "x9" * 30
    body = json.dumps({"error": {"code": 190, "message": f"Malformed access token {foreign}"}}).encode()
    with pytest.raises(SourceBroken, match=r"Malformed access token \*\*\*'"):
        house.source.fetch(answering(400, body), {}, now=NOW)


def test_no_part_of_a_long_word_is_left_where_a_message_is_cut(house):
    body = json.dumps({"error": {"code": 190, "message": "." * 170 + " EAA" + "x9" * 30}}).encode()
    with pytest.raises(SourceBroken) as caught:
        house.source.fetch(answering(400, body), {}, now=NOW)
    assert "EAA" not in str(caught.value)


def redirecting(environ, start_response):
    start_response("302 Found", [("Location", f"ftp://elsewhere.example/?{environ['QUERY_STRING']}")])
    return []


def test_a_redirect_to_another_host_does_not_take_the_token_along(house):
    asked = []

    def app(environ, start_response):
        asked.append((environ["HTTP_HOST"], "HTTP_AUTHORIZATION" in environ, environ["QUERY_STRING"]))
        start_response("302 Found", [("Location", "https://elsewhere.example/")] * (len(asked) == 1))
        return [b"{}"]

    with pytest.raises(SourceError):
        house.source.fetch(Web(transport=httpx.WSGITransport(app=app)), {}, now=NOW)
    assert [host for host, _, _ in asked] == ["graph.facebook.com", "elsewhere.example"]
    assert asked[1][1:] == (False, "")


# --- Real answers -----------------------------------------------------------------------------------------------------


def real_answers():
    if not CORPUS.is_dir():
        pytest.skip(f"no recorded answers of Facebook in ../shared/corpus/{CORPUS.name}")
    for file in sorted(CORPUS.glob("*.json")):
        answer = json.loads(file.read_text())
        yield file.name, answer["data"] if "data" in answer else [answer] if "id" in answer else list(answer.values())


def test_every_real_answer_is_read():
    full = {}
    for name, posts in real_answers():
        page_id = posts[0]["id"].partition("_")[0]
        items, skipped = read_posts(posts, source="facebook", page=page_id, page_id=page_id)
        assert (len(items), skipped) == (len(posts), []), name
        full |= {item.id: item for item in items if item.extra["kind"]}
    kinds = [item.extra["kind"] for item in full.values()]
    assert {kind: kinds.count(kind) for kind in kinds}.keys() == {
        *("added_photos", "shared_story", "added_video", "mobile_status_update")
    }
    assert all(item.text and item.published for item in full.values())


def test_the_links_of_the_real_posts_lead_away_from_facebook_without_its_redirect():
    links = {item.link: item for _, posts in real_answers() for item in read_all(posts) if item.extra["kind"]}
    assert all("l.php" not in link and "fbclid" not in link for link in links)
    hosts = {urlsplit(link).hostname for link in links}
    assert {"engineering.fb.com", "ai.facebook.com", "fb.me"} <= hosts, "its blogs, and a short link"


def read_all(posts):
    page_id = posts[0]["id"].partition("_")[0]
    return read_posts(posts, source="facebook", page=page_id, page_id=page_id)[0]


def test_a_real_answer_comes_through_the_whole_source():
    for name, posts in real_answers():
        page_id = posts[0]["id"].partition("_")[0]
        source = FacebookPage(name="facebook", page=page_id, token=TOKEN)
        fetched = source.fetch(answering(200, json.dumps({"data": posts}).encode()), {}, now=NOW)
        assert len(fetched.items) == len(posts), name
