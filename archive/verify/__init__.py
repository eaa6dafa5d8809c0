"""Everything held against everything: objects, digests, indexes, journal, catalog."""
