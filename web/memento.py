"""Which capture is meant, and what RFC 7089 says beside it; pure functions over what the catalog gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.catalog.cdx_reads import in_order
from archive.rows import CaptureRow
from web.moments import http_date
from web.origins import JSON, LINK, Origins

LINK_FORMAT, LINK_JSON = "application/link-format", "application/json"


@dataclass(frozen=True, slots=True)
class Memento:
    """The capture that was chosen, and the moments of its neighbours (None: there is none)."""

    capture: CaptureRow
    first: datetime
    last: datetime
    previous: datetime | None
    next: datetime | None


def choose(rows: Sequence[CaptureRow], at: datetime) -> Memento | None:
    """The capture closest to `at`: of two as close the earlier, of those in one second a whole page.

    Before the first it is the first, after the last the last (RFC 7089, 4.5.3). None without rows.
    """
    if not rows:
        return None
    ordered = sorted(rows, key=in_order)
    capture = min(ordered, key=lambda row: (abs(row.at - at), *in_order(row)))
    return Memento(
        capture,
        ordered[0].at,
        ordered[-1].at,
        max((row.at for row in ordered if row.at < capture.at), default=None),
        min((row.at for row in ordered if row.at > capture.at), default=None),
    )


def link_header(found: Memento, origins: Origins) -> str:
    """Value of `Link` beside a memento or a TimeGate's answer (RFC 7089, 2.2)."""
    url = found.capture.url
    links = [
        link(url, "original"),
        link(origins.timegate(url), "timegate"),
        link(origins.timemap(LINK, url), "timemap", type=LINK_FORMAT),
        link(origins.timemap(JSON, url), "timemap", type=LINK_JSON),
    ]
    links += [
        link(origins.memento(url, at), f"{' '.join(names)} memento".strip(), datetime=http_date(at))
        for at, names in sorted(_relations(found).items())
    ]
    return ", ".join(links)


def _relations(found: Memento) -> dict[datetime, list[str]]:
    """What each moment is to the chosen one; first and last may be it, or be its neighbours."""
    relations: dict[datetime, list[str]] = {found.capture.at: []}
    named = (("first", found.first), ("prev", found.previous), ("next", found.next), ("last", found.last))
    for name, at in named:
        if at is not None:
            relations.setdefault(at, []).append(name)
    return relations


def link(address: str, relation: str, **attributes: str) -> str:
    """One link value (RFC 8288)."""
    pairs = "".join(f'; {name}="{value}"' for name, value in attributes.items())
    return f'<{address}>; rel="{relation}"{pairs}'
