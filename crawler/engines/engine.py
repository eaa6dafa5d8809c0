"""The seam between a run and the machines that it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from config.errors import DatelineError


class EngineError(DatelineError):
    """No machine can carry out what it is given."""


@dataclass(frozen=True, slots=True)
class EndedFetcher:
    """A fetcher that is no more.

    Attributes:
        slot: where it ran.
        status: its exit status; None if it could not be started, or its machine is gone.
        problem: what is known beyond that.
    """

    slot: str
    status: int | None
    problem: str | None = None


class Engine(Protocol):
    """Has places for fetchers: processes that claim parts of a run and carry them out, one after the other.

    An engine only places. What a part is, who has it, and that its successor does not begin too early, the
    catalog says (`archive.catalog.parts`): a fetcher that dies, or whose machine is cut off, costs nothing
    but the time until its lease has run out, and one that is started needlessly finds nothing to claim.
    Used by one thread. Every method returns at once, but for `close`.
    """

    @property
    def slots(self) -> Sequence[str]:
        """The places that there are now; machines may come and go. Each has room for one fetcher.

        Raises EngineError if there is no telling.
        """

    def start(self, slot: str, run_id: str) -> None:
        """Start a fetcher there; one that cannot be started is told of by `ended`, and raises nothing."""

    def ended(self) -> list[EndedFetcher]:
        """The fetchers that ended since the last call, each once; also those whose place is gone."""

    def stop(self) -> None:
        """Ask all of them to acknowledge what is in flight and end (SIGTERM)."""

    def close(self) -> None:
        """Stop those that are left, wait for them as long as it takes, and let go of everything else."""
