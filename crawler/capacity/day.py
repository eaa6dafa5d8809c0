"""What one day of crawling brings, as numbers of requests and rows, and what they cost (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

KINDS = ("known", "furniture", "identical", "not_modified")  # of pages that were fetched, by what was found


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of one day, of all sources.

    Attributes:
        new: articles fetched for the first time.
        changed: looks that found a change: each makes a version.
        furniture: looks at pages whose bytes changed and whose article did not.
        identical: looks that brought the same bytes.
        not_modified: looks that were answered with 304.
        not_due: addresses that discovery named and that were not fetched.
        pictures: asked for with new articles, and with changed ones.
        documents: feeds, sitemaps, sections, front pages, robots.txt.
        again: requests that were repeated after a failure.
    """

    new: float = 0.0
    changed: float = 0.0
    furniture: float = 0.0
    identical: float = 0.0
    not_modified: float = 0.0
    not_due: float = 0.0
    pictures: float = 0.0
    documents: float = 0.0
    again: float = 0.0

    @property
    def looks(self) -> float:
        """Looks at known pages."""
        return self.changed + self.furniture + self.identical + self.not_modified

    @property
    def pages(self) -> float:
        """Pages asked for, each once."""
        return self.new + self.looks

    @property
    def requests(self) -> float:
        """Everything that is asked for."""
        return self.pages + self.pictures + self.documents + self.again

    @property
    def ledger_rows(self) -> float:
        """Rows of the runs' ledgers: every address that was named or asked for, whatever became of it."""
        return self.pages + self.not_due

    @property
    def versions(self) -> float:
        """Versions made."""
        return self.new + self.changed

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def times(self, factor: float) -> Counts:
        """As many times of everything."""
        return Counts(*(getattr(self, f.name) * factor for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Costs:
    """What a day costs.

    Attributes:
        main_cpu: seconds of the crawl processes.
        worker_cpu: seconds of their workers.
        received: bytes that come over the network.
        captures, derived, journal: bytes that come to the object store, in gzip, everything kept.
        catalog: bytes that the catalog grows by, indexes included.
    """

    main_cpu: float
    worker_cpu: float
    received: float
    captures: float
    derived: float
    journal: float
    catalog: float

    @property
    def cpu(self) -> float:
        """Seconds, all processes."""
        return self.main_cpu + self.worker_cpu


def weighed(counts: Counts, by: Mapping[str, float], part: str) -> float:
    """The sum of what each thing costs of one part, such as `main_cpu`, in the unit of the constants."""
    return (
        by[f"known.{part}"] * (counts.new + counts.changed)
        + by[f"furniture.{part}"] * counts.furniture
        + by[f"identical.{part}"] * counts.identical
        + by[f"not_modified.{part}"] * counts.not_modified
        + by[f"not_due.{part}"] * counts.not_due
        + by[f"picture.{part}"] * counts.pictures
        + by[f"document.{part}"] * (counts.documents + counts.again)
    )


def costs_of(counts: Counts, by: Mapping[str, float], *, page_bytes: float, picture_bytes: float) -> Costs:
    """What a day costs by the measured constants.

    Bytes of captures are in proportion to how large pages and pictures come: the constants were measured with
    others.

    Args:
        counts: the day.
        by: constants by name, see `crawler.capacity.constants`.
        page_bytes: of a page as it comes, packed.
        picture_bytes: of a picture.
    """
    page, picture = page_bytes / by["page.packed"], picture_bytes / by["picture.size"]
    full = (counts.new + counts.changed) * by["known.captures"] + counts.furniture * by["furniture.captures"]
    stored = (
        full * page
        + counts.identical * by["identical.captures"]
        + counts.not_modified * by["not_modified.captures"]
        + counts.pictures * by["picture.captures"] * picture
        + (counts.documents + counts.again) * by["document.captures"]
    )
    whole_pages = counts.pages - counts.not_modified
    return Costs(
        main_cpu=weighed(counts, by, "main_cpu") / 1000,
        worker_cpu=weighed(counts, by, "worker_cpu") / 1000,
        received=whole_pages * page_bytes
        + counts.pictures * picture_bytes
        + (counts.documents + counts.again) * by["document.captures"],
        captures=stored,
        derived=weighed(counts, by, "derived"),
        journal=weighed(counts, by, "journal"),
        catalog=weighed(counts, by, "catalog"),
    )


def dropped(counts: Counts, by: Mapping[str, float], page_bytes: float) -> float:
    """Bytes of captures that brought nothing new: what `keep: changed` can do without."""
    return (
        counts.furniture * by["furniture.captures"] * page_bytes / by["page.packed"]
        + counts.identical * by["identical.captures"]
        + counts.not_modified * by["not_modified.captures"]
    )
