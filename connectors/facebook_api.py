"""Asks the Graph API on behalf of one page; every answer is a JSON object or a `SourceError` without a secret in it."""

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from connectors.contract import SourceBroken, SourceDown
from connectors.facebook_errors import Usage, error_of, refusal, usage
from connectors.facebook_values import as_object
from connectors.secrecy import Secrets
from connectors.web import Response, Web, public

# At DEBUG, httpcore prints the headers of an answer; the Location of a redirect may repeat what we asked.
logging.getLogger("httpcore").setLevel(logging.INFO)


class GraphApi:
    """`used` is the fullest limit that any answer so far named."""

    def __init__(self, web: Web, *, url: str, page: str, token: str, app_secret: str, now: datetime) -> None:
        self._web = web
        self._url = url
        self._page = page
        self._token = token
        self._proof = _proof(token, app_secret) if app_secret else ""
        self._secrets = Secrets(token, app_secret, self._proof)
        self._now = now
        self.used = Usage()

    def get(self, path: str, **parameters: str) -> Mapping[str, Any]:
        """The answer to one call."""
        if self._proof:
            parameters["appsecret_proof"] = self._proof
        # In a header, because addresses are what proxies and libraries like to log.
        headers = {"Authorization": f"Bearer {self._token}"}
        with self._secrets.out_of_errors():
            response = self._web.get(f"{self._url}/{path}?{urlencode(parameters)}", headers=headers)
            used = usage(response.headers)
            self.used = max(self.used, used, key=lambda usage: (usage.wait, usage.percent))
            answer = self._json(response)
            if error := answer.get("error"):
                body = {key: self._printable(value) for key, value in _body(error) if value is not None}
                raise error_of(
                    body, status=response.status, page=self._page, used=refusal(response.headers), now=self._now
                )
            response.check(now=self._now)
        return answer

    def token(self) -> Mapping[str, Any]:
        """What Facebook knows about the token: https://developers.facebook.com/docs/graph-api/reference/debug_token.

        The one call with the token in its address, because Facebook takes it nowhere else.
        """
        data = as_object(self.get("debug_token", input_token=self._token).get("data"))
        problem = as_object(data.get("error")).get("message")
        return {**data, "problem": self._secrets.message(str(problem)) if problem else ""}

    def _json(self, response: Response) -> Mapping[str, Any]:
        """The answer, with none of our secrets anywhere in it: nobody who reads it needs to think of them."""
        try:
            answer = json.loads(self._secrets.blotted(json.dumps(json.loads(response.body), ensure_ascii=False)))
        except (ValueError, RecursionError):
            response.check(now=self._now)
            raise SourceDown(
                f"{public(self._url)} did not answer in JSON; the next run tries again, if this stays check `api_url`"
            ) from None
        if not isinstance(answer, dict):
            response.check(now=self._now)
            raise SourceBroken(f"{public(self._url)} is not the Graph API: check `api_url`")
        return answer

    def _printable(self, value: object) -> object:
        return value if isinstance(value, int) else self._secrets.message(str(value))


def _proof(token: str, app_secret: str) -> str:
    """https://developers.facebook.com/docs/graph-api/guides/secure-requests"""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def _body(error: object) -> Any:
    return error.items() if isinstance(error, dict) else {"message": error}.items()
