"""A replica is a whole archive at every moment, and what is damaged is put back from it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from archive.catalog import erasures, schema, schema_audit
from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex
from archive.erasure.erasures import redact
from archive.journal_lines import line_digest, split_lines
from archive.opening import check_format
from archive.rebuild.run import rebuild
from archive.repair import Repaired, repair
from archive.replicate import Replicated, replicate
from archive.rows import ErasureRow, PurgedRow
from archive.stores.local import LocalStore
from archive.stores.store import ObjectStore, StoreUnreachable
from archive.verify.findings import Problem
from archive.verify.run import verify
from tests.archive.faulty import FailingStore
from tests.archive.material import House, everything, exchange, fill, house, silent, text_of


@dataclass
class Pair:
    """A filled archive and its replica."""

    home: House
    store: LocalStore
    replica: LocalStore
    folder: Path

    def replicate(self) -> Replicated:
        return replicate(self.store, self.replica, self.home.catalog, silent)

    def problems(self, store: ObjectStore) -> tuple[Problem, ...]:
        return verify(store, self.home.catalog, silent).problems

    def repair(self, other: ObjectStore | None, store: ObjectStore | None = None) -> Repaired:
        store = store or self.store
        return repair(
            store,
            other,
            self.home.catalog,
            verify(store, self.home.catalog, silent),
            journal=self.store,
            clock=self.home.clock,
            actor="desk",
            progress=silent,
        )

    def path(self, key: str, place: str = "store") -> Path:
        return self.folder / place / key

    def objects(self, place: str = "store") -> list[str]:
        return [info.key for info in LocalStore(self.folder / place).list()]

    def sql(self, statement: sa.Executable) -> None:
        with self.home.catalog.write() as connection:
            connection.execute(statement)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    home = house(tmp_path)
    fill(home)
    store = LocalStore(tmp_path / "store")
    check_format(store)
    yield Pair(home, store, LocalStore(tmp_path / "replica"), tmp_path)
    home.die()
    home.catalog.close()


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def same(pair: Pair) -> bool:
    return {key: pair.store.read(key) for key in pair.objects()} == {
        key: pair.replica.read(key) for key in pair.objects("replica")
    }


def test_everything_is_copied_and_then_nothing(pair: Pair) -> None:
    first = pair.replicate()
    objects = len(pair.objects())
    assert (first.copied, first.there, first.replaced, first.problems) == (objects, 0, 0, ())
    assert first.size == sum(info.size for info in pair.store.list())
    assert same(pair)
    assert pair.problems(pair.replica) == ()
    second = pair.replicate()
    assert (second.copied, second.there, second.size) == (0, objects, 0)


def test_only_what_is_new_is_copied(pair: Pair) -> None:
    pair.replicate()
    before = set(pair.objects())
    capture = pair.home.record(exchange("https://news.example/new", b"<p>New</p>"))
    pair.home.recorder.derive(text_of(capture, "A new text.")).result(300)
    pair.home.committer.commit_segments(pair.home.recorder, [])
    assert pair.replicate().copied == len(set(pair.objects()) - before) == 4
    assert same(pair)


@pytest.mark.parametrize("calls", [3, 4, 6, 8, 9, 12, 18])
def test_cut_anywhere_it_is_a_whole_archive(pair: Pair, tmp_path: Path, calls: int) -> None:
    """What the replica's journal names is there: a catalog can be made from it, and verifies against it."""
    with pytest.raises(StoreUnreachable):
        replicate(
            pair.store,
            FailingStore(pair.replica, fail_at=calls, once=False),  # type: ignore[arg-type]
            pair.home.catalog,
            silent,
        )
    shutil.copytree(pair.folder / "replica", tmp_path / "again", dirs_exist_ok=True)
    again = LocalStore(tmp_path / "again")
    catalog = Catalog.open(f"sqlite:///{tmp_path}/of-the-replica.db")
    rebuild(again, catalog, silent)
    found = verify(again, catalog, silent).problems
    # Only segments whose entry did not come any more may be told.
    assert {problem.kind for problem in found} <= {"stranger", "capture"}
    assert not [problem for problem in found if problem.object]
    catalog.close()
    assert pair.replicate().problems == ()
    assert same(pair)


