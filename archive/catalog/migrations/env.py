"""Runs a migration on the connection that `archive.catalog.migrate` hands over.

`online`: each revision in a transaction of its own, which a revision may leave (`archive.catalog.online`).
"""

from alembic import context

from archive.catalog import schema

connection = context.config.attributes["connection"]
online = context.config.attributes.get("online", False)
context.configure(
    connection=connection,
    target_metadata=schema.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=online,
)
if online:
    with context.begin_transaction():
        context.run_migrations()
else:
    context.run_migrations()
