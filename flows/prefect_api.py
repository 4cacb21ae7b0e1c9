"""The Prefect API that is configured: which one, and whether it answers. Telemetry is off before it is asked."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import ValidationError

from flows.config import ConfigError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

QUICK_SECONDS = 10.0
_FOLLOWS = "default_factory_not_called"  # pydantic's word for a mistake that is only there because of another one

# Nothing of Prefect's telephones home, and its console stays ours; what is set in the environment wins.
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "crosspost",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",  # without its server, it would dump every event
    # Its server says with a traceback that it will try something again, or that a finished run cannot be ended.
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
}


def configured_api() -> str:
    """The Prefect API that the environment or the profile names; empty if none. Telemetry is off from here on.

    Raises `ConfigError` where Prefect's own settings make no sense.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        with redirect_stderr(StringIO()):  # of wrong settings, Prefect would say its own part first
            from prefect.settings import get_current_settings  # noqa: PLC0415  (a second or two; only runs need it)

        return str(httpx.URL(get_current_settings().api.url or ""))
    except httpx.InvalidURL as error:
        raise ConfigError([f"PREFECT_API_URL: {error}; write it like http://127.0.0.1:4200/api"]) from None
    except ValidationError as error:
        raise ConfigError([_setting(each) for each in error.errors() if each["type"] != _FOLLOWS]) from None
    except Exception as error:  # a profile that is no TOML, and whatever else stands in its files
        why = (str(error) or type(error).__name__).splitlines()[0]
        raise ConfigError([f"Prefect cannot read its settings: {why}; see `prefect config view`"]) from None


def _setting(mistake: Any) -> str:
    """Which variable Prefect does not take; it names only a field of its own, somewhere."""
    wrong = str(mistake["input"]).lower()
    written = (name for name, value in os.environ.items() if name.startswith("PREFECT_") and value.lower() == wrong)
    name = next(written, " ".join(["Prefect's settings", *map(str, mistake["loc"])]))
    return f"{name}: {mistake['msg'][:1].lower()}{mistake['msg'][1:]}"


@contextmanager
def quick_client() -> Iterator["SyncPrefectClient"]:
    """For questions whose answers are worth no waiting: ten seconds, and no second try. Prefect's own takes minutes."""
    from prefect.client.orchestration import get_client  # noqa: PLC0415
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings  # noqa: PLC0415

    with (
        temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}),
        get_client(sync_client=True, httpx_settings={"timeout": QUICK_SECONDS}) as client,
    ):
        yield client


def unreachable() -> str:
    """Why the Prefect API of this process does not answer us, in a few words; empty if it does."""
    with quick_client() as client:
        try:
            client.api_version()  # its health is told to everybody; this wants the password
        except httpx.HTTPStatusError as error:
            if error.response.status_code == httpx.codes.UNAUTHORIZED:
                return (
                    f"Prefect at {client.api_url} wants another password (401; PREFECT_API_AUTH_STRING=user:password)"
                )
            return f"Prefect at {client.api_url} answers {error.response.status_code}"
        except Exception as error:
            return f"Prefect at {client.api_url} does not answer ({error})"
    return ""
