"""The archive in the formats of others: JSON Lines, Parquet, WARC, WACZ."""
