"""Secrets of crosspost.toml: only ever `env:NAME` or `block:NAME`, never pasted."""

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from connectors.registry import AnyAccount, AnySource, kinds
from flows.secret_blocks import NoSecret, secret_block

UNIONS: Mapping[str, object] = {"sources": AnySource, "accounts": AnyAccount}


def resolve_secrets(raw: dict[str, Any], env: Mapping[str, str]) -> list[str]:
    """Put the values of `env:NAME` and `block:NAME` in their places; the mistakes found on the way, one line each."""
    mistakes = _resolve_database(raw, env) + _resolve_alerts(raw, env)
    for section, union in UNIONS.items():
        tables = raw.get(section)
        for name, table in tables.items() if isinstance(tables, dict) else ():
            kind = kinds(union).get(str(table.get("kind"))) if isinstance(table, dict) else None
            for key in _secret_keys(kind) if kind else ():
                if key in table:
                    table[key], fault = _resolve(table[key], env)
                    mistakes += [f"{section}.{name}.{key}: {fault}"] if fault else []
    return mistakes


def _secret_keys(kind: type[Any]) -> list[str]:
    return [key for key, field in kind.model_fields.items() if "SecretStr" in str(field.annotation)]


def _resolve(written: object, env: Mapping[str, str]) -> tuple[SecretStr, str]:
    kind, _, name = written.partition(":") if isinstance(written, str) else ("", "", "")
    if not name or kind not in {"env", "block"}:
        return SecretStr("?"), 'a secret never stands in this file; write "env:NAME" and put NAME=… into .env'
    if kind == "block":
        return _resolve_block(name)
    if not env.get(name):
        return SecretStr("?"), f"{name} is not set; add {name}=… to .env beside this file"
    return SecretStr(env[name].strip()), ""


def _resolve_block(name: str) -> tuple[SecretStr, str]:
    try:
        return SecretStr(secret_block(name).strip()), ""
    except NoSecret as error:
        return SecretStr("?"), str(error)


def _resolve_alerts(raw: dict[str, Any], env: Mapping[str, str]) -> list[str]:
    """An Apprise URL holds the password of a mailbox or the key of a channel."""
    written = raw.get("alerts")
    if not isinstance(written, list):
        return []
    resolved = [_resolve(each, env) for each in written]
    raw["alerts"] = [secret for secret, _ in resolved]
    return [f"alerts[{number}]: {fault}" for number, (_, fault) in enumerate(resolved) if fault]


def _resolve_database(raw: dict[str, Any], env: Mapping[str, str]) -> list[str]:
    written = raw.get("database")
    if not isinstance(written, str):
        return []
    if written.startswith(("env:", "block:")):
        secret, fault = _resolve(written, env)
        raw["database"] = secret.get_secret_value()
        if fault:
            del raw["database"]
        return [f"database: {fault}"] if fault else []
    return (
        ['database: a password never stands in this file; write "env:DATABASE_URL"'] if _holds_password(written) else []
    )


def _holds_password(url: str) -> bool:
    """libpq takes one as a parameter, too: `?password=`, `?sslpassword=`."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return False
    return parsed.password is not None or any("password" in name.lower() for name in parsed.query)
