"""`clusters`, `similar` and `link` over the archive of the demo's three nights."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from archive.catalog.export_reads import images_by_sha256
from archive.members import payload_place, read_member
from tests.cli.conftest import Dateline, DemoArchive


def test_clusters_name_the_first_and_its_copies(reading: Dateline, demo_archive: DemoArchive) -> None:
    [(copy, original)] = demo_archive.site.expected(3).copies.items()
    [cluster] = reading("clusters", "--json").json["clusters"]
    assert {article["url"] for article in cluster["articles"]} == {copy, original}
    first = cluster["articles"][0]
    assert cluster["cluster"] == first["article"]
    assert {article["kind"] for article in cluster["articles"]} == {"exact"}
    text = reading("clusters", "--source", first["source"]).text
    assert first["url"] in text
    assert "2 articles" in text
    assert reading("clusters", "--since", "2030-01-01").text == "No story ran more than once.\n"


def test_versions_say_that_an_article_is_a_copy(reading: Dateline) -> None:
    [cluster] = reading("clusters", "--json").json["clusters"]
    first, second = (article["url"] for article in cluster["articles"])
    assert f"a copy of {first}" in reading("versions", second).text
    assert "seen first here; 1 copy elsewhere" in reading("versions", first).text
    [line, *_] = reading("versions", second, "--json").json["versions"]
    assert line["duplicate_of"]["url"] == first
    assert line["likeness"] == {"kind": "exact", "jaccard": 1.0, "containment": 1.0}


def test_similar_finds_the_copy(reading: Dateline) -> None:
    [cluster] = reading("clusters", "--json").json["clusters"]
    first, second = (article["url"] for article in cluster["articles"])
    found = reading("similar", first, "--json").json["similar"]
    assert [(each["url"], each["kind"], each["linked"]) for each in found] == [(second, "exact", True)]
    assert "exact, 100 % of the shorter text, in its cluster" in reading("similar", second).text


def test_a_picture_is_found_by_its_address_and_by_a_file(
    reading: Dateline, demo_archive: DemoArchive, tmp_path: Path
) -> None:
    lines = reading("export", "--format", "jsonl", "-").text.splitlines()
    assert lines
    import json  # noqa: PLC0415

    pictures = [
        (line["url"], image) for line in map(json.loads, lines) for image in line["images"] if image["sha256"]
    ]
    # A picture with edges: nearly even ones (the demo has one of the sea) are not told by their looks.
    article, picture = next(pair for pair in pictures if "/harbour-" in pair[1]["url"])
    found = reading("similar", picture["url"], "--json").json
    assert found["sha256"] == picture["sha256"]
    assert article in {use["url"] for use in found["uses"]}
    with demo_archive.open() as archive:
        row = images_by_sha256(archive.catalog, [picture["sha256"]])[picture["sha256"]]
        from archive.catalog.lookup import capture_by_id  # noqa: PLC0415
        from archive.warc import read_one  # noqa: PLC0415

        capture = capture_by_id(archive.catalog, row.capture_id)
        assert capture is not None
        block = read_one(read_member(archive.store, payload_place(capture))).block
    data = block.partition(b"\r\n\r\n")[2]
    small = Image.open(io.BytesIO(data)).convert("RGB")
    small = small.resize((small.width * 3 // 4, small.height * 3 // 4))
    small.save(tmp_path / "small.jpg", quality=60)
    done = reading("similar", str(tmp_path / "small.jpg"))
    assert done.status == 0
    assert "first ran on" in done.text
    assert article in done.text


def test_similar_refuses_what_is_no_picture_and_no_article(reading: Dateline, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    done = reading("similar", str(tmp_path / "notes.txt"))
    assert done.status == 2
    assert "unknown_format" in done.notes
    assert reading("similar", "https://nowhere.example/").status != 0


def test_link_compares_only_what_is_new(reading: Dateline) -> None:
    done = reading("link", "--json").json["linked"]
    assert done == {
        "texts": {"versions": 0, "articles": 0, "clusters": 0, "again": 0, "withdrawn": 0},
        "pictures": {"pictures": 0, "linked": 0},
    }
    assert "0 versions compared" in reading("link").text
