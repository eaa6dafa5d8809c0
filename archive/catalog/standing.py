"""Which version of an article stood at a moment, and where its bytes lie: one statement answers both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import as_row, raw
from archive.catalog.packing import decompress
from archive.catalog.schema import address, capture, page, takedown, text_body, version
from archive.catalog.schema_dropped import dropped
from archive.digest import url_key
from archive.rows import CaptureRow

_LATER_THAN_ALL = datetime.max.replace(tzinfo=UTC)
_SHOWN = ("article_id", "number", "url", "title", "text_sha256", "capture_id")
_EVIDENCE = ("last_seen_at", "first_missing_at", "missing_how")
_CAPTURE = tuple(field.name for field in fields(CaptureRow))


@dataclass(frozen=True, slots=True)
class Removal:
    """What the tombstone says that stood at the moment."""

    last_seen_at: datetime | None
    first_missing_at: datetime | None
    missing_how: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest version with content at a moment.

    Attributes:
        capture: the one that shows it, with the place of its payload; None if the catalog has lost it.
        text: its clean text, if it was asked for and there is one.
        removal: of the article, if it was gone by then.
        stands_for: id of the newest later look up to the moment whose bytes were let go, for which this
            capture stands; None if there is none.
    """

    article_id: str
    number: int
    url: str
    title: str | None
    text_sha256: str | None
    capture_id: str
    capture: CaptureRow | None
    text: str | None
    removal: Removal | None
    stands_for: str | None = None


def standing(catalog: Catalog, url: str, at: datetime | None, *, text: bool = False) -> Standing | None:
    """The version of the article at `url` that stood at a moment (None: now).

    The address is any that the article has had, or one that was found to lead to it. None if no article is
    known there, or none with content at that moment, or the address was taken down.
    """
    asked = {"key": url_key(url), "at": at or _LATER_THAN_ALL}
    # A row for each tombstone that came after the content: one at most, and the newest counts.
    newest = max(raw(catalog, _statement(text=text), asked), key=_tombstone_number, default=None)
    return None if newest is None else _as_standing(newest)


def _tombstone_number(row: Sequence[Any]) -> int:
    return row[-3] or 0


def _as_standing(row: Sequence[Any]) -> Standing:
    shown, found = row[: len(_SHOWN)], row[len(_SHOWN) : len(_SHOWN) + len(_CAPTURE)]
    *evidence, tombstone, stands_for, body = row[len(_SHOWN) + len(_CAPTURE) :]
    return Standing(
        **dict(zip(_SHOWN, shown, strict=True)),
        capture=None if found[0] is None else as_row(CaptureRow, found),
        text=None if body is None else decompress(body),
        removal=None if tombstone is None else Removal(*evidence),
        stands_for=stands_for,
    )


@cache
def _statement(*, text: bool) -> sa.Select[Any]:
    """Built once: putting it together takes longer than the database does."""
    key = sa.bindparam("key", type_=address.c.url_key.type)
    at = sa.bindparam("at", type_=version.c.captured_at.type)
    article_id = sa.func.coalesce(
        sa.select(address.c.article_id).where(address.c.url_key == key).scalar_subquery(),
        # A redirect to a known article makes no new version: only its page says where it led.
        sa.select(page.c.article_id).where(page.c.url_key == key).scalar_subquery(),
    )
    content = (
        sa.select(*(version.c[name] for name in _SHOWN))
        .where(version.c.article_id == article_id, version.c.captured_at <= at, version.c.removed.is_(False))
        .where(~sa.exists().where(takedown.c.url_key == key))
        .order_by(version.c.number.desc())
        .limit(1)
        .subquery("content")
    )
    later = version.alias("tombstone")
    gone = sa.and_(
        later.c.article_id == content.c.article_id,
        later.c.number > content.c.number,
        later.c.captured_at <= at,
        later.c.removed.is_(True),
    )
    stands_for = (
        sa.select(dropped.c.id)
        .where(dropped.c.instead == content.c.capture_id, dropped.c.at <= at)
        .order_by(dropped.c.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = content.outerjoin(capture, capture.c.id == content.c.capture_id).outerjoin(later, gone)
    if text:
        found = found.outerjoin(text_body, text_body.c.sha256 == content.c.text_sha256)
    return sa.select(
        *(content.c[name] for name in _SHOWN),
        *(capture.c[name] for name in _CAPTURE),
        *(later.c[name] for name in _EVIDENCE),
        later.c.number,
        stands_for,
        text_body.c.zstd if text else sa.null(),
    ).select_from(found)
