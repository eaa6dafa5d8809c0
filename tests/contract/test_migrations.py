"""Migrations of a catalog that is in use: whoever reads or writes meanwhile waits for short locks alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from archive.catalog import bulk, migrate, months, rebuilding, runs
from archive.catalog.catalog import Catalog
from archive.catalog.engine import open_engine
from tests.archive.material import NOON, ledger_row
from tests.contract.catalog_rows import RUN, Numbers

BEFORE = "0019"  # from here on migrations are made to run beside others
ROWS = 300
MOST = 30  # lock waits of a second each that a reader or writer may meet, however slow the machine is
MARCH = replace(RUN, id="run-20260329T020000Z-0badcafe")
_OLD = {
    "ledger (run_id, url_key, url, source, found_by, found_in, position, also_by)": (
        "'run-20260301T020000Z-' || (i / 100), md5(i::text), 'u', 's', 'feed', 'f', i, '[]'"
    ),
    "page (url_key, url, source, found_by, found_in, found_at, misses, removed, changes)": (
        "md5(i::text), 'u', 's', 'feed', 'f', now(), 0, false, 0"
    ),
    'text (sha256, characters, segment, "offset", length)': "md5(i::text), 9, 'derived/s', i, 9",
}
_WRITES = (
    "UPDATE ledger SET position = position WHERE url_key = md5('1')",
    "UPDATE page SET misses = misses WHERE url_key = md5('1')",
    "UPDATE text SET characters = characters WHERE sha256 = md5('1')",
)
_READS = (
    "SELECT count(*) FROM ledger",
    "SELECT count(*) FROM page",
    "SELECT count(*) FROM text",
    "SELECT count(*) FROM capture",
    "SELECT count(*) FROM version",
)


@pytest.fixture
def in_use(bare_postgres_url: str) -> Iterator[sa.Engine]:
    """A PostgreSQL of the schema before, with rows."""
    engine = open_engine(bare_postgres_url)
    migrate.upgrade(engine, BEFORE)
    with engine.begin() as connection:
        for table, values in _OLD.items():
            connection.exec_driver_sql(
                f"INSERT INTO {table} SELECT {values} FROM generate_series(1, {ROWS}) AS i"
            )
    yield engine
    engine.dispose()


def test_others_read_and_write_while_every_migration_from_now_on_waits(in_use: sa.Engine) -> None:
    for revision in _revisions():
        _migrated_beside_others(in_use, revision)
    assert migrate.current(in_use) == migrate.HEAD


def _revisions() -> list[str]:
    scripts = ScriptDirectory.from_config(migrate.alembic_config())
    return [script.revision for script in scripts.walk_revisions(BEFORE, "head")][::-1][1:]


def _migrated_beside_others(engine: sa.Engine, revision: str) -> None:
    """One transaction holds every table while the migration begins; others come, and are served."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            migrate.upgrade(engine, revision)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failed.append(error)

    migration = threading.Thread(target=run)
    with engine.begin() as holding:
        for statement in (*_WRITES, *_READS):
            holding.exec_driver_sql(statement)
        migration.start()
        while migration.is_alive() and not _waits(engine):
            _serve(engine)
        for _ in range(3):  # while it waits, and has given up, and waits again
            _serve(engine)
    migration.join()
    assert failed == []
    assert migrate.current(engine) == revision


def _waits(engine: sa.Engine) -> bool:
    """Whether the migration has come to where it waits for the transaction that holds the tables."""
    here = "datname = current_database() AND wait_event_type = 'Lock'"
    query = f"SELECT count(*) FROM pg_stat_activity WHERE {here}"
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql(query).scalar_one())


