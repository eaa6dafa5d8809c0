"""Each planted fault is found, of the right kind, in the right place; a sound archive has none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from archive.catalog import schema
from archive.catalog.catalog import Catalog
from archive.catalog.packing import compress
from archive.digest import sha256_hex
from archive.journal import JournalWriter, decode, encode
from archive.stores.local import LocalStore
from archive.verify.run import verify
from tests.archive.material import House, SetClock, everything, exchange, fill, house, ledger_row, silent


@dataclass
class Sound:
    """A filled archive, and hands to break it with."""

    folder: Path
    store: LocalStore
    catalog: Catalog

    def paths(self, what: str, suffix: str) -> list[Path]:
        return sorted((self.folder / "store" / what).rglob(f"*{suffix}"))

    def key(self, path: Path) -> str:
        return path.relative_to(self.folder / "store").as_posix()

    def sql(self, statement: sa.Executable) -> None:
        with self.catalog.write() as connection:
            connection.execute(statement)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive, made once and copied for every test."""
    folder = tmp_path_factory.mktemp("filled")
    home = house(folder)
    fill(home)
    home.record(exchange("https://news.example/same", b"<p>A</p>" * 50))  # a revisit of an earlier segment
    home.committer.commit_segments(home.recorder, [])
    home.die()
    home.catalog.close()
    return folder


@pytest.fixture
def sound(filled: Path, tmp_path: Path) -> Iterator[Sound]:
    folder = tmp_path / "archive"
    shutil.copytree(filled, folder)
    sound = Sound(folder, LocalStore(folder / "store"), Catalog.open(f"sqlite:///{folder}/catalog.db"))
    yield sound
    sound.catalog.close()


def found(sound: Sound) -> set[tuple[str, str]]:
    return {(problem.kind, problem.where) for problem in verify(sound.store, sound.catalog, silent).problems}


def test_a_sound_archive_has_no_problem(sound: Sound) -> None:
    seen: list[tuple[int, int]] = []
    report = verify(sound.store, sound.catalog, lambda done, total: seen.append((done, total)))
    assert report.problems == ()
    assert (report.segments, report.journal_entries) == (5, 13)
    assert report.records == sum(row[4] for row in everything(sound.catalog)["segment"])
    assert seen == [(n, 18) for n in range(1, 19)]


CAPTURES, DERIVED, INDEX, JOURNAL = (
    ("captures", ".warc.gz"),
    ("derived", ".warc.gz"),
    ("captures", ".cdxj"),
    ("journal", ".jsonl"),
)
OBJECTS = pytest.mark.parametrize(
    ("what", "kind"),
    [(CAPTURES, "digest"), (DERIVED, "digest"), (INDEX, "index"), (JOURNAL, "journal")],
    ids=["captures", "derived", "index", "journal"],
)


@OBJECTS
@pytest.mark.parametrize("share", [0.0, 0.31, 0.77, 0.999])
def test_a_flipped_bit(sound: Sound, what: tuple[str, str], kind: str, share: float) -> None:
    path = sound.paths(*what)[0]
    data = bytearray(path.read_bytes())
    data[int(len(data) * share)] ^= 1
    path.write_bytes(data)
    assert (kind, sound.key(path)) in found(sound)


@OBJECTS
@pytest.mark.parametrize("cut", [1, 60])
def test_a_clipped_object(sound: Sound, what: tuple[str, str], kind: str, cut: int) -> None:
    path = sound.paths(*what)[0]
    path.write_bytes(path.read_bytes()[:-cut])
    assert (kind, sound.key(path)) in found(sound)
    if kind == "digest":
        assert ("size", sound.key(path)) in found(sound)


@OBJECTS
def test_zeros_of_the_same_length(sound: Sound, what: tuple[str, str], kind: str) -> None:
    path = sound.paths(*what)[0]
    path.write_bytes(bytes(path.stat().st_size))
    assert (kind, sound.key(path)) in found(sound)


@OBJECTS
def test_a_deleted_object(sound: Sound, what: tuple[str, str], kind: str) -> None:
    del kind
    path = sound.paths(*what)[0]
    path.unlink()
    assert ("missing", sound.key(path)) in found(sound)


@OBJECTS
def test_two_objects_in_each_others_place(sound: Sound, what: tuple[str, str], kind: str) -> None:
    one, other = sound.paths(*what)[:2]
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert {(kind, sound.key(one)), (kind, sound.key(other))} <= found(sound)


@pytest.mark.parametrize(
    "key",
    ["captures/2026/03/29/notes.txt", "derived/x.warc.gz", "captures/2026/03/29/" + "0" * 64 + ".warc.gz"],
)
def test_an_object_that_nothing_names(sound: Sound, key: str) -> None:
    sound.store.put(key, b"x", sha256=sha256_hex(b"x"), content_type="text/plain")
    assert found(sound) == {("stranger", key)}


