"""Discovery: what feeds, sitemaps and section pages name (pure: bytes in, values out)."""
