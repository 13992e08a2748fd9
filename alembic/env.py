"""Runs migrations on the connection that `app.core.migrations` hands over."""

from alembic import context
from sqlalchemy import Connection

from app.tables import metadata

MADE_AS_NEEDED = ("pgqueuer", "positions_", "event_vectors", "post_vectors")
"""The queue's own tables, months of positions, and vectors where the server has pgvector."""


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        compare_server_default=False,
        include_name=lambda name, kind, _: kind != "table" or not name.startswith(MADE_AS_NEEDED),
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
