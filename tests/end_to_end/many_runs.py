"""Runs in a process of its own: scheduled runs of a house at given moments, all in one reactor.

    python -P tests/end_to_end/many_runs.py SETTINGS MOMENT ...

It stands in for a scheduler's months: the clock jumps to each moment as its run begins. Prints, for each run,
what became of its addresses.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from archive.catalog import runs
from archive.clock import parse_z
from archive.opening import open_archive
from archive.rows import RunRow
from config.load_sources import load_sources
from config.settings import load_settings
from crawler.plan import RunPlan
from crawler.progress import Progress
from crawler.start import carry_out


@dataclass
class JumpingClock:
    """Goes on by a tenth of a second at each look; `jump` takes it to the next moment."""

    moments: Iterator[datetime]
    moment: datetime

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=100)
        return self.moment

    def jump(self) -> None:
        self.moment = next(self.moments)


class JumpingProgress(Progress):
    """Takes the clock to the moment of each run that begins."""

    clock: JumpingClock

    def begin(self, run_id: str) -> None:
        self.clock.jump()
        super().begin(run_id)


def main() -> None:
    settings = load_settings(Path(sys.argv[1]))
    moments = [parse_z(word) for word in sys.argv[2:]]
    sources = {source.name: source for source in load_sources(settings.sources)}
    clock = JumpingClock(iter(moments), moments[0])
    progress = JumpingProgress()
    progress.clock = clock
    plans = [
        RunPlan(
            RunRow(
                id=f"run-{moment:%Y%m%dT%H%M%S}",
                kind="scheduled",
                sources=tuple(sorted(sources)),
                started_at=moment,
                night=moment.date().isoformat(),
            ),
            sources,
        )
        for moment in moments
    ]
    archive = open_archive(settings)
    carry_out(plans, settings, archive, clock, progress=progress)
    for plan in plans:
        rows = runs.ledger_of(archive.catalog, plan.run.id)
        print(
            json.dumps(
                {row.url: f"{row.outcome}({row.reason})" if row.reason else row.outcome for row in rows}
            )
        )
    archive.close()


if __name__ == "__main__":
    main()
