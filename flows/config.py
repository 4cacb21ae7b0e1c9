"""crosspost.toml and .env, checked: every mistake is one line that names the key, the fault and the remedy."""

import os
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from connectors.contract import Duration, Settings
from connectors.registry import AnyAccount, AnySource
from flows.config_mistakes import sentences
from flows.config_secrets import resolve_secrets
from templates.render import SHIPPED


class ConfigError(Exception):
    """crosspost.toml cannot be used; each of `mistakes` is one line for a person."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def _timezone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        raise ValueError(f'{name!r} is no time zone; write one like "Europe/Berlin"') from None


def _database(url: str, info: ValidationInfo) -> str:
    """The URL, with the file of SQLite made absolute: a relative one is relative to the config file."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError('is no database URL; write "sqlite:///crosspost.db" or "env:DATABASE_URL"') from None
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ValueError(f'"{parsed.drivername}:" is not supported; use "sqlite:///…" or "postgresql+psycopg://…"')
    if parsed.drivername == "sqlite":
        file = info.data["path"].parent / (parsed.database or "crosspost.db")
        if not file.parent.is_dir():
            raise ValueError(f"there is no folder {file.parent}; make it, or name another file")
        parsed = parsed.set(database=str(file))
    return parsed.render_as_string(hide_password=False)


class Route(Settings):
    """Which sources go to which accounts, and in which words. The first route that wants an item gets it."""

    sources: tuple[str, ...] = Field(alias="from", min_length=1)
    accounts: tuple[str, ...] = Field(alias="to", min_length=1)
    template: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hashtags: bool | Annotated[int, Field(ge=0)] = True
    images: bool = False
    recheck: bool = False  # an item whose page is gone just before the tweet is not tweeted
    mentions: bool = False
    voice: Literal["", "du", "sie"] = ""


class Config(Settings):
    """All of crosspost.toml, with the secrets in their places."""

    path: Path
    timezone: Annotated[ZoneInfo, BeforeValidator(_timezone)] = ZoneInfo("Europe/Berlin")
    database: Annotated[str, AfterValidator(_database)] = Field("sqlite:///crosspost.db", validate_default=True)
    every: Annotated[Duration, Field(ge=timedelta(seconds=10))] = timedelta(minutes=15)  # how often `serve` polls
    alerts: tuple[SecretStr, ...] = ()
    allow_private_hosts: bool = False
    sources: dict[str, AnySource] = Field(min_length=1)
    accounts: dict[str, AnyAccount] = Field(min_length=1)
    routes: tuple[Route, ...]

    @property
    def folder(self) -> Path:
        """Where crosspost.toml lies; every relative path starts here."""
        return self.path.parent

    @model_validator(mode="after")
    def _routes_lead_somewhere(self) -> Self:
        faults = [
            f'routes[{number}].{key}: "{name}" is not defined; add [{table}.{name}] or use one of: {", ".join(known)}'
            for number, route in enumerate(self.routes)
            for key, table, names, known in (
                ("from", "sources", route.sources, list(self.sources)),
                ("to", "accounts", route.accounts, list(self.accounts)),
            )
            for name in names
            if name not in known
        ]
        folders = (self.folder / "templates", SHIPPED)
        faults += [
            f'routes[{number}].template: there is no "{route.template}" in templates/ beside this file, nor among the '
            f"shipped ones: {', '.join(sorted(path.name for path in SHIPPED.glob('*.j2')))}"
            for number, route in enumerate(self.routes)
            if not any((folder / route.template).is_file() for folder in folders)
        ]
        if not self.routes:
            faults = ["routes: is empty; add a [[routes]] table"]
        faults += self._doubles()
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _doubles(self) -> list[str]:
        """Two tables for one account on X: each item would be tweeted twice there."""
        first: dict[str, str] = {}
        return [
            f"accounts.{name}.access_token: belongs to the same X account as accounts.{first[account.owner]}; "
            "keep one of the two tables, or take the other account's keys"
            for name, account in self.accounts.items()
            if account.owner and first.setdefault(account.owner, name) != name
        ]


def load(path: Path, environ: Mapping[str, str] | None = None) -> Config:
    """Read crosspost.toml and the .env beside it. Raises `ConfigError` with every mistake at once."""
    path = path.absolute()
    raw = _read(path)
    env = {**dotenv_values(path.parent / ".env"), **(os.environ if environ is None else environ)}
    mistakes = _name_tables(raw) + resolve_secrets(raw, {name: value or "" for name, value in env.items()})
    try:
        config = Config.model_validate({"path": path, **raw})
    except ValidationError as error:
        mistakes += sentences(error, Config)
    if mistakes:
        raise ConfigError([f"{path.name}: {mistake}" for mistake in mistakes])
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        fault = f"not found in {path.parent}; name the file with --config, or see `crosspost demo` and the README"
    except OSError as error:
        fault = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        fault = "is not UTF-8; save it again as UTF-8"
    except tomllib.TOMLDecodeError as error:
        fault = f"is no TOML: {error}"
    raise ConfigError([f"{path.name}: {fault}"])


def _name_tables(raw: dict[str, Any]) -> list[str]:
    """A table's own name becomes its `name`; `path` and `name` are nobody's keys."""
    mistakes = [f"{key}: is no key here; remove it" for key in ("path",) if raw.pop(key, None) is not None]
    for section in ("sources", "accounts"):
        tables = raw.get(section)
        for name, table in tables.items() if isinstance(tables, dict) else ():
            if isinstance(table, dict):
                if "name" in table:
                    mistakes.append(f"{section}.{name}.name: is no key here; the name stands in [{section}.{name}]")
                table["name"] = name
    return mistakes
