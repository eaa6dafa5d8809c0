"""The gate before the archive calls something an article: words, shapes and wholeness of a page."""
