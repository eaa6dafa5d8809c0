"""When is an article gone? Misses on different nights make a tombstone (pure)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from archive.rows import VersionRow

# One outage over midnight is not two nights.
LEAST_MISSING = timedelta(hours=12)


def is_removed(
    newest: VersionRow | None,
    *,
    first_missing_night: date | None,
    tonight: date,
    missing_for: timedelta,
    nights: int = 2,
) -> bool:
    """Whether a page that is missing tonight is removed for good.

    Args:
        newest: the article's newest version; without one there is nothing to remove.
        first_missing_night: local date of the first fetch in a row that found nothing; None: this one.
        tonight: local date of this fetch.
        missing_for: since the first fetch in a row that found nothing; twelve hours at least.
        nights: on how many nights the page must have been missing, this and the first included; two at least.
    """
    if newest is None or newest.removed or first_missing_night is None:
        return False
    return (tonight - first_missing_night).days >= nights - 1 and missing_for >= LEAST_MISSING


def tombstone(
    newest: VersionRow, *, capture_id: str, run_id: str, at: datetime, last_seen_at: datetime,
    first_missing_at: datetime, how: str,
) -> VersionRow:  # fmt: skip
    """The version that says: last seen then, first missing then, gone since, and how (`http_404`)."""
    return VersionRow(
        article_id=newest.article_id,
        number=newest.number + 1,
        source=newest.source,
        url=newest.url,
        captured_at=at,
        run_id=run_id,
        capture_id=capture_id,
        extractor=None,
        title=newest.title,
        language=newest.language,
        removed=True,
        last_seen_at=last_seen_at,
        first_missing_at=first_missing_at,
        missing_how=how,
    )