def test_a_damaged_object_is_reported_and_not_copied(pair: Pair) -> None:
    wrong = [key for key in pair.objects() if key != "FORMAT.json"][::4]
    for key in wrong:
        damage(pair.path(key))
    done = pair.replicate()
    assert sorted(problem.where for problem in done.problems) == wrong
    assert {problem.kind for problem in done.problems} == {"copy"}
    assert set(pair.objects("replica")) == set(pair.objects()) - set(wrong)


def test_a_copy_of_another_size_is_replaced(pair: Pair) -> None:
    pair.replicate()
    cut = [key for key in pair.objects() if key != "FORMAT.json"][::5]
    for key in cut:
        pair.path(key, "replica").write_bytes(b"cut")
    assert pair.replicate().replaced == len(cut)
    assert same(pair)


def test_strangers_are_listed_and_left(pair: Pair) -> None:
    pair.replica.put("notes/readme.txt", b"x", sha256=sha256_hex(b"x"), content_type="text/plain")
    assert pair.replicate().strangers == ("notes/readme.txt",)
    assert pair.replica.read("notes/readme.txt") == b"x"


def test_what_was_erased_is_erased_in_the_replica(pair: Pair) -> None:
    pair.replicate()
    key = "captures/2026/03/29/" + "1" * 64 + ".warc.gz"
    for store in (pair.store, pair.replica):
        store.put(key, b"x", sha256=sha256_hex(b"x"), content_type="text/plain")
    at = pair.home.clock.now()
    pair.home.committer.commit_rows([ErasureRow(key=key, why="purged", at=at, done_at=at)])
    assert [(p.kind, p.where) for p in pair.problems(pair.store)] == [("erased", key)]
    pair.store.erase(key)
    done = pair.replicate()
    assert (done.erased, done.strangers) == (1, ())
    assert pair.replica.stat(key) is None
    assert pair.problems(pair.replica) == ()


def test_a_purged_row_leaves_the_replica_too(pair: Pair) -> None:
    pair.replicate()
    key = next(key for key in pair.objects() if key.startswith("journal/"))
    line = split_lines(pair.store.read(key))[1]
    digest = line_digest(line)
    assert redact(pair.store, key, frozenset({digest}))
    [unknown] = [problem for problem in pair.problems(pair.store) if problem.kind == "journal"]
    assert unknown.where == key
    pair.home.committer.commit_rows([PurgedRow(digest=digest, entry=key, at=pair.home.clock.now())])
    assert [problem.kind for problem in pair.problems(pair.store) if problem.kind != "row"] == []
    assert "erased" in {problem.kind for problem in pair.problems(pair.replica)}
    pair.replicate()
    assert pair.replica.read(key) == pair.store.read(key)
    assert line not in pair.replica.read(key)


# ── repair ───────────────────────────────────────────────────────────────────────────────────────────


def everything_but_audit(catalog: Catalog) -> object:
    return everything(catalog, but=("lease", "audit", "journal_entry"))


def test_all_that_is_damaged_or_gone_is_put_back(pair: Pair) -> None:
    pair.replicate()
    before, rows = (
        {key: pair.store.read(key) for key in pair.objects()},
        everything_but_audit(pair.home.catalog),
    )
    chance = random.Random(3)
    for key in before:
        chance.choice([damage, Path.unlink, lambda path: path.write_bytes(b"")])(pair.path(key))
    if not pair.path("FORMAT.json").exists():
        pair.path("FORMAT.json").write_bytes(b"{}")
    done = pair.repair(pair.replica)
    assert done.report.problems == ()
    assert {mended.what for mended in done.mended} == set(before)
    assert {key: pair.store.read(key) for key in before} == before
    assert everything_but_audit(pair.home.catalog) == rows
    with pair.home.catalog.read() as connection:
        audit = connection.execute(sa.select(schema_audit.audit)).all()
    assert {(row.action, row.actor, row.subject) for row in audit} == {
        ("repair", "desk", key) for key in before
    }
    assert all(row.details for row in audit)
    assert pair.repair(pair.replica).mended == ()


