from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalog import lookup
from archive.catalog.catalog import Catalog
from archive.catalog.export_reads import Selection, count_versions
from archive.digest import sha256_hex, url_key
from archive.export.json_lines import encode_line, export_lines
from archive.export.warc import export_warc
from archive.members import originals, read_member, record_place
from archive.opening import Archive
from archive.reader import ArchiveDamaged
from archive.rows import ArticleRow, CaptureRow, EventRow, ImageRow, PictureRow, Row, VersionRow
from archive.stores.local import LocalStore
from archive.warc import read_one, read_records
from archive.whole_file import whole_file
from config.errors import ConfigError
from pipelines.duplicates.link import Linker
from tests.archive.material import House, exchange, text_of

BEGIN = datetime(2026, 3, 20, 2, tzinfo=UTC)


@dataclass
class Workshop:
    """A house with versions in it."""

    home: House
    rows: list[Row] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    firsts: dict[str, datetime] = field(default_factory=dict)

    @property
    def archive(self) -> Archive:
        return Archive(self.home.store, self.home.catalog)

    def capture(self, url: str, body: bytes, *, seconds: int = 0) -> CaptureRow:
        return self.home.record(exchange(url, body, at=BEGIN + timedelta(seconds=seconds)))

    def version(
        self,
        url: str,
        text: str,
        *,
        seconds: int = 0,
        source: str = "source",
        capture: CaptureRow | None = None,
        pictures: tuple[tuple[str, ImageRow | None], ...] = (),
    ) -> None:
        seen = capture or self.capture(url, text.encode(), seconds=seconds)
        digest, article = sha256_hex(text.encode()), url_key(url)
        self.home.recorder.derive(text_of(seen, text)).result(300)
        number = self.numbers[url] = self.numbers.get(url, 0) + 1
        first = self.firsts.setdefault(url, seen.at)
        self.rows += [
            ArticleRow(id=article, source=source, url=url, first_captured_at=first, versions=number),
            VersionRow(
                article_id=article,
                number=number,
                source=source,
                url=url,
                captured_at=seen.at,
                run_id="run-1",
                capture_id=seen.id,
                extractor="x",
                title=f"Title of {url}",
                text_sha256=digest,
            ),
            EventRow(article_id=article, number=number, position=0, kind="text", before=None, after=digest),
        ]
        for position, (address, image) in enumerate(pictures):
            self.rows.append(
                PictureRow(
                    article_id=article,
                    number=number,
                    position=position,
                    url=address,
                    caption="A caption",
                    credit=None,
                    alt=None,
                    sha256=image.sha256 if image else None,
                )
            )

    def picture(self, url: str, data: bytes, *, seconds: int = 0) -> ImageRow:
        """Capture a picture; the row of its bytes names the first capture that showed them."""
        capture = self.capture(url, data, seconds=seconds)
        row = ImageRow(
            sha256=sha256_hex(data),
            phash="0" * 16,
            mime="image/png",
            width=1,
            height=1,
            size=len(data),
            first_url=url,
            first_at=capture.at,
            capture_id=capture.id,
        )
        if not any(isinstance(known, ImageRow) and known.sha256 == row.sha256 for known in self.rows):
            self.rows.append(row)
        return row

    def commit(self) -> None:
        self.home.committer.commit_segments(self.home.recorder, self.rows)
        self.rows = []


@contextmanager
def workshop_over(catalog: str, folder: Path) -> Iterator[Workshop]:
    made = Workshop(House(LocalStore(folder / "store"), Catalog.open(catalog), folder / "spool"))
    yield made
    made.home.die()
    made.home.catalog.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    postgres = request.param == "postgresql"
    catalog = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path}/catalog.db"
    with workshop_over(catalog, tmp_path) as made:
        yield made


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Workshop]:
    with workshop_over(f"sqlite:///{tmp_path}/catalog.db", tmp_path) as made:
        yield made


