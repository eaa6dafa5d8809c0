"""Small charts as coordinates: what a template draws as SVG without any style of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from archive.views.today import SourceNight

HEIGHT = 48
STEP, GAP = 10, 2


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns within a box of `width` by `height`, drawn as SVG; `newest` says what the last one shows."""

    width: int
    height: int
    drawn: Markup
    newest: str | None


def bars(nights: Sequence[SourceNight], least: int = 14) -> Chart:
    """What each run brought, stacked: pages read again, edited, new, quarantined, failed; oldest at the left.

    Heights are square roots of shares of the largest run, so that a few failures can be seen. It is drawn
    here and not in a template: a page of all sources has ten thousand bars.
    """
    counted = [_counts(night) for night in nights]
    most = max((sum(counts.values()) for counts in counted), default=0)
    empty = max(0, least - len(nights)) * STEP
    said = [_said(night, counts) for night, counts in zip(nights, counted, strict=True)]
    columns = [
        f"<g><title>{escape(words)}</title>{_column(counts, empty + at * STEP, most)}</g>\n"
        for at, (words, counts) in enumerate(zip(said, counted, strict=True))
    ]
    drawn = Markup("".join(columns))  # noqa: S704 - numbers and names of ours; the words are escaped
    return Chart(max(least, len(nights)) * STEP, HEIGHT, drawn, said[-1] if said else None)


def _said(night: SourceNight, counts: Mapping[str, int]) -> str:
    """What a reader hears of a column."""
    words = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "nothing"
    return f"{night.started_at:%Y-%m-%d}: {words}"


def _column(counts: Mapping[str, int], x: int, most: int) -> str:
    """Its parts from the bottom up, which share its height by the roots of their counts."""
    full = HEIGHT * (sum(counts.values()) / most) ** 0.5 if most else 0.0
    weights = {kind: count**0.5 for kind, count in counts.items() if count}
    whole, y, drawn = sum(weights.values()), float(HEIGHT), ""
    for kind, weight in weights.items():
        height = round(full * weight / whole, 1)
        y = round(y - height, 1)
        top = max(y, 0.0)
        drawn += f'<rect class="bar-{kind}" x="{x}" y="{top}" width="{STEP - GAP}" height="{height}"/>'
    return drawn


def _counts(night: SourceNight) -> dict[str, int]:
    """How many addresses of each kind, bottom to top."""
    outcomes = night.outcomes
    return {
        "read": outcomes.get("unchanged", 0) + outcomes.get("not_modified", 0),
        "edited": night.edited,
        "new": night.new,
        "stopped": outcomes.get("quarantined", 0),
        "failed": outcomes.get("failed", 0) + outcomes.get("gone", 0),
    }
