"""OAuth 1.0a (RFC 5849) with HMAC-SHA1 as X asks for it: the query is signed, a JSON or multipart body is not."""

import hashlib
import hmac
import secrets
import time
from base64 import b64encode
from collections.abc import Generator, Iterable
from urllib.parse import quote

import httpx


def _encode(text: str) -> str:
    return quote(text, safe="")


def signature(method: str, url: str, parameters: Iterable[tuple[str, str]], *, secret: str, token_secret: str) -> str:
    """Sign a request. `url` is without query; `parameters` are all of the query and all `oauth_…` but the signature."""
    pairs = sorted((_encode(key), _encode(value)) for key, value in parameters)
    normalised = "&".join(f"{key}={value}" for key, value in pairs)
    base = "&".join(_encode(part) for part in (method.upper(), url, normalised))
    key = f"{_encode(secret)}&{_encode(token_secret)}"
    return b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha1)).decode()


class OAuth1(httpx.Auth):
    """Signs every request with a nonce and a timestamp of its own; X refuses (401) a clock that is minutes off."""

    def __init__(self, *, api_key: str, api_secret: str, access_token: str, access_token_secret: str) -> None:
        self._api_key = api_key
        self._api_secret = api_secret
        self._access_token = access_token
        self._access_token_secret = access_token_secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header(request)
        yield request

    def _header(self, request: httpx.Request) -> str:
        oauth = {
            "oauth_consumer_key": self._api_key,
            "oauth_nonce": secrets.token_hex(16),
            "oauth_signature_method": "HMAC-SHA1",
            "oauth_timestamp": str(int(time.time())),
            "oauth_token": self._access_token,
            "oauth_version": "1.0",
        }
        oauth["oauth_signature"] = signature(
            request.method,
            str(request.url.copy_with(query=None, fragment=None)),
            [*request.url.params.multi_items(), *oauth.items()],
            secret=self._api_secret,
            token_secret=self._access_token_secret,
        )
        return "OAuth " + ", ".join(f'{key}="{_encode(value)}"' for key, value in oauth.items())
