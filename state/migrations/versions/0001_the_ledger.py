"""The ledger as it began."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


_RULES = {
    "status": "status IN ('waiting', 'sending', 'unsure', 'held', 'posted', 'skipped', 'refused')",
    "speaks_or_repeats": "(story IS NULL) = (same_as IS NOT NULL)",
    "a_repeat_is_skipped": "same_as IS NULL OR (status = 'skipped' AND same_as <> id)",
    "says_why": "status NOT IN ('unsure', 'held', 'skipped', 'refused') OR reason <> ''",
    "words_have_a_link": "(text IS NULL) = (link IS NULL)",
    "words_have_a_weight": "(text IS NULL) = (weight IS NULL)",
    "words_have_a_price": "(text IS NULL) = (price IS NULL)",
    "words_have_images": "(text IS NULL) = (images IS NULL)",
    "only_waiting_has_a_time": "not_before IS NULL OR status = 'waiting'",
    "an_attempt_has_a_time": "attempt >= 0 AND (attempt > 0) = (claimed_at IS NOT NULL)",
    "an_attempt_has_words": "attempt = 0 OR text IS NOT NULL",
    "was_attempted": "status NOT IN ('sending', 'unsure', 'refused') OR attempt > 0",
    "sending_has_a_lease": "(status = 'sending') = (lease_until IS NOT NULL)",
    "unsure_has_a_time": "(status = 'unsure') = (unsure_since IS NOT NULL)",
    "a_look_has_a_time": "looks >= 0 AND (looks > 0) = (looked_at IS NOT NULL)",
    "only_unsure_is_looked_up": "looks = 0 OR status = 'unsure'",
    "posted_has_a_time": "(status = 'posted') = (posted_at IS NOT NULL)",
    "only_posted_is_a_tweet": "tweet_id IS NULL OR status = 'posted'",
    "only_a_tweet_has_an_address": "tweet_url IS NULL OR tweet_id IS NOT NULL",
}


def upgrade() -> None:
    _sources_and_accounts()
    _items()
    _posts()
    _history()


def _sources_and_accounts() -> None:
    op.create_table(
        "sources",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("validators", sa.JSON(), nullable=False),
        sa.Column("first_read_at", sa.DateTime(timezone=True)),
        sa.Column("oldest_at", sa.DateTime(timezone=True)),
        sa.Column("last_success_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(failures > 0) = (last_error <> '')", name=op.f("ck_sources_a_failure_says_why")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sources")),
    )
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True)),
        sa.Column("paused_why", sa.Text(), nullable=False),
        sa.CheckConstraint("(paused_at IS NOT NULL) = (paused_why <> '')", name=op.f("ck_accounts_a_pause_says_why")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_accounts")),
    )
    op.create_table(
        "told",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_told")),
    )


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    op.create_table(
        "item_keys",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_keys_item_id")),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_item_keys")),
    )
    op.create_index(op.f("ix_item_keys_item_id"), "item_keys", ["item_id"])


def _posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("story", sa.Text()),
        sa.Column("same_as", sa.Integer()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("link", sa.Text()),
        sa.Column("weight", sa.Integer()),
        sa.Column("price", sa.Integer()),
        sa.Column("images", sa.JSON()),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("unsure_since", sa.DateTime(timezone=True)),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True)),
        sa.Column("tweet_id", sa.Text()),
        sa.Column("tweet_url", sa.Text()),
        sa.Column("posted_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_posts_{name}")) for name, rule in _RULES.items()),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_posts_item_id")),
        sa.ForeignKeyConstraint(["same_as"], ["posts.id"], name=op.f("fk_posts_same_as")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("account", "story", name=op.f("uq_posts_account_story")),
        sa.UniqueConstraint("account", "tweet_id", name=op.f("uq_posts_account_tweet_id")),
        sa.UniqueConstraint("item_id", "account", name=op.f("uq_posts_item_id_account")),
    )
    op.create_index(op.f("ix_posts_account_status"), "posts", ["account", "status"])


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("tweet_id", sa.Text()),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_history_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index(op.f("ix_history_post_id"), "history", ["post_id"])
