"""The health of a source, read out of the ledger of its newest runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cli.account import WAITING, RunAccount, version_counts

if TYPE_CHECKING:
    from config.source import Expect, Source

_READ = ("archived", "unchanged")
_CAME = (*_READ, "not_modified", "gone", "quarantined")  # outcomes of pages that the site answered for
MOST_QUARANTINED = (
    0.2  # of the pages that came; more is a wall before the whole site, or lists taken for articles
)
LEAST_QUARANTINED = 5  # pages; of fewer a share says nothing


@dataclass(frozen=True, slots=True)
class Health:
    """How one source stands.

    Attributes:
        run: id of its newest run; None if it was never crawled.
        new, edited, removed: versions that this run made of the source.
        failed, quarantined, gone, waiting: addresses of the source that ended so in this run.
        last_success: end of the newest run that came to its end and could read something of the source.
        breaches: what its `expect` promises and the newest run does not keep, and what else is amiss.
    """

    source: str
    enabled: bool
    run: str | None
    status: str | None
    started_at: datetime | None
    discovered: int = 0
    new: int = 0
    edited: int = 0
    removed: int = 0
    failed: int = 0
    quarantined: int = 0
    gone: int = 0
    waiting: int = 0
    last_success: datetime | None = None
    breaches: tuple[str, ...] = ()


def health_of(source: Source, runs: Sequence[RunAccount]) -> Health:
    """How a source stands after its runs, newest first; those that saved pages by hand say nothing of it."""
    runs = [run for run in runs if run.documents or run.finished_at is None]
    if not runs:
        return Health(source.name, source.enabled, None, None, None)
    newest = runs[0]
    outcomes = {kind: sum(reasons.values()) for kind, reasons in newest.outcomes.get(source.name, {}).items()}
    counts = version_counts([change for change in newest.changes if change.source == source.name])
    success = next((run for run in runs if _succeeded(source.name, run)), None)
    return Health(
        source=source.name,
        enabled=source.enabled,
        run=newest.id,
        status=newest.status,
        started_at=newest.started_at,
        discovered=sum(outcomes.values()),
        new=counts["new"],
        edited=counts["edited"],
        removed=counts["removed"],
        failed=outcomes.get("failed", 0),
        quarantined=outcomes.get("quarantined", 0),
        gone=outcomes.get("gone", 0),
        waiting=outcomes.get(WAITING, 0),
        last_success=success.finished_at if success else None,
        breaches=tuple(breaches(source.expect, newest, outcomes, new=counts["new"])),
    )


def breaches(expect: Expect, run: RunAccount, outcomes: dict[str, int], *, new: int) -> list[str]:
    """What a run does not keep of what is expected of a source.

    The share of text is that of the pages that came and were read as articles, of all pages that came and
    were read or quarantined. More than a fifth in quarantine, if that is five pages, is said whatever is
    expected; a run with less clears it.
    """
    found = []
    if run.status == "broken":
        found.append("the sums of the newest run don't match")
    if run.status == "interrupted":
        found.append("the newest run was interrupted; the next crawl goes on with it")
    elif run.status != "running" and not outcomes:
        found.append("nothing was discovered")
    least = expect.articles_per_night.min
    if least is not None and new < least:
        found.append(f"{new} new articles, expected at least {least}")
    read = sum(outcomes.get(kind, 0) for kind in _READ)
    came = read + outcomes.get("quarantined", 0)
    answered = sum(outcomes.get(kind, 0) for kind in _CAME)
    stopped = outcomes.get("quarantined", 0)
    if stopped >= LEAST_QUARANTINED and stopped > MOST_QUARANTINED * answered:
        found.append(
            f"{stopped / answered:.0%} of the pages that came are quarantined, at most "
            f"{MOST_QUARANTINED:.0%} should be"
        )
    if expect.text is not None and came and read / came < expect.text:
        found.append(f"{read / came:.0%} of the pages have a text, expected at least {expect.text:.0%}")
    return found


def _succeeded(source: str, run: RunAccount) -> bool:
    outcomes = run.outcomes.get(source, {})
    return run.status == "done" and any(outcomes.get(kind) for kind in (*_READ, "not_modified"))
