"""Runs in a process of its own: `sources add` for many sites in one reactor, since a process has only one.

python -P tests/site/add_all.py SETTINGS MOMENT < [[name, home], ...] > [{...}, ...]
"""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from archive.clock import ShiftedClock, parse_z
from config.settings import load_settings
from config.source import Source, SourceNetwork
from crawler.reactor import run_in_reactor
from crawler.survey.fetching import with_fetcher
from crawler.survey.source_file import name_of, source_text
from crawler.survey.survey import survey_with
from pipelines.workers import Workers


def main() -> None:
    settings = load_settings(Path(sys.argv[1]))
    clock = ShiftedClock(parse_z(sys.argv[2]))
    wanted: list[tuple[str, str]] = json.load(sys.stdin)

    async def add(workers: Workers, kind: str, home: str) -> dict[str, Any]:
        source = Source(name="survey", homepage=home, network=SourceNetwork(allow_private=True))
        done = await with_fetcher(
            lambda fetcher: survey_with(fetcher, workers, source, clock), settings.network, clock
        )
        found: dict[str, Any] = {"kind": kind, "requests": done.findings.requests}
        if done.proposal is None:
            return found | {"name": None, "file": "", "ways": {}, "tried": 0, "read": 0}
        name = name_of(done.proposal.home)
        text = source_text(name, done.proposal, on=clock.now().date(), allow_private=True)
        (settings.sources / f"{name}.yaml").write_text(text, encoding="utf-8")
        ways: dict[str, list[str]] = {}
        for way in done.proposal.ways:
            ways.setdefault(way.key, []).append(way.url)
        read = sum(trial.article is not None for trial in done.trials)
        return found | {"name": name, "file": text, "ways": ways, "tried": len(done.trials), "read": read}

    async def everything() -> list[dict[str, Any]]:
        with Workers(1, settings.crawl.worker_memory, settings.crawl.extract_timeout) as workers:
            return list(await asyncio.gather(*(add(workers, kind, home) for kind, home in wanted)))

    json.dump(run_in_reactor(everything, on_stop=partial(sys.exit, 1)), sys.stdout)


if __name__ == "__main__":
    main()
