"""The tables around the index of words; on the same metadata as `schema`.

All of it is a cache: it is in no journal and no backup, and fills itself again from versions and texts. The
index itself is a table a month, `search_202603`, which is made when the month has its first version
(`search_sqlite`, `search_postgres`).
"""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import KEY
from archive.catalog.schema import metadata

search_doc = sa.Table(  # a version that is in the index; `place` is in order of time within the month
    "search_doc",
    metadata,
    sa.Column("month", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("article_id", KEY, nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False),
    sa.Column("digest", KEY, nullable=False),  # of what was indexed
    sa.UniqueConstraint("article_id", "number"),
    sqlite_with_rowid=False,
)
search_month = sa.Table(  # a month that has a table
    "search_month",
    metadata,
    sa.Column("month", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column(
        "taken", sa.BigInteger, nullable=False
    ),  # versions taken out since its table was last compacted
)
search_pending = sa.Table(  # versions that are new, or other than what was indexed
    "search_pending",
    metadata,
    sa.Column("article_id", KEY, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
SEARCH = (search_doc, search_month, search_pending)
