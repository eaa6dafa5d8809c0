"""What the catalog was seen to know of pages a moment before they come, read for many at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from archive.catalog.catalog import Catalog
from archive.digest import url_key
from pipelines.fetched import FetchedPage
from pipelines.same_bytes import Standing, standings

FRESH_SECONDS = 10.0  # a page that waits longer for its host's turn is asked about again


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was known of some pages when it was read.

    Attributes:
        standings: by key of the address; a page of which nothing is known has None.
        read_at: when reading began, monotonic.
        commits: how many commits this process knew of by then.
    """

    standings: dict[str, Standing | None]
    read_at: float
    commits: int


class Foreseen:
    """Sightings that still hold: none that is older than a moment, and none from before a commit of ours.

    To be used in one event loop, `read` in a thread of it. `now` gives seconds that only grow.
    """

    def __init__(self, catalog: Catalog, now: Callable[[], float] = time.monotonic) -> None:
        self._catalog, self._now = catalog, now
        self._known: dict[str, tuple[float, Standing | None]] = {}  # key of the address → read at, what
        self._commits = 0

    def read(self, url_keys: Collection[str], at: datetime) -> Sighting:
        """What is known of pages that are looked at from `at` on. Blocks, and keeps nothing."""
        read_at, commits = self._now(), self._commits
        found = standings(self._catalog, url_keys, at)
        return Sighting({key: found.get(key) for key in url_keys}, read_at, commits)

    def keep(self, sighting: Sighting) -> None:
        """Have this at hand, unless something was committed since it was begun to be read."""
        self._known = {key: known for key, known in self._known.items() if self._is_fresh(known[0])}
        if sighting.commits == self._commits:
            read_at = sighting.read_at
            self._known |= {key: (read_at, standing) for key, standing in sighting.standings.items()}

    def committed(self) -> None:
        """The catalog says something else from now on."""
        self._commits += 1
        self._known = {}

    def take(self, page: FetchedPage) -> tuple[Standing | None] | None:
        """What was seen of a page before this look, as one value; None if nobody looked, or too long ago."""
        read_at, standing = self._known.pop(url_key(page.urls[-1]), (None, None))
        if read_at is None or not self._is_fresh(read_at):
            return None
        # Moments of captures are whole seconds: the look before may lie within that of this one.
        is_earlier = standing is None or standing.before.at < page.capture.at
        return (standing,) if is_earlier else None

    def _is_fresh(self, read_at: float) -> bool:
        return self._now() - read_at <= FRESH_SECONDS
