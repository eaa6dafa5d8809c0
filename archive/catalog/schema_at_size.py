"""Indexes that matter once a catalog is large; on the same metadata as `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.schema import article, capture, page, run, text

sa.Index(  # were these bytes stored before, and where first?
    "capture_by_content", capture.c.payload_sha256, capture.c.at, capture.c.id
)
sa.Index("capture_by_time", capture.c.at)  # what have all sources used since?
sa.Index("run_by_end", run.c.finished_at)  # which run ended last? which go on, or have ended since?
sa.Index("page_by_found", page.c.source, page.c.found_at)  # which known pages are the newest?
_of_articles = page.c.article_id.is_not(None)
sa.Index(  # which pages show or lead to this article?
    "page_by_article", page.c.article_id, sqlite_where=_of_articles, postgresql_where=_of_articles
)
sa.Index("text_by_place", text.c.segment, text.c.offset)  # which texts lie in this segment?
sa.Index("article_by_first", article.c.first_captured_at, article.c.id)  # which articles are the newest?
