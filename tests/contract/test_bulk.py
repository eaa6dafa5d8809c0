"""Many rows at once: what a rebuild puts by COPY, or by one statement, is what entries put one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from archive.catalog import bulk, dump, rebuilding
from archive.catalog.catalog import Catalog
from archive.rows import ImageRow, MemoryRow, RateRow, RecompareRow, RemovedRow, TextRow
from tests.archive.material import NOON, ledger_row
from tests.contract.catalog_rows import MINUTE, RUN, URL, Numbers, capture, page, version

DIGEST = "ab" * 32
PICTURE = ImageRow(
    sha256=DIGEST, phash=None, mime="image/jpeg", width=9, height=9, size=9, first_url=f"{URL}.jpg",
    first_at=NOON, capture_id="c1",
)  # fmt: skip
TEXT = TextRow(sha256=DIGEST, characters=9, segment="derived/b", offset=0, length=9)
# What a driver might take otherwise than SQLAlchemy: lists, empty ones, none, booleans, moments, fractions,
# and what COPY has a meaning for.
ENTRIES = (
    (RUN, capture("c1"), page(URL), TEXT),
    (version("art", 1, title="a\tb\\N\nc", byline=("Ä \\ B", "\t"), parts=()),),
    (capture("c2", at=NOON + MINUTE, truncated="length"), replace(PICTURE, first_at=NOON + MINUTE), PICTURE),
    (page(URL, misses=1, removed=True), version("art", 1, title="\\N", modified_at=NOON, walled=True)),
    (replace(TEXT, segment="derived/a"), replace(TEXT, segment="derived/c")),
    (ledger_row(URL, 1, outcome="archived"),),
    (RemovedRow(of="capture", key=("c2",)), RecompareRow(article_id="art", mark=DIGEST)),
    (RecompareRow(article_id="art", mark=DIGEST),),
    (RateRow(source="s", stage=1, age_class="day", looks=3, changes=0.1, hours=1 / 3),),
    (MemoryRow(source="s", number=1, sha256=DIGEST, size=9, learned_at=NOON, pages=9, reason="first"),),
)  # fmt: skip


def test_a_replay_in_bulk_gives_the_rows_of_one_by_one(catalog: Catalog, tmp_path: Path) -> None:
    numbers = Numbers()
    entries = [numbers.entry(*rows) for rows in ENTRIES]
    one_by_one = Catalog.open(f"sqlite:///{tmp_path}/one.db")
    for entry in entries:
        one_by_one.apply(entry, {})
    rebuilding.begin(catalog, "file:///store", NOON)
    rebuilding.replay(catalog, entries, lambda key: next(entry for entry in entries if entry.key == key))
    rebuilding.index(catalog)
    rebuilding.end(catalog)
    assert _lines(catalog) == _lines(one_by_one)
    one_by_one.close()


def test_what_was_copied_out_comes_in_again(catalog: Catalog, tmp_path: Path) -> None:
    numbers = Numbers()
    other = Catalog.open(f"sqlite:///{tmp_path}/other.db")
    for rows in ENTRIES:
        other.apply(numbers.entry(*rows), {})
    lines = _lines(other)
    other.close()
    with dump.loading(catalog) as loading:
        assert loading.filled() == []
        counts = {table: loading.load(table, found) for table, found in lines.items()}
        loading.done()
    assert counts == {table: len(found) for table, found in lines.items()}
    assert _lines(catalog) == lines
    with catalog.read() as connection:
        assert bulk.missing_indexes(connection) == []


def test_indexes_are_away_while_a_rebuild_fills_the_tables(catalog: Catalog) -> None:
    rebuilding.begin(catalog, "file:///store", NOON)
    with catalog.read() as connection:
        away = {index.name for index in bulk.missing_indexes(connection)}
    assert {"capture_by_url", "ledger_by_url", "version_by_time"} <= away
    assert not {"journal_by_time", "version_by_text", "search_doc"} & away
    rebuilding.index(catalog)
    with catalog.read() as connection:
        assert bulk.missing_indexes(connection) == []


def test_an_insert_without_its_conflict_is_refused_like_any_other(catalog: Catalog) -> None:
    row = bulk.stored(catalog.backend, "recompare").row(RecompareRow(article_id="art", mark=DIGEST))
    with pytest.raises(Exception, match=r"(?i)unique"), catalog.write() as connection:
        bulk.add(connection, "recompare", [row, row])
    with catalog.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM recompare")).scalar_one() == 0


def _lines(catalog: Catalog) -> dict[str, list[bytes]]:
    with dump.snapshot(catalog) as snapshot:
        found = {table: list(snapshot.lines(table)) for table in dump.tables()}
    for table, lines in found.items():
        assert all(json.loads(line) for line in lines), table
    return found