def test_more_versions_than_a_page_of_rows_come_once_each_and_in_order(workshop: Workshop) -> None:
    # Three a second, so that pages end in the middle of a second; capitals sort before small letters.
    urls = [f"https://a.example/{'Z' if n % 2 else 'a'}{n % 7}/{n}" for n in range(1203)]
    capture = workshop.capture("https://a.example/", b"one page for all")
    for n, url in enumerate(urls):
        workshop.rows.append(
            VersionRow(
                article_id=url_key(url),
                number=1,
                source="even" if n % 2 == 0 else "odd",
                url=url,
                captured_at=BEGIN + timedelta(seconds=n // 3),
                run_id="run-1",
                capture_id=capture.id,
                extractor="x",
                title=str(n),
            )
        )
    workshop.commit()
    lines = list(export_lines(workshop.archive))
    order = [(line["captured_at"], line["url"].encode()) for line in lines]
    assert order == sorted(order)
    assert sorted(line["url"] for line in lines) == sorted(urls)
    assert lines == list(export_lines(workshop.archive))
    chosen = Selection("odd", None, BEGIN + timedelta(seconds=100))
    odd = list(export_lines(workshop.archive, chosen))
    assert [line["title"] for line in odd] == [
        line["title"] for line in lines if int(line["title"]) % 2 and int(line["title"]) < 300
    ]
    assert count_versions(workshop.archive.catalog, chosen) == len(odd) == 150


# (address, source, text, seconds): what was captured; then, by address and version: what it is a copy of
COPIES: list[Any] = [
    pytest.param(
        [("https://a.example/1", "a", "one", 0), ("https://b.example/1", "b", "two", 1)],
        {},
        id="texts of their own",
    ),
    pytest.param(
        [("https://b.example/1", "b", "wire", 0), ("https://a.example/1", "a", "wire", 1)],
        {("https://b.example/1", 1): None, ("https://a.example/1", 1): "https://b.example/1"},
        id="the earlier one is the original",
    ),
    pytest.param(
        [("https://b.example/1", "b", "wire", 0), ("https://a.example/1", "a", "wire", 0)],
        {("https://a.example/1", 1): None, ("https://b.example/1", 1): "https://a.example/1"},
        id="at one moment the address decides",
    ),
    pytest.param(
        [("https://a.example/1", "a", "one", 0), ("https://a.example/1", "a", "one", 1)],
        {},
        id="an article is no copy of itself",
    ),
    pytest.param(
        [
            ("https://a.example/1", "a", "wire", 0),
            ("https://b.example/1", "b", "wire", 1),
            ("https://a.example/1", "a", "edited", 2),
            ("https://a.example/1", "a", "wire", 3),
        ],
        {
            ("https://a.example/1", 1): None,
            ("https://b.example/1", 1): "https://a.example/1",
            ("https://a.example/1", 2): None,  # articles are copies, whatever became of them later
            ("https://a.example/1", 3): None,
        },
        id="a text that comes back is still the first one's",
    ),
]


@pytest.mark.parametrize(("shown", "expected"), COPIES)
def test_copies_name_the_first_and_share_a_cluster(
    workshop: Workshop, shown: list[tuple[str, str, str, int]], expected: dict[tuple[str, int], str | None]
) -> None:
    for url, source, text, seconds in shown:
        workshop.version(url, " ".join(f"{text}{n}" for n in range(30)), seconds=seconds, source=source)
    workshop.commit()
    Linker(workshop.home.catalog, workshop.home.committer, workshop.home.clock, 30).link()
    lines = {(line["url"], line["version"]): line for line in export_lines(workshop.archive)}
    copies = {
        key: line["duplicate_of"] and line["duplicate_of"]["url"]
        for key, line in lines.items()
        if line["cluster"]
    }
    assert copies == expected
    firsts = {line["article"] for key, line in lines.items() if key in expected and expected[key] is None}
    assert {lines[key]["cluster"] for key in expected} == firsts
    assert all(line["duplicate_of"] is None for key, line in lines.items() if key not in expected)


def test_a_line_has_its_text_events_pictures_and_place(workshop: Workshop) -> None:
    image = workshop.picture("https://a.example/p.png", b"\x89PNG")
    pictures = (("https://a.example/p.png", image), ("https://a.example/lost.png", None))
    workshop.version("https://a.example/1", "Grüße 東京", pictures=pictures)
    workshop.commit()
    [line] = export_lines(workshop.archive)
    assert (line["text"], line["events"][0]["kind"]) == ("Grüße 東京", "text")
    assert [(i["url"], i["sha256"], i["mime"]) for i in line["images"]] == [
        ("https://a.example/p.png", image.sha256, "image/png"),
        ("https://a.example/lost.png", None, None),
    ]
    place = line["capture"]
    member = workshop.archive.store.read(place["segment"], place["offset"], place["length"])
    assert sha256_hex(read_one(member).payload) == place["sha256"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_any_line_is_one_line_of_utf_8_that_reads_back(line: dict[str, Any]) -> None:
    data = encode_line(line)
    assert data.count(b"\n") == 1
    assert data.endswith(b"\n")
    assert json.loads(data.decode("utf-8")) == line


def test_a_revisit_is_exported_after_what_it_stands_on(local: Workshop, tmp_path: Path) -> None:
    first = local.capture("https://a.example/first", b"same bytes")
    local.commit()  # the original lies in another segment, and belongs to no version
    revisit = local.capture("https://a.example/1", b"same bytes", seconds=60)
    local.version("https://a.example/1", "text", capture=revisit)
    local.commit()
    assert revisit.kind == "revisit"
    export_warc(local.archive, tmp_path / "out.warc.gz", clock=local.home.clock)
    with (tmp_path / "out.warc.gz").open("rb") as stream:
        records = list(read_records(stream))
    assert [(record.kind, record.id) for record in records if record.kind != "warcinfo"] == [
        ("response", first.id),
        ("revisit", revisit.id),
    ]
    assert [record.kind for record in records].count("warcinfo") == 3  # the export's, and two segments'


def test_a_picture_seen_before_is_exported_at_its_own_address_too(local: Workshop, tmp_path: Path) -> None:
    image = local.picture("https://a.example/p.png", b"\x89PNG")
    local.picture("https://b.example/p.png", b"\x89PNG", seconds=5)
    local.version("https://b.example/1", "text", pictures=(("https://b.example/p.png", image),))
    local.commit()
    done = export_warc(local.archive, tmp_path / "out.warc.gz", clock=local.home.clock)
    with (tmp_path / "out.warc.gz").open("rb") as stream:
        records = list(read_records(stream))
    addresses = {record.headers.get("WARC-Target-URI"): record.kind for record in records}
    assert addresses["https://a.example/p.png"] == "response"
    assert addresses["https://b.example/p.png"] == "revisit"
    assert (done.versions, done.records, done.size) == (
        1,
        len(records),
        (tmp_path / "out.warc.gz").stat().st_size,
    )


def test_a_capture_that_many_versions_share_is_exported_once(local: Workshop, tmp_path: Path) -> None:
    capture = local.capture("https://a.example/1", b"page")
    for text in ("one", "two", "three"):
        local.version("https://a.example/1", text, capture=capture)
    local.commit()
    done = export_warc(local.archive, tmp_path / "out.warc.gz", clock=local.home.clock)
    assert (done.versions, done.records) == (3, 3)  # two warcinfo records and the page


def test_a_record_that_is_not_whole_is_refused(local: Workshop) -> None:
    local.version("https://a.example/1", "text")
    local.commit()
    [capture] = lookup.captures_of(local.archive.catalog, "https://a.example/1")
    place = record_place(capture)
    assert read_one(read_member(local.archive.store, place)).id == capture.id
    with pytest.raises(ArchiveDamaged, match="run `dateline verify`"):
        read_member(local.archive.store, type(place)(place.segment, place.offset, place.length - 1))


def test_a_revisit_without_its_original_is_damage(local: Workshop) -> None:
    lost = CaptureRow(
        id="1" * 32,
        url_key="k",
        url="https://a.example/1",
        at=BEGIN,
        source="s",
        run_id="r",
        kind="revisit",
        status=200,
        mime="text/html",
        payload_sha256="0" * 64,
        payload_sha1="sha1:X",
        payload_size=1,
        truncated=None,
        segment="captures/one.warc.gz",
        offset=5,
        length=10,
        payload_segment="captures/gone.warc.gz",
        payload_offset=7,
        payload_length=10,
    )
    with pytest.raises(ArchiveDamaged, match=r"nothing in the catalog lies at captures/gone\.warc\.gz 7"):
        originals(local.archive.catalog, [lost])


def test_a_file_appears_when_it_is_whole_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with whole_file(path) as stream:
        stream.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    with pytest.raises(RuntimeError, match="in the middle"), whole_file(path) as stream:  # noqa: PT012
        stream.write(b"half")
        raise RuntimeError("in the middle")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"new")]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("none/file", "No such file or directory", id="missing folder"),
        pytest.param("file/below", "Not a directory", id="a file as folder"),
        pytest.param(".", "Is a directory", id="a folder"),
        pytest.param("n" * 300, "File name too long", id="too long a name"),
    ],
)
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=said), whole_file(tmp_path / name) as stream:
        stream.write(io.BytesIO(b"x").read())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
