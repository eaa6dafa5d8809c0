"""The catalog dropped and made again from the bucket is the same, row for row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from archive.catalog import leases, rebuilding, schema
from archive.catalog.catalog import Catalog
from archive.catalog.errors import CatalogUnfinished
from archive.commit import Committer
from archive.digest import sha256_hex
from archive.journal import JournalWriter, read_entry
from archive.rebuild.run import ArchiveInUse, Rebuilt, catch_up, rebuild, refuse_unfinished
from archive.recovery import recover
from archive.rows import Row, RunRow
from archive.stores.local import LocalStore
from archive.verify.run import verify
from config.errors import ConfigError
from tests.archive.faulty import FailingStore
from tests.archive.material import (
    NOON,
    STORED,
    House,
    SetClock,
    everything,
    exchange,
    fill,
    house,
    ledger_row,
    silent,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    """A second and empty catalog, of either kind."""
    sqlite = f"sqlite:///{tmp_path}/second.db"
    catalog = Catalog.open(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    yield catalog
    catalog.close()


def test_the_bucket_alone_gives_the_same_catalog(tmp_path: Path, catalog: Catalog) -> None:
    home = house(tmp_path)
    fill(home)
    # What a recovery enters is in the journal as everything else is.
    home.record(exchange("https://news.example/late", b"late"))
    home.die()
    recover(home.store, home.catalog, home.spool_root, SetClock(NOON + timedelta(hours=1)))
    seen: list[tuple[int, int]] = []
    count = rebuild(home.store, catalog, lambda done, total: seen.append((done, total))).entries
    assert seen == [(n, count) for n in range(1, count + 1)]
    assert count == len(everything(home.catalog)["journal_entry"]) == 13
    assert everything(catalog) == everything(home.catalog)
    assert verify(home.store, catalog, silent).problems == ()
    rebuild(home.store, catalog, silent)
    assert everything(catalog) == everything(home.catalog)
    home.catalog.close()


def test_rows_of_every_type_and_every_text_come_back(tmp_path: Path, catalog: Catalog) -> None:
    """Drawn rows with control characters, quotes, line separators and moments of all years."""
    home = house(tmp_path)
    for kind in STORED.values():
        if kind.table != "text":  # whose text must lie in `derived/`
            home.committer.commit_rows([_example(kind, n) for n in range(6)])
    rebuild(home.store, catalog, silent)
    assert everything(catalog) == everything(home.catalog)
    assert sum(len(rows) for rows in everything(catalog).values()) > 60
    home.catalog.close()
    home.die()


def _example(kind: type[Row], seed: int) -> Row:
    """A row of a type whose strings are of the nastiest; distinct by `seed`."""
    nasty = ["\u2028", "\x85", "\0", "\ud800", "a\rb\nc", "'; DROP TABLE run; --"]
    values: dict[str, Any] = {}
    for part in fields(kind):
        name, hint = part.name, str(part.type)
        if hint.startswith("datetime"):
            values[name] = NOON.replace(year=[1, 999, 1970, 2026, 2038, 9998][seed], microsecond=seed)
        elif hint.startswith("str"):
            values[name] = f"{seed}{nasty[seed]}"
        elif hint.startswith("int"):
            values[name] = seed * 2**40 * (-1) ** seed
        elif hint.startswith("float"):
            values[name] = 0.5 * seed
        elif hint.startswith("bool"):
            values[name] = bool(seed % 2)
        else:
            values[name] = (f"{seed}", nasty[seed])[: seed % 3]
    return kind(**values)


def test_the_last_word_on_a_row_counts_whatever_the_clocks_say(tmp_path: Path, catalog: Catalog) -> None:
    """The second writer's clock is an hour behind; its rows were nevertheless put later."""
    first = house(tmp_path)
    second = House(first.store, first.catalog, tmp_path / "spool", SetClock(NOON - timedelta(hours=1)))
    url = "https://news.example/a"
    for home, outcome in ((first, None), (second, "failed"), (first, None), (second, "archived")):
        home.committer.commit_rows([ledger_row(url, 0, outcome=outcome)])
    rebuild(first.store, catalog, silent)
    assert everything(catalog) == everything(first.catalog)
    assert [row[7] for row in everything(catalog)["ledger"]] == ["archived"]
    for home in (first, second):
        home.die()
    first.catalog.close()


def test_live_leases_survive_a_rebuild(tmp_path: Path) -> None:
    home = house(tmp_path)
    fill(home)
    with home.catalog.write() as connection:
        connection.execute(sa.insert(schema.lease).values(name="host:a", holder="w", expires_at=NOON))
    before = everything(home.catalog, but=())
    rebuild(home.store, home.catalog, silent)
    assert everything(home.catalog, but=()) == before
    home.die()


