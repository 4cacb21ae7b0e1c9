"""An article that was moved after its tweet is the same story at both addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "story_names",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("story", sa.Text, primary_key=True),
        sa.Column("post_id", sa.Integer, sa.ForeignKey("posts.id", name="fk_story_names_post_id"), nullable=False),
        sa.PrimaryKeyConstraint("account", "story", name="pk_story_names"),
    )
    op.create_index("ix_story_names_post_id", "story_names", ["post_id"])
