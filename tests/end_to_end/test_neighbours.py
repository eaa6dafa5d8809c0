"""Good sites in one crawl with all the hostile ones: they are not slowed. Takes minutes: `make test-full`."""

from __future__ import annotations

import statistics
from pathlib import Path

from tests.end_to_end.forty_crawl import MORE_HOSTS, HostileCrawl
from tests.end_to_end.forty_pages import page_sites
from tests.end_to_end.forty_sites import good_sites, hostile_sites
from tests.end_to_end.raw_site import RawSite

SLOWER = 1.1


def test_other_sites_are_not_slowed(tmp_path: Path) -> None:
    """How long each good site takes from its first request to its last, with and without the hostile ones."""
    alone, beside = (makespan(tmp_path / name, hostile=name == "beside") for name in ("alone", "beside"))
    print(f"good sites: {alone:.1f} s alone, {beside:.1f} s beside the hostile ones")
    assert beside <= SLOWER * alone


def makespan(folder: Path, *, hostile: bool) -> float:
    """Seconds, the median of the good sites; a second between two requests, as is usual."""
    folder.mkdir()
    with RawSite() as site:
        good = good_sites(site, 5, 25, "politeness: {delay: 1s}\n")
        bad = [*page_sites(site), *hostile_sites(site)] if hostile else []
        crawl = HostileCrawl.build(folder, site, [*bad, *good], more_hosts=MORE_HOSTS)
        crawl.run(environment={"DATELINE_CRAWL__WORKERS": "2"})
        visits = [[visit.began for visit in site.visits(one.host)] for one in good]
        return statistics.median(max(moments) - min(moments) for moments in visits)
