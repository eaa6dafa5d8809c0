"""Many keys at once as a small table to join with, in one bound value.

SQLite uses an index for such a join, but not for `(a, b) IN (…)`. As JSON the statement is the same however
many keys there are, so that it is put together once: with a bind for every key that took longer than the
database did.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

_PAIRS = {
    "sqlite": "SELECT json_extract(value, '$[0]') AS name, json_extract(value, '$[1]') AS number "
    "FROM json_each(:wanted)",
    "postgresql": "SELECT w.pair ->> 0 AS name, CAST(w.pair ->> 1 AS bigint) AS number "
    "FROM jsonb_array_elements(CAST(:wanted AS jsonb)) AS w (pair)",
}
_NAMES = {
    "sqlite": "SELECT value AS name FROM json_each(:wanted)",
    "postgresql": "SELECT w.name FROM jsonb_array_elements_text(CAST(:wanted AS jsonb)) AS w (name)",
}


def wanted_pairs(backend: str, pairs: Sequence[tuple[str, int]]) -> sa.CTE:
    """A table of `name` and `number`, in no order."""
    said = sa.text(_PAIRS[backend]).bindparams(wanted=json.dumps(pairs))
    return said.columns(sa.column("name", sa.Text), sa.column("number", sa.BigInteger)).cte("wanted")


def wanted_names(backend: str, names: Sequence[str]) -> sa.CTE:
    """A table of `name`, in no order."""
    said = sa.text(_NAMES[backend]).bindparams(wanted=json.dumps(names))
    return said.columns(sa.column("name", sa.Text)).cte("wanted")
