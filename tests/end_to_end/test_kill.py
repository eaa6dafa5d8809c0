"""`kill -9` at random moments: nothing acknowledged is lost, and the next run closes the account.

Four kills in the short form, ten in the full one (`make test-full`).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from archive.catalog import runs, versions
from archive.opening import Archive
from cli.demo_site import DemoSite
from tests.end_to_end.house import House

KILLS = 10 if os.environ.get("DATELINE_TEST_FULL") else 4
SEED = 20260320
MOMENTS = (0.8, 5.0)  # seconds: from while it starts to when a whole crawl is about done


def acknowledged(archive: Archive) -> set[tuple[str, int, str | None]]:
    return {(v.article_id, v.number, v.text_sha256) for v in versions.every_version(archive.catalog)}


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    with DemoSite() as site:
        # Small segments, so that a crawl of a few seconds has many moments at which something is half done.
        house = House.build(tmp_path / "house", site, crawl="segment_seconds: 0.5s")
        promised: set[tuple[str, int, str | None]] = set()
        for _ in range(KILLS):
            process = house.start(*house.night_words(1))
            with suppress(subprocess.TimeoutExpired):  # still running, as hoped
                process.wait(timeout=chance.uniform(*MOMENTS))
            with suppress(ProcessLookupError):  # all of it ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            archive = house.open()
            promised |= acknowledged(archive)
            assert promised <= acknowledged(archive)
            archive.close()
        house.crawl(1)

        archive = house.open()
        assert promised <= acknowledged(archive)
        texts = {v.url: v.number for v in versions.every_version(archive.catalog)}
        assert set(texts) == set(site.expected(1).new)
        assert set(texts.values()) == {1}
        for run in runs.newest_runs(archive.catalog, limit=100):
            assert run.status == "done"
            assert all(tally.outcome is not None for tally in runs.tally(archive.catalog, run.id))
        archive.close()
        assert house.problems() == []
        assert not any((house.folder / "spool").iterdir())