def test_an_empty_bucket_gives_an_empty_catalog(tmp_path: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{tmp_path}/catalog.db")
    assert rebuild(LocalStore(tmp_path / "store"), catalog, silent) == Rebuilt(0)
    assert not any(everything(catalog).values())


def test_a_stranger_in_the_journal_does_not_stop_a_start(tmp_path: Path) -> None:
    home = house(tmp_path)
    fill(home)
    home.store.put("journal/2026-03-29/notes.txt", b"x", sha256=sha256_hex(b"x"), content_type="text/plain")
    home.store.put("journal/README", b"x", sha256=sha256_hex(b"x"), content_type="text/plain")
    assert catch_up(home.store, home.catalog) == 0
    before = everything(home.catalog)
    rebuild(home.store, home.catalog, silent)
    assert everything(home.catalog) == before
    home.die()


def test_a_broken_entry_is_named_with_its_cost_and_all_others_are_applied(tmp_path: Path) -> None:
    home = house(tmp_path)
    fill(home)
    whole = everything(home.catalog)["journal_entry"]
    key = sorted(row[3] for row in whole)[2]
    path = tmp_path / "store" / key
    path.write_bytes(path.read_bytes()[:-9])
    done = rebuild(home.store, home.catalog, silent)
    assert [(each.object, each.lost) for each in done.damage] == [(key, True)]
    assert done.damage[0].what.startswith("the 1 rows of a transaction of 2026-03-29T12:")
    assert {row[3] for row in everything(home.catalog)["journal_entry"]} == {row[3] for row in whole} - {key}
    # A start goes on with what there is; the damage is for `verify` to tell, each time.
    assert catch_up(home.store, home.catalog) == 0
    assert key in {problem.where for problem in verify(home.store, home.catalog, silent).problems}
    home.die()


# ── catching up ──────────────────────────────────────────────────────────────────────────────────


def test_entries_that_were_put_but_not_applied_are_applied_in_order(tmp_path: Path, catalog: Catalog) -> None:
    store = LocalStore(tmp_path / "store")
    clock = SetClock(NOON.replace(hour=23, minute=59, second=58))
    writer = JournalWriter(store, "w-1", clock)
    rows = [RunRow(id="run", kind="manual", sources=("a",), started_at=NOON, status=str(n)) for n in range(5)]
    entries = [writer.put((row,)) for row in rows]
    catalog.apply(entries[0], {})
    catalog.apply(entries[3], {}, partial(read_entry, store))
    assert catch_up(store, catalog) == 3
    assert catch_up(store, catalog) == 0
    assert len(everything(catalog)["journal_entry"]) == 5
    assert [row[6] for row in everything(catalog)["run"]] == ["4"]  # the last word, not what came in last


def test_an_interrupted_rebuild_goes_on_where_it_stopped(tmp_path: Path, catalog: Catalog) -> None:
    home = house(tmp_path)
    fill(home)
    seen: list[int] = []

    def break_off(done: int, total: int) -> None:
        seen.append(done)
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(home.store, catalog, break_off)
    assert everything(catalog)["text_body"] == []
    other = Committer(home.store, catalog, JournalWriter(home.store, "w-2", SetClock()), SetClock())
    with pytest.raises(CatalogUnfinished, match="`dateline rebuild` goes on with it"):
        other.commit_rows([ledger_row("https://news.example/a", 1)])
    with pytest.raises(CatalogUnfinished, match="is half rebuilt"):
        refuse_unfinished(catalog)
    done = rebuild(home.store, catalog, silent)
    assert done.resumed == max(seen)
    home.catalog.close()
    first = Catalog.open(f"sqlite:///{tmp_path}/catalog.db")
    catch_up(home.store, first)  # the row that the refused writer had put into the journal
    assert everything(catalog) == everything(first)
    refuse_unfinished(catalog)
    first.close()
    home.die()


def test_a_rebuild_goes_on_only_from_the_same_store_unless_it_starts_anew(tmp_path: Path) -> None:
    home = house(tmp_path)
    fill(home)
    rebuilding.begin(home.catalog, "file:///elsewhere", NOON)
    with pytest.raises(ConfigError, match=r"was from file:///elsewhere.*--anew"):
        rebuild(home.store, home.catalog, silent)
    assert rebuild(home.store, home.catalog, silent, anew=True).resumed == 0
    refuse_unfinished(home.catalog)
    home.die()


def test_a_catalog_that_somebody_writes_to_is_not_emptied(tmp_path: Path, catalog: Catalog) -> None:
    leases.acquire(catalog, ["run:1"], "w-1", 60, SetClock())
    with pytest.raises(ArchiveInUse, match=r"run:1.*stop crawls"):
        rebuild(LocalStore(tmp_path / "store"), catalog, silent, clock=SetClock())
    assert rebuilding.unfinished(catalog) is None


def test_two_rebuilds_at_once_are_one(tmp_path: Path, catalog: Catalog) -> None:
    store = LocalStore(tmp_path / "store")
    with (
        rebuilding.alone(catalog),
        pytest.raises(rebuilding.RebuildGoesOn, match="by another process; wait for it"),
    ):
        rebuild(store, catalog, silent)
    assert rebuild(store, catalog, silent).entries == 0


def test_catching_up_lists_only_the_last_days(tmp_path: Path) -> None:
    store = FailingStore(LocalStore(tmp_path / "store"), fail_at=0)
    catalog = Catalog.open(f"sqlite:///{tmp_path}/catalog.db")
    clock = SetClock(step=timedelta(days=1))
    committer = Committer(store, catalog, JournalWriter(store, "w-1", clock), clock)
    for n in range(5):
        committer.commit_rows([ledger_row("https://news.example/a", n)])
    store.calls.clear()
    assert catch_up(store, catalog) == 0
    assert store.calls == ["list journal/"]  # nothing was read
    catalog.close()
