"""Runs a migration on the connection that `archive.catalog.migrate` hands over."""

from alembic import context

from archive.catalog import schema

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=schema.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
