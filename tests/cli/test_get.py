from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.digest import sha256_hex
from archive.warc import read_records
from cli.pictures import file_ending, folder_name
from cli.printable import printable
from tests.cli.conftest import Dateline, DemoArchive

EDITED, REMOVED, TWO_PICTURES = "night-ferry-returns", "library-lends-tools", "oyster-beds-recover"


@pytest.mark.parametrize(
    ("at", "night"),
    [
        pytest.param([], 3, id="now"),
        pytest.param(["--at", "2026-03-20"], 1, id="the end of the first day"),
        pytest.param(["--at", "2026-03-21T01:59"], 1, id="just before the edit"),
        pytest.param(["--at", "2026-03-21"], 2, id="the day of the edit"),
        pytest.param(["--at", "2026-03-22T02:30+01:00"], 2, id="in another zone"),
        pytest.param(["--at", "2026-03-22T03:30+01:00"], 3, id="an hour later"),
        pytest.param(["--at", "2031-01-01"], 3, id="long after"),
    ],
)
def test_the_text_is_what_a_reader_saw_then(
    reading: Dateline, demo_archive: DemoArchive, at: list[str], night: int
) -> None:
    url = demo_archive.url(EDITED)
    done = reading("get", url, *at)
    truth = demo_archive.site.planted_text(url, night)
    assert done.status == 0
    assert done.text == "\n\n".join([truth.title, *truth.paragraphs]) + "\n"
    assert done.notes == ""


def test_before_the_first_capture_nothing_is_known(reading: Dateline, demo_archive: DemoArchive) -> None:
    done = reading("get", demo_archive.url(EDITED), "--at", "2026-03-19")
    assert (done.status, done.data) == (1, b"")
    assert "was first captured at 2026-03-20T02:0" in done.notes
    assert "(version 1); nothing is known of it at 2026-03-19T23:59:59Z" in done.notes


@pytest.mark.parametrize(
    ("at", "noted"),
    [
        pytest.param([], True, id="now"),
        pytest.param(["--at", "2026-03-22"], True, id="on the day of the tombstone"),
        pytest.param(["--at", "2026-03-21"], False, id="before it"),
    ],
)
def test_of_a_removed_article_the_last_content_is_given_with_a_note(
    reading: Dateline, demo_archive: DemoArchive, at: list[str], *, noted: bool
) -> None:
    url = demo_archive.url(REMOVED)
    done = reading("get", url, *at)
    truth = demo_archive.site.planted_text(url, 1)
    assert (done.status, done.text.splitlines()[0]) == (0, truth.title)
    assert ("Note: removed: last seen 2026-03-20T02:0" in done.notes) == noted
    assert ("this is version 1" in done.notes) == noted


def test_json_is_the_line_of_the_export(reading: Dateline, demo_archive: DemoArchive) -> None:
    url = demo_archive.url(EDITED)
    got = reading("get", url, "--as", "json", "--at", "2026-03-21").json
    lines = [json.loads(line) for line in reading("export", "-").data.splitlines()]
    assert got == next(line for line in lines if (line["url"], line["version"]) == (url, 2))


def test_html_is_the_page_without_its_coding(reading: Dateline, demo_archive: DemoArchive) -> None:
    for part in (EDITED, "bibliothek-am-sonntag", "el-mercado-central-reabre"):
        page = reading("get", demo_archive.url(part), "--as", "html").data
        assert page.lstrip()[:9].lower() == b"<!doctype"
        assert page.rstrip().endswith(b"</html>")


def test_warc_is_the_record_as_stored(reading: Dateline, demo_archive: DemoArchive) -> None:
    url = demo_archive.url(EDITED)
    data = reading("get", url, "--as", "warc").data
    place = reading("get", url, "--as", "json").json["capture"]
    with demo_archive.open() as archive:
        assert data == archive.store.read(place["segment"], place["offset"], place["length"])
    [record] = read_records(BytesIO(data))
    assert (record.kind, record.headers["WARC-Target-URI"], record.id) == ("response", url, place["id"])
    assert sha256_hex(record.payload) == place["sha256"]


