"""Reading addresses that somebody else controls."""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from connectors.contract import SourceBroken, SourceDown, SourceError
from connectors.simulators.server import serving
from connectors.transport import AddressRefused, deadline, guarded_transport, is_public
from connectors.unpacking import unpacker_for
from connectors.web import Response, Web

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


def answering(status: str = "200 OK", body: bytes = b"", **headers: str) -> Any:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response(status, [(name.replace("_", "-"), value) for name, value in headers.items()])
        return [body]

    return app


def redirecting(*statuses: str) -> Any:
    """/0 leads to /1 leads to /2 …; the last one answers."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        step = int(environ["PATH_INFO"].strip("/"))
        if step < len(statuses):
            start_response(statuses[step], [("Location", f"/{step + 1}")])
            return [b""]
        start_response("200 OK", [])
        return [b"arrived"]

    return app


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says on its socket whatever `speak` says."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def accept() -> None:
            with listener.accept()[0] as connection:
                connection.recv(65536)
                with suppress(OSError):
                    speak(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/feed?token=geheim"


def dripping(start: bytes) -> Callable[[socket.socket], None]:
    def speak(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)

    return speak


@pytest.fixture
def web() -> Web:
    return Web(allow_private_hosts=True)


def test_any_status_is_an_answer(web: Web) -> None:
    with serving(answering("418 I'm a Teapot", b"short", X_Kind="tea")) as url:
        response = web.get(url + "/pot")
    assert (response.status, response.body, response.headers["x-kind"]) == (418, b"short", "tea")
    assert (response.url, response.moved_to) == (url + "/pot", "")


def test_headers_of_the_caller_are_sent(web: Web) -> None:
    def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["HTTP_IF_NONE_MATCH"].encode(), b" ", environ["HTTP_ACCEPT_ENCODING"].encode()]

    with serving(echo) as url:
        assert web.get(url, headers={"If-None-Match": '"abc"'}).body == b'"abc" gzip, deflate'


def test_a_lasting_redirect_tells_where_to(web: Web) -> None:
    with serving(redirecting("301 Moved", "308 Moved")) as url:
        response = web.get(url + "/0")
    assert (response.body, response.url, response.moved_to) == (b"arrived", url + "/2", url + "/2")


@pytest.mark.parametrize("statuses", [("302 Found", "301 Moved"), ("301 Moved", "307 Moved"), ("303 See",)])
def test_one_passing_redirect_makes_the_whole_way_passing(web: Web, statuses: tuple[str, ...]) -> None:
    with serving(redirecting(*statuses)) as url:
        assert web.get(url + "/0").moved_to == ""


def test_five_redirects_are_followed_and_six_are_not(web: Web) -> None:
    with serving(redirecting(*["302 Found"] * 6)) as url:
        assert web.get(url + "/1").body == b"arrived"
        with pytest.raises(SourceBroken, match="more than 5 times"):
            web.get(url + "/0")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.com/"])
def test_a_redirect_leads_to_http_only(web: Web, target: str) -> None:
    with serving(answering("302 Found", Location=target)) as url, pytest.raises(SourceBroken, match="only http:"):
        web.get(url)


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "mailto:a@b.de", "http://", "http://[::1", "//", "http://:99999/", "x" * 70_000]
)
def test_a_redirect_to_nonsense_is_an_error(web: Web, target: str) -> None:
    with serving(answering("302 Found", Location=target)) as url, pytest.raises(SourceError):
        web.get(url)


def test_credentials_stay_with_their_host(web: Web) -> None:
    seen: list[str | None] = []

    def elsewhere(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.append(environ.get("HTTP_AUTHORIZATION"))
        start_response("200 OK", [])
        return [b""]

    with serving(elsewhere) as other, serving(answering("302 Found", Location=other)) as url:
        web.get(url, headers={"Authorization": "Bearer geheim"})
    assert seen == [None]


def test_only_http_addresses_are_read(web: Web) -> None:
    for address in ("file:///etc/passwd", "feed://example.com", "example.com/feed", "http://[::1"):
        with pytest.raises(SourceBroken):
            web.get(address)


# --- Limits -----------------------------------------------------------------------------------------------------------


def test_packed_answers_are_unpacked(web: Web) -> None:
    bare = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": [gzip.compress(b"feed")],
        "deflate": [zlib.compress(b"feed"), bare.compress(b"feed") + bare.flush()],
    }
    for name, bodies in packed.items():
        for body in bodies:
            with serving(answering(body=body, Content_Encoding=name)) as url:
                assert web.get(url).body == b"feed"


def test_a_body_over_the_limit_is_refused(web: Web) -> None:
    with serving(answering(body=b"x" * 2000)) as url:
        assert len(web.get(url, max_bytes=2000).body) == 2000
        with pytest.raises(SourceBroken, match="larger than"):
            web.get(url, max_bytes=1999)


def test_a_small_packed_body_cannot_become_a_huge_one(web: Web) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with (
        serving(answering(body=bomb, Content_Encoding="gzip")) as url,
        pytest.raises(SourceBroken, match="larger than"),
    ):
        web.get(url)


def test_unpacking_stops_where_the_room_ends() -> None:
    unpacker = unpacker_for("gzip")
    assert unpacker is not None
    assert len(unpacker.unpack(gzip.compress(bytes(1_000_000)), 1000)) == 1000


def test_a_packed_body_that_is_cut_off_is_no_answer(web: Web) -> None:
    half = gzip.compress(b"feed" * 999)[:-9]
    with serving(answering(body=half, Content_Encoding="gzip")) as url, pytest.raises(SourceDown, match="cut off"):
        web.get(url)


def test_a_body_that_is_not_packed_as_it_says_is_no_answer(web: Web) -> None:
    with serving(answering(body=b"<rss/>", Content_Encoding="gzip")) as url, pytest.raises(SourceDown, match="packed"):
        web.get(url)


def test_a_packing_nobody_asked_for_is_refused(web: Web) -> None:
    with (
        serving(answering(body=b"??", Content_Encoding="br")) as url,
        pytest.raises(SourceDown, match="nobody asked for"),
    ):
        web.get(url)


def test_a_body_shorter_than_announced_is_no_answer(web: Web) -> None:
    def cut(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    with speaking(cut) as url, pytest.raises(SourceDown, match="could not be read"):
        web.get(url)


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nX-Drip: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"],
    ids=["status line", "headers", "body"],
)
def test_a_drip_cannot_stretch_the_deadline(web: Web, start: bytes) -> None:
    with speaking(dripping(start)) as url, pytest.raises(SourceDown, match=r"within 0\.3 s"):
        web.get(url, timeout=0.3)


def test_a_server_that_never_answers_is_given_up(web: Web) -> None:
    with speaking(lambda _: time.sleep(5)) as url, pytest.raises(SourceDown, match=r"within 0\.2 s"):
        web.get(url, timeout=0.2)


def test_an_inner_deadline_cannot_outlive_an_outer_one() -> None:
    client = httpx.Client(transport=guarded_transport(allow_private_hosts=True))
    drip = speaking(dripping(b"HTTP/1.1 200 OK\r\n\r\n"))
    with drip as url, deadline(0.2), deadline(60), pytest.raises(httpx.ReadTimeout):
        client.get(url, timeout=None)


def test_no_time_left_means_no_connection() -> None:
    client = httpx.Client(transport=guarded_transport(allow_private_hosts=True))
    with deadline(0), pytest.raises(httpx.ConnectTimeout):
        client.get("http://127.0.0.1:9/")


# --- Addresses --------------------------------------------------------------------------------------------------------

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001:db8::1",
    "2001::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0"])
def test_a_private_host_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(SourceBroken, match="allow_private_hosts = true"):
        Web().get(f"http://{host}:9/feed")


def test_a_redirect_to_a_private_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.transport.is_public", lambda address: address == "127.0.0.1")
    app = answering("302 Found", Location="http://169.254.169.254/latest/meta-data")
    with serving(app) as url, pytest.raises(SourceBroken, match=r"169\.254\.169\.254 has an address"):
        Web().get(url)


def test_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(AddressRefused):
        httpx.Client(transport=guarded_transport(allow_private_hosts=False)).get("http://mixed.example/")


def test_a_host_that_does_not_exist_may_come_back(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SourceDown, match="Name or service not known"):
        web.get("http://blog.example/")


# --- Whose fault it is ------------------------------------------------------------------------------------------------


def response(status: int, **headers: str) -> Response:
    lower = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Response(status=status, headers=lower, body=b"", url="https://user:pw@ex.de/feed?token=geheim")


@pytest.mark.parametrize("status", [200, 204, 304])
def test_a_success_passes_the_check(status: int) -> None:
    assert response(status).check(now=NOW).status == status


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 521, 599])
def test_what_may_pass_by_itself_is_down(status: int) -> None:
    with pytest.raises(SourceDown, match=f"answered {status}") as failure:
        response(status).check(now=NOW)
    assert failure.value.after is None


@pytest.mark.parametrize("status", [300, 302, 400, 401, 403, 404, 405, 410, 451])
def test_what_a_person_must_mend_is_broken(status: int) -> None:
    with pytest.raises(SourceBroken, match=f"answered {status}"):
        response(status).check(now=NOW)


def test_a_cloudflare_challenge_is_named() -> None:
    with pytest.raises(SourceBroken, match="Cloudflare"):
        response(403, cf_mitigated="challenge").check(now=NOW)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta()),
        ("999999999", timedelta(days=1)),
        ("Mon, 05 Oct 2026 10:10:00 GMT", timedelta(minutes=10)),
        ("Mon, 05 Oct 2020 10:10:00 GMT", timedelta()),
    ],
)
def test_a_server_may_say_when_to_come_again(value: str, wait: timedelta) -> None:
    with pytest.raises(SourceDown) as failure:
        response(429, Retry_After=value, Date="Mon, 05 Oct 2026 10:00:00 GMT").check(now=NOW)
    assert failure.value.after == NOW + wait


@pytest.mark.parametrize("value", ["", "soon", "-5", "١٢٠", "9" * 30, "Mon, 99 Oct 2026 10:00:00 GMT"])
def test_a_retry_after_that_says_nothing_is_ignored(value: str) -> None:
    with pytest.raises(SourceDown) as failure:
        response(503, Retry_After=value).check(now=NOW)
    assert failure.value.after is None


def test_no_message_holds_what_may_be_secret(web: Web) -> None:
    failures = [response(404), response(500)]
    for failure in failures:
        with pytest.raises((SourceDown, SourceBroken)) as caught:
            failure.check(now=NOW)
        assert "geheim" not in str(caught.value)
        assert "pw" not in str(caught.value)
    with speaking(lambda connection: connection.close()) as url, pytest.raises(SourceDown) as down:
        web.get(url)
    assert "geheim" not in str(down.value)
    assert "/feed" in str(down.value)
