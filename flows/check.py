"""Does everything work? Each finding is one line: what is fine, or what is wrong and what to do."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.contract import PostError, SourceError
from flows.app import App, opened
from flows.config import Config
from flows.left_alone import left_alone, remember
from flows.owners import foreign_keys
from flows.routing import accounts_for
from flows.twins import twins
from state.values import DatabaseError
from templates.render import TemplateError


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    ok: bool
    what: str


def findings(config: Config) -> Iterator[Finding]:
    """Look at the config, the templates, the database, every source and every account. Nothing is tweeted."""
    yield Finding(ok=True, what=f"{config.path.name}: {len(config.routes)} routes")
    yield from _unrouted(config)
    yield from _secrets_file(config)
    try:
        with opened(config) as app:
            yield Finding(ok=True, what="database: open, at the newest schema")
            yield from _templates(app)
            yield from (Finding(ok=False, what=sentence) for sentence in twins(app))
            yield from of_sources(app)
            yield from _accounts(app)
    except DatabaseError as error:
        yield Finding(ok=False, what=str(error))


def _unrouted(config: Config) -> Iterator[Finding]:
    for name in config.sources:
        if not accounts_for(name, config.routes):
            yield Finding(ok=False, what=f"sources.{name}: no route takes it; add it to the from of a [[routes]] table")


def _secrets_file(config: Config) -> Iterator[Finding]:
    """On Windows the folder's own rights decide, which no mode tells."""
    file = Path(os.path.realpath(config.folder / ".env"))  # where a link leads to, its rights count
    if os.name != "posix" or not file.exists():
        return
    mode, around = file.stat().st_mode, file.parent.stat().st_mode
    # Who may not enter the folder cannot reach what is in it.
    by_group = mode & (stat.S_IRGRP | stat.S_IWGRP) and around & stat.S_IXGRP
    by_others = mode & (stat.S_IROTH | stat.S_IWOTH) and around & stat.S_IXOTH
    if by_group or by_others:
        why = "other users of this machine can read or change the secrets in it"
        yield Finding(ok=False, what=f".env: {why}; chmod 600 {file}")
    for folder in dict.fromkeys((config.folder, file.parent)):
        if folder.stat().st_mode & stat.S_IWOTH and not folder.stat().st_mode & stat.S_ISVTX:
            why = "every user of this machine can put files of his own in the place of .env and crosspost.toml"
            yield Finding(ok=False, what=f"{folder}: {why}; chmod o-w {folder}")


def _templates(app: App) -> Iterator[Finding]:
    for template in dict.fromkeys(route.template for route in app.config.routes):
        try:
            app.renderer.check(template)
            yield Finding(ok=True, what=f"template {template}")
        except TemplateError as error:
            yield Finding(ok=False, what=str(error))


def of_sources(app: App) -> Iterator[Finding]:
    """Look at every source that does not want to be left alone."""
    for name, source in app.config.sources.items():
        if why := left_alone(app, name):
            yield Finding(ok=False, what=f"source {name}: {why}")
            continue
        try:
            sentences = source.check(app.web, now=app.now())
        except SourceError as error:
            remember(app, name, error)
            yield Finding(ok=False, what=f"source {name}: {error}")
            continue
        yield Finding(ok=True, what=f"source {name}: {'; '.join(sentences)}")


def _accounts(app: App) -> Iterator[Finding]:
    for name, account in app.config.accounts.items():
        try:
            profile = account.whoami()
        except PostError as error:
            yield Finding(ok=False, what=f"account {name}: {error}")
            continue
        if why := foreign_keys(app, name):
            yield Finding(ok=False, what=f"account {name}: {why}")
            continue
        app.ledger.introduce(name, profile)
        yield Finding(ok=True, what=f"account {name}: @{profile.username}")
