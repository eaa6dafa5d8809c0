from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest

from archive.catalog.export_reads import Selection
from archive.digest import sha256_hex
from archive.export.wacz import export_wacz
from archive.reader import ArchiveDamaged
from archive.wacz import page_line
from archive.warc import read_one
from tests.archive.test_export import Workshop, workshop_over

WARC = "archive/data.warc.gz"


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with workshop_over(f"sqlite:///{tmp_path}/catalog.db", tmp_path) as made:
        yield made


@pytest.fixture
def package(workshop: Workshop, tmp_path: Path) -> Path:
    """Two articles with one picture, one of them a revisit of bytes that belong to no version."""
    image = workshop.picture("https://a.example/p.png", b"\x89PNG")
    workshop.capture("https://a.example/first", b"same bytes")
    workshop.commit()
    revisit = workshop.capture("https://a.example/2", b"same bytes", seconds=60)
    workshop.version("https://a.example/1", "Grüße 東京", pictures=(("https://a.example/p.png", image),))
    workshop.version("https://a.example/2", "another text", seconds=60, source="other", capture=revisit)
    workshop.commit()
    export_wacz(workshop.archive, tmp_path / "out.wacz", clock=workshop.home.clock)
    return tmp_path / "out.wacz"


def lines(package: Path, member: str) -> list[bytes]:
    with ZipFile(package) as opened:
        return opened.read(member).splitlines()


def test_the_reference_validator_accepts_it(package: Path) -> None:
    wacz = Path(sys.executable).with_name("wacz")
    done = subprocess.run([wacz, "validate", "-f", package], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Validation succeeded" in done.stdout


def test_the_reference_validator_would_find_a_flipped_byte(package: Path) -> None:
    broken = package.with_name("broken.wacz")
    with ZipFile(package) as old, ZipFile(broken, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(
                info, data.replace(b"another", b"anothEr") if info.filename.startswith("pages") else data
            )
    wacz = Path(sys.executable).with_name("wacz")
    done = subprocess.run([wacz, "validate", "-f", broken], capture_output=True, check=False)
    assert done.returncode == 1


def test_every_line_of_the_index_leads_to_its_record_in_place(package: Path) -> None:
    """One range of the package is one record: the WARC is stored as it is."""
    with ZipFile(package) as opened:
        info = opened.getinfo(WARC)
        assert info.compress_type == ZIP_STORED
    data = package.read_bytes()
    name, extra = (
        int.from_bytes(data[at : at + 2], "little") for at in (info.header_offset + n for n in (26, 28))
    )
    start = info.header_offset + 30 + name + extra
    index = lines(package, "indexes/index.cdxj")
    assert index == sorted(index)
    found = {}
    for line in index:
        _, stamp, fields = line.decode().split(" ", 2)
        entry: dict[str, str] = json.loads(fields)
        assert entry["filename"] == "data.warc.gz"
        at = start + int(entry["offset"])
        record = read_one(data[at : at + int(entry["length"])])
        assert record.headers["WARC-Target-URI"] == entry["url"]
        assert record.headers["WARC-Payload-Digest"] == entry["digest"]
        assert "".join(c for c in record.headers["WARC-Date"] if c.isdigit()) == stamp
        found[entry["url"]] = (record.kind, entry["mime"])
    assert found == {
        "https://a.example/1": ("response", "text/html"),
        "https://a.example/2": ("revisit", "warc/revisit"),
        "https://a.example/first": ("response", "text/html"),
        "https://a.example/p.png": ("response", "text/html"),
    }


def test_pages_are_versions_with_their_text(package: Path) -> None:
    header, *pages = (json.loads(line) for line in lines(package, "pages/pages.jsonl"))
    assert header == {"format": "json-pages-1.0", "id": "pages", "title": "All pages", "hasText": True}
    assert [(page["url"], page["ts"], page["title"], page["text"]) for page in pages] == [
        ("https://a.example/1", "2026-03-20T02:00:00Z", "Title of https://a.example/1", "Grüße 東京"),
        ("https://a.example/2", "2026-03-20T02:01:00Z", "Title of https://a.example/2", "another text"),
    ]
    assert len({page["id"] for page in pages}) == 2


def test_the_package_lists_each_part_with_its_digest(package: Path) -> None:
    with ZipFile(package) as opened:
        described: dict[str, Any] = json.loads(opened.read("datapackage.json"))
        digest = json.loads(opened.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{sha256_hex(opened.read('datapackage.json'))}"
        assert {one["path"]: (one["hash"], one["bytes"]) for one in described["resources"]} == {
            name: (f"sha256:{sha256_hex(opened.read(name))}", opened.getinfo(name).file_size)
            for name in (WARC, "indexes/index.cdxj", "pages/pages.jsonl")
        }
    assert described["wacz_version"] == "1.1.1"


def test_only_what_was_chosen_is_in_it(workshop: Workshop, package: Path) -> None:
    done = export_wacz(workshop.archive, package, Selection(source="other"), clock=workshop.home.clock)
    assert (done.versions, done.pages, done.size) == (1, 1, package.stat().st_size)
    urls = {json.loads(line.split(b" ", 2)[2])["url"] for line in lines(package, "indexes/index.cdxj")}
    assert urls == {"https://a.example/2", "https://a.example/first"}  # the revisit, and what it stands on


def test_an_empty_selection_is_a_valid_package(workshop: Workshop, tmp_path: Path) -> None:
    out = tmp_path / "none.wacz"
    done = export_wacz(workshop.archive, out, Selection(source="nobody"), clock=workshop.home.clock)
    assert (done.versions, done.pages, done.records) == (0, 0, 1)
    assert lines(out, "indexes/index.cdxj") == []
    assert len(lines(out, "pages/pages.jsonl")) == 1


def test_a_damaged_record_breaks_it_off_and_leaves_what_was_there(
    workshop: Workshop, package: Path, tmp_path: Path
) -> None:
    before = package.read_bytes()
    files = sorted(path.name for path in tmp_path.iterdir())
    for segment in (tmp_path / "store" / "captures").rglob("*.warc.gz"):
        segment.write_bytes(segment.read_bytes()[: segment.stat().st_size // 2])
    with pytest.raises(ArchiveDamaged, match="run `dateline verify`"):
        export_wacz(workshop.archive, package, clock=workshop.home.clock)
    assert package.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == files


def test_half_a_surrogate_pair_is_one_line_of_ascii() -> None:
    line = page_line(
        identity="x",
        url="https://a.example/",
        at=datetime(2026, 1, 2, tzinfo=UTC),
        title="\ud83d",
        text="a\u2028b\nc",
    )
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert json.loads(line)["title"] == "\ud83d"
