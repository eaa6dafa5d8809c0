"""Kills a crawl, or its store, at random moments, and keeps account of what was acknowledged by then."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from archive.catalog import runs, versions
from archive.catalog.fetch import fetch, select
from archive.opening import Archive
from archive.reader import read_payload
from archive.rows import CaptureRow, LedgerRow
from tests.end_to_end.four_readers import segments_that_fail
from tests.end_to_end.house import House
from tests.end_to_end.many_pages import ManyPages, article
from tests.end_to_end.small_site import crawl_words, small_house
from tests.services.seaweedfs import REGION, SeaweedFS

NIGHT = datetime(2026, 3, 20, 2, tzinfo=UTC)
PATIENCE = 600.0  # seconds; any wait for a process ends by then
EARLY, PAGES_A_LIFE, MOMENT = 1 / 8, 25, 1.5


@dataclass
class Figures:
    """What a campaign has come to; every number is of all its rounds together."""

    kills: int = 0
    rounds: int = 0  # whole crawls, each of a fresh archive
    starts: int = 0
    captures: int = 0
    segments: int = 0
    refetched: list[int] = field(default_factory=list)  # pages that the start after each kill asked for again

    def __str__(self) -> str:
        again = self.refetched or [0]
        return (
            f"{self.kills} kills, {self.starts} starts, {self.rounds} crawls, {self.captures} captures in "
            f"{self.segments} segments; refetched pages a kill: mean {sum(again) / len(again):.1f}, "
            f"most {max(again)}"
        )


@dataclass(frozen=True)
class Promised:
    """What the catalog had acknowledged when it was looked at."""

    captures: frozenset[CaptureRow]
    ended: frozenset[LedgerRow]

    @classmethod
    def by(cls, archive: Archive) -> Promised:
        captures = fetch(archive.catalog, CaptureRow, select(CaptureRow))
        ledger = fetch(archive.catalog, LedgerRow, select(LedgerRow))
        return cls(frozenset(captures), frozenset(row for row in ledger if row.outcome is not None))

    def assert_kept(self, later: Promised) -> None:
        assert self.captures <= later.captures
        assert self.ended <= later.ended


@dataclass
class Round:
    """One crawl of the whole site into a fresh archive, however often it is killed."""

    site: ManyPages
    server: SeaweedFS
    folder: Path
    chance: random.Random
    figures: Figures

    def __post_init__(self) -> None:
        bucket = f"kill-{uuid4().hex}"
        self.server.client.create_bucket(Bucket=bucket)
        # Small segments, so that a crawl of a minute has many moments at which something is half done.
        self.house: House = small_house(
            self.folder, self.site.sources(), hosts=self.site.names, crawl="segment_seconds: 0.4s",
            store=f"s3://{bucket}/archive", s3=f"endpoint: {self.server.endpoint}, region: {REGION}",
            environment=self.server.environment,
        )  # fmt: skip
        self.before = self.site.counts()

    def under_kills(self, most: int) -> None:
        """Crawl to the end, with at most so many `kill -9` of its whole process group."""
        archive = self.house.open()
        promised = Promised.by(archive)
        killed = 0
        while True:
            asked = self.site.counts()
            process = self._start()
            try:
                self._live(process, endless=killed >= most)
            except subprocess.TimeoutExpired:
                assert killed < most, "the crawl does not come to its end"
                with suppress(ProcessLookupError):  # it ended just now
                    os.killpg(process.pid, signal.SIGKILL)
            printed, _ = process.communicate()
            now = Promised.by(archive)
            promised.assert_kept(now)
            promised = now
            if killed:
                again = self.site.counts() - asked
                self.figures.refetched.append(sum(1 for url in again if asked[url] > self.before[url]))
            if process.returncode != -signal.SIGKILL:
                assert process.returncode == 0, printed
                break
            killed += 1
            self.figures.kills += 1
        archive.close()
        self._check(promised)

    def under_kills_of_the_server(self, most: int) -> None:
        """Crawl to the end while the store is killed, at most so many times, and started again each time.

        The crawl goes on by itself or gives up with status 3; then it is started again.
        """
        archive = self.house.open()
        promised = Promised.by(archive)
        killed, process = 0, self._start()
        while True:
            try:
                self._live(process, endless=killed >= most)
            except subprocess.TimeoutExpired:
                assert killed < most, "the crawl does not come to its end"
                self.server.kill()
                self.server.start()
                killed += 1
                self.figures.kills += 1
                now = Promised.by(archive)
                promised.assert_kept(now)
                promised = now
                continue
            printed, _ = process.communicate()
            if process.returncode == 0:
                break
            assert process.returncode == 3, printed
            assert "Traceback" not in printed
            process = self._start()
        archive.close()
        self._check(promised)

    def _live(self, process: subprocess.Popen[str], *, endless: bool) -> None:
        """Wait for its end; raises TimeoutExpired when a random moment has come.

        One start in eight is killed while it imports, opens and recovers; the others a moment after they have
        asked for some pages, however long that takes on this machine.
        """
        if endless:
            process.wait(PATIENCE)
            return
        if self.chance.random() >= EARLY:
            until = self.site.asked() + round(self.chance.expovariate(1 / PAGES_A_LIFE))
            while self.site.asked() < until and process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.05)
        process.wait(self.chance.uniform(0, MOMENT))

    def _start(self) -> subprocess.Popen[str]:
        self.figures.starts += 1
        # Each a little later than the one before, so that runs have an order, and no page is due again.
        return self.house.start(*crawl_words(NIGHT + timedelta(seconds=3 * self.figures.starts)))

    def _check(self, promised: Promised) -> None:
        """Nothing acknowledged is lost, the account is closed, and every reader takes every segment."""
        archive = self.house.open()
        now = Promised.by(archive)
        promised.assert_kept(now)
        *after, run = runs.newest_runs(archive.catalog, limit=1000)
        outcomes = {row.url: row.outcome for row in runs.ledger_of(archive.catalog, run.id)}
        assert run.status == "done"
        assert outcomes == dict.fromkeys(self.site.urls, "archived")
        for each in after:  # the crawl was killed when its run had ended, and before it could say so
            assert {(tally.outcome, tally.reason) for tally in runs.tally(archive.catalog, each.id)} <= {
                ("skipped", "not_due")
            }
        made = Counter(version.url for version in versions.every_version(archive.catalog))
        assert made == Counter(self.site.urls)  # each article once
        for row in now.captures:
            payload = read_payload(archive.store, row)
            if row.status == 200 and "/story-" in row.url:
                assert payload == self._page(row.url)
        scratch = self.folder / "segments"
        scratch.mkdir()
        segments, faults = segments_that_fail(archive, scratch)
        archive.close()
        assert faults == [], faults[:3]
        assert self.house.problems() == []
        assert not any((self.folder / "spool").iterdir())
        self.figures.rounds += 1
        self.figures.captures += len(now.captures)
        self.figures.segments += segments

    def _page(self, url: str) -> bytes:
        host, _, number = url.removeprefix("http://").partition(":")[0], "", url.rpartition("-")[2]
        return article(host, int(number))
