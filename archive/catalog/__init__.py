"""The catalog: a database derived from the journal, over SQLite or PostgreSQL."""

from archive.catalog import (
    schema_at_size,  # noqa: F401 - its indexes are on the metadata from the start
    schema_audit,  # noqa: F401 - its table is on the metadata from the start
    schema_changes,  # noqa: F401 - the same
    schema_dropped,  # noqa: F401 - the same
    schema_finds,  # noqa: F401 - the same
    schema_links,  # noqa: F401 - the same
    schema_memory,  # noqa: F401 - the same
    schema_orders,  # noqa: F401 - the same
    schema_readings,  # noqa: F401 - the same
    schema_rendered,  # noqa: F401 - the same
    schema_revisits,  # noqa: F401 - the same
    schema_watch,  # noqa: F401 - the same
)