@pytest.mark.parametrize("key", ["journal/README", "journal/2026-03-29/w-00000001.jsonl"])
def test_what_is_no_journal_entry_among_them(sound: Sound, key: str) -> None:
    sound.store.put(key, b"x", sha256=sha256_hex(b"x"), content_type="text/plain")
    assert found(sound) == {("journal", key)}


def test_an_entry_that_was_not_applied(sound: Sound) -> None:
    entry = JournalWriter(sound.store, "w-9", SetClock()).put((ledger_row("https://news.example/x", 1),))
    assert found(sound) == {("journal", entry.key)}


def test_a_gap_in_the_journal(sound: Sound) -> None:
    gone, after = sound.paths(*JOURNAL)[3:5]
    gone.unlink()
    assert found(sound) == {("missing", sound.key(gone)), ("journal", sound.key(after))}


def test_an_entry_under_another_name(sound: Sound) -> None:
    path = sound.paths(*JOURNAL)[-1]
    elsewhere = sound.folder / "store" / "journal" / "2026-03-30" / path.name
    elsewhere.parent.mkdir()
    path.rename(elsewhere)
    assert found(sound) == {("missing", sound.key(path)), ("journal", sound.key(elsewhere))}


def test_a_row_that_was_rewritten_is_not_what_the_header_was_made_from(sound: Sound) -> None:
    path = sound.paths(*JOURNAL)[3]
    path.write_bytes(path.read_bytes().replace(b'"source":"example"', b'"source":"exAmple"'))
    assert found(sound) == {("journal", sound.key(path))}


def test_an_entry_that_was_made_anew_is_not_what_the_catalog_applied(sound: Sound) -> None:
    """Its rows and header agree with each other, and nothing comes after it: only the catalog tells."""
    path = sound.paths(*JOURNAL)[-1]
    entry = decode(path.read_bytes(), sound.key(path))
    path.write_bytes(encode(replace(entry, rows=entry.rows[:-1])))
    assert ("journal", sound.key(path)) in found(sound)


# ── rows that say other things than the objects ──────────────────────────────────────────────────

response = (
    schema.capture.c.id
    == sa.select(schema.capture.c.id)
    .where(schema.capture.c.kind == "response", schema.capture.c.url.endswith("/b"))
    .limit(1)
    .scalar_subquery()
)
revisit = schema.capture.c.kind == "revisit"
a_text = schema.text.c.sha256 == sa.select(sa.func.min(schema.text.c.sha256)).scalar_subquery()

STALE: dict[str, tuple[sa.Executable, set[str]]] = {
    "a capture's offset": (
        sa.update(schema.capture).where(response).values(offset=schema.capture.c.offset + 1),
        {"capture"},
    ),
    "a capture's length": (sa.update(schema.capture).where(response).values(length=1), {"capture"}),
    "a capture's address": (
        sa.update(schema.capture).where(response).values(url="https://x.example/"),
        {"capture", "index"},
    ),
    "a capture's moment": (
        sa.update(schema.capture).where(response).values(at=SetClock().moment.replace(year=2001)),
        {"index"},
    ),
    "a capture's digest": (
        sa.update(schema.capture).where(response).values(payload_sha256="0" * 64),
        {"payload"},
    ),
    "a capture's status": (sa.update(schema.capture).where(response).values(status=201), {"index"}),
    "a capture's segment": (
        sa.update(schema.capture).where(response).values(segment="captures/x"),
        {"dangling", "capture"},
    ),
    "a capture's row lost": (sa.delete(schema.capture).where(response), {"capture"}),
    "a revisit's payload offset": (
        sa.update(schema.capture).where(revisit).values(payload_offset=1),
        {"payload"},
    ),
    "a revisit's payload length": (
        sa.update(schema.capture).where(revisit).values(payload_length=1),
        {"payload"},
    ),
    "a revisit's payload segment": (
        sa.update(schema.capture).where(revisit).values(payload_segment="captures/x"),
        {"payload", "dangling"},
    ),
    "a segment's size": (sa.update(schema.segment).values(size=1), {"size"}),
    "a segment's digest": (sa.update(schema.segment).values(sha256="0" * 64), {"digest"}),
    "a segment's count": (sa.update(schema.segment).values(records=1), {"records"}),
    "a segment's row lost": (sa.delete(schema.segment), {"stranger", "dangling"}),
    "a text's offset": (sa.update(schema.text).where(a_text).values(offset=1), {"text"}),
    "a text's segment": (sa.update(schema.text).where(a_text).values(segment="derived/x"), {"dangling"}),
    "a text's row lost": (sa.delete(schema.text).where(a_text), {"dangling"}),
    "a kept text altered": (sa.update(schema.text_body).values(zstd=compress("another text")), {"text"}),
    "a kept text torn": (sa.update(schema.text_body).values(zstd=b"\x28\xb5\x2f\xfd"), {"text"}),
    "a kept text lost": (sa.delete(schema.text_body), {"dangling"}),
    "an entry forgotten": (
        sa.delete(schema.journal_entry).where(schema.journal_entry.c.number == 2),
        {"journal"},
    ),
    "an entry's digest forgotten": (
        sa.update(schema.journal_entry).where(schema.journal_entry.c.number == 2).values(digest=None),
        {"journal"},
    ),
    "an entry's digest altered": (
        sa.update(schema.journal_entry).where(schema.journal_entry.c.number == 2).values(digest="0" * 64),
        {"journal"},
    ),
    "an entry's moment": (
        sa.update(schema.journal_entry).values(at=SetClock().moment.replace(year=2001)),
        {"journal"},
    ),
    "an entry under two numbers": (
        sa.insert(schema.journal_entry).from_select(
            ["writer", "number", "at", "key", "digest"],
            sa.select(
                schema.journal_entry.c.writer,
                schema.journal_entry.c.number + 1000,
                schema.journal_entry.c.at,
                schema.journal_entry.c.key,
                schema.journal_entry.c.digest,
            ).where(schema.journal_entry.c.number == 2),
        ),
        {"journal"},
    ),
    "an outcome": (sa.update(schema.ledger).values(outcome="gone"), {"row"}),
    "a row of the ledger lost": (sa.delete(schema.ledger), {"row"}),
    "a row that nobody wrote": (
        sa.insert(schema.erasure).values(key="captures/x", why="purged", at=SetClock().moment, done_at=None),
        {"row"},
    ),
    "a payload in a shorter class": (
        sa.update(schema.segment)
        .where(
            schema.segment.c.key
            == sa.select(schema.capture.c.payload_segment).where(revisit).scalar_subquery()
        )
        .values(keep_days=30),
        {"class", "row"},
    ),
    "a text's length in characters": (
        sa.update(schema.text).where(a_text).values(characters=schema.text.c.characters + 1),
        {"text", "row"},
    ),
    "an entry invented": (
        sa.insert(schema.journal_entry).values(
            writer="w", number=1, at=SetClock().moment, key="journal/2026-03-29/w-00000001.jsonl"
        ),
        {"missing"},
    ),
}


