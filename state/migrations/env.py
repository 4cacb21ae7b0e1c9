"""Alembic's entry: migrate on the connection, and inside the transaction, that `state.database` hands over."""

from alembic import context

from state.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=context.config.attributes["version_table"],
    transactional_ddl=True,  # on SQLite too: a migration that is killed leaves the schema as it was
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
