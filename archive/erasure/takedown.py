"""Takedowns: addresses that are answered with 451 from now on, and never fetched again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

import structlog

from archive.catalog import lookup, takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import rows_with
from archive.clock import Clock
from archive.commit import Committer
from archive.digest import url_key
from archive.rows import AuditRow, CaptureRow, ImageRow, PictureRow, RemovedRow, TakedownRow
from config.errors import ConfigError, DatelineError

log = structlog.get_logger()


class TakenDown(DatelineError):  # noqa: N818 - named for what it says
    """An address was taken down; `row` says when and why."""

    def __init__(self, row: TakedownRow) -> None:
        super().__init__(f"{row.url} was taken down on {row.at:%Y-%m-%d}: {row.reason}")
        self.row = row


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for something to be done, and why."""

    actor: str
    reason: str


def blank(url: str) -> str:
    """What stands in an account in place of a purged address."""
    return f"purged:{url_key(url)}"


def check_not_taken_down(catalog: Catalog, url: str) -> None:
    """Raise TakenDown if this URL was taken down."""
    if (row := takedowns.of(catalog, url)) is not None:
        raise TakenDown(row)


def covered(catalog: Catalog, url: str) -> list[str]:
    """The addresses that go with one: of an article all of its addresses, and pictures that only it shows.

    A page that only led to the article counts as an address of it. An address that nothing is known of
    stands for itself.
    """
    article = lookup.article_of(catalog, url)
    if article is None:
        page = lookup.page_of(catalog, url)
        article = lookup.article_by_id(catalog, page.article_id) if page and page.article_id else None
    if article is None:
        return [url]
    addresses = (row.url for row in lookup.addresses_of(catalog, article.id))
    pages = (row.url for row in takedowns.pages_of_article(catalog, article.id))
    return list(dict.fromkeys((url, *addresses, *pages, *_own_pictures(catalog, article.id))))


def _own_pictures(catalog: Catalog, article_id: str) -> list[str]:
    """Addresses of pictures that no other article shows, neither under this address nor these bytes."""
    shown = rows_with(catalog, PictureRow, "article_id", [article_id])
    digests = {row.sha256 for row in shown if row.sha256}
    elsewhere = [
        row
        for row in (
            *rows_with(catalog, PictureRow, "sha256", digests),
            *rows_with(catalog, PictureRow, "url", {row.url for row in shown}),
        )
        if row.article_id != article_id
    ]
    shared = {row.sha256 for row in elsewhere if row.sha256}
    images = [row for row in rows_with(catalog, ImageRow, "sha256", digests) if row.sha256 not in shared]
    captures = rows_with(catalog, CaptureRow, "id", {row.capture_id for row in images})
    own = {row.url for row in shown if row.sha256 not in shared} | {row.first_url for row in images}
    own = (own | {row.url for row in captures}) - {row.url for row in elsewhere}
    return sorted(url for url in own if not _serves(catalog, url, shared))


def _serves(catalog: Catalog, url: str, shared: set[str]) -> bool:
    """Whether a capture of this address has the bytes of a picture that others show."""
    here = {row.id for row in rows_with(catalog, CaptureRow, "url_key", [url_key(url)])}
    return any(row.sha256 in shared for row in rows_with(catalog, ImageRow, "capture_id", here))


def take_down(catalog: Catalog, committer: Committer, clock: Clock, url: str, by: Request) -> list[str]:
    """Take an address down, and what goes with it; the result is all of these addresses. May be repeated."""
    urls, now = covered(catalog, url), clock.now()
    known = takedowns.among(catalog, [url_key(each) for each in urls])
    rows = [
        _row(each, url, by.reason, now, known.get(url_key(each)))
        for each in urls
        if each == url or url_key(each) not in known
    ]
    committer.commit_rows([*rows, audit("takedown", url, by, now, (f"addresses={len(urls)}",))])
    log.info("taken down", url=url, addresses=len(urls), reason=by.reason, actor=by.actor)
    return urls


def lift(catalog: Catalog, committer: Committer, clock: Clock, url: str, by: Request) -> list[str]:
    """Give back what was taken down with an address; the result is those addresses.

    Raises ConfigError for an address that was not taken down or was purged, and for one that went with
    another, which is the one to lift.
    """
    rows = takedowns.with_subject(catalog, url)
    if not rows:
        other = takedowns.of(catalog, url)
        went = f"it went with {other.subject}: lift that one" if other else "it is not taken down"
        raise ConfigError(f"{url} cannot be lifted: {went}; `dateline takedown --list` has all")
    if purged := next((row for row in rows if row.purged_at), None):
        raise ConfigError(
            f"{url} cannot be lifted: it was purged on {purged.purged_at:%Y-%m-%d}, and nothing of it is left"
        )
    removed = [RemovedRow(of=TakedownRow.table, key=(row.url_key,)) for row in rows]
    now = clock.now()
    committer.commit_rows([*removed, audit("lift", url, by, now, (f"addresses={len(rows)}",))])
    log.info("takedown lifted", url=url, addresses=len(rows), reason=by.reason, actor=by.actor)
    return [row.url for row in rows]


def audit(action: str, subject: str, by: Request, at: datetime, details: tuple[str, ...] = ()) -> AuditRow:
    """A line for the account of what people and policies did."""
    return AuditRow(
        id=uuid4().hex,
        at=at,
        action=action,
        subject=subject,
        reason=by.reason,
        actor=by.actor,
        details=details,
    )


def _row(url: str, subject: str, reason: str, at: datetime, before: TakedownRow | None) -> TakedownRow:
    if before is not None:
        return replace(before, subject=subject, reason=reason)
    return TakedownRow(url_key=url_key(url), url=url, subject=subject, reason=reason, at=at)
