"""Runs migrations on the connection that `app.core.migrations` hands over."""

from alembic import context
from sqlalchemy import Connection

from app.tables import metadata


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        compare_server_default=False,
        # The queue's tables are pgqueuer's own; months of positions are made as they come.
        include_name=lambda name, kind, _: (
            kind != "table" or not name.startswith(("pgqueuer", "positions_"))
        ),
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
