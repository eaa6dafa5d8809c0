"""The tables of copies and near copies; on the same metadata as `schema`.

`cluster_member`, `recompare` and `picture_link` are the replay of the journal. The others are an index to
find candidates by, and a cache like `lease`: they are filled from texts and pictures that the catalog has,
are in no journal and no backup, and fill themselves again when they were lost.
"""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import KEY, SHA256, Moment
from archive.catalog.schema import metadata
from archive.catalog.schema_parts import PARTS
from archive.catalog.schema_previews import PREVIEWS
from archive.catalog.schema_search import SEARCH

cluster_member = sa.Table(
    "cluster_member",
    metadata,
    sa.Column("article_id", KEY, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("cluster", KEY, nullable=False),
    sa.Column("linked_to", KEY, nullable=True),
    sa.Column("kind", sa.Text, nullable=True),
    sa.Column("jaccard", sa.BigInteger, nullable=True),
    sa.Column("containment", sa.BigInteger, nullable=True),
    sa.Column("agency", sa.Text, nullable=True),
    sa.Column("at", Moment, nullable=False),
)
recompare = sa.Table(  # articles whose texts are read otherwise since they were compared
    "recompare",
    metadata,
    sa.Column("article_id", KEY, primary_key=True),
    sa.Column("mark", SHA256, primary_key=True),
)
picture_link = sa.Table(
    "picture_link",
    metadata,
    sa.Column("sha256", SHA256, primary_key=True),
    sa.Column("first", SHA256, nullable=False),
    sa.Column("kind", sa.Text, nullable=True),
    sa.Column("distance", sa.BigInteger, nullable=True),
    sa.Column("likeness", sa.BigInteger, nullable=True),
    sa.Column("at", Moment, nullable=False),
)
fingerprint_run = sa.Table(  # texts of a period and their keys, sorted, in tiers; an id never comes again
    "fingerprint_run",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("period", sa.BigInteger, nullable=False),
    sa.Column("level", sa.BigInteger, nullable=False),
    sa.Column("texts", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("facts", sa.LargeBinary, nullable=False),
    sa.Column("postings", sa.LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
fingerprint_period = sa.Table(  # periods that are in the index as a whole
    "fingerprint_period",
    metadata,
    sa.Column("period", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("method", sa.Text, nullable=False),
)
picture_print = sa.Table(  # a picture that is in the index
    "picture_print",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("sha256", SHA256, nullable=False, unique=True),
)
picture_key = sa.Table(  # a quarter of a perceptual hash each, with its place (multi-index hashing)
    "picture_key",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("picture", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

sa.Index("cluster_members", cluster_member.c.cluster)  # who is in this cluster?
sa.Index("cluster_member_links", cluster_member.c.linked_to)  # who stands on this article?
sa.Index("picture_link_by_first", picture_link.c.first)
sa.Index("fingerprint_run_by_period", fingerprint_run.c.period, fingerprint_run.c.level)
DERIVED = (fingerprint_run, fingerprint_period, picture_print, picture_key, *SEARCH, *PARTS, *PREVIEWS)
