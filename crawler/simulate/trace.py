"""A trace: when pages appeared, and every moment at which they changed. JSON Lines, one page a line.

    {"url": ..., "source": ..., "published": "2026-03-02T08:15:00Z",
     "changes": [{"at": "2026-03-02T09:30:00Z", "kinds": ["text", "title"]}], "removed": null}

A synthetic trace adds `rate`: how its changes were drawn, which a clairvoyant schedule may know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.clock import isoformat_z, parse_z
from config.errors import ConfigError
from crawler.revisit.hazard import Hazard


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a page: when, and of what (`text`, `title`, `image`, ...)."""

    at: datetime
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RateFunction:
    """How often a page changes, known before it does: changes an hour at an age in hours.

    The sum of its laws (its own edits, and its removal), and while the story is live, until the age
    `live_until`, `live_rate` more.
    """

    laws: tuple[Hazard, ...]
    live_rate: float = 0.0
    live_until: float = 0.0


@dataclass(frozen=True, slots=True)
class TracedPage:
    """One page of a trace.

    Attributes:
        changes: in order of time, without the removal.
        removed: since when it is gone; None if it is not.
        rate: how its changes were drawn, of synthetic pages.
    """

    url: str
    source: str
    published: datetime
    changes: tuple[Change, ...] = ()
    removed: datetime | None = None
    rate: RateFunction | None = None

    @property
    def revisions(self) -> tuple[datetime, ...]:
        """Moments from which readers saw something else, the removal included."""
        gone = (self.removed,) if self.removed else ()
        return (*(change.at for change in self.changes), *gone)


def read_trace(path: Path) -> list[TracedPage]:
    """Read a trace, in order of appearance; raises ConfigError that names the line and its fault."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the trace {path} cannot be read: {error}") from None
    pages = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                pages.append(_page(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                wanted = 'an object with url, source, published, changes [{"at", "kinds"}] and removed'
                raise ConfigError(f"{path}:{number}: {error!r} in a trace; each line is {wanted}") from None
    return sorted(pages, key=lambda page: (page.published, page.url))


def write_trace(path: Path, pages: Iterable[TracedPage]) -> int:
    """Write a trace; returns the number of pages. Raises OSError."""
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        for line in lines_of(pages):
            stream.write(line + "\n")
            count += 1
    return count


def lines_of(pages: Iterable[TracedPage]) -> Iterator[str]:
    """The lines of a trace."""
    for page in pages:
        values: dict[str, Any] = {
            "url": page.url,
            "source": page.source,
            "published": isoformat_z(page.published),
            "changes": [{"at": isoformat_z(each.at), "kinds": list(each.kinds)} for each in page.changes],
            "removed": isoformat_z(page.removed) if page.removed else None,
        }
        if page.rate is not None:
            laws = [[law.rate, law.slope] for law in page.rate.laws]
            values["rate"] = {"laws": laws, "live": [page.rate.live_rate, page.rate.live_until]}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _page(values: dict[str, Any]) -> TracedPage:
    changes = tuple(
        Change(parse_z(each["at"]), tuple(str(kind) for kind in each.get("kinds", ())))
        for each in values.get("changes", ())
    )
    removed, rate = values.get("removed"), values.get("rate")
    return TracedPage(
        url=str(values["url"]),
        source=str(values["source"]),
        published=parse_z(values["published"]),
        changes=tuple(sorted(changes, key=lambda change: change.at)),
        removed=parse_z(removed) if removed else None,
        rate=_rate(rate) if rate else None,
    )


def _rate(values: dict[str, Any]) -> RateFunction:
    live_rate, live_until = values["live"]
    laws = tuple(Hazard(float(rate), float(slope)) for rate, slope in values["laws"])
    return RateFunction(laws, float(live_rate), float(live_until))
