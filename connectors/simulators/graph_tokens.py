"""The tokens that a simulated Graph API knows, and what it asks of them."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.simulators.graph_errors import ERRORS, GraphError


@dataclass(kw_only=True, slots=True)
class Token:
    """What /debug_token tells: Unix times, 0 for never. `kind` is PAGE, or USER, which sees no posts."""

    value: str = field(repr=False)
    owner: str
    kind: str = "PAGE"
    valid: bool = True
    expires_at: int = 0
    data_access_expires_at: int = 0
    scopes: tuple[str, ...] = ("pages_show_list", "pages_read_engagement", "pages_read_user_content")


class Tokens:
    def __init__(self, *, app_secret: str, requires_proof: bool, clock: Callable[[], datetime]) -> None:
        self._app_secret = app_secret
        self._requires_proof = requires_proof
        self._clock = clock
        self._known: dict[str, Token] = {}

    def add(self, token: Token) -> None:
        self._known[token.value] = token

    def asker(self, value: str, *, proof: str) -> Token:
        """Whose token this is. Raises `GraphError`."""
        token = self._known.get(value)
        if token is None:
            # Facebook really quotes a token that it cannot read.
            raise GraphError(code=190, message=f"Malformed access token {value}", status=401)
        if not self._is_valid(token):
            raise ERRORS["token expired"]
        expected = hmac.new(self._app_secret.encode(), value.encode(), hashlib.sha256).hexdigest()
        if proof and not hmac.compare_digest(proof.encode(), expected.encode()):
            raise GraphError(code=100, message="Invalid appsecret_proof provided in the API argument")
        if self._requires_proof and not proof:
            raise GraphError(code=100, message="API calls from the server require an appsecret_proof argument")
        return token

    def debug(self, value: str) -> dict[str, Any]:
        """The `data` of /debug_token."""
        token = self._known.get(value)
        if token is None:
            return {"is_valid": False, "scopes": [], "error": {"code": 190, "message": "Malformed access token"}}
        about: dict[str, Any] = {
            "app_id": "424242",
            "type": token.kind,
            "application": "Crosspost",
            "data_access_expires_at": token.data_access_expires_at,
            "expires_at": token.expires_at,
            "is_valid": self._is_valid(token),
            "profile_id": token.owner,
            "scopes": list(token.scopes),
        }
        problem = {"code": 190, "message": "Session has expired.", "subcode": 463}
        return about if about["is_valid"] else {**about, "error": problem}

    def _is_valid(self, token: Token) -> bool:
        return token.valid and not 0 < token.expires_at <= self._clock().timestamp()
