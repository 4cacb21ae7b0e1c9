"""Secrets out of Prefect: `block:NAME` is the Secret block of that name, kept on the configured Prefect server."""


class NoSecret(Exception):
    """The block cannot be had; the message says why, and what to do."""


def secret_block(name: str) -> str:
    """The value of the Secret block called `name`. Raises `NoSecret`."""
    from flows.prefect_api import configured_api  # noqa: PLC0415  (Prefect takes a second or two to import)

    if not configured_api():
        raise NoSecret(f'"block:{name}" is kept by a Prefect server: set PREFECT_API_URL, or write "env:NAME"')
    return _ask(name)


def _ask(name: str) -> str:
    from prefect.client.orchestration import get_client  # noqa: PLC0415
    from prefect.exceptions import ObjectNotFound  # noqa: PLC0415

    try:
        with get_client(sync_client=True) as client:
            document = client.read_block_document_by_name(name, "secret", include_secrets=True)
    except ObjectNotFound:
        raise NoSecret(f'Prefect has no Secret block "{name}"; add it in the UI under Blocks') from None
    except Exception as error:
        raise NoSecret(f'Prefect did not hand out the Secret block "{name}": {type(error).__name__}') from None
    return str(document.data.get("value", ""))
