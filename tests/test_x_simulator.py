"""The simulated X behaves as X was seen to behave."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import httpx
import pytest

from connectors.oauth1 import OAuth1
from connectors.simulators import x_faults as faults
from connectors.simulators.server import serving
from connectors.simulators.x import X

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n and so on"


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def x(clock):
    return X(clock=clock)


@pytest.fixture
def api(x):
    return client(x)


def client(x, **keys):
    auth = OAuth1(**{**x.credentials, **keys})
    return httpx.Client(transport=httpx.WSGITransport(app=x), base_url="http://x.test", auth=auth)


def post(api, text, **more):
    return api.post("/2/tweets", json={"text": text, **more})


def look(api, **query):
    return api.get("/2/users/1000001/tweets", params=query)


def texts(answer):
    return [tweet["text"] for tweet in answer.json().get("data", [])]


# --- Keys


def test_a_signed_request_is_let_in(api):
    assert api.get("/2/users/me").json()["data"]["username"] == "office"


@pytest.mark.parametrize("key", ["api_key", "api_secret", "access_token", "access_token_secret"])
def test_a_wrong_key_is_refused_as_x_does(x, key):
    answer = post(client(x, **{key: "wrong"}), "Hallo")
    assert answer.status_code == 401
    assert answer.json() == {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
    assert x.tweets == []


def test_a_request_without_a_signature_is_refused(x):
    with httpx.Client(transport=httpx.WSGITransport(app=x), base_url="http://x.test") as stranger:
        assert stranger.get("/2/users/me").status_code == 401
        assert stranger.get("/2/users/me", headers={"Authorization": "Bearer abc"}).status_code == 401


def test_a_request_that_was_seen_before_is_refused(x, api):
    first = post(api, "Hallo")
    with httpx.Client(transport=httpx.WSGITransport(app=x), base_url="http://x.test") as eavesdropper:
        again = eavesdropper.post("/2/tweets", json={"text": "Hallo 2"}, headers=first.request.headers)
    assert again.status_code == 401


def test_a_signature_covers_the_query(x, api):
    signed = look(api, max_results="5").request
    forged = dict(signed.headers) | {"Authorization": signed.headers["Authorization"].replace('nonce="', 'nonce="0')}
    with httpx.Client(transport=httpx.WSGITransport(app=x), base_url="http://x.test") as forger:
        assert forger.get("/2/users/1000001/tweets?max_results=100", headers=forged).status_code == 401


# --- Tweets


def test_a_tweet_is_accepted_and_named(x, api):
    answer = post(api, "Grüße aus München")
    assert answer.status_code == 201
    [tweet] = x.tweets
    assert answer.json() == {"data": {"id": tweet.id, "text": "Grüße aus München", "edit_history_post_ids": [tweet.id]}}


def test_links_are_wrapped_and_the_text_is_escaped(x, api):
    post(api, "Käse & <Brot>: https://www.example.com/a?b=1&c=2, example.com und mehr")
    [shown] = look(api, **{"post.fields": "entities"}).json()["data"]
    first, second = shown["entities"]["urls"]
    assert shown["text"] == f"Käse &amp; &lt;Brot&gt;: {first['url']}, {second['url']} und mehr"
    assert shown["text"][first["start"] : first["end"]] == first["url"]
    assert shown["text"][second["start"] : second["end"]] == second["url"]
    assert first["url"].startswith("https://t.co/")
    assert len(first["url"]) == 23
    assert first["expanded_url"] == "https://www.example.com/a?b=1&c=2"
    assert second["expanded_url"] == "http://example.com"
    assert first["display_url"] == "example.com/a?b=1&c=2"


def test_ids_grow_with_time_and_never_repeat(x, clock):
    first, second = x.add("eins"), x.add("zwei")
    clock.now += timedelta(seconds=1)
    third = x.add("drei")
    assert int(first.id) < int(second.id) < int(third.id)
    assert len(third.id) == 19


REFUSED = {
    "no words": ({"text": ""}, 400, "needs text"),
    "blank words": ({"text": " \n"}, 400, "needs text"),
    "too long": ({"text": "ä" * 281}, 400, "Your Tweet text is too long"),
    "too long by weight": ({"text": "語" * 141}, 400, "Your Tweet text is too long"),
    "an unknown key": ({"text": "Hallo", "idempotency_key": "1"}, 400, "not allowed"),
    "a number for words": ({"text": 5}, 400, "needs text"),
    "a list": ([], 400, "not allowed"),
    "two cashtags": ({"text": "$AAPL und $MSFT"}, 403, "one cashtag"),
    "a picture nobody uploaded": ({"text": "Hallo", "media": {"media_ids": ["5"]}}, 400, "media IDs"),
}


@pytest.mark.parametrize(("body", "status", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_x_would_refuse_is_refused(x, api, body, status, words):
    answer = api.post("/2/tweets", json=body)
    assert answer.status_code == status
    assert words in answer.text
    assert x.tweets == []


@pytest.mark.parametrize("text", ["ä" * 280, "語" * 140, "Nur $AAPL, 5 $ und $100", "https://example.com/" + "a" * 400])
def test_what_just_fits_is_accepted(api, text):
    assert post(api, text).status_code == 201


def test_the_same_words_twice_are_a_duplicate(x, api):
    post(api, "Hallo")
    answer = post(api, "Hallo")
    assert answer.status_code == 403
    assert answer.json()["detail"] == "You are not allowed to create a Tweet with duplicate content."
    assert len(x.tweets) == 1


def test_the_check_for_duplicates_can_be_switched_off(x, api):
    x.duplicate_check = False
    post(api, "Hallo")
    assert post(api, "Hallo").status_code == 201
    assert len(x.tweets) == 2


def test_tweets_from_many_threads_are_all_kept(x):
    with serving(x) as url, httpx.Client(auth=OAuth1(**x.credentials), trust_env=False) as api:

        def send(number):
            return api.post(f"{url}/2/tweets", json={"text": f"Nummer {number % 10}"}).status_code

        with ThreadPoolExecutor(8) as threads:
            statuses = list(threads.map(send, range(40)))
    assert sorted(statuses) == [201] * 10 + [403] * 30
    assert len({tweet.id for tweet in x.tweets}) == 10


# --- The timeline


def test_the_newest_tweet_comes_first(x, api):
    x.add("alt")
    x.add("neu")
    assert texts(look(api)) == ["neu", "alt"]


def test_only_three_fields_come_unasked(x, api):
    x.add("https://example.com")
    [shown] = look(api).json()["data"]
    assert set(shown) == {"id", "text", "edit_history_post_ids"}


def test_an_empty_timeline_has_no_data(api):
    assert look(api).json() == {"meta": {"result_count": 0}}


def test_pages_follow_one_another_without_gap_or_overlap(x, api):
    for number in range(23):
        x.add(f"Nummer {number}")
    seen, token = [], {}
    while True:
        page = look(api, max_results="10", **token)
        seen += texts(page)
        if not (following := page.json()["meta"].get("next_token")):
            break
        token = {"pagination_token": following}
        x.add(f"dazwischen {following}")
    assert seen == [f"Nummer {number}" for number in reversed(range(23))]


def test_times_and_ids_bound_the_timeline(x, api, clock):
    for hour in range(4):
        clock.now = NOW + timedelta(hours=hour)
        x.add(f"{8 + hour} Uhr")
    ids = [tweet.id for tweet in x.tweets]
    assert texts(look(api, start_time="2026-11-22T09:00:00Z", end_time="2026-11-22T11:00:00Z")) == ["10 Uhr", "9 Uhr"]
    assert texts(look(api, since_id=ids[0], until_id=ids[3])) == ["10 Uhr", "9 Uhr"]


@pytest.mark.parametrize(
    "query",
    [
        {"max_results": "4"},
        {"max_results": "101"},
        {"max_results": "many"},
        {"start_time": "yesterday"},
        {"start_time": "2026-11-22T08:00:00"},
        {"pagination_token": "!"},
        {"tweet.fields": "entities"},
        {"colour": "blue"},
    ],
)
def test_a_query_that_x_does_not_know_is_refused(api, query):
    answer = look(api, **query)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/invalid-request")


def test_a_tweet_shows_up_after_the_lag(x, api, clock):
    x.lag = timedelta(seconds=90)
    post(api, "Hallo")
    assert texts(look(api)) == []
    clock.now += timedelta(seconds=90)
    assert texts(look(api)) == ["Hallo"]


def test_a_long_tweet_is_cut_and_told_in_full_beside(clock):
    x = X(clock=clock, limit=25_000)
    text = "Ein Satz & noch einer. " * 20
    x.add(text + "https://example.com/")
    [shown] = look(client(x), **{"post.fields": "note_post,entities"}).json()["data"]
    assert len(shown["text"]) == 280
    assert shown["text"].endswith("…")
    assert shown["entities"]["urls"] == []
    [url] = shown["note_post"]["entities"]["urls"]
    assert shown["note_post"]["text"] == text.replace("&", "&amp;") + url["url"]


def test_somebody_elses_timeline_is_an_error_with_status_200(api):
    answer = api.get("/2/users/5/tweets")
    assert answer.status_code == 200
    assert "data" not in answer.json()
    assert answer.json()["errors"][0]["resource_id"] == "5"


# --- Pictures


def test_a_picture_is_kept_described_and_attached(x, api):
    upload = api.post(
        "/2/media/upload", files={"media": ("a", PNG, "image/png")}, data={"media_category": "tweet_image"}
    )
    media_id = upload.json()["data"]["id"]
    api.post("/2/media/metadata", json={"id": media_id, "metadata": {"alt_text": {"text": "Ein Haus"}}})
    post(api, "Unser Haus", media={"media_ids": [media_id]})
    assert x.media[media_id].alt == "Ein Haus"
    assert x.media[media_id].body == PNG
    [shown] = look(api, **{"post.fields": "entities"}).json()["data"]
    [url] = shown["entities"]["urls"]
    assert shown["text"] == f"Unser Haus {url['url']}"
    assert url["expanded_url"].endswith("/photo/1")


@pytest.mark.parametrize("category", ["tweet_image", "tweet_video"])
def test_what_is_no_picture_is_refused(api, category):
    body = b"%PDF" if category == "tweet_image" else PNG
    answer = api.post("/2/media/upload", files={"media": ("a", body, "image/png")}, data={"media_category": category})
    assert answer.status_code == 400


# --- Limits and faults


def test_the_hundred_and_first_tweet_in_a_quarter_of_an_hour_is_too_many(x, api, clock):
    first = post(api, "Nummer 0")
    assert first.headers["x-rate-limit-limit"] == "100"
    assert first.headers["x-rate-limit-remaining"] == "99"
    for number in range(1, 100):
        last = post(api, f"Nummer {number}")
    assert (last.status_code, last.headers["x-rate-limit-remaining"]) == (201, "0")
    refused = post(api, "Nummer 100")
    assert refused.status_code == 429
    assert refused.headers["x-rate-limit-reset"] == str(int((NOW + timedelta(minutes=15)).timestamp()))
    clock.now += timedelta(minutes=15)
    assert post(api, "Nummer 100").status_code == 201


def test_reading_has_a_limit_of_its_own(api):
    post(api, "Hallo")
    assert look(api).headers["x-rate-limit-remaining"] == "899"
    assert api.get("/2/users/me").headers["x-rate-limit-remaining"] == "74"


def test_faults_are_spent_one_by_one(x, api):
    x.next(faults.NO_CREDITS, faults.SUSPENDED)
    assert [post(api, "Hallo").status_code for _ in range(3)] == [402, 403, 201]


def test_a_policy_decides_where_no_fault_is_queued(x, api):
    x.policy = lambda endpoint, request: faults.UNAVAILABLE if b"Pech" in request.body else None
    assert [post(api, text).status_code for text in ("Pech", "Glück")] == [503, 201]


@pytest.mark.parametrize(
    ("fault", "kept"),
    [(faults.ANSWER_LOST, 1), (faults.REQUEST_LOST, 0), (faults.ANSWER_TRUNCATED, 1)],
)
def test_a_lost_answer_is_a_broken_connection(x, fault, kept):
    x.next(fault)
    with serving(x) as url, pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{url}/2/tweets", json={"text": "Hallo"}, auth=OAuth1(**x.credentials), trust_env=False)
    assert len(x.tweets) == kept


def test_a_hanging_answer_hinders_nobody_else(x):
    x.next(faults.ANSWER_LATE)
    with serving(x) as url, httpx.Client(auth=OAuth1(**x.credentials), trust_env=False, timeout=0.2) as api:
        with pytest.raises(httpx.ReadTimeout):
            api.post(f"{url}/2/tweets", json={"text": "Hallo"})
        assert api.get(f"{url}/2/users/me", timeout=5).status_code == 200
        x.released.set()
    assert len(x.tweets) == 1


def test_what_is_no_endpoint_is_not_found(api):
    assert api.get("/2/nothing").status_code == 404
    assert api.delete("/2/tweets/5").status_code == 404


# --- The page


class Page(HTMLParser):
    """The visible text, the links, and everything that would have to be loaded from elsewhere."""

    def __init__(self, source):
        super().__init__()
        self.text, self.links, self.assets, self.open = "", [], [], []
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in {"meta", "img", "link", "br"}:
            self.open.append(tag)
        if tag == "a":
            self.links.append(given["href"])
        self.assets += [given[key] for key in ("src", "srcset") if key in given]
        self.assets += [given["href"]] if tag == "link" else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data if "style" not in self.open else ""


def test_the_page_shows_every_tweet_with_its_weight_and_price(x):
    x.add("Käse & <Brot> https://example.com/a?b=1&copy=2")
    x.add("Schönen Feierabend")
    page = Page(x.page())
    assert page.open == []
    assert "Käse & <Brot> example.com/a?b=1&copy=2" in page.text
    assert "https://example.com/a?b=1&copy=2" in page.links
    assert "37 of 280 · $0.200" in page.text
    assert "18 of 280 · $0.015" in page.text
    assert "2 tweets, $0.215" in page.text
    assert page.text.index("Feierabend") < page.text.index("Käse")


def test_the_page_runs_no_script_of_a_tweet(x):
    x.add('<script>alert(1)</script> "><img src=x onerror=alert(1)> https://example.com/"onmouseover="alert(1)')
    page = Page(x.page())
    assert "<script" not in x.page()
    assert page.assets == []
    assert page.open == []


def test_the_page_needs_nothing_from_elsewhere(x, api):
    upload = api.post(
        "/2/media/upload", files={"media": ("a", PNG, "image/png")}, data={"media_category": "tweet_image"}
    )
    media_id = upload.json()["data"]["id"]
    post(api, "Unser Haus", media={"media_ids": [media_id]})
    page = Page(x.page())
    assert [asset.partition(",")[0] for asset in page.assets] == ["data:image/png;base64"]
    assert "photo/1" not in page.text


def test_the_page_stands_at_the_root_and_at_every_tweet(x, api):
    tweet = x.add("Grüße")
    for path in ("/", f"/i/web/status/{tweet.id}"):
        answer = api.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "Grüße" in answer.text
    assert api.get("/i/web/status/5").status_code == 404


def test_an_empty_timeline_is_a_page_too(x):
    assert "No tweets yet." in Page(x.page()).text


def test_tweets_can_be_read_as_data(x):
    tweet = x.add("Käse & Brot")
    assert (tweet.raw, tweet.text, tweet.created_at, tweet.media) == ("Käse & Brot", "Käse &amp; Brot", NOW, ())
    assert json.dumps(tweet.as_json({"created_at"}))
