"""Who looks: the catalog, and what of it may be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from archive.catalog import takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.takedowns import standing_articles
from archive.clock import Clock, SystemClock
from archive.digest import url_key
from archive.rows import TakedownRow, VersionRow
from config.errors import DatelineError


class Withheld(DatelineError):  # noqa: N818 - named for what it says
    """There is something, and this reader does not get it (HTTP 451).

    Attributes:
        takedown: the row that says so; None where a rule of the service does.
    """

    def __init__(self, detail: str, takedown: TakedownRow | None = None) -> None:
        super().__init__(detail)
        self.takedown = takedown


class Sight(Protocol):
    """The rules of a service, asked for every capture that a view would show."""

    def sees(self, source: str, url: str, at: datetime) -> bool:
        """Whether what was captured of this address then may be shown."""

    def tells(self, source: str, url: str) -> bool:
        """Whether it is said that there is something that may not be shown."""


class Unlimited:
    """Sees everything: whoever owns the archive."""

    def sees(self, source: str, url: str, at: datetime) -> bool:  # noqa: ARG002 - the Protocol's
        return True

    def tells(self, source: str, url: str) -> bool:  # noqa: ARG002 - the Protocol's
        return True


@dataclass(frozen=True, slots=True)
class Viewer:
    """What every view is asked with.

    Takedowns hold for everybody; `sight` has the rules for readers.
    """

    catalog: Catalog
    sight: Sight = Unlimited()  # noqa: RUF009 - has no state
    clock: Clock = SystemClock()  # noqa: RUF009 - has no state

    def sees(self, version: VersionRow) -> bool:
        """Whether the rules show a version; of takedowns it is not asked here."""
        return self.sight.sees(version.source, version.url, version.captured_at)

    def seen(self, versions: Iterable[VersionRow]) -> list[VersionRow]:
        """Those versions that may be shown, in their order."""
        allowed = [row for row in versions if self.sees(row)]
        standing = set(standing_articles(self.catalog, (row.article_id for row in allowed)))
        return [row for row in allowed if row.article_id in standing]

    def check_standing(self, urls: Iterable[str]) -> None:
        """Raise Withheld if one of these addresses was taken down."""
        down = takedowns.among(self.catalog, [url_key(url) for url in urls])
        for row in down.values():
            raise Withheld(f"this was taken down on {row.at:%Y-%m-%d}: {row.reason}", row)

    def nothing(self, source: str, url: str) -> Withheld | None:
        """What to raise where all there is of an address is hidden; None if that itself is not told."""
        return Withheld(f"{url} is not shown by this service") if self.sight.tells(source, url) else None
