"""GET for sources: limits, deadlines, redirects, and whose fault a failure is."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import MappingProxyType

import httpx

from connectors.contract import SourceBroken, SourceDown
from connectors.transport import AddressRefused, deadline, guarded_transport
from connectors.unpacking import TooLarge, read_body

MAX_BYTES = 5 * 1024 * 1024
MAX_REDIRECTS = 5
_LONGEST_RETRY_AFTER = timedelta(days=1)  # a server may ask for years; nobody would notice
_REDIRECTS = {301, 302, 303, 307, 308}
PERMANENT = frozenset({301, 308})
_ASK = MappingProxyType({"User-Agent": "Crosspost/1 (feed reader)", "Accept-Encoding": "gzip, deflate"})
_REMEDIES = {
    401: "it wants a login: give Crosspost an address that is public, or a valid token",
    403: "it refuses access: ask whoever runs the site to let the user agent Crosspost in",
    404: "there is nothing at this address: check it in the config",
    410: "it was removed for good: take it out of the config, or give its new address",
}

# httpx logs every URL it asks at INFO, and some URLs carry a token.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """What a server answered in the end; header names are in lower case.

    `url` is where the answer came from; `moved_to` is that address too if every redirect on the way was permanent.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved_to: str = ""

    @property
    def leads_to(self) -> str:
        """Where a redirect leads; empty if this is none. Raises `SourceBroken` if that is no web address."""
        location = self.headers.get("location")
        return str(_address(location, base=httpx.URL(self.url))) if self.status in _REDIRECTS and location else ""

    def check(self, *, now: datetime) -> "Response":
        """This response if it is a success or a 304. Raises `SourceDown` for what may pass, else `SourceBroken`."""
        if 200 <= self.status < 300 or self.status == 304:
            return self
        what = f"{public(self.url)} answered {self.status}{_phrase(self.status)}"
        if self.status in (408, 425, 429) or self.status >= 500:
            raise SourceDown(f"{what}; the next run tries again", after=self._retry_after(now))
        if self.headers.get("cf-mitigated") == "challenge":
            raise SourceBroken(f"{what}: Cloudflare takes Crosspost for a robot; allow its user agent there")
        raise SourceBroken(f"{what}: {_REMEDIES.get(self.status, 'open it in a browser and correct the address')}")

    def _retry_after(self, now: datetime) -> datetime | None:
        value = self.headers.get("retry-after", "").strip()
        if re.fullmatch(r"[0-9]{1,9}", value):
            wait = timedelta(seconds=int(value))
        else:
            moment = _http_date(value)
            if moment is None:
                return None
            wait = moment - (_http_date(self.headers.get("date", "")) or now)
        return now + min(max(wait, timedelta()), _LONGEST_RETRY_AFTER)


class Web:
    """Reads addresses that somebody else controls: nothing there can make a look long, big or private."""

    def __init__(self, *, allow_private_hosts: bool = False, transport: httpx.BaseTransport | None = None) -> None:
        self._client = httpx.Client(
            transport=transport or guarded_transport(allow_private_hosts=allow_private_hosts),
            follow_redirects=False,
            trust_env=False,
            headers=dict(_ASK),
        )

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        max_bytes: int = MAX_BYTES,
        timeout: float = 30.0,
    ) -> Response:
        """What stands at `url`, whatever the status; redirects are followed, all within `timeout` seconds.

        Raises `SourceDown` where the network failed, `SourceBroken` where trying again will not help.
        """
        with _blamed(url, timeout):
            return self._follow(_address(url), headers, max_bytes, timeout)

    def hop(self, url: str, *, timeout: float) -> Response:
        """What `url` itself answers, without the body: a redirect is not followed. Raises as `get` does."""
        with _blamed(url, timeout):
            return self._ask(_address(url), {}, 0, timeout)

    def _follow(self, url: httpx.URL, headers: Mapping[str, str], max_bytes: int, timeout: float) -> Response:
        moved_to = ""
        first = url
        for hop in range(MAX_REDIRECTS + 1):
            response = self._ask(url, headers, max_bytes, timeout)
            if not (location := response.leads_to):
                return replace(response, moved_to=moved_to)
            target = httpx.URL(location)
            permanent = response.status in PERMANENT and (hop == 0 or moved_to)
            moved_to = str(target) if permanent else ""
            headers = _carried(headers, url, target)
            url = target
        raise SourceBroken(f"{public(first)} redirects more than {MAX_REDIRECTS} times: give its final address")

    def _ask(self, url: httpx.URL, headers: Mapping[str, str], max_bytes: int, timeout: float) -> Response:
        with self._client.stream("GET", url, headers=dict(headers), timeout=timeout) as answer:
            followed = answer.status_code in _REDIRECTS and "location" in answer.headers
            body = read_body(answer, max_bytes=max_bytes) if max_bytes and not followed else b""
            return Response(status=answer.status_code, headers=dict(answer.headers), body=body, url=str(url))


@contextmanager
def _blamed(url: str, timeout: float) -> Iterator[None]:
    """All that is asked inside ends within `timeout` seconds, and what fails is the fault of the net or of `url`."""
    try:
        with deadline(timeout):
            yield
    except httpx.TimeoutException as error:
        raise SourceDown(
            f"{public(url)} did not answer in full within {timeout:g} s; the next run tries again"
        ) from error
    except AddressRefused as error:
        raise SourceBroken(
            f"{public(url)} was not read: {error}; if that is meant, set allow_private_hosts = true"
        ) from error
    except TooLarge as error:
        raise SourceBroken(f"{public(url)} was not read: {error}; have the site send less") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceDown(f"{public(url)} could not be read ({_reason(error)}); the next run tries again") from error


def public(url: object) -> str:
    """An address without what may be secret in it: query, fragment, user name and password."""
    try:
        parts = httpx.URL(str(url))
    except (httpx.InvalidURL, TypeError):
        return "the address"
    return str(parts.copy_with(userinfo=b"", query=None, fragment=None))


def _address(url: str, base: httpx.URL | None = None) -> httpx.URL:
    """An absolute http(s) address. Raises `SourceBroken`."""
    what = f"{public(url)} is" if base is None else f"{public(base)} redirects to what is"
    try:
        address = httpx.URL(url) if base is None else base.join(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceBroken(f"{what} no address: correct it") from error
    if address.scheme not in ("http", "https") or not address.host:
        raise SourceBroken(f"{what} no web address: only http:// and https:// are read")
    return address


def _carried(headers: Mapping[str, str], url: httpx.URL, target: httpx.URL) -> Mapping[str, str]:
    """The headers for the next hop: another host is not told our credentials."""
    if (url.scheme, url.host, url.port) == (target.scheme, target.host, target.port):
        return headers
    return {name: value for name, value in headers.items() if name.lower() not in ("authorization", "cookie")}


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""


def _reason(error: Exception) -> str:
    """One short line; httpx quotes no URL in its network errors."""
    return " ".join(str(error).split())[:160] or type(error).__name__


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
