"""Floors of the benchmarks: what falls, what may be lowered, and that the history kept to it."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from bench.figures import Figure, gathered, note
from bench.floors import FLOORS, Floors, fallen, lowered_in_silence, read_floors

ROOT = FLOORS.parents[1]
ONE = '["speed/ours"]\nat_least = 2.0\nwhy = "promised"\n'
TOP = '["memory/all"]\nat_most = 600\nwhy = "promised"\n'


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Figure("speed/ours", 1.0, ratio=2.0), []),
        (Figure("speed/ours", 9.0, ratio=1.9), ["speed/ours is 1.9, and must be ≥ 2"]),
        (Figure("speed/ours", 1.9), ["speed/ours is 1.9, and must be ≥ 2"]),
        (Figure("memory/all", 600.0), []),
        (Figure("memory/all", 600.1), ["memory/all is 600.1, and must be ≤ 600"]),
        (Figure("speed/ours", float("nan")), ["speed/ours is nan, and must be ≥ 2"]),
        (Figure("speed/theirs", 0.0), []),
    ],
)
def test_a_figure_is_held_against_its_floor(figure: Figure, said: list[str]) -> None:
    assert list(fallen([figure], read_floors(ONE + TOP).floors)) == said


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (ONE, []),
        (ONE.replace("2.0", "2.5"), []),
        (ONE.replace("2.0", "1.5"), ["'speed/ours' went from ≥ 2 to ≥ 1.5: say why"]),
        (ONE.replace("2.0", "1.5").replace("promised", "the peer is twice as fast now"), []),
        (ONE.replace("at_least = 2.0", "at_most = 2.0"), ["'speed/ours' went from ≥ 2 to ≤ 2: say why"]),
        ("", ["'speed/ours' is gone: say why under [gone]"]),
        ('[gone]\n"speed/ours" = "measured no more"\n', []),
    ],
)
def test_a_floor_is_lowered_with_a_reason(after: str, said: list[str]) -> None:
    assert list(lowered_in_silence(read_floors(ONE), read_floors(after))) == said


@pytest.mark.parametrize(
    "broken", ['["a/b"]\nat_least = 1\n', '["a/b"]\nwhy = "x"\n', '["a/b"]\nleast = 1\n']
)
def test_a_floor_has_a_bound_and_a_reason(broken: str) -> None:
    with pytest.raises(ValueError, match="'a/b': a floor has at_least or at_most, and why"):
        read_floors(broken)


def test_no_floor_was_ever_lowered_in_silence() -> None:
    """Every commit that changed the file, oldest first, and what stands here now."""
    place = FLOORS.relative_to(ROOT).as_posix()
    commits = _git("log", "--reverse", "--format=%H", "--", place).split()
    states: list[Floors] = [read_floors(_git("show", f"{commit}:{place}")) for commit in commits]
    states.append(read_floors(FLOORS.read_text(encoding="utf-8")))
    assert states[-1].floors
    assert [said for before, after in pairwise(states) for said in lowered_in_silence(before, after)] == []


def _git(*arguments: str) -> str:
    """What git says; nothing where this is no clone: then there is no history to hold to."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def test_figures_are_told_to_who_gathers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "figures.jsonl"
    note("a/b", 1.0)
    assert gathered(place) == []
    monkeypatch.setenv("BENCH_FIGURES", str(place))
    note("a/b", 3, unit="ms", beside="c", theirs=1.5, ratio=2.0, spread=[2.5, 1.5, 2.0])
    note("a/d", 1)
    assert gathered(place) == [Figure("a/b", 3.0, "ms", "c", 1.5, 2.0, 1.5, 2.5), Figure("a/d", 1.0)]
