"""Public WARC files of many writers, good and bad: all are read, and what is refused is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.verify.run import verify
from tests.pipelines.imports.made import House

ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("DATELINE_CORPUS", ROOT / "../shared/corpus"))
_ENDINGS = (".warc", ".warc.gz", ".warc.zst", ".wacz", ".warc.lz4", ".arc", ".arc.gz", ".bad", ".wat", ".wet")

FILES = sorted(
    p for p in CORPUS.glob("warc_*/**/*") if p.is_file() and p.name.removesuffix(".gz").endswith(_ENDINGS)
)


@pytest.mark.skipif(not FILES, reason="the corpus is not here; name its folder in DATELINE_CORPUS")
def test_every_public_file_is_taken_or_told_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House.build(tmp_path / "house")
    summary = house.take(*FILES, sources=())
    with capsys.disabled():
        print(f"\n{len(FILES)} files: {summary.captures} captures, {len(summary.refused)} records refused")
        for one in summary.refused:
            print(f"  {one.file} at {one.offset}: {one.reason}")
    assert summary.captures + summary.known + summary.repeated > 0
    assert "failed(internal_error)" not in summary.pages
    refused = {one.file for one in summary.refused}
    assert all(
        path.name in refused for path in FILES if path.suffix in {".lz4", ".arc"} or "clipped" in path.name
    )
    with house.open() as archive:
        assert verify(archive.store, archive.catalog, lambda *_: None).problems == ()
    again = house.take(*FILES, sources=())
    assert (again.captures, again.versions, again.refused) == (0, 0, summary.refused)
