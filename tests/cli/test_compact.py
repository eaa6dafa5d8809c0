"""`dateline compact` as a person runs it: readers see no difference, and it goes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Dateline, DemoArchive

NOW = ("--older-than", "0s")


def test_readers_see_no_difference(own: Dateline, mine: DemoArchive, tmp_path: Path) -> None:
    url = mine.url("oyster-beds-recover")
    before = [own("get", url, "--as", kind).data for kind in ("text", "html")]
    planned = own("compact", *NOW, "--dry-run", "--json").json["compaction"]
    assert planned["segments"]
    assert not list(tmp_path.rglob("*.warc.zst"))
    done = own("compact", *NOW, "--json").json
    assert (done["to"], done["compaction"]["segments"]) == ("zst", planned["segments"])
    assert done["compaction"]["bytes_after"] < done["compaction"]["bytes_before"] == planned["bytes_before"]
    assert list(tmp_path.rglob("*.warc.zst"))
    assert not list(tmp_path.rglob("*.warc.gz"))
    assert [own("get", url, "--as", kind).data for kind in ("text", "html")] == before
    assert own("get", url, "--as", "warc").data.startswith(b"\x1f\x8b")
    assert own("verify").status == 0
    assert own("compact", *NOW).text == "No segment is older than 0 days and not zst yet.\n"
    assert "bytes are" in own("compact", "--to", "gzip", *NOW).text
    assert not list(tmp_path.rglob("*.warc.zst"))


REFUSED = {
    "an unknown source": (("no-such-source",), "holds no capture of a source 'no-such-source'"),
    "no duration": (("--older-than", "soon"), "--older-than"),
    "a level that zstd lacks": (("--level", "25"), "--level"),
    "an encoding that is not ours": (("--to", "lz4"), "--to"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_usage_is_named(dateline: Dateline, demo_archive: DemoArchive, name: str) -> None:
    words, what = REFUSED[name]
    told = dateline("compact", *words, config=demo_archive.config)
    assert told.status == 2
    assert what in told.notes
