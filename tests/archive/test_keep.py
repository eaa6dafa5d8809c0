"""Which captures of unchanged pages may lose their bytes: as tables, and whatever the sequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.erasure.keep import Keep, Look, let_go, policies
from config.source import Source

MORNING = datetime(2026, 3, 28, 8, tzinfo=UTC)
BERLIN = Keep(ZoneInfo("Europe/Berlin"))


def look(key: str, day: int = 0, instead: str | None = "v", **more: object) -> Look:
    at = MORNING + timedelta(days=day, seconds=ord(key[0]))
    return replace(Look(id=key, at=at, instead=instead, article="a"), **more)  # type: ignore[arg-type]


def version(key: str = "v", day: int = 0, **more: object) -> Look:
    return look(key, day, None, held=True, **more)


@pytest.mark.parametrize(
    ("looks", "goes"),
    [
        pytest.param([version(), look("a", 1), look("b", 2)], {"a": "v", "b": "v"}, id="all unchanged"),
        pytest.param([version(), look("a", 1), look("b", 2, held=True)], {"a": "v"}, id="not the newest"),
        pytest.param([version(), look("a", 1, None)], {}, id="not without one that stands for it"),
        pytest.param(
            [version(), look("a", 1), version("w", 2), look("b", 3, "w")],
            {"a": "v", "b": "w"},
            id="each its own",
        ),
        pytest.param([look("a", 1, "b"), look("b", 2, "v")], {"a": "b"}, id="not what stands for another"),
        pytest.param([look("a", 1, "a")], {}, id="nothing stands for itself"),
        pytest.param(
            [look("a", 1), look("x", 2, None, stands_on=("a",))], {}, id="not what a kept record stands on"
        ),
        pytest.param(
            [look("a", 1), look("b", 2, stands_on=("a",)), look("c", 3, stands_on=("b", "a"))],
            {"a": "v", "b": "v", "c": "v"},
            id="what stands on each other goes together",
        ),
        pytest.param(
            [look("a", 1), look("b", 2, stands_on=("a",)), look("c", 3, stands_on=("b",), held=True)],
            {},
            id="what something stands on through another stays",
        ),
    ],
)
def test_what_goes(looks: Sequence[Look], goes: dict[str, str]) -> None:
    assert let_go(looks) == goes


@pytest.mark.parametrize(
    ("looks", "stays"),
    [
        pytest.param([(1, 8), (1, 12), (1, 20)], [(1, 20)], id="the last of a day"),
        pytest.param([(1, 8), (2, 8), (3, 8)], [(1, 8), (2, 8), (3, 8)], id="one each day"),
        pytest.param([(0, 9), (0, 20), (1, 8)], [(1, 8)], id="a day on which a version was captured has one"),
        # 23:30 and 22:30 UTC are one day in Berlin before the clocks change on the 29th, and two after.
        pytest.param([(0, 23.5), (1, 21.5)], [(1, 21.5)], id="days are the source's, before summer time"),
        pytest.param([(1, 22.5), (2, 21.5)], [(2, 21.5)], id="days are the source's, in summer time"),
    ],
)
def test_one_a_local_day_stays(looks: list[tuple[int, float]], stays: list[tuple[int, float]]) -> None:
    midnight = datetime(2026, 3, 28, tzinfo=UTC)
    moments = {f"{day}-{hour}": midnight + timedelta(days=day, hours=hour) for day, hour in looks}
    found = [Look(id=key, at=at, instead="v", article="a", day=BERLIN.day(at)) for key, at in moments.items()]
    shown = Look(id="v", at=midnight, held=True, article="a", day=BERLIN.day(midnight))
    assert [key for key in moments if key not in let_go([shown, *found])] == [f"{d}-{h}" for d, h in stays]


def test_policies_name_the_sources_that_do_not_keep_all() -> None:
    def source(name: str, keep: str) -> Source:
        said = {"name": name, "homepage": f"https://{name}.example/", "timezone": "Asia/Tokyo"}
        return Source.model_validate({**said, "policy": {"keep": keep}})

    assert policies(
        source(name, keep) for name, keep in (("a", "all"), ("b", "changed"), ("c", "changed+daily"))
    ) == {
        "b": Keep(),
        "c": Keep(ZoneInfo("Asia/Tokyo")),
    }
    assert Keep(ZoneInfo("Asia/Tokyo")).day(MORNING + timedelta(hours=8)) == date(2026, 3, 29)


@st.composite
def histories(draw: st.DrawFn) -> list[Look]:
    """Captures of some articles in order of time; each may stand on earlier ones, as records do."""
    looks: list[Look] = []
    newest: dict[str, str] = {}
    daily = draw(st.booleans())
    for n in range(draw(st.integers(1, 24))):
        article, at = draw(st.sampled_from("ab")), MORNING + timedelta(hours=7 * n)
        earlier = st.sampled_from([one.id for one in looks]) if looks else st.nothing()
        on = tuple(draw(st.lists(earlier, max_size=2))) if looks else ()
        kind = draw(st.sampled_from(["version", "unchanged", "unchanged", "unchanged", "other"]))
        key, instead = f"{n:02}", newest.get(article) if kind == "unchanged" else None
        if kind == "version":
            newest[article] = key
        day = BERLIN.day(at) if daily else None
        looks.append(
            Look(
                id=key,
                at=at,
                instead=instead,
                held=kind == "version" or (kind == "unchanged" and draw(st.integers(0, 5)) == 0),
                stands_on=on,
                article=article,
                day=day,
            )
        )
    return draw(st.permutations(looks))


@given(histories())
def test_whatever_the_sequence(looks: list[Look]) -> None:
    gone = let_go(looks)
    kept = [one for one in looks if one.id not in gone]
    there = {one.id for one in kept}
    assert all(one.id in there for one in looks if one.held or one.instead is None)
    assert set(gone.values()) <= there  # what stands for others is there, a version's own capture
    assert all(set(one.stands_on) <= there for one in kept)
    assert {(one.article, one.day) for one in looks if one.day} == {
        (one.article, one.day) for one in kept if one.day
    }
    assert let_go(kept) == {}
