"""The table of previews that people asked for; on the same metadata as `schema`.

Like `lease` it is of the moment: in no journal and no backup, and empty after a rebuild. What a preview shows
was never archived, so nothing of it may stay.
"""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import Moment
from archive.catalog.schema import metadata

preview = sa.Table(
    "preview",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),  # the newest of each source alone
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("begun_at", Moment, nullable=True),
    sa.Column("answered_at", Moment, nullable=True),
    sa.Column("note", sa.Text, nullable=True),
    sa.Column("result", sa.LargeBinary, nullable=True),  # JSON in one zstd frame
)
PREVIEWS = (preview,)
