"""Whose account is whose: what the ledger knows belongs to an account on X, whatever crosspost.toml calls it."""

from collections.abc import Iterator

from flows.app import App


def foreign_keys(app: App, name: str) -> str:
    """Why nothing may go out under this name: its keys open another account than before. Empty if they do not."""
    owner, known = app.config.accounts[name].owner, app.ledger.account(name)
    if not owner or known.user_id in ("", owner):
        return ""
    before = f"@{known.username} ({known.user_id})" if known.username else known.user_id
    return (
        f"its keys are those of X account {owner}, and the ledger knows {name} as {before}; "
        "put its own keys back, or give the other account a name of its own in crosspost.toml"
    )


def take_over(app: App) -> None:
    """What is known of an account on X under a name that is no longer used belongs to its new name."""
    for name, account in app.config.accounts.items():
        if account.owner and not foreign_keys(app, name):
            app.ledger.adopt(name, account.owner, in_use=app.config.accounts)


def user_id_of(app: App, name: str) -> str:
    """Whose timeline to read: asked of X once, then remembered. Raises `PostError`."""
    known = app.ledger.account(name).user_id
    if known:
        return known
    profile = app.config.accounts[name].whoami()
    app.ledger.introduce(name, profile)
    return profile.id


def mistaken(app: App) -> dict[str, str]:
    """The accounts that nothing may be sent for, each with the reason."""
    return {name: why for name in app.config.accounts if (why := foreign_keys(app, name))}


def forsaken(app: App) -> Iterator[tuple[str, str]]:
    """The accounts that crosspost.toml does not have any more though posts wait for them, each with what to do."""
    for name, posts in app.ledger.open_posts().items():
        if name not in app.config.accounts:
            yield (
                name,
                f"{posts} posts wait for it, and crosspost.toml has no [accounts.{name}] any more; "
                "put it back, or decide each with `crosspost settle ID skipped` (`crosspost status` lists them)",
            )