def test_out_is_a_file_and_stdout_stays_empty(reading: Dateline, demo_archive: DemoArchive) -> None:
    url = demo_archive.url(EDITED)
    for form in ("text", "json", "html", "warc"):
        done = reading("get", url, "--as", form, "--out", f"got.{form}")
        assert (done.status, done.data) == (0, b"")
        assert Path(f"got.{form}").read_bytes() == reading("get", url, "--as", form).data
        assert f"bytes in got.{form}" in done.notes
    assert reading("get", url, "--out", "-").data == reading("get", url).data


def test_pictures_come_in_order_with_what_was_said_of_them(
    reading: Dateline, demo_archive: DemoArchive
) -> None:
    url = demo_archive.url(TWO_PICTURES)
    done = reading("get", url, "--as", "images", "--out", "new/pictures")
    index: dict[str, Any] = json.loads(Path("new/pictures/index.json").read_text())
    truth = demo_archive.site.planted_text(url, 1)
    assert done.status == 0
    assert [entry["file"] for entry in index["pictures"]] == ["01.jpg", "02.jpg"]
    assert [entry["caption"] for entry in index["pictures"]] == list(truth.captions)
    assert [entry["credit"] for entry in index["pictures"]] == list(truth.credits)
    for entry in index["pictures"]:
        data = Path("new/pictures", entry["file"]).read_bytes()
        assert data[:3] == b"\xff\xd8\xff"
        assert sha256_hex(data) == entry["sha256"]
    assert [line.partition(":")[0] for line in done.text.splitlines()] == [
        "new/pictures/01.jpg",
        "new/pictures/02.jpg",
        "new/pictures/index.json",
    ]
    again = reading("get", url, "--as", "images", "--out", "new/pictures")
    assert again.status == 2
    assert "new/pictures is not empty" in again.notes


def test_pictures_have_a_folder_of_their_own(reading: Dateline, demo_archive: DemoArchive) -> None:
    reading("get", demo_archive.url(EDITED), "--as", "images")
    assert [path.name for path in Path.cwd().iterdir()] == [
        "night-ferry-returns-in-may-with-four-crossings-a-week-v3"
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        pytest.param(["--at", "noon"], 2, "--at 'noon' is no time", id="no time"),
        pytest.param(["--as", "pdf"], 2, "'pdf' is not one of", id="no form"),
        pytest.param(["--out", "none/x"], 2, "cannot write none/x", id="no folder"),
        pytest.param(["--as", "images", "--out", "file"], 2, "cannot make the folder file", id="a file"),
    ],
)
def test_a_wrong_call_says_why(
    reading: Dateline, demo_archive: DemoArchive, arguments: list[str], status: int, said: str
) -> None:
    Path("file").touch()
    done = reading("get", demo_archive.url(EDITED), *arguments)
    assert (done.status, done.data) == (status, b"")
    assert said in done.notes


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("A storm, at last", "a-storm-at-last-v2", id="words"),
        pytest.param("../../etc/passwd", "etc-passwd-v2", id="a path"),
        pytest.param("東京の朝", "東京の朝-v2", id="another script"),
        pytest.param("  …  ", "article-v2", id="no word"),
        pytest.param(None, "article-v2", id="no title"),
        pytest.param("x" * 500, "x" * 60 + "-v2", id="long"),
    ],
)
def test_a_folder_is_named_by_the_headline(title: str | None, expected: str) -> None:
    assert folder_name(title, 2) == expected


@given(st.text())
def test_a_folder_name_never_leaves_its_place(title: str) -> None:
    name = folder_name(title, 1)
    assert Path(name).name == name
    assert not name.startswith((".", "-"))


@pytest.mark.parametrize(
    ("mime", "ending"),
    [("image/jpeg", "jpg"), ("image/webp", "webp"), ("image/svg+xml", "svg"), ("", "bin"), ("a/../b", "b")],
)
def test_a_picture_is_named_by_its_type(mime: str, ending: str) -> None:
    assert file_ending(mime) == ending


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_printed_commands_no_terminal(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert all(sign in "\t\n" or sign.isprintable() or ord(sign) > 0x9F for sign in shown)
    assert "\x1b" not in shown
    assert printable(shown) == shown
    shown.encode()
