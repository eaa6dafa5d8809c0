"""`make bench`: what it runs is there, and what it writes says what was measured."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench import results
from bench.figures import Figure
from bench.floors import FLOORS, read_floors
from bench.polite_crawl import hosts_of, night_of
from bench.results import Part, read_parts, write_parts
from bench.suite import SUITE, Bench, verdicts

FLOORED = read_floors('["one/speed"]\nat_least = 2.0\nwhy = "promised"\n')
PART = Part("one", (Figure("one/speed", 4096.4, "pages/s", "peer", 2048.2, 2.0, 1.9, 2.1),), 12.4, 0, "here")


@pytest.mark.parametrize("bench", SUITE, ids=lambda bench: bench.name)
def test_every_benchmark_is_a_module_that_notes_figures_under_its_name(bench: Bench) -> None:
    module = bench.command[1]
    found = find_spec(module)
    assert found is not None
    assert bench.command[0] == "-m"
    sources = [Path(path).read_text(encoding="utf-8") for path in FLOORS.parent.glob("*.py")]
    assert any(f'"{bench.name}/' in source for source in sources)


def test_every_floor_is_of_a_benchmark_that_is_run() -> None:
    names = {name.partition("/")[0] for name in read_floors(FLOORS.read_text(encoding="utf-8")).floors}
    assert names <= {bench.name for bench in SUITE}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (PART, []),
        (replace(PART, status=1), ["one ended with status 1"]),
        (replace(PART, figures=(Figure("one/speed", 1.5),)), ["one/speed is 1.5, and must be ≥ 2"]),
    ],
)
def test_a_verdict(part: Part, said: list[str]) -> None:
    assert verdicts(part, FLOORED) == said


def test_results_are_written_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RESULTS", "DATA"):
        monkeypatch.setattr(results, name, tmp_path / name)
    write_parts([PART, Part("two", (), 1.0, 1, "there", long=True)], FLOORED.floors)
    told = (tmp_path / "RESULTS").read_text(encoding="utf-8")
    assert "## one\n\nshort form, 12 s; here\n" in told
    assert "| speed | 4,096 pages/s | peer | 2,048 | 2 | 1.9 to 2.1 | ≥ 2 |" in told
    assert "## two\n\nlong form, 1 s, ended with status 1; there\n\nNo figures" in told
    assert list(read_parts(tmp_path / "DATA").values()) == [PART, Part("two", (), 1.0, 1, "there", long=True)]


def test_the_longest_host_bounds_a_polite_crawl() -> None:
    hosts = hosts_of(3, 60.0)
    assert [(host.pages, host.delay) for host in hosts] == [(238, 0.25), (58, 0.5), (18, 1.0)]
    asked = "10.0\ta\n10.5\tb\n11.0\ta\n12.0\ta\n14.5\tb\n"
    night = night_of(7.0, asked, {"a": 1.0, "b": 2.0})
    assert (night.wall, night.asking, night.bound) == (7.0, 4.5, 2.0)
    assert night.closest == pytest.approx(1.002)
