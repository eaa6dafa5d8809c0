"""Keeps and gives back: captures, segments, stores, the journal, the catalog, and what is read from them."""
