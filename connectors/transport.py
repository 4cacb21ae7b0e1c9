"""The way out to the network: no private address unless allowed, and a deadline that slow drips cannot stretch."""

import contextlib
import contextvars
import functools
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

_ends_at: contextvars.ContextVar[float | None] = contextvars.ContextVar("crosspost_deadline", default=None)

# What `ipaddress.is_global` lets pass or what merely wraps another address (RFC 6052, RFC 3056, RFC 6890).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")
_SPECIAL = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv6Network("2002::/16"))


class AddressRefused(httpx.ConnectError):
    """The host has an address that is not on the public internet, and such addresses are not allowed here."""


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Everything sent through our transports inside the block ends within `seconds`, all told.

    Past it, httpx.ConnectTimeout, ReadTimeout or WriteTimeout is raised. An inner block cannot outlive an outer one.
    """
    outer = _ends_at.get()
    ends_at = time.monotonic() + seconds
    token = _ends_at.set(ends_at if outer is None else min(ends_at, outer))
    try:
        yield
    finally:
        _ends_at.reset(token)


def guarded_transport(*, allow_private_hosts: bool) -> httpx.BaseTransport:
    """An HTTP transport that checks every address at the moment it connects, so redirects and DNS tricks are covered.

    Raises `AddressRefused` where the host has an address that is not public, unless `allow_private_hosts`.
    """
    transport = httpx.HTTPTransport(verify=_trusted())
    # httpx has no public way to name the network backend; its pool is the one private name used here.
    transport._pool = httpcore.ConnectionPool(
        ssl_context=_trusted(),
        network_backend=_Backend(allow_private_hosts=allow_private_hosts),
        max_connections=20,
        keepalive_expiry=5.0,
    )
    return transport


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The certificates we trust; reading them takes a noticeable fraction of a second."""
    return httpx.create_ssl_context()


def is_public(address: str) -> bool:
    """Whether an IP address lies on the public internet; what an IPv6 address wraps is looked at instead of it."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _IPV6_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _SPECIAL if net.version == ip.version)


class _Backend(httpcore.SyncBackend):
    """Connects to the addresses that were checked, and to no others."""

    def __init__(self, *, allow_private_hosts: bool) -> None:
        self._allow_private_hosts = allow_private_hosts

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolve(host, port, _time_left(timeout, httpcore.ConnectTimeout))
        if not self._allow_private_hosts and not all(is_public(address) for address in addresses):
            raise AddressRefused(f"{host} has an address that is not on the public internet")
        for still_untried, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            left = _time_left(timeout, httpcore.ConnectTimeout)
            share = None if left is None else left / still_untried
            try:
                return _Stream(super().connect_tcp(address, port, share, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if still_untried == 1:
                    raise
        raise httpcore.ConnectError(f"{host} has no address")


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends before the deadline."""

    _PIECE = 16_384  # httpcore grants its timeout to every single send; small pieces keep the sum in bounds

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _time_left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), self._PIECE):
            self._inner.write(buffer[start : start + self._PIECE], _time_left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _time_left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _resolve(host: str, port: int, timeout: float | None) -> list[str]:
    """The addresses of `host`. Asked in a thread of its own, because the system's resolver knows no deadline."""
    answer: list[str] = []
    failure: list[OSError] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.extend(dict.fromkeys(str(entry[4][0]) for entry in found))
        except OSError as error:
            failure.append(error)
        except UnicodeError as error:  # a label that is empty or too long
            failure.append(OSError(str(error)))

    thread = threading.Thread(target=ask, name=f"resolve {host}", daemon=True)
    thread.start()
    thread.join(timeout)
    if thread.is_alive():
        raise httpcore.ConnectTimeout(f"the address of {host} could not be looked up in time")
    if failure:
        raise httpcore.ConnectError(f"{host}: {failure[0].strerror or failure[0]}")
    return answer


def _time_left(timeout: float | None, error: type[Exception]) -> float | None:
    ends_at = _ends_at.get()
    if ends_at is None:
        return timeout
    left = ends_at - time.monotonic()
    if left <= 0:
        raise error("out of time")
    return left if timeout is None else min(left, timeout)
