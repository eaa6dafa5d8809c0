"""One suite over SQLite and PostgreSQL: what every catalog does with entries, leases and its schema."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from archive.catalog import (
    leases,
    lookup,
    migrate,
    runs,
    schema,
    segments,
    versions,
)
from archive.catalog.catalog import Catalog
from archive.catalog.packing import compress, decompress
from archive.digest import sha256_hex
from archive.rows import (
    TextRow,
)
from config.errors import ConfigError
from tests.archive.material import NOON, SetClock, everything, ledger_row
from tests.contract.catalog_rows import RUN, URL, Numbers, capture


def test_an_entry_is_applied_once(catalog: Catalog) -> None:
    entry = Numbers().entry(RUN)
    assert catalog.apply(entry, {})
    before = everything(catalog)
    assert not catalog.apply(entry, {})
    assert not catalog.apply(
        replace(entry, rows=(replace(RUN, status="done"),)), {}
    )  # known by writer and number
    assert everything(catalog) == before
    assert runs.run_by_id(catalog, "run-1") == RUN


def test_the_last_row_of_a_key_wins(catalog: Catalog, put: Any) -> None:
    put(RUN, replace(RUN, status="b"), ledger_row(URL, 1), replace(RUN, status="c"))
    assert runs.run_by_id(catalog, "run-1") == replace(RUN, status="c")
    put(replace(RUN, finished_at=NOON, status="d"), replace(RUN, status="e"))
    assert runs.run_by_id(catalog, "run-1") == replace(
        RUN, status="e"
    )  # whole rows: finished_at is gone again
    assert runs.newest_runs(catalog) == [replace(RUN, status="e")]


def test_more_rows_than_a_statement_holds(catalog: Catalog, put: Any) -> None:
    rows = [ledger_row(f"https://news.example/{n}", n) for n in range(1201)]
    put(*rows, *[replace(row, outcome="archived") for row in rows[::2]])
    assert [row.outcome for row in runs.ledger_of(catalog, "run-1")] == ["archived", None] * 600 + [
        "archived"
    ]


def test_a_transaction_that_fails_leaves_nothing(catalog: Catalog) -> None:
    before = everything(catalog)
    broken = replace(RUN, id="run-2", status=None)  # type: ignore[arg-type]
    with pytest.raises(sa.exc.IntegrityError):
        catalog.apply(Numbers().entry(RUN, broken), {})
    assert everything(catalog) == before
    assert catalog.apply(Numbers().entry(RUN), {})  # the number was not used up


def test_values_of_every_kind_come_back(catalog: Catalog, put: Any) -> None:
    odd = "\u2028\x85\r\n\t\x01'\"\\%s\U0001f309\ufffd"
    row = replace(
        RUN, id=odd, kind="", sources=("", odd), night=odd, started_at=NOON.replace(year=1, microsecond=1)
    )
    put(row, replace(row, id="b", sources=(), started_at=NOON.replace(year=9999, microsecond=999_999)))
    assert runs.run_by_id(catalog, odd) == row
    found = runs.run_by_id(catalog, "b")
    assert found is not None
    assert (found.sources, found.started_at.year, found.started_at.tzinfo) == ((), 9999, NOON.tzinfo)
    put(capture("c", offset=2**40, payload_size=2**62))
    stored = lookup.capture_by_id(catalog, "c")
    assert stored is not None
    assert (stored.offset, stored.payload_size) == (2**40, 2**62)


def test_texts_are_kept_compressed_once(catalog: Catalog, put: Any) -> None:
    text = "Evening.\n\n\u2028 \ud83d tail" * 9
    digest = sha256_hex(text.encode("utf-8", "surrogatepass"))
    row = TextRow(sha256=digest, characters=len(text), segment="derived/a", offset=1, length=2)
    put(replace(row, segment="derived/b"), **{digest: text})
    put(row, replace(row, segment="derived/c"), **{digest: text})
    put(replace(row, offset=7), **{digest: text})
    assert versions.text_by_sha256(catalog, digest) == text
    assert versions.text_by_sha256(catalog, "0" * 64) is None
    # Of several places the smallest stays, in whatever order two writers' transactions come.
    assert segments.texts_in(catalog, "derived/a") == [row]
    assert segments.texts_in(catalog, "derived/b") == []
    assert decompress(compress("")) == ""


def test_clearing_leaves_leases_alone(catalog: Catalog, put: Any) -> None:
    put(RUN)
    leases.acquire(catalog, ["a"], "one", 60, SetClock())
    catalog.clear()
    assert not any(everything(catalog).values())
    assert leases.holder_of(catalog, "a", SetClock()) == "one"


def at(seconds: float) -> SetClock:
    return SetClock(NOON + timedelta(seconds=seconds))


def test_the_life_of_a_lease(catalog: Catalog) -> None:
    assert leases.holder_of(catalog, "a", at(0)) is None
    assert leases.acquire(catalog, ["a", "b"], "one", 60, at(0)) == {"a", "b"}
    assert leases.acquire(catalog, ["a", "c"], "two", 60, at(59.999)) == {"c"}
    assert leases.holder_of(catalog, "a", at(59.999)) == "one"
    assert leases.acquire(catalog, ["a"], "one", 60, at(30)) == {"a"}  # renewed, until 90
    assert leases.acquire(catalog, ["a", "b"], "two", 60, at(60)) == {"b"}  # b ran out on the second
    assert leases.holder_of(catalog, "a", at(90)) is None
    assert leases.acquire(catalog, ["a"], "two", 60, at(90)) == {"a"}
    assert leases.acquire(catalog, ["a"], "one", 60, at(91)) == set()
    leases.release(catalog, "two")
    assert [leases.holder_of(catalog, name, at(0)) for name in "abc"] == [None] * 3
    assert leases.acquire(catalog, ["a", "a"], "one", 60, at(0)) == {"a"}
    assert leases.acquire(catalog, [], "one", 60, at(0)) == set()


def test_more_leases_than_a_statement_has_parameters(catalog: Catalog) -> None:
    many = [f"host:{number}" for number in range(66_000)]  # PostgreSQL takes 65,535, SQLite 32,766
    held = {many[0], many[-1]}
    assert leases.acquire(catalog, sorted(held), "one", 60, at(0)) == held
    assert leases.renew(catalog, many, "one", 60, at(30)) == held
    assert leases.holder_of(catalog, many[-1], at(89)) == "one"
    leases.release(catalog, "one", at(40), many[-1:])
    assert [leases.holder_of(catalog, name, at(41)) for name in sorted(held)] == ["one", None]


def test_of_racing_holders_exactly_one_wins(catalog: Catalog) -> None:
    names = [f"host:{n}" for n in range(12)]
    won: dict[str, set[str]] = {}
    start = threading.Barrier(4)

    def race(holder: str, order: list[str]) -> None:
        start.wait(300)
        won[holder] = leases.acquire(catalog, order, holder, 60, SetClock())

    threads = [
        threading.Thread(target=race, args=(f"h{n}", names if n % 2 else names[::-1])) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name for held in won.values() for name in held) == sorted(names)
    for holder, held in won.items():
        assert {name for name in names if leases.holder_of(catalog, name, SetClock()) == holder} == held


def test_the_newest_revision_is_the_one_we_ask_for() -> None:
    scripts = ScriptDirectory.from_config(migrate.alembic_config())
    assert scripts.get_heads() == [migrate.HEAD]


def test_the_migrated_schema_is_the_one_the_code_means(catalog: Catalog) -> None:
    def same_type(*seen: Any) -> bool | None:
        *_, found, meant = seen
        if isinstance(meant, schema.Moment):  # named by its dialect's own type
            wanted = sa.String if catalog.backend == "sqlite" else sa.DateTime
            return not isinstance(found, wanted)
        return None

    with catalog.read() as connection:
        options = {"compare_type": same_type, "include_name": _is_no_partition}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []
    assert migrate.current(catalog._engine) == migrate.HEAD


def _is_no_partition(name: str | None, kind: str, _of: object) -> bool:
    """The ledger's partitions are tables to those who look."""
    return not (kind == "table" and str(name).startswith("ledger_"))


def test_opening_again_changes_nothing(catalog: Catalog, address: str, put: Any) -> None:
    put(RUN)
    before = everything(catalog)
    again = Catalog.open(address)
    assert everything(again) == before
    again.close()


def test_several_first_starts_at_once(unmigrated: str) -> None:
    opened: list[Catalog] = []
    errors: list[BaseException] = []
    start = threading.Barrier(4)

    def run() -> None:
        start.wait(300)
        try:
            opened.append(Catalog.open(unmigrated))
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in opened:
        one.close()
    assert errors == []
    assert len(opened) == 4


def test_a_catalog_of_a_newer_release_is_refused(catalog: Catalog, address: str) -> None:
    with catalog.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        ConfigError, match=r"schema is unknown to this release.*use the release that wrote it"
    ):
        Catalog.open(address)
