"""What servers answer when they do not answer as recorded: for the test class in `kit`."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

import httpx

from connectors.contract import SourceBroken, SourceDown, SourceError

Answer = Callable[[httpx.Request], httpx.Response]

_HTML = b"<!doctype html><title>Wartung</title><p>Wir sind gleich wieder da.</p>"

NO_SOURCE: Mapping[str, bytes] = {
    "empty": b"",
    "a web page": _HTML,
    "no text": bytes(range(256)) * 64,
    "other JSON": b"[null]",
    "10 MB": b" " * 10_000_000,
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep elements": b"<a>" * 20_000,
}
SPOILED: Mapping[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda body: body[: len(body) // 2],
    "cut at the end": lambda body: body[:-20],
}
SPOILED_LETTERS: Mapping[str, Callable[[bytes], Iterator[tuple[bytes, bytes]]]] = {
    "in latin-1": lambda body: _in_other_bytes(body, "latin-1"),
    "in utf-16": lambda body: _in_other_bytes(body, "utf-16-be"),
}
STATUSES: Mapping[int, type[SourceError]] = {
    **dict.fromkeys((429, 500, 502, 503, 504), SourceDown),
    **dict.fromkeys((401, 404, 410), SourceBroken),
    403: SourceError,
}
LOST: Mapping[str, type[httpx.HTTPError]] = {
    "timed out": httpx.ReadTimeout,
    "no route to host": httpx.ConnectError,
    "server disconnected": httpx.RemoteProtocolError,
}


def _in_other_bytes(body: bytes, encoding: str) -> Iterator[tuple[bytes, bytes]]:
    """An answer in UTF-8, with no letter that the other encoding lacks, and the same letters in that encoding.

    What is not in UTF-8 declares another encoding, which is nothing to spoil.
    """
    try:
        garbled = body.decode().encode(encoding, "replace")
    except UnicodeDecodeError:
        return
    yield garbled.decode(encoding).encode(), garbled


def body(content: bytes) -> Answer:
    return lambda _request: response(200, content)


def status(code: int) -> Answer:
    return lambda _request: response(code, _HTML)


def lost(what: str) -> Answer:
    """No answer at all: the network fails."""

    def fail(_request: httpx.Request) -> httpx.Response:
        raise LOST[what](what)

    return fail


def response(code: int, content: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
    return httpx.Response(code, stream=httpx.ByteStream(content), headers=headers)


def echoes(secrets: Iterable[str]) -> Iterator[Answer]:
    """Answers that say again what they were asked, and every secret: in front, where a message may be cut, anywhere."""
    needles = " ".join(secrets)
    for code in (200, 400, 401, 403, 404, 429, 500):
        for padding in ("", "." * 70, "." * 190):
            yield _echo(code, f"{padding}{needles}")
    for place in (f"/{needles}?token={needles}", f"ftp://{needles}@source.example/{needles}", f"http://[{needles}"):
        yield _echo(302, needles, location=place)
    yield _broken(needles)


def _echo(code: int, said: str, *, location: str = "") -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        text = f"{said} {request.url} {dict(request.headers)}"
        # In the ways in which JSON APIs word their errors
        error = {"message": text, "code": 1, "type": text}
        content = json.dumps({"error": error, "error_description": text, "detail": text, "title": text}).encode()
        headers = dict.fromkeys(("www-authenticate", "retry-after", "x-error", "x-app-usage"), said)
        return response(code, content, headers | ({"location": location} if location else {}))

    return answer


def _broken(said: str) -> Answer:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError(f"illegal header line: {said}")

    return fail
