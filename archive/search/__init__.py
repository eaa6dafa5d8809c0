"""Full text, whatever the database: words of any script, the language of queries, what is indexed (pure)."""
