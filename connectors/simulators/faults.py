"""What servers do when they misbehave: WSGI apps to set as `Blog.instead`."""

import gzip
import time
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def answer(status: int = 200, body: bytes = b"", **headers: str) -> "WSGIApplication":
    """Always the same answer; `Retry_After="60"` is a header."""

    def app(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        start_response(f"{status} {HTTPStatus(status).phrase}", named)
        return [body]

    return app


def drip(pause: float = 0.05) -> "WSGIApplication":
    """One byte, a pause of so many seconds, one byte, for ever."""

    def app(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "application/rss+xml")])
        while True:
            yield b" "
            time.sleep(pause)

    return app


def hang(seconds: float = 60.0) -> "WSGIApplication":
    """Says nothing for so long, then fails."""

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        time.sleep(seconds)
        return answer(504)(environ, start_response)

    return app


def cut_short(body: bytes) -> "WSGIApplication":
    """Announces all of `body` and sends half of it."""
    return answer(200, body[: len(body) // 2], Content_Length=str(len(body)))


def gzip_bomb(size: int = 100_000_000) -> "WSGIApplication":
    """Small on the wire, `size` bytes unpacked."""
    return answer(200, gzip.compress(bytes(size), 9), Content_Encoding="gzip")


def huge(size: int = 8_000_000) -> "WSGIApplication":
    return answer(200, b" " * size, Content_Type="application/rss+xml")


def redirect_loop() -> "WSGIApplication":
    return answer(302, Location="/feed/")


def html_page() -> "WSGIApplication":
    """A page that is not the feed, but knows where the feed is."""
    page = b'<!doctype html><head><link rel="alternate" type="application/rss+xml" href="/feed/"></head><p>Wartung</p>'
    return answer(200, page, Content_Type="text/html; charset=utf-8")
