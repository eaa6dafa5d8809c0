"""When a memory is learned, and when not."""

from __future__ import annotations

import pytest

from pipelines.memory.epoch import Drift, Memories
from pipelines.memory.site_memory import SiteMemory


@pytest.mark.parametrize(
    ("read", "drifted", "is_large"),
    [
        (0, 0, False),
        (4, 4, False),
        (5, 5, True),
        (25, 5, False),
        (24, 5, True),
        (100, 20, False),
        (100, 21, True),
    ],
    ids=[
        "nothing read",
        "few pages",
        "all of five",
        "a fifth",
        "over a fifth",
        "a fifth of many",
        "one more",
    ],
)
def test_drift_is_large_over_a_fifth_of_at_least_five(read: int, drifted: int, is_large: bool) -> None:
    assert Drift(read, drifted).is_large is is_large


def test_articles_are_counted_by_source() -> None:
    memories = Memories({"gazette": SiteMemory(3).encode()})
    for drifted in (True, False, True):
        memories.count("gazette", drifted=drifted)
    memories.count("courier", drifted=False)

    assert memories.drift == {"gazette": Drift(3, 2), "courier": Drift(1, 0)}
    assert memories.of("courier") is None
