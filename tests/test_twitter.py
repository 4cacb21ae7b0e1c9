"""What becomes of a tweet: every outcome that X or the network has been seen to have."""

import gzip
import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.contract import AccountDown, Draft, MaybePosted, NotPosted, PostError, Profile, Refused
from connectors.simulators import x_faults as faults
from connectors.simulators.server import serving
from connectors.simulators.x import X
from connectors.simulators.x_faults import Fault, Reply, problem
from connectors.twitter import LARGEST_ANSWER, Twitter
from connectors.twitter_answers import look_failed, post_failed
from connectors.twitter_problem import Answer

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SOON = timedelta(seconds=5)
KEYS = {
    "api_key": "the-key-of-the-app",
    "api_secret": "the-secret-of-the-app",
    "access_token": "1000001-the-token",
    "access_token_secret": "the-secret-of-the-token",
}
PNG = b"\x89PNG\r\n\x1a\n and so on"


def draft(text: str = "Neue Öffnungszeiten", link: str = "") -> Draft:
    return Draft(text=text, link=link, weight=len(text), price=Decimal("0.015"))


def in_minutes(minutes: float) -> str:
    return str(int((NOW + timedelta(minutes=minutes)).timestamp()))


@pytest.fixture
def x():
    return X(clock=lambda: NOW)


@pytest.fixture
def office(x):
    with serving(x) as url:
        yield Twitter(name="office", api_url=url, **x.credentials)


