"""Words that the invented pages of tests and benchmarks are made of."""

from __future__ import annotations

THINGS = (
    "harbour",
    "council",
    "ferry",
    "budget",
    "school",
    "museum",
    "bridge",
    "festival",
    "library",
    "railway",
    "market",
    "hospital",
    "garden",
    "tunnel",
    "theatre",
    "forest",
    "archive",
    "kitchen",
    "stadium",
    "lantern",
)
