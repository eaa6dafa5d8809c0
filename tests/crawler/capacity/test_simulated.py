"""Nights of invented sources through the real schedule, held against the model; the full form by `make`."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from crawler.capacity.constants import measured
from crawler.capacity.night import FIVE_MINUTES, Machine
from crawler.capacity.simulated.compare import WITHIN, Compared, compare
from crawler.capacity.simulated.followed import Pool, poisson
from crawler.capacity.simulated.nights import BEGIN, Nights, Simulated
from crawler.capacity.simulated.process import Process, Ran, Work
from crawler.capacity.simulated.world import make_world
from crawler.capacity.workload import Spread, Workload

LOAD = Workload(600, 12_000, largest=300.0, nights=2)
PARTS = 2


def work(name: str = "a", *, new: int = 10, delay: float = 1.0, **more: float) -> Work:
    values = {"looks": 0, "documents": 0, "pictures": 0, "main_cpu": 0.0, "worker_cpu": 0.0, **more}
    return Work(source=name, new=new, delay=delay, **values)  # type: ignore[arg-type] # whole numbers


def ran(*works: Work, machine: Machine | None = None) -> Ran:
    return Process(works, machine or Machine(service=0.4), 100_000).run()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    world = make_world(LOAD, 1)
    folder = tmp_path_factory.mktemp("nights")
    return Nights(world, LOAD, Machine(), parts=PARTS, by=measured(), folder=folder).run(2)


@pytest.mark.parametrize(
    ("one", "seconds"),
    [
        pytest.param(work(new=10), 9.4, id="nine delays and an answer"),
        pytest.param(work(new=250), 249.4, id="more than a row stands for"),
        pytest.param(work(new=10, delay=0.0), 4.0, id="a host answers one request after the other"),
        pytest.param(work(new=10, documents=5), 14.4, id="documents come first"),
        pytest.param(work(new=10, pictures=30), 39.4, id="pictures take longer, after their page"),
        pytest.param(work(new=10, main_cpu=2.0), 29.4, id="one process has one core"),
        pytest.param(work(new=0, documents=3), 3.0, id="nothing new"),
    ],
)
def test_how_long_a_source_takes(one: Work, seconds: float) -> None:
    assert ran(one).seconds == pytest.approx(seconds)


def test_hosts_go_side_by_side_within_the_window() -> None:
    works = [work(f"s{number:02}", new=100) for number in range(32)]
    assert ran(*works).seconds == pytest.approx(99.4)
    half = ran(*works, machine=Machine(window=16, service=0.4))
    # A row of 25 requests leaves its place with the last answer, .6 s before its host may be asked again.
    assert half.seconds == pytest.approx(2 * (100 - 4 * 0.6))
    assert sum(half.pages.values()) == pytest.approx(3200)
    assert set(half.ends) == {each.source for each in works}


def test_pages_are_counted_when_they_come() -> None:
    pages = ran(work(new=600)).pages
    assert pages[0] == pytest.approx(FIVE_MINUTES, rel=0.02)
    assert pages[1] == pytest.approx(600 - FIVE_MINUTES, rel=0.02)


def test_a_world_is_the_same_from_the_same_seed() -> None:
    world = make_world(LOAD, 3)
    assert world == make_world(LOAD, 3)
    assert sum(site.size for site in world.sites.values()) == pytest.approx(12_000)
    assert len({table.zone for table in world.timetables}) == 13
    assert sorted(site.name for pool in world.pools for site in pool.sites) == sorted(world.sites)


def test_sources_of_one_pool_are_of_about_one_size() -> None:
    load = Workload(400, 20_000, largest=1500.0, spread=Spread.ONE_ZONE)
    pools = make_world(load, 1).pools
    for pool in pools:
        found = [site.size for site in pool.sites]
        assert len(found) <= 100
        assert max(found) <= 2 * min(found)
    assert len(pools) < 30


@pytest.mark.parametrize("mean", [0.3, 7.0, 4000.0])
def test_draws_have_their_mean(mean: float) -> None:
    dice = random.Random(5)
    drawn = [poisson(dice, mean) for _ in range(2000)]
    assert sum(drawn) / len(drawn) == pytest.approx(mean, rel=0.08)


def test_a_pool_follows_as_many_articles_as_one_source_has() -> None:
    load = Workload(100, 5000, largest=50.0, spread=Spread.ONE_ZONE)
    pools = [Pool(members, load, random.Random(1)) for members in make_world(load, 1).pools]
    for pool in pools:
        assert pool.crawl(BEGIN).looks == 0
        assert pool.pages == pytest.approx(50, abs=25)


def test_every_source_runs_once_a_night_under_its_lease(found: Simulated) -> None:
    assert {number: night.slots for number, night in found.nights.items()} == {1: 600, 2: 600}
    assert found.statuses == {"run": 1200}
    assert found.refused == 0
    assert found.leases >= 1200
    assert all(night.done == 600 for night in found.nights.values())


def test_the_simulation_is_as_the_model_says(found: Simulated) -> None:
    lines = compare(found, LOAD, measured(), Machine(), PARTS)
    # Of so few sources chance moves what happens once a night; numbers of requests and what they cost stand.
    apart = defaultdict(list)
    for line in lines[:15]:
        apart[line.holds].append((line.name, round(line.ratio, 3)))
    assert apart[False] == []


@pytest.mark.parametrize(
    ("model", "simulated", "holds"),
    [(100, 100 * (1 + WITHIN) - 0.1, True), (100, 116, False), (100, 84, False), (0, 0, True), (0, 1, False)],
)
def test_what_holds(model: float, simulated: float, *, holds: bool) -> None:
    assert Compared("a", "", model, simulated).holds is holds
