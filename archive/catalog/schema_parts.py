"""The tables of runs that several processes carry out; on the same metadata as `schema`.

Like leases they are of the moment: in no journal and no backup, and gone when their run has ended. A run that
goes on without them is divided anew, and reads its documents again.
"""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import KEY, Names
from archive.catalog.schema import metadata

run_part = sa.Table(
    "run_part",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("shard", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("sites", Names, nullable=False),
    sa.Column("sources", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("holder", sa.Text, nullable=True),
    sa.Column("tries", sa.BigInteger, nullable=False),
    sa.Column("discovered", sa.Boolean, nullable=False),
)
part_url = sa.Table(  # addresses that one part of a run has found and that may be another's
    "part_url",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("url_key", KEY, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("found_by", sa.Text, nullable=False),
    sa.Column("found_in", sa.Text, nullable=False),
    sa.Column("finder", sa.BigInteger, nullable=False),
    sa.Column("shard", sa.BigInteger, nullable=False),
    sa.Column("taken", sa.Boolean, nullable=False),
)

_waits = sa.not_(part_url.c.taken)
sa.Index(  # what was handed to this part?
    "part_url_waiting",
    part_url.c.run_id,
    part_url.c.shard,
    sqlite_where=_waits,
    postgresql_where=_waits,
)
PARTS = (run_part, part_url)