@pytest.mark.parametrize("name", list(STALE))
def test_a_stale_row(sound: Sound, name: str) -> None:
    statement, kinds = STALE[name]
    sound.sql(statement)
    assert {kind for kind, _ in found(sound)} >= kinds


REFERENCES: list[tuple[str, Callable[[], sa.Executable]]] = [
    (
        "picture.sha256 " + "1" * 64,
        lambda: sa.insert(schema.picture).values(
            article_id="a",
            number=1,
            position=0,
            url="u",
            caption=None,
            credit=None,
            alt=None,
            sha256="1" * 64,
        ),
    ),
    (
        "image.capture_id lost",
        lambda: sa.insert(schema.image).values(
            sha256="1" * 64,
            phash=None,
            mime="image/png",
            width=1,
            height=1,
            size=1,
            first_url="u",
            first_at=SetClock().moment,
            capture_id="lost",
        ),
    ),
    (
        "version.capture_id lost",
        lambda: sa.insert(schema.version).values(
            article_id="a",
            number=1,
            source="s",
            url="u",
            captured_at=SetClock().moment,
            run_id="r",
            capture_id="lost",
            byline=(),
            removed=False,
        ),
    ),
]


@pytest.mark.parametrize(("where", "insert"), REFERENCES, ids=[where for where, _ in REFERENCES])
def test_a_reference_that_leads_nowhere(
    sound: Sound, where: str, insert: Callable[[], sa.Executable]
) -> None:
    sound.sql(insert())
    assert ("dangling", where) in found(sound)


def test_a_text_altered_in_its_segment_by_someone_who_knows_the_format(sound: Sound) -> None:
    """Record, digest and framing agree with each other again; only the name and the catalog do not."""
    path = sound.paths(*DERIVED)[0]
    key = sound.key(path)
    path.write_bytes(sound.paths(*DERIVED)[1].read_bytes())
    kinds = {kind for kind, where in found(sound) if where.startswith(key)}
    assert {"digest", "text"} <= kinds


def test_a_problem_is_one_readable_line(sound: Sound) -> None:
    path = sound.paths(*INDEX)[0]
    path.unlink()
    (problem,) = verify(sound.store, sound.catalog, silent).problems
    assert str(problem) == f"missing: {sound.key(path)}: the CDXJ of a segment is not in the store"


def test_rows_are_compared_on_postgresql_too(tmp_path: Path, postgres_url: str) -> None:
    home = House(LocalStore(tmp_path / "store"), Catalog.open(postgres_url), tmp_path / "spool")
    fill(home)
    assert verify(home.store, home.catalog, silent).problems == ()
    row = everything(home.catalog)["ledger"][0]
    with home.catalog.write() as connection:
        connection.execute(
            sa.update(schema.ledger)
            .where(schema.ledger.c.run_id == row[0], schema.ledger.c.url_key == row[1])
            .values(reason="altered")
        )
    [problem] = verify(home.store, home.catalog, silent).problems
    assert (problem.kind, problem.where) == ("row", f"ledger {row[0]} {row[1]}")
    home.die()
    home.catalog.close()