@contextmanager
def raw_server(answer):
    """A server that hands every connection to `answer`, to do with it what no decent server does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def read_request(connection: socket.socket) -> None:
    received = b""
    while b'"text"' not in received:
        received += connection.recv(65536)


# --- Posting: answers -------------------------------------------------------------------------------------------------


def html(status: int, title: str) -> Reply:
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>Ray ID: 8f</body></html>"
    return Reply(status=status, body=page.encode(), headers={"content-type": "text/html"})


def forbidden(kind: str, base: str = "https://api.twitter.com") -> Reply:
    return Reply.of(403, {"title": "Forbidden", "status": 403, "detail": "No.", "type": f"{base}/2/problems/{kind}"})


def legacy(status: int, code: int, message: str) -> Reply:
    return Reply.of(status, {"errors": [{"code": code, "message": message}]})


def limited(body: object = None, **headers: str) -> Reply:
    return Reply.of(429, body or problem(429, "Too Many Requests", "Too Many Requests"), **headers)


ANSWERS = {
    # The words are wrong: never with these words
    "400 too long": (faults.TOO_LONG, Refused, "Your Tweet text is too long"),
    "400 unknown": (Reply.of(400, {"title": "Invalid Request"}), Refused, "Invalid Request"),
    "400 without a body": (Reply(status=400), Refused, "400"),
    "403 unclear": (faults.NOT_PERMITTED, Refused, "not permitted to perform this action"),
    "403 two cashtags": (faults.CASHTAGS, Refused, "maximum of one cashtag"),
    "403 invalid url": (faults.INVALID_URL, Refused, "invalid URL"),
    "403 legacy too long": (legacy(403, 186, "Tweet needs to be a bit shorter."), Refused, "a bit shorter"),
    "413": (html(413, "413 Request Entity Too Large"), Refused, "413 Request Entity Too Large"),
    "422": (Reply(status=422, body=b"<p>not\x00 <b>processable</b>"), Refused, "not processable"),
    "451": (Reply.of(451, {"error": "?"}), Refused, "451"),
    "a body that quotes the tweet": (
        Reply.of(400, {"detail": "Bad text: our shop is suspended"}),
        Refused,
        "our shop is suspended",
    ),
    # The account is wrong: the queue waits for a person
    "401": (faults.UNAUTHORIZED, AccountDown, "Check the four keys"),
    "401 legacy": (legacy(401, 89, "Invalid or expired token."), AccountDown, "Invalid or expired token"),
    "402": (faults.NO_CREDITS, AccountDown, "Top up at console.x.com"),
    "402 without a body": (Reply(status=402), AccountDown, "Top up at console.x.com"),
    "403 suspended": (faults.SUSPENDED, AccountDown, "suspended"),
    "403 suspended, the older host": (forbidden("user-suspended"), AccountDown, "appeal"),
    "403 suspended, by its words": (
        Reply.of(403, {"detail": "The user used for authentication is suspended"}),
        AccountDown,
        "appeal",
    ),
    "403 legacy suspended": (legacy(403, 64, "Your account is suspended."), AccountDown, "appeal"),
    "403 locked": (faults.LOCKED, AccountDown, "unlock it"),
    "403 client forbidden": (forbidden("client-forbidden"), AccountDown, "console.x.com"),
    "403 client not enrolled": (faults.NOT_ENROLLED, AccountDown, "console.x.com"),
    "403 app-only token": (faults.APP_ONLY, AccountDown, "access tokens"),
    "403 read-only app": (faults.READ_ONLY_APP, AccountDown, "Read and write"),
    "404": (faults.NOT_FOUND, AccountDown, "api_url"),
    "405": (html(405, "Not Allowed"), AccountDown, "api_url"),
    "410": (Reply(status=410), AccountDown, "api_url"),
    "429 usage cap": (faults.USAGE_CAPPED, AccountDown, "usage cap"),
    # Perhaps it is out: look first
    "403 duplicate": (faults.DUPLICATE, MaybePosted, "duplicate content"),
    "403 legacy duplicate": (legacy(403, 187, "Status is a duplicate."), MaybePosted, "duplicate"),
    "408": (Reply(status=408), MaybePosted, "408"),
    "500": (Reply.of(500, {"title": "Internal Server Error"}), MaybePosted, "Internal Server Error"),
    "502 page": (html(502, "Bad gateway"), MaybePosted, "502: Bad gateway"),
    "503": (faults.UNAVAILABLE, MaybePosted, "Service Unavailable"),
    "503 page": (faults.GATEWAY_DOWN, MaybePosted, "503 Service Temporarily Unavailable"),
    "504 without a body": (Reply(status=504), MaybePosted, "504"),
    "520 page": (html(520, "Web server is returning an unknown error"), MaybePosted, "unknown error"),
    "201 without a body": (Reply(status=201), MaybePosted, "201"),
    "201 without an id": (Reply.of(201, {"data": {"text": "Hallo"}}), MaybePosted, "201"),
    "201 with an empty id": (Reply.of(201, {"data": {"id": ""}}), MaybePosted, "201"),
    "201 with a list": (Reply.of(201, [1, 2]), MaybePosted, "201"),
    "201 with errors alone": (Reply.of(201, {"errors": [{"detail": "Odd."}]}), MaybePosted, "Odd"),
    "201 page": (html(201, "Welcome"), MaybePosted, "Welcome"),
    "201 too deep to read": (Reply(status=201, body=b"[" * 200_000), MaybePosted, "201"),
    "200 cut in the middle": (Reply(status=200, body=b'{"data": {"id": "12'), MaybePosted, "200"),
    "202": (Reply(status=202, body=b"{}"), MaybePosted, "202"),
    "204": (Reply(status=204), MaybePosted, "204"),
    # Certainly not out, and may go later
    "301": (Reply(status=301, headers={"location": "https://example.com/"}), NotPosted, "redirect"),
    "302": (Reply(status=302, headers={"location": "/login"}), NotPosted, "api_url"),
    "307": (Reply(status=307, headers={"location": "/elsewhere"}), NotPosted, "redirect"),
    "429": (faults.TOO_MANY, NotPosted, "wait until 2026-11-22 08:15 UTC"),
}


@pytest.mark.parametrize(("reply", "outcome", "words"), ANSWERS.values(), ids=ANSWERS.keys())
def test_every_answer_to_a_tweet_has_one_meaning(x, office, reply, outcome, words):
    x.next(reply)
    with pytest.raises(PostError) as caught:
        office.post(draft(), timeout=SOON, now=NOW)
    assert type(caught.value) is outcome
    assert words in str(caught.value)
    assert x.tweets == []


WAITS = {
    "no header": ({}, 15),
    "the window": ({"x_rate_limit_reset": in_minutes(7)}, 7),
    "the app's day": (
        {
            "x_rate_limit_reset": in_minutes(7),
            "x_app_limit_24hour_remaining": "0",
            "x_app_limit_24hour_reset": in_minutes(600),
        },
        600,
    ),
    "the user's day": (
        {"x_user_limit_24hour_remaining": "0", "x_user_limit_24hour_reset": in_minutes(300)},
        300,
    ),
    "a day with room left": (
        {
            "x_rate_limit_reset": in_minutes(7),
            "x_user_limit_24hour_remaining": "3",
            "x_user_limit_24hour_reset": in_minutes(300),
        },
        7,
    ),
    "Retry-After in seconds": ({"retry_after": "120"}, 2),
    "Retry-After as a date": ({"retry_after": "Sun, 22 Nov 2026 08:30:00 GMT"}, 30),
    "Retry-After later than the window": ({"retry_after": "1800", "x_rate_limit_reset": in_minutes(7)}, 30),
    "a reset that is past": ({"x_rate_limit_reset": in_minutes(-7)}, 15),
    "a reset that is no number": ({"x_rate_limit_reset": "soon"}, 15),
    "a reset beyond all calendars": ({"x_rate_limit_reset": "9" * 30}, 24 * 60),
    "a reset of too many digits": ({"x_rate_limit_reset": "9" * 5000}, 15),
    "a reset in milliseconds": ({"x_rate_limit_reset": in_minutes(7) + "000"}, 24 * 60),
}


@pytest.mark.parametrize(("headers", "minutes"), WAITS.values(), ids=WAITS.keys())
def test_too_many_requests_says_when_to_try_again(headers, minutes):
    reply = limited(**headers)
    error = post_failed(Answer(status=429, headers=reply.headers, body=reply.body), now=NOW)
    assert isinstance(error, NotPosted)
    assert error.after == NOW + timedelta(minutes=minutes)


def test_the_documented_body_of_a_rate_limit_is_no_refusal(x, office):
    x.next(limited({"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, x_rate_limit_reset=in_minutes(3)))
    with pytest.raises(NotPosted, match="Rate limit exceeded") as caught:
        office.post(draft(), timeout=SOON, now=NOW)
    assert caught.value.after == NOW + timedelta(minutes=3)


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("tweet_id", ["1790000000000000001", 1790000000000000001])
def test_an_id_is_all_that_a_success_needs(x, office, status, tweet_id):
    x.next(Reply.of(status, {"data": {"id": tweet_id}, "errors": [{"detail": "Something else is odd."}]}))
    posted = office.post(draft(), timeout=SOON, now=NOW)
    assert (posted.id, posted.at) == ("1790000000000000001", NOW)


def test_a_tweet_on_x_has_an_address_at_x():
    x_proper = Twitter(name="office", **KEYS)
    assert x_proper._tweet_url("17") == "https://x.com/i/web/status/17"


def test_a_tweet_elsewhere_has_an_address_there(x, office):
    posted = office.post(draft(), timeout=SOON, now=NOW)
    assert posted.url == f"{office.api_url}/i/web/status/{posted.id}"
    assert httpx.get(posted.url, trust_env=False).status_code == 200


@given(
    status=st.integers(200, 599),
    body=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["errors", "type", "detail", "code", "title", "data"]), inner, max_size=4
                )
            ),
            max_leaves=8,
        ).map(lambda value: Reply.of(200, value).body),
    ),
    headers=st.dictionaries(
        st.sampled_from(["x-rate-limit-reset", "retry-after", "x-app-limit-24hour-remaining"]), st.text(max_size=12)
    ),
)
def test_no_answer_however_odd_is_without_a_meaning(status, body, headers):
    answer = Answer(status=status, headers=headers, body=body)
    for failed in (post_failed, look_failed):
        error = failed(answer, now=NOW)
        assert isinstance(error, PostError)
        assert len(str(error)) < 500
        assert str(error).isprintable()


# --- Posting: the network ---------------------------------------------------------------------------------------------


def post_to(url: str, *, timeout: timedelta = SOON) -> None:
    Twitter(name="office", api_url=url, **KEYS).post(draft(), timeout=timeout, now=NOW)


def test_nobody_listening_means_not_posted():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotPosted, match="could not be reached"):
        post_to(f"http://127.0.0.1:{port}")


def test_a_host_without_an_address_means_not_posted():
    with pytest.raises(NotPosted, match="nothing is out"):
        post_to("http://nowhere.invalid")


def test_a_failed_tls_handshake_means_not_posted(office):
    with pytest.raises(NotPosted):
        post_to(office.api_url.replace("http:", "https:"))


def test_a_connection_that_is_reset_after_the_request_is_in_doubt():
    def reset(connection):
        read_request(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with raw_server(reset) as url, pytest.raises(MaybePosted, match="looked at before"):
        post_to(url)


def test_a_request_that_got_stuck_halfway_is_in_doubt():
    stuck = threading.Event()
    with raw_server(lambda _: stuck.wait(30)) as url:
        office = Twitter(name="office", api_url=url, **KEYS)
        more_than_any_buffer_takes = draft("x" * 30_000_000)
        with pytest.raises(MaybePosted):
            office.post(more_than_any_buffer_takes, timeout=timedelta(seconds=1), now=NOW)
        stuck.set()


def test_an_answer_that_is_no_http_is_in_doubt():
    def babble(connection):
        read_request(connection)
        connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

    with raw_server(babble) as url, pytest.raises(MaybePosted):
        post_to(url)


def test_no_tweet_goes_out_over_a_connection_that_was_used_before():
    """X may be closing it at that very moment, and the tweet would be in doubt for nothing."""
    leftovers = []

    def answer_and_wait(connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        leftovers.append(connection.recv(1))

    with raw_server(answer_and_wait) as url:
        office = Twitter(name="office", api_url=url, **KEYS)
        for _ in range(2):
            with pytest.raises(AccountDown):
                office.post(draft(), timeout=SOON, now=NOW)
    assert leftovers == [b"", b""]


def test_no_time_left_means_not_posted(x, office):
    with pytest.raises(NotPosted):
        office.post(draft(), timeout=timedelta(0), now=NOW)
    assert x.tweets == []


def test_an_answer_that_drips_ends_at_the_deadline_in_doubt():
    def drip(connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 20\r\nX-Filler: ")
        with suppress(OSError):
            for _ in range(200):
                time.sleep(0.02)
                connection.sendall(b".")
            connection.sendall(b'\r\n\r\n{"data":{"id":"17"}}')

    with raw_server(drip) as url, pytest.raises(MaybePosted):
        post_to(url, timeout=timedelta(seconds=0.3))


@pytest.mark.parametrize("packing", [None, "gzip"])
def test_an_answer_that_is_too_large_is_in_doubt_and_never_held_whole(x, office, packing):
    body = gzip.compress(bytes(LARGEST_ANSWER + 1)) if packing else bytes(LARGEST_ANSWER + 1)
    x.next(Reply(status=201, body=body, headers={"content-encoding": packing} if packing else {}))
    with pytest.raises(MaybePosted, match="larger than 10240 KiB"):
        office.post(draft(), timeout=timedelta(minutes=1), now=NOW)


@pytest.mark.parametrize("date", ["", "gestern", "Fri, 31 Dec 9999 23:59:59 -0100"])
def test_a_look_whose_date_says_nothing_is_of_now(x, office, date):
    x.next(Reply(status=200, body=b'{"meta":{"result_count":0}}', headers={"date": date}), on="look")
    look = office.find(draft(), user_id=x.user_id, since=NOW)
    assert abs(look.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_timeline_without_end_is_no_look(x, office):
    def endless(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            while True:
                connection.sendall(bytes(2**16))

    with raw_server(endless) as url, pytest.raises(NotPosted, match="larger than 10240 KiB"):
        Twitter(name="office", api_url=url, **KEYS).find(draft(), user_id="5", since=NOW)


def test_an_answer_that_was_packed_wrongly_is_in_doubt(x, office):
    x.next(Reply(status=201, body=b"no gzip", headers={"content-encoding": "gzip"}))
    with pytest.raises(MaybePosted):
        office.post(draft(), timeout=SOON, now=NOW)


ACCEPTED = {
    "connection closed": faults.ANSWER_LOST,
    "half an answer": faults.ANSWER_TRUNCATED,
    "a page of the gateway": faults.GATEWAY_ERROR,
    "silence": faults.ANSWER_LATE,
}


@pytest.mark.parametrize("fault", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_tweet_whose_answer_is_lost_is_in_doubt_and_then_found(x, office, fault):
    x.next(fault)
    with pytest.raises(MaybePosted):
        office.post(draft(), timeout=timedelta(seconds=0.3) if fault.hang else SOON, now=NOW)
    x.released.set()
    assert office.find(draft(), user_id=x.user_id, since=NOW).posted.id == x.tweets[0].id


@pytest.mark.parametrize("fault", [faults.REQUEST_LOST, faults.GATEWAY_DOWN])
def test_a_tweet_that_never_arrived_is_in_doubt_and_then_not_found(x, office, fault):
    x.next(fault)
    with pytest.raises(MaybePosted):
        office.post(draft(), timeout=SOON, now=NOW)
    assert office.find(draft(), user_id=x.user_id, since=NOW).posted is None


# --- Secrets ----------------------------------------------------------------------------------------------------------


def test_no_message_repeats_a_key_even_where_the_answer_does():
    echo = " ".join(KEYS.values())
    answers = [Answer(status=s, body=echo.encode(), secrets=tuple(KEYS.values())) for s in (201, 301, 400, 401, 503)]
    for error in [failed(answer, now=NOW) for answer in answers for failed in (post_failed, look_failed)]:
        assert not any(key in str(error) for key in KEYS.values())


def test_an_echo_from_the_other_side_is_masked_on_its_way_through(x, office):
    x.next(Reply.of(400, {"detail": f"Bad header: {x.credentials['access_token']}"}))
    with pytest.raises(Refused) as caught:
        office.post(draft(), timeout=SOON, now=NOW)
    assert "Bad header: ***" in str(caught.value)


def test_an_account_shows_no_key(office, x):
    assert not any(key in repr(office) + str(office) + office.model_dump_json() for key in x.credentials.values())


# --- Settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_url": "api.x.com"},
        {"api_url": "ftp://api.x.com"},
        {"api_url": "https://api.x.com?x=1"},
        {"api_url": "https://user:word@api.x.com"},
        {"api_url": "https://"},
        {"limit": 0},
        {"limit": 25_001},
        {"api_key": ""},
        {"colour": "blue"},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        Twitter(**{"name": "office", **KEYS, **wrong})


def test_the_api_address_may_end_with_a_slash(x):
    with serving(x) as url:
        office = Twitter(name="office", api_url=f"{url}/", **x.credentials)
        assert office.whoami() == Profile(id=x.user_id, username="office")


def test_a_tweet_with_a_link_costs_more():
    office = Twitter(name="office", **KEYS)
    assert office.price("Neue Öffnungszeiten") == Decimal("0.015")
    assert office.price("Neue Öffnungszeiten https://example.com/") == Decimal("0.200")
    assert office.price("Lies das README.md") == Decimal("0.200")


def test_lengths_and_links_are_counted_as_x_does():
    office = Twitter(name="office", **KEYS)
    text = "Mehr: https://example.com/ein/sehr/langer/weg/zu/einem/artikel 🎉"
    assert office.length(text) == 6 + 23 + 1 + 2
    assert [text[start:end] for start, end in office.links(text)] == [text[6:-2]]


# --- Who am I ---------------------------------------------------------------------------------------------------------


LOOKS = {
    "401": (faults.UNAUTHORIZED, AccountDown, AccountDown),
    "402": (faults.NO_CREDITS, AccountDown, AccountDown),
    "403 suspended": (faults.SUSPENDED, AccountDown, AccountDown),
    "locked": (faults.LOCKED, AccountDown, AccountDown),
    "403": (faults.NOT_PERMITTED, Refused, AccountDown),
    "400": (Reply.of(400, faults.invalid("No.")), Refused, AccountDown),
    "404": (faults.NOT_FOUND, Refused, AccountDown),
    "429": (faults.TOO_MANY, NotPosted, NotPosted),
    "429 usage cap": (faults.USAGE_CAPPED, AccountDown, AccountDown),
    "503": (faults.UNAVAILABLE, NotPosted, NotPosted),
    "503 page": (faults.GATEWAY_DOWN, NotPosted, NotPosted),
    "302": (Reply(status=302), NotPosted, NotPosted),
    "no answer": (faults.REQUEST_LOST, NotPosted, NotPosted),
    "half an answer": (Fault(accepted=True, truncated=True), NotPosted, NotPosted),
    "a page": (html(200, "Welcome"), NotPosted, NotPosted),
    "an empty object": (Reply.of(200, {}), NotPosted, NotPosted),
    "errors alone": (Reply.of(200, {"errors": [{"detail": "Not found."}]}), NotPosted, NotPosted),
}


@pytest.mark.parametrize(("fault", "find", "whoami"), LOOKS.values(), ids=LOOKS.keys())
def test_a_look_that_fails_never_reads_as_not_there(x, office, fault, find, whoami):
    x.next(fault, fault, on="look")
    x.next(fault, on="whoami")
    with pytest.raises(find):
        office.find(draft(), user_id=x.user_id, since=NOW)
    with pytest.raises(whoami):
        office.whoami()


def test_a_look_at_a_server_that_is_away_may_be_repeated():
    office = Twitter(name="office", api_url="http://nowhere.invalid", **KEYS)
    with pytest.raises(NotPosted):
        office.find(draft(), user_id="1", since=NOW)
    with pytest.raises(NotPosted):
        office.whoami()


def test_wrong_keys_are_told_apart_from_trouble(x, office):
    stranger = office.model_copy(update={"api_secret": office.api_key})
    with pytest.raises(AccountDown, match="four keys"):
        stranger.whoami()
