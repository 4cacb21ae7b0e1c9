"""Reads what servers send, packed or not, and never more of it than asked for."""

import zlib

import httpx


class TooLarge(httpx.DecodingError):
    """There is more of an answer than anybody wants."""


def read_body(answer: httpx.Response, *, max_bytes: int) -> bytes:
    """The unpacked body of a streamed answer. What is packed and what is unpacked may each be `max_bytes` long, and no
    more is ever held.

    Raises `TooLarge`, or httpx.DecodingError where it is not packed as it says.
    """
    unpacker = unpacker_for(answer.headers.get("content-encoding", ""))
    received = 0
    body = bytearray()
    for piece in answer.iter_raw():
        received += len(piece)
        body += piece if unpacker is None else unpacker.unpack(piece, max_bytes + 1 - len(body))
        if max(received, len(body)) > max_bytes:
            raise TooLarge(f"it is larger than {max_bytes // 1024} KiB")
    if received and unpacker is not None and not unpacker.complete:
        raise httpx.DecodingError("the packed answer was cut off")
    return bytes(body)


def unpacker_for(packing: str) -> "Unpacker | None":
    """What unpacks a body with this Content-Encoding; None if it is not packed."""
    packing = packing.strip().lower()
    if packing in ("", "identity"):
        return None
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise httpx.DecodingError(f"it is packed as {packing[:20]!r}, which nobody asked for")
    return Unpacker(raw_deflate_allowed=packing == "deflate")


class Unpacker:
    """gzip or deflate, never unpacking more than asked for."""

    def __init__(self, *, raw_deflate_allowed: bool) -> None:
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, whichever it is
        self._raw_deflate_allowed = raw_deflate_allowed

    @property
    def complete(self) -> bool:
        return self._inflate.eof

    def unpack(self, piece: bytes, room: int) -> bytes:
        try:
            unpacked = self._inflate.decompress(piece, room)
        except zlib.error as error:
            if not self._raw_deflate_allowed:
                raise httpx.DecodingError("it is not packed as it says") from error
            # Some servers mean the bare format by "deflate" (RFC 9110, 8.4.1.2).
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            self._raw_deflate_allowed = False
            return self.unpack(piece, room)
        self._raw_deflate_allowed = False
        return unpacked
