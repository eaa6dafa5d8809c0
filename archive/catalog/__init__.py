"""The catalog: a database derived from the journal, over SQLite or PostgreSQL."""