def test_a_wrong_copy_is_not_taken(pair: Pair) -> None:
    pair.replicate()
    keys = [key for key in pair.objects() if key.endswith(".warc.gz") or key.startswith("journal/")]
    for key in keys:
        damage(pair.path(key))
        pair.path(key, "replica").write_bytes(pair.path(key).read_bytes())
    done = pair.repair(pair.replica)
    assert done.mended == ()
    assert {problem.object for problem in done.report.problems} - {None} == set(keys)
    assert all("put the object back from a copy" in p.advice for p in done.report.problems if p.object)


def test_an_index_and_a_text_are_made_anew_without_a_replica(pair: Pair) -> None:
    indexes = [key for key in pair.objects() if key.endswith(".cdxj")]
    right = {key: pair.store.read(key) for key in indexes}
    pair.path(indexes[0]).unlink()
    damage(pair.path(indexes[1]))
    texts = everything(pair.home.catalog)["text_body"]
    assert len(texts) == 3
    digests = sorted(row[0] for row in texts)
    pair.sql(sa.delete(schema.text_body).where(schema.text_body.c.sha256 == digests[0]))
    pair.sql(sa.update(schema.text_body).where(schema.text_body.c.sha256 == digests[1]).values(zstd=b"x"))
    done = pair.repair(None)
    assert done.report.problems == ()
    assert {one.what for one in done.mended} == {*indexes, *(f"text_body {digest}" for digest in digests[:2])}
    assert {key: pair.store.read(key) for key in indexes} == right
    assert everything(pair.home.catalog)["text_body"] == texts


def test_a_right_index_is_not_remade_from_a_stale_row(pair: Pair) -> None:
    index = next(key for key in pair.objects() if key.endswith(".cdxj"))
    right = pair.store.read(index)
    pair.sql(sa.update(schema.capture).values(status=201))
    done = pair.repair(None)
    assert done.mended == ()
    assert pair.store.read(index) == right
    [problem] = [problem for problem in done.report.problems if problem.where == index]
    assert "dateline rebuild" in problem.advice
    pair.replicate()


def test_a_stale_row_stays_a_problem_and_says_what_to_do(pair: Pair) -> None:
    pair.replicate()
    pair.sql(sa.update(schema.ledger).values(reason="altered"))
    done = pair.repair(pair.replica)
    assert done.mended == ()
    assert {problem.kind for problem in done.report.problems} == {"row"}
    assert "`dateline rebuild`" in done.report.problems[0].advice
    rebuild(pair.store, pair.home.catalog, silent)
    assert pair.problems(pair.store) == ()


def test_a_replica_is_repaired_from_the_store(pair: Pair) -> None:
    pair.replicate()
    for key in pair.objects("replica"):
        damage(pair.path(key, "replica"))
    assert len({problem.object for problem in pair.problems(pair.replica)} - {None}) == len(pair.objects())
    done = pair.repair(pair.store, pair.replica)
    assert done.report.problems == ()
    assert same(pair)


def test_nothing_is_erased_that_a_segment_row_names(pair: Pair) -> None:
    pair.replicate()
    key = next(key for key in pair.objects() if key.endswith(".warc.gz"))
    pair.home.committer.commit_rows([ErasureRow(key=key, why="moved", at=pair.home.clock.now())])
    assert [row.key for row in erasures.every(pair.home.catalog)] == [key]
    assert pair.replicate().erased == 0
    assert pair.replica.stat(key) is not None
