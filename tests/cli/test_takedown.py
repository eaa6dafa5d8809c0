"""What readers are told of a page that was taken down, and what exports have of it: nothing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from archive.catalog import export_reads
from archive.catalog.fetch import fetch, select
from archive.digest import url_key
from archive.rows import DroppedRow
from archive.warc import read_records
from cli.demo_site import NIGHTS
from tests.cli.conftest import Dateline, DemoArchive

PAGE, OTHER = "oyster-beds-recover", "night-ferry-returns"
REASON = "a court in Ostend asked for it"


def test_readers_are_told_and_exports_leave_it_out(own: Dateline, mine: DemoArchive, tmp_path: Path) -> None:
    url, other = mine.url(PAGE), mine.url(OTHER)
    title = mine.site.planted_text(url, NIGHTS[-1]).title
    before = own("export", "--format", "jsonl", "-").text.splitlines()
    done = own("takedown", url, "--reason", REASON, "--json")
    assert (done.status, done.json["taken_down"][0]["url"]) == (0, url)
    addresses = done.json["taken_down"][0]["addresses"]
    assert len(addresses) == 3  # the page and its two pictures
    for words in (["get"], ["get", "--as", "html"], ["get", "--as", "images"], ["versions"], ["diff"]):
        told = own(words[0], url, *words[1:])
        assert (told.status, told.data) == (1, b"")
        assert f"{url} was taken down on 20" in told.notes
        assert REASON in told.notes
    lines = own("export", "--format", "jsonl", "-").text.splitlines()
    assert lines == [line for line in before if json.loads(line)["url"] != url]
    assert len(lines) < len(before)
    own("export", "--format", "warc", tmp_path / "out.warc.gz")
    with (tmp_path / "out.warc.gz").open("rb") as stream:
        targets = {record.headers.get("WARC-Target-URI") for record in read_records(stream)}
    assert other in targets
    assert not targets & set(addresses)
    own("export", "--format", "wacz", tmp_path / "out.wacz")
    with zipfile.ZipFile(tmp_path / "out.wacz") as package:
        pages = package.read("pages/pages.jsonl").decode()
        assert title not in pages
        assert other in pages
        index = package.read("indexes/index.cdxj").decode()
        assert not [one for one in addresses if f'"{one}"' in index]
    assert own("verify").status == 0

    lifted = own("takedown", url, "--lift", "--reason", "the court changed its mind")
    assert (lifted.status, lifted.text) == (0, f"{url}: lifted, 3 addresses\n")
    assert own("export", "--format", "jsonl", "-").text.splitlines() == before
    listed = own("takedown", "--list", "--json").json
    assert listed["taken_down"] == []
    assert [(row["action"], row["subject"], row["reason"]) for row in listed["done"]] == [
        ("takedown", url, REASON),
        ("lift", url, "the court changed its mind"),
    ]
    assert all(row["actor"] for row in listed["done"])
    assert own("verify").status == 0


def test_a_purge_asks_first_and_cannot_be_lifted(own: Dateline, mine: DemoArchive) -> None:
    url = mine.url(PAGE)
    title = mine.site.planted_text(url, NIGHTS[-1]).title
    assert own("takedown", url, "--purge", "--yes").status == 2  # why?
    refused = own("takedown", url, "--purge", "--reason", REASON)
    assert refused.status == 2
    assert "say --yes" in refused.notes
    assert own("takedown", "--list").text == "Nothing is taken down.\n"
    done = own("takedown", url, "--purge", "--yes", "--reason", REASON)
    assert done.status == 0
    assert f"{url}: taken down, 3 addresses" in done.text
    assert "purged: " in done.text
    lifted = own("takedown", url, "--lift")
    assert lifted.status == 2
    assert "it was purged on" in lifted.notes
    assert own("get", url).status == 1
    assert own("verify").status == 0
    assert ", purged 20" in own("takedown", "--list").text
    again = own("takedown", url, "--purge", "--yes", "--json")
    assert again.json["taken_down"][0]["purged"]["captures"] == 0
    for path in (mine.config.parent / "archive" / "journal").rglob("*.jsonl"):
        assert title.encode() not in path.read_bytes()
    assert own("verify").status == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["https://news.example/a"], "say why"),
        (["https://news.example/a", "--reason", " "], "say why"),
        (["--reason", "law"], "name the addresses"),
        (["https://news.example/a", "--list"], "name the addresses"),
        (["https://news.example/a", "--lift", "--purge"], "three different things"),
        (["https://news.example/a", "--lift", "--reason", "x"], "it is not taken down"),
        (["news.example/a", "--reason", "law"], "did you mean https://news.example/a"),
    ],
)
def test_wrong_usage_says_what_is_allowed(reading: Dateline, words: list[str], told: str) -> None:
    done = reading("takedown", *words)
    assert done.status == 2
    assert told in " ".join(done.notes.split())


def test_a_picture_of_its_own_is_left_out_of_articles_that_show_it(
    own: Dateline, mine: DemoArchive, tmp_path: Path
) -> None:
    url = mine.url(PAGE)
    with mine.open() as archive:
        [rows] = export_reads.pictures_of_versions(archive.catalog, [(url_key(url), 1)]).values()
    assert own("takedown", rows[0].url, "--reason", REASON).status == 0
    assert own("get", url, "--as", "images", "--out", tmp_path / "pictures").status == 0
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert names in ({"02.png", "index.json"}, {"02.jpg", "index.json"})
    assert own("takedown", rows[0].url, "--purge", "--yes").status == 0
    assert own("verify").status == 0
    [line] = [json.loads(one) for one in own("export", "-").text.splitlines() if url in one][-1:]
    assert [image["sha256"] is None for image in line["images"]] == [True, False]


def test_expire_says_what_it_would_do(own: Dateline, mine: DemoArchive) -> None:
    source = min((mine.config.parent / "sources").glob("*.yaml"))
    source.write_text(source.read_text() + "policy: {keep: changed}\n")
    planned = own("expire", "--dry-run", "--json").json
    assert planned["dry_run"] is True
    done = own("expire", "--json").json
    assert planned["expiry"] == done["expiry"]
    assert {**planned["let_go"], "bytes_freed": 0} == {**done["let_go"], "bytes_freed": 0}
    assert done["let_go"]["captures"] > 0
    assert done["let_go"]["bytes_freed"] > 0
    assert own("expire").text == "Nothing is past its time.\n"
    with mine.open() as archive:
        row = fetch(archive.catalog, DroppedRow, select(DroppedRow))[0]
    asked = own("get", row.url, "--at", f"{row.at:%Y-%m-%dT%H:%M:%S}Z", "--as", "html")
    assert asked.status == 0
    assert f"was fetched again at {row.at:%Y-%m-%dT%H:%M:%S}Z and showed no change" in asked.notes
    assert own("get", row.url, "--as", "html").notes == ""
    assert own("verify").status == 0