def _serve(engine: sa.Engine) -> None:
    """Read and write as a crawl does; a queue that does not move ends in "lock timeout" here."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{MOST * migrate.LOCK_SECONDS}s'")
        for statement in _READS:
            connection.exec_driver_sql(statement)
        for table in ("page", "text"):
            key = "url_key" if table == "page" else "sha256"
            connection.exec_driver_sql(f"UPDATE {table} SET {key} = {key} WHERE {key} = md5('2')")
        connection.exec_driver_sql("UPDATE ledger SET position = position WHERE url_key = md5('2')")


def test_a_table_that_is_locked_by_a_migration_would_be_seen(in_use: sa.Engine) -> None:
    with in_use.begin() as holding, in_use.begin() as connection:
        # What CREATE INDEX takes, without CONCURRENTLY.
        holding.exec_driver_sql("LOCK TABLE page IN SHARE MODE")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10ms'")
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            connection.exec_driver_sql(_WRITES[1])


def test_half_an_index_of_a_migration_that_was_cut_off_is_made_whole(in_use: sa.Engine) -> None:
    with in_use.begin() as connection:
        connection.exec_driver_sql("CREATE INDEX text_by_place ON text (segment)")
        connection.exec_driver_sql(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'text_by_place'::regclass"
        )
    migrate.upgrade(in_use)
    with in_use.connect() as connection:
        columns = [
            index["column_names"]
            for index in sa.inspect(connection).get_indexes("text")
            if index["name"] == "text_by_place"
        ]
        assert columns == [["segment", "offset"]]


def test_a_ledger_that_was_one_table_stays_as_it_lies_and_new_months_get_their_own(in_use: sa.Engine) -> None:
    migrate.upgrade(in_use)
    catalog = Catalog(in_use.url.render_as_string(hide_password=False))
    this = months.month_of(datetime.now(UTC))
    reached = months.after(this)
    later = months.after(reached)
    try:
        assert _partitions(catalog) == ["ledger_before", "ledger_other"]
        for month in (this, later):
            run = replace(RUN, id=f"{months.bound(month)}01T020000Z-0badcafe")
            numbers = Numbers()
            numbers.number = month[0] * 12 + month[1]
            catalog.apply(numbers.entry(run, ledger_row("https://news.example/a", 1, run_id=run.id)), {})
            assert len(runs.ledger_of(catalog, run.id)) == 1
        own = [months.name_of(later), months.name_of(months.after(later))]
        assert _partitions(catalog) == sorted([*own, "ledger_before", "ledger_other"])
        with catalog.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM ledger").scalar_one() == ROWS + 2
            assert bulk.missing_indexes(connection) == []
    finally:
        catalog.close()


def test_what_is_asked_of_one_run_reads_its_month_alone(postgres_url: str) -> None:
    catalog = Catalog.open(postgres_url)
    try:
        numbers = Numbers()
        for run in (MARCH, replace(RUN, id="run-20260401T020000Z-0badcafe"), RUN):
            catalog.apply(numbers.entry(run, ledger_row("https://news.example/a", 1, run_id=run.id)), {})
        assert _partitions(catalog) == ["ledger_202603", "ledger_202604", "ledger_202605", "ledger_other"]
        with catalog.read() as connection:
            for asked in (
                "outcome IS NULL AND source = 's' ORDER BY position",
                "position > 5",
                "url_key = 'a'",
            ):
                query = f"EXPLAIN SELECT * FROM ledger WHERE run_id = '{MARCH.id}' AND {asked}"
                plan = "\n".join(row[0] for row in connection.exec_driver_sql(query))
                assert "ledger_202603" in plan
                assert not any(name in plan for name in ("ledger_202604", "ledger_other", "ledger_202605"))
    finally:
        catalog.close()


def test_rows_that_came_before_their_month_are_moved_into_it(postgres_url: str) -> None:
    catalog = Catalog.open(postgres_url)
    try:
        row = ledger_row("https://news.example/a", 1, run_id=MARCH.id)
        catalog.apply(Numbers().entry(row), {})  # no run: nobody made its month
        assert _partitions(catalog) == ["ledger_other"]
        with catalog.write() as connection:
            assert months.missing(connection, {(2026, 3)}) == [(2026, 3)]
            months.make(connection, (2026, 3))
        assert _partitions(catalog) == ["ledger_202603", "ledger_other"]
        assert runs.ledger_of(catalog, MARCH.id) == [row]
        with catalog.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM ledger_other").scalar_one() == 0
    finally:
        catalog.close()


def test_a_rebuild_gives_each_month_its_partition_and_makes_every_index(postgres_url: str) -> None:
    catalog = Catalog.open(postgres_url)
    try:
        row = ledger_row("https://news.example/a", 1, run_id=MARCH.id)
        entry = Numbers().entry(MARCH, row)
        rebuilding.begin(catalog, "file:///store", NOON)
        rebuilding.replay(catalog, [entry], lambda _key: entry)
        rebuilding.index(catalog)
        rebuilding.end(catalog)
        assert _partitions(catalog) == ["ledger_202603", "ledger_other"]
        assert runs.ledger_of(catalog, MARCH.id) == [row]
        with catalog.read() as connection:
            assert bulk.missing_indexes(connection) == []
    finally:
        catalog.close()


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["run-20260329T020000Z-0badcafe", "run-20260301T000000Z-00000000"], {(2026, 3)}),
        (["run-20251231T235959Z-0badcafe"], {(2025, 12)}),
        (["run-1", "run-", "20260329T020000Z"], set()),
    ],
)
def test_the_month_of_a_run_is_in_its_id(ids: list[str], expected: set[tuple[int, int]]) -> None:
    assert months.months_of(ids) == expected


def test_a_month_ends_where_the_next_begins() -> None:
    assert [months.bound(months.after(month)) for month in ((2026, 3), (2026, 12))] == [
        "run-202604",
        "run-202701",
    ]


def _partitions(catalog: Catalog) -> list[str]:
    query = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger'::regclass"
    with catalog.read() as connection:
        return sorted(connection.exec_driver_sql(query).scalars())
