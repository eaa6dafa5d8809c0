"""How a run ends: asked to, refused, or with its sums."""

from __future__ import annotations

from dataclasses import dataclass

from archive.catalog import runs
from archive.rows import RunRow
from config.errors import DatelineError
from crawler.crawl import Crawl


class RunBusy(DatelineError):  # noqa: N818 - named for what it says
    """Another live process works on this run."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """How a run ended.

    Attributes:
        run: its row; `status` is done, broken (the sums don't match) or interrupted.
        tallies: the sums of its ledger.
        discovered: URLs in the ledger; equal to the sum of the outcomes in a run that is done.
        seconds: wall time of this process's part.
    """

    run: RunRow
    tallies: tuple[runs.Tally, ...]
    discovered: int
    seconds: float

    @property
    def balanced(self) -> bool:
        """Whether every discovered URL has its outcome."""
        return all(tally.outcome is not None for tally in self.tallies)


@dataclass(slots=True)
class Stop:
    """A request to end cleanly, which may come before the crawl exists."""

    asked: bool = False
    crawl: Crawl | None = None

    def __call__(self) -> None:
        self.asked = True
        if self.crawl:
            self.crawl.stop()
