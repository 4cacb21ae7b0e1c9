"""Prefect's server as an ASGI app whose pages ask nobody else.

Prefect's newer UI (3.8.8) sets up its maker's analytics in the browser, whatever the settings say. A browser obeys the
header that is added here.
"""

from typing import Any
from urllib.parse import urlsplit

FROM_HERE = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"


def create_app() -> Any:
    """For `uvicorn --factory`, which is how `prefect server start` does it, too."""
    from prefect.server.api.server import create_app as prefect_app  # noqa: PLC0415  (it reads the environment)
    from prefect.settings import get_current_settings  # noqa: PLC0415

    app, header = prefect_app(final=True), policy(get_current_settings().server.ui.api_url or "").encode()

    async def stay_home(scope: Any, receive: Any, send: Any) -> None:
        async def with_policy(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", header)]
            await send(message)

        await app(scope, receive, with_policy)

    return stay_home


def policy(api: str) -> str:
    """What a browser may ask: this server alone, and its API under the name that it has for browsers."""
    address = urlsplit(api)
    websocket = "wss" if address.scheme == "https" else "ws"
    hosts = f"{address.scheme}://{address.netloc} {websocket}://{address.netloc}" if address.netloc else ""
    return f"{FROM_HERE}; connect-src 'self' data: blob: {hosts}".rstrip()
