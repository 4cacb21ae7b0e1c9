"""crosspost.toml: every mistake is one line that names the key, the fault and the remedy."""

from pathlib import Path

import pytest

from connectors.registry import AnySource, kinds
from flows.config import Config, ConfigError, load

KINDS = ", ".join(kinds(AnySource))

GOOD = """\
[sources.blog]
kind = "rss"
url = "https://blog.example.com/feed/"

[accounts.office]
kind = "twitter"
api_key = "env:TWITTER_API_KEY"
api_secret = "env:TWITTER_API_SECRET"
access_token = "env:TWITTER_ACCESS_TOKEN"
access_token_secret = "env:TWITTER_ACCESS_TOKEN_SECRET"

[[routes]]
from = ["blog"]
to = ["office"]
template = "blog.j2"
"""
SECRETS = {
    "TWITTER_API_KEY": "key-4711",
    "TWITTER_API_SECRET": "secret-4712",
    "TWITTER_ACCESS_TOKEN": "token-4713",
    "TWITTER_ACCESS_TOKEN_SECRET": "secret-4714",
}


def read(folder: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    (folder / "crosspost.toml").write_text(text, encoding="utf-8")
    return load(folder / "crosspost.toml", SECRETS if environ is None else environ)


def mistakes(folder: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text, environ)
    return [mistake.removeprefix("crosspost.toml: ") for mistake in caught.value.mistakes]


def test_a_short_config_is_enough(tmp_path: Path) -> None:
    config = read(tmp_path, GOOD)
    assert str(config.timezone) == "Europe/Berlin"
    assert config.sources["blog"].name == "blog"
    assert config.routes[0].sources == ("blog",)
    assert config.database == f"sqlite:///{tmp_path}/crosspost.db"


def test_secrets_come_from_env_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in SECRETS.items()), encoding="utf-8")
    config = read(tmp_path, GOOD, {})
    assert config.accounts["office"].api_key.get_secret_value() == "key-4711"


def test_the_environment_goes_before_env(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TWITTER_API_KEY=old\n", encoding="utf-8")
    config = read(tmp_path, GOOD)
    assert config.accounts["office"].api_key.get_secret_value() == "key-4711"


def test_no_secret_shows_in_the_config(tmp_path: Path) -> None:
    shown = repr(read(tmp_path, GOOD))
    assert not any(secret in shown for secret in SECRETS.values())


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ('kind = "rss"', 'kind = "rrs"', f'sources.blog: kind "rrs" is unknown; use one of: {KINDS}'),
        ('kind = "rss"', "", f"sources.blog: kind is missing; use one of: {KINDS}"),
        ('kind = "rss"', 'kind = "rss"\nmaxnew = 3', 'sources.blog.maxnew: is no key here; did you mean "max_new"?'),
        ('kind = "rss"', 'kind = "rss"\nname = "x"', "sources.blog.name: is no key here; the name stands in [sources.blog]"),
        ('kind = "rss"', 'kind = "rss"\nbackfill = "many"', "sources.blog.backfill: must be a whole number"),
        ('kind = "rss"', 'kind = "rss"\nbackfill = -1', "sources.blog.backfill: must be greater than or equal to 0"),
        ("https://blog", "blog", "sources.blog.url: is no web address: write it in full, like https://blog.example.com/feed/"),
        ('kind = "twitter"', 'kind = "twitter"\nlease = 2', 'accounts.office.lease: write a duration in quotes, with its unit: "30s", "5m", "2h" or "3d"'),
        ('kind = "twitter"', 'kind = "twitter"\nlease = "2 min"', "accounts.office.lease: write a duration as a whole number with its unit: 30s, 5m, 2h or 3d"),
        ('kind = "twitter"', "", "accounts.office: kind is missing; use one of: twitter"),
        ('"env:TWITTER_API_KEY"', '"AAAA-pasted"', 'accounts.office.api_key: a secret never stands in this file; write "env:NAME" and put NAME=… into .env'),
        ("env:TWITTER_API_KEY", "env:GONE", "accounts.office.api_key: GONE is not set; add GONE=… to .env beside this file"),
        ('from = ["blog"]', 'from = ["blgo"]', 'routes[0].from: "blgo" is not defined; add [sources.blgo] or use one of: blog'),
        ('to = ["office"]', 'to = "office"', 'routes[0].to: must be a list, like ["this", "that"]'),
        ('to = ["office"]', "to = []", "routes[0].to: is empty; name at least one"),
        ('template = "blog.j2"', "", "routes[0].template: is missing; add it"),
        ("[sources.blog]", 'timezone = "Europe/Berln"\n[sources.blog]', 'timezone: \'Europe/Berln\' is no time zone; write one like "Europe/Berlin"'),
        ("[sources.blog]", 'database = "mysql://db"\n[sources.blog]', 'database: "mysql:" is not supported; use "sqlite:///…" or "postgresql+psycopg://…"'),
        ("[sources.blog]", 'database = "crosspost.db"\n[sources.blog]', 'database: is no database URL; write "sqlite:///crosspost.db" or "env:DATABASE_URL"'),
        ("[sources.blog]", 'database = "postgresql+psycopg://me:pw@db/x"\n[sources.blog]', 'database: a password never stands in this file; write "env:DATABASE_URL"'),
        ("[sources.blog]", 'database = "postgresql+psycopg://db/x?user=me&password=pw"\n[sources.blog]', 'database: a password never stands in this file; write "env:DATABASE_URL"'),
        ("[sources.blog]", 'database = "sqlite:////no/such/x.db"\n[sources.blog]', "database: there is no folder /no/such; make it, or name another file"),
        ("blog.j2", "blgo.j2", 'routes[0].template: there is no "blgo.j2" in templates/ beside this file, nor among the shipped ones: blog.j2, facebook.j2, offer.j2'),
        ('kind = "twitter"', 'kind = "twitter"\nlease = "0s"', "accounts.office.lease: must be greater than 0s"),
        ("[sources.blog]", 'every = "9s"\n[sources.blog]', "every: must be greater than or equal to 10s"),
        ("[sources.blog]", 'evry = "5m"\n[sources.blog]', None),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_its_remedy(tmp_path: Path, old: str, new: str, mistake: str | None) -> None:
    (found,) = mistakes(tmp_path, GOOD.replace(old, new, 1))
    assert found == mistake if mistake else found.startswith("evry: is no key here")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace("env:TWITTER_API_KEY", "env:GONE").replace("https://blog", "blog").replace("template", "tmplate")
    )
    assert len(mistakes(tmp_path, text)) == 4


def test_no_mistake_shows_a_pasted_secret(tmp_path: Path) -> None:
    text = GOOD.replace("env:TWITTER_API_KEY", "AAAA-pasted").replace("env:TWITTER_API_SECRET", "BBBB-pasted")
    assert not any("pasted" in mistake for mistake in mistakes(tmp_path, text + "rubbish = 1\n"))


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        (b"[sources.blog", "is no TOML"),
        ("titel = 'Käse'".encode("latin-1"), "is not UTF-8"),
        (b"", "sources: is missing; add a table [sources.NAME]"),
    ],
)
def test_a_file_that_is_no_config_is_told(tmp_path: Path, content: bytes, mistake: str) -> None:
    (tmp_path / "crosspost.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=mistake.replace("[", r"\[")):
        load(tmp_path / "crosspost.toml")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not found"):
        load(tmp_path / "crosspost.toml")


def test_the_byte_order_mark_of_a_windows_editor_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "crosspost.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load(tmp_path / "crosspost.toml", SECRETS).sources
