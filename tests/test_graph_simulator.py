"""The simulated Graph API answers as the real one does: same keys, same types, same refusals."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from connectors.facebook import FacebookPage
from connectors.facebook_posts import FIELDS
from connectors.simulators.graph import Graph
from connectors.simulators.graph_errors import ERRORS
from connectors.simulators.graph_fields import read_fields
from connectors.simulators.graph_pages import Page
from connectors.simulators.graph_sample import PAGE_ID, sample_page
from connectors.simulators.server import serving
from connectors.web import Web

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TOKEN = "EAAtokenOfThePage"
ARTICLE = "https://blog.example.com/2026/neue-oeffnungszeiten/"
CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "facebook"


@pytest.fixture
def page():
    return Page(id="1", name="Kaufhaus Lindner", username="kaufhauslindner")


@pytest.fixture
def graph(page):
    graph = Graph(clock=lambda: NOW)
    graph.add(page, token=TOKEN)
    return graph


@pytest.fixture
def ask(graph):
    client = httpx.Client(
        transport=httpx.WSGITransport(app=graph),
        base_url="https://graph.facebook.com/v26.0/",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )

    def ask(path, **parameters):
        return client.get(path, params=parameters)

    return ask


# --- Against the real answers -----------------------------------------------------------------------------------------


def real_answers():
    if not CORPUS.is_dir():
        pytest.skip(f"no recorded answers of Facebook in ../shared/corpus/{CORPUS.name}")
    return [json.loads(file.read_text()) for file in sorted(CORPUS.glob("*.json"))]


def shape(value, path=""):
    """Every path through the value and the type at its end."""
    if isinstance(value, dict):
        return {pair for key, part in value.items() for pair in shape(part, f"{path}.{key}")}
    if isinstance(value, list):
        return {pair for part in value for pair in shape(part, f"{path}[]")}
    return {(path, type(value).__name__)}


def kind_of(post):
    return next((attachment["type"] for attachment in post.get("attachments", {}).get("data", [])), "text")


def shapes_by_kind(posts):
    """What posts of each kind are made of, as far as the connector asks for it."""
    shapes = {}
    asked = read_fields(FIELDS)
    for post in posts:
        asked_for = {key: value for key, value in post.items() if key in asked}
        kind = kind_of(post)
        shapes.setdefault(kind, set()).update(shape(asked_for))
    return shapes


# Asked for in every answer, but not known from the real ones, which were recorded with other fields.
NOT_RECORDED = {
    *((f".{flag}", "bool") for flag in ("is_published", "is_hidden", "is_expired")),
    *((f".from.{key}", "str") for key in ("id", "name")),
}
# Real, but of no use to anybody here: tags inside a description.
NOT_SIMULATED = ".attachments.data[].description_tags"


@pytest.mark.parametrize("kind", ["photo", "share", "album", "text", "video_autoplay"])
def test_a_post_has_the_keys_and_types_of_a_real_one(page, ask, kind):
    page.write("Willkommen!", at=NOW)
    page.share_link("Lesen!", ARTICLE, at=NOW, title="Neue Öffnungszeiten", description="Donnerstags bis 21 Uhr")
    page.show_photo("Ein Foto", at=NOW)
    page.show_album("Zwei Fotos", ["a", "b"], at=NOW)
    page.show_video("Ein Film", at=NOW, title="Der Umbau")
    ours = shapes_by_kind(ask("1/published_posts", fields=FIELDS).json()["data"])
    recorded = [answer for answer in real_answers() if "data" in answer or "id" in answer]
    real_posts = [post for answer in recorded for post in answer.get("data", [answer]) if "status_type" in post]
    real = {(path, name) for path, name in shapes_by_kind(real_posts)[kind] if not path.startswith(NOT_SIMULATED)}
    assert ours[kind] - NOT_RECORDED == real


def test_every_kind_of_post_that_was_recorded_is_simulated():
    posts = [post for answer in real_answers() for post in answer.get("data", [answer]) if "status_type" in post]
    assert set(map(kind_of, posts)) == {"photo", "share", "album", "text", "video_autoplay"}


def test_a_single_post_has_the_keys_and_types_of_a_real_one(page, ask):
    post_id = page.write("Willkommen!", at=NOW)
    real = next(answer for answer in real_answers() if answer.keys() == {"id", "created_time", "message"})
    assert shape(ask(post_id, fields="created_time,message").json()) == shape(real)


def test_a_post_that_is_gone_or_anothers_is_no_object(page, graph, ask):
    other = Page(id="2", name="Filiale")
    graph.add(other, token="EAAsecond")
    post_id = page.write("Willkommen!", at=NOW)
    page.delete(post_id)
    for asked in (post_id, "1_7", other.write("Hallo", at=NOW), "3_1"):
        error = ask(asked, fields="id").json()["error"]
        assert (error["code"], error["error_subcode"]) == (100, 33)


def test_paging_has_the_keys_and_types_of_a_real_one(page, ask):
    for hour in range(3):
        page.write(f"Nummer {hour}", at=NOW - timedelta(hours=hour))
    ours = ask("1/published_posts", limit="2").json()["paging"]
    real = next(
        answer["paging"] for answer in real_answers() if answer.get("paging", {}).get("cursors", {}).get("after")
    )
    assert shape(ours) == shape(real)
    assert f"access_token={TOKEN}" in ours["next"]
    assert "access_token=" in real["next"]


# --- Posts and paging -------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_to_the_end_and_the_last_has_no_next(page, ask):
    ids = [page.write(f"Nummer {hour}", at=NOW - timedelta(hours=hour)) for hour in range(5)]
    seen, after = [], ""
    while True:
        answer = ask("1/published_posts", limit="2", after=after).json()
        seen += [post["id"] for post in answer["data"]]
        after = answer["paging"]["cursors"]["after"]
        if "next" not in answer["paging"]:
            break
    assert seen == ids


def test_a_page_of_posts_that_the_reader_may_not_see_is_empty_but_not_the_last(page, ask):
    for hour in range(3):
        page.mark(page.write("Geheim", at=NOW - timedelta(hours=hour)), withheld=True)
    answer = ask("1/published_posts", limit="2").json()
    assert answer["data"] == []
    assert "next" in answer["paging"]


def test_a_comment_moves_updated_time_and_nothing_else(page, ask):
    post_id = page.write("Willkommen!", at=NOW)
    (before,) = ask("1/published_posts", fields=FIELDS).json()["data"]
    page.comment(post_id, at=NOW + timedelta(days=1))
    (after,) = ask("1/published_posts", fields=FIELDS).json()["data"]
    assert {key for key in before if before[key] != after[key]} == {"updated_time"}
    page.delete(post_id)
    assert ask("1/published_posts").json() == {"data": []}


def test_only_the_fields_that_were_asked_for_come(page, ask):
    page.share_link("Lesen!", ARTICLE, at=NOW, title="Neu")
    (post,) = ask("1/published_posts", fields="message,attachments{title,media{image{src}}}").json()["data"]
    source = "https://external.xx.fbcdn.net/safe_image.php?d=AQsim&url=https%3A%2F%2Fgraph.facebook.com%2Fpictures%2Fvorschau.png"
    media = {"image": {"src": source}}
    assert post == {"id": post["id"], "message": "Lesen!", "attachments": {"data": [{"title": "Neu", "media": media}]}}


@pytest.mark.parametrize("parameters", [{"limit": "101"}, {"limit": "x"}, {"fields": "id,link"}, {"after": "gone"}])
def test_a_wrong_parameter_is_error_100(page, ask, parameters):
    page.write("Willkommen!", at=NOW)
    answer = ask("1/published_posts", **parameters)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


# --- Tokens, errors, limits -------------------------------------------------------------------------------------------


def test_the_token_is_taken_from_the_header_or_the_address_and_must_be_known(graph):
    client = httpx.Client(transport=httpx.WSGITransport(app=graph), base_url="https://graph.facebook.com/v26.0/")
    assert client.get("me", params={"access_token": TOKEN}).json() == {"id": "1", "name": "Kaufhaus Lindner"}
    assert [call.in_header for call in graph.calls] == [False]
    for asked in (client.get("me"), client.get("me", headers={"Authorization": "Bearer unknown"})):
        assert asked.json()["error"]["code"] == 190


def test_debug_token_tells_what_is_known_about_a_token(graph, ask):
    token = graph.add(Page(id="2", name="Filiale"), token="EAAsecond", expires_at=int(NOW.timestamp()) + 60)
    data = ask("debug_token", input_token="EAAsecond").json()["data"]
    assert (data["is_valid"], data["expires_at"], data["profile_id"]) == (True, token.expires_at, "2")
    token.expires_at = int(NOW.timestamp())
    data = ask("debug_token", input_token="EAAsecond").json()["data"]
    assert (data["is_valid"], data["error"]["subcode"]) == (False, 463)
    assert ask("debug_token", input_token="nonsense").json()["data"]["is_valid"] is False


def test_a_token_that_has_expired_or_lacks_the_permission_reads_nothing(graph, ask):
    own = graph.add(Page(id="1", name="Kaufhaus Lindner"), token=TOKEN, scopes=())
    assert ask("1/published_posts").json()["error"]["code"] == 10
    own.expires_at = int(NOW.timestamp())
    assert ask("1/published_posts").json()["error"]["error_subcode"] == 463


@pytest.mark.parametrize("what", ERRORS)
def test_every_error_comes_on_demand_and_only_so_often(graph, ask, what):
    graph.fail(what, path="published_posts")
    assert ask("me").status_code == 200
    answer = ask("1/published_posts")
    assert answer.status_code == ERRORS[what].status
    assert answer.json()["error"].get("code") == ERRORS[what].code
    assert ask("1/published_posts").status_code == 200


def test_calling_a_throttled_page_makes_the_wait_longer(graph, ask):
    graph.throttle(timedelta(minutes=30))
    waits = []
    for _ in range(3):
        answer = ask("1/published_posts")
        assert answer.json()["error"]["code"] == 80001
        (entry,) = json.loads(answer.headers["X-Business-Use-Case-Usage"])["1"]
        waits.append(entry["estimated_time_to_regain_access"])
    assert waits == [35, 40, 45]


# --- The sample -------------------------------------------------------------------------------------------------------


def test_the_sample_page_has_one_post_of_its_own_and_one_that_repeats_the_blog():
    graph = Graph(clock=lambda: NOW)
    graph.add(sample_page(NOW, article=ARTICLE, title="Neue Öffnungszeiten"), token=TOKEN)
    with serving(graph) as url:
        source = FacebookPage(name="facebook", page=PAGE_ID, token=TOKEN, api_url=f"{url}/v26.0")
        web = Web(allow_private_hosts=True)
        fetched = source.fetch(web, {}, now=NOW)
        own, repeated = fetched.items
        picture = web.get(own.images[0].url)
    assert own.story == f"facebook:{own.id}"
    assert (repeated.story, repeated.title) == (ARTICLE.rstrip("/"), "Neue Öffnungszeiten")
    assert "1 cover or profile picture, 1 share of somebody else's post" in fetched.notices[0]
    assert (picture.headers["content-type"], picture.body[:4]) == ("image/png", b"\x89PNG")
