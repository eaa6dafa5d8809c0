"""The ledger's partitions on PostgreSQL: a month of runs each, by the moment that is in their ids.

A run's id is `run-` and the moment at which it began, so a run lies in one partition, and what is asked of
one run reads no other. Rows of runs whose month has no partition lie in `ledger_other`, which every
partition is made out of: to be late is no error. `ledger_before` is what a catalog had when it came to have
partitions. SQLite has one table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
import structlog

from archive.catalog.schema import ledger
from archive.rows import Row, RunRow

OTHER, BEFORE = "ledger_other", "ledger_before"
LOCK_SECONDS = 1  # that whoever makes a partition waits for a table, and lets others wait behind it
_RUN = re.compile(r"run-(\d{4})(\d\d)\d\dT")
_UNTIL = re.compile(r"TO \('(run-\d{6})'\)")
# A lock that is not to be had, a table or a name that another process has made in between.
_ANOTHER_TIME = {"55P03", "42P07", "23505"}

log = structlog.get_logger()

Month = tuple[int, int]


def month_of(moment: datetime) -> Month:
    """Year and month."""
    return moment.year, moment.month


def after(month: Month) -> Month:
    """The next one."""
    year, number = month
    return (year + 1, 1) if number == 12 else (year, number + 1)  # noqa: PLR2004 - months of a year


def months_of(run_ids: Iterable[str]) -> set[Month]:
    """The months of runs, by their ids; those that are named otherwise are in none."""
    return {(int(match[1]), int(match[2])) for match in map(_RUN.match, run_ids) if match}


def name_of(month: Month) -> str:
    """The table of a month: `ledger_202603`."""
    return f"ledger_{month[0]:04d}{month[1]:02d}"


def bound(month: Month) -> str:
    """Where a month's runs begin: no id of the month before is greater, in any collation."""
    return f"run-{month[0]:04d}{month[1]:02d}"


def renew(connection: sa.Connection) -> None:
    """Make the ledger, which is empty, anew: in partitions, of which there is none yet."""
    connection.exec_driver_sql(f"DROP TABLE {ledger.name}")
    ledger.create(connection)
    connection.exec_driver_sql(f"CREATE TABLE {OTHER} PARTITION OF {ledger.name} DEFAULT")


def missing(connection: sa.Connection, months: Iterable[Month]) -> list[Month]:
    """Those of these months that should have a table and have none; none where the ledger is one table."""
    about = sa.text(
        "SELECT relkind = 'p', (SELECT pg_get_expr(relpartbound, oid) FROM pg_class "
        "WHERE oid = to_regclass(:before)) FROM pg_class WHERE oid = to_regclass('ledger')"
    )
    parted, reaches = connection.execute(about, {"before": BEFORE}).one()
    if not parted:
        return []
    until = _UNTIL.search(reaches or "")
    there = sa.text("SELECT to_regclass(:name) IS NOT NULL")
    return [
        month
        for month in sorted(months)
        if not (until and bound(month) < until[1])
        and not connection.execute(there, {"name": name_of(month)}).scalar()
    ]


def make(connection: sa.Connection, month: Month) -> None:
    """Make the partition of a month that is missing, with the rows that came before it."""
    name, first, last = name_of(month), bound(month), bound(after(month))
    late = f"run_id >= '{first}' AND run_id < '{last}'"
    connection.exec_driver_sql(f"CREATE TABLE {name} (LIKE ledger INCLUDING ALL)")
    connection.exec_driver_sql(
        f"WITH late AS (DELETE FROM {OTHER} WHERE {late} RETURNING *) INSERT INTO {name} SELECT * FROM late"  # noqa: S608 - months
    )
    connection.exec_driver_sql(
        f"ALTER TABLE ledger ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{last}')"
    )


class Ahead:
    """Makes the partitions of runs that begin, and of the next month; asks once a process what there is.

    Nobody waits: where a table is not free within a second, rows lie in `ledger_other` until another run
    begins.
    """

    def __init__(self) -> None:
        self._known: set[Month] = set()

    def look(self, engine: sa.Engine, rows: Iterable[Row]) -> None:
        """See to the months of the runs among these rows, which are about to be put."""
        begun = months_of(row.id for row in rows if isinstance(row, RunRow))
        wanted = (begun | {after(month) for month in begun}) - self._known
        if not wanted:
            return
        with engine.connect() as connection:
            lacking = missing(connection, wanted)
        self._known |= wanted - set(lacking)
        for month in lacking:
            try:
                with engine.begin() as connection:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                    make(connection, month)
            except sa.exc.DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _ANOTHER_TIME:
                    raise
                log.info("the ledger's partition is made another time", month=name_of(month))
