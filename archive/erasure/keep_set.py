"""What the catalog says of captures that may lose their bytes, as `archive.erasure.keep` decides on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive.catalog import keep_reads
from archive.catalog.catalog import Catalog
from archive.catalog.keep_reads import Page, Shown
from archive.erasure.keep import Keep, Look
from archive.rows import CaptureRow


@dataclass(frozen=True, slots=True)
class KeepSet:
    """Captures of unchanged pages in some segments, and looks: these and all that bear on them."""

    captures: tuple[CaptureRow, ...]
    looks: tuple[Look, ...]

    def staying(self, look: Look) -> Look:
        """The same look, as one that stays."""
        return replace(look, instead=None)


class KeepReader:
    """Reads one lot of segments after the other; what was let go of newer ones is no capture any more."""

    def __init__(self, catalog: Catalog, keep: Mapping[str, Keep], gone: Collection[str] = ()) -> None:
        self._catalog, self._keep, self._gone = catalog, keep, gone

    def read(self, keys: Sequence[str]) -> KeepSet:
        """The unchanged captures in segments with these keys, and what bears on them."""
        found = keep_reads.unchanged_in(self._catalog, keys, self._keep) if self._keep else []
        met = [(row, at) for row, at in found if row.id not in self._gone]
        if not met:
            return KeepSet((), ())
        rows = [row for row, _ in met]
        pages = keep_reads.pages_at(self._catalog, {key for row, at in met for key in (row.url_key, at)})
        articles = {row.id: _article(row, at, pages) for row, at in met}
        versions = keep_reads.versions_of(self._catalog, {one for one in articles.values() if one})
        instead = {row.id: _standing(versions.get(articles[row.id], []), row.at) for row in rows}
        there = keep_reads.present(self._catalog, {key for key in instead.values() if key})
        held = keep_reads.showing(self._catalog, instead)
        held |= {part for each in versions.values() for version in each for part in version.parts}
        held |= {row.id for row, at in met if _newest(row, pages.get(row.url_key), pages.get(at))}
        stands_on, others = self._standing_on(rows, keys)
        looks = [
            Look(
                id=row.id,
                at=row.at,
                instead=instead[row.id] if instead[row.id] in there else None,
                held=row.id in held,
                stands_on=stands_on.pop(row.id, ()),
                article=articles[row.id],
                day=self._keep[row.source].day(row.at),
            )
            for row in rows
        ]
        looks += [Look(id=key, at=at, stands_on=stands_on[key]) for key, at in others.items()]
        return KeepSet(tuple(rows), (*looks, *self._of_the_days(rows, articles)))

    def _standing_on(
        self, rows: Sequence[CaptureRow], keys: Sequence[str]
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, datetime]]:
        """By id of a capture, on which of `rows` it stands; and those of them that are not in `rows`."""
        by_place = {(row.segment, row.offset): row.id for row in rows}
        by_moment: dict[tuple[str, datetime], list[str]] = {}
        for row in rows:
            by_moment.setdefault((row.url_key, row.at), []).append(row.id)
        known = {row.id for row in rows}
        found: dict[str, tuple[str, ...]] = {}
        others: dict[str, datetime] = {}
        for one in keep_reads.standing_in(self._catalog, keys, {row.url_key for row in rows}):
            on = {by_place.get(one.payload)} | set(
                by_moment.get((one.url_key, one.refers_to_at), []) if one.refers_to_at else []
            )
            stood = tuple(sorted(key for key in on if key is not None and key != one.id))
            if stood and one.id not in self._gone:
                found[one.id] = stood
                if one.id not in known:
                    others[one.id] = one.at
        return found, others

    def _of_the_days(self, rows: Sequence[CaptureRow], articles: Mapping[str, str]) -> list[Look]:
        """Captures elsewhere that showed the same articles on the days that count."""
        counted = [row for row in rows if self._keep[row.source].zone is not None]
        at_address = {row.url_key: (articles[row.id], self._keep[row.source]) for row in counted}
        known = {row.id for row in rows}
        found = keep_reads.looks_at(self._catalog, at_address) if at_address else []
        return [
            Look(id=key, at=at, article=at_address[of][0], day=at_address[of][1].day(at))
            for key, of, at in found
            if key not in known and key not in self._gone
        ]


def _article(row: CaptureRow, met: str, pages: Mapping[str, Page]) -> str:
    """The article of a capture's address, or else of the one that led to it; empty if none is known."""
    known = (pages.get(key) for key in (row.url_key, met))
    return next((page.article_id for page in known if page and page.article_id), "")


def _standing(versions: Sequence[Shown], at: datetime) -> str | None:
    """The capture of the version that stood at a moment; None if there was none, or it was gone."""
    standing = [version for version in versions if version.captured_at <= at]
    return standing[-1].capture_id if standing and not standing[-1].removed else None


def _newest(row: CaptureRow, *pages: Page | None) -> bool:
    """Whether a page counts on this capture, or has not shown its article since."""
    for page in pages:
        if page is None:
            continue
        seen = page.last_seen_at
        if page.capture_id == row.id or (seen is not None and seen.replace(microsecond=0) <= row.at):
            return True
    return False
