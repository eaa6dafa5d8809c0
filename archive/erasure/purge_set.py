"""What a purge takes out of the catalog, and what it puts in place of what others still need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import rows_with
from archive.catalog.purge_reads import documents_noting, standing_on
from archive.catalog.schema import metadata
from archive.digest import url_key
from archive.erasure.copies_without import pictures_without, stories_without
from archive.erasure.purge_journal import Telling
from archive.erasure.takedown import blank
from archive.retention import outlives
from archive.rows import (
    AddressRow,
    ArticleRow,
    CaptureRow,
    DocumentRow,
    DroppedRow,
    EventRow,
    FeedRow,
    FindRow,
    FlapRow,
    FrontRow,
    ImageRow,
    LedgerRow,
    PageRow,
    PictureRow,
    ReadingRow,
    RemovedRow,
    RenderedRow,
    Row,
    SegmentRow,
    TextRow,
    VersionRow,
)


@dataclass(frozen=True, slots=True)
class PurgeSet:
    """The catalog's part of a purge. Captures have the places from before.

    Attributes:
        gone: captures of the addresses.
        before, after: captures of others that stand on these, as they were and as they will be, by id.
        removed: rows that go, beside those of captures.
        put: rows of others that change.
        kept_texts: texts that others show too, with the version and the capture that show them.
    """

    gone: dict[str, CaptureRow]
    before: dict[str, CaptureRow]
    after: dict[str, CaptureRow]
    removed: tuple[Row, ...]
    put: tuple[Row, ...]
    kept_texts: dict[str, tuple[VersionRow, CaptureRow]]


class PurgeReader:
    """Computes a `PurgeSet` from the catalog; `telling` is complete by what the journal says."""

    def __init__(self, catalog: Catalog, telling: Telling, now: datetime) -> None:
        self._catalog, self._telling, self._now = catalog, telling, now
        self._urls = telling.urls
        self._keys = {url_key(url) for url in telling.urls}
        self._blank = {url: blank(url) for url in telling.urls}

    def read(self) -> PurgeSet:
        """The set as of now. Narrows the telling's texts and images to those that nobody else has."""
        gone = {row.id: row for row in self._with(CaptureRow, "url_key", self._keys)}
        self._telling.captures |= gone.keys()
        before, after = self._dependent(gone)
        versions, repointed = self._versions(gone)
        images, kept_images = self._images(gone)
        texts, kept_texts = self._texts(gone, versions)
        articles = self._telling.articles
        pages = {row.url_key: row for row in self._with(PageRow, "url_key", self._keys)}
        pages |= {row.url_key: row for row in self._with(PageRow, "article_id", articles)}
        removed: list[Row] = [*versions, *images, *texts, *pages.values()]
        for kind, column in (
            (ArticleRow, "id"),
            (AddressRow, "article_id"),
            (EventRow, "article_id"),
            (PictureRow, "article_id"),
            (FindRow, "article_id"),
        ):
            removed += self._with(kind, column, articles)
        removed += self._with(RenderedRow, "capture_id", gone)
        removed += self._with(FeedRow, "url_key", self._keys)
        removed += self._dropped(gone)
        removed += self._readings()
        others = self._of_others([row for row in versions if row.article_id not in articles])
        removed += others
        dropped = {row.id for row in others if isinstance(row, ArticleRow)}
        removed += [*self._headlines(gone), *self._with(FlapRow, "article_id", articles | dropped)]
        stories = stories_without(self._catalog, articles | dropped)
        pictures = pictures_without(self._catalog, {row.sha256 for row in images})
        removed += [*stories.removed, *pictures.removed]
        copies = [*stories.put, *pictures.put]
        put = [*repointed, *kept_images, *self._bare_pictures(), *self._accounts(pages), *copies]
        return PurgeSet(gone, before, after, tuple(removed), tuple(put), kept_texts)

    def _with(self, kind: Any, column: str, values: Iterable[str]) -> list[Any]:
        return rows_with(self._catalog, kind, column, values)

    def _dropped(self, gone: dict[str, CaptureRow]) -> list[DroppedRow]:
        """Captures of these addresses that were let go, and such for which one of them stands."""
        found = (
            *self._with(DroppedRow, "url_key", self._keys),
            *self._with(DroppedRow, "instead", gone),
        )
        return list({row.id: row for row in found}.values())

    def _headlines(self, gone: dict[str, CaptureRow]) -> list[FrontRow]:
        """Headlines of purged front pages, and those that lead to a purged address, wherever they ran."""
        found = (
            *self._with(FrontRow, "capture_id", gone),
            *self._with(FrontRow, "link_key", self._keys),
        )
        return list({(row.capture_id, row.position): row for row in found}.values())

    def _dependent(self, gone: dict[str, CaptureRow]) -> tuple[dict[str, CaptureRow], dict[str, CaptureRow]]:
        """Captures of others that stand on a purged payload or name a purged address, before and after."""
        places: dict[tuple[str, int], list[CaptureRow]] = {}
        standing = [row for row in standing_on(self._catalog, gone.values()) if row.id not in gone]
        for row in standing:
            places.setdefault((row.payload_segment, row.payload_offset), []).append(row)
        naming = [row for row in self._with(CaptureRow, "refers_to_url", self._urls) if row.id not in gone]
        before = {row.id: row for row in (*standing, *naming)}
        days = {
            row.key: row.keep_days
            for row in self._with(SegmentRow, "key", {row.segment for row in before.values()})
        }
        after: dict[str, CaptureRow] = {}
        for group in places.values():
            after |= {row.id: row for row in promoted(group, days)}
        on_gone = {row.id for row in standing}
        after |= {row.id: row for row in naming if row.id not in on_gone}
        for key, row in after.items():
            if row.refers_to_url in self._urls:
                original = self._original(row, after)
                after[key] = replace(row, refers_to_url=original.url, refers_to_at=original.at)
        lost = {key: row for key, row in before.items() if key not in after}
        gone |= lost  # a 304 that confirmed what is purged confirms nothing any more
        self._telling.captures |= lost.keys()
        return {key: row for key, row in before.items() if key in after}, after

    def _original(self, row: CaptureRow, after: dict[str, CaptureRow]) -> CaptureRow:
        """The capture in whose record the payload of another one lies from now on."""
        there = rows_with(self._catalog, CaptureRow, "segment", [row.payload_segment])
        [found] = [each for each in there if each.offset == row.payload_offset]
        return after.get(found.id, found)

    def _versions(self, gone: dict[str, CaptureRow]) -> tuple[list[VersionRow], list[VersionRow]]:
        """Versions that go, and those of other articles that only end at a purged address."""
        removed = self._with(VersionRow, "article_id", self._telling.articles)
        put: list[VersionRow] = []
        for row in self._with(VersionRow, "capture_id", gone):
            if row.article_id in self._telling.articles:
                continue
            addresses = self._with(AddressRow, "article_id", [row.article_id])
            own = self._with(CaptureRow, "url_key", {address.url_key for address in addresses})
            earlier = [c for c in own if c.id not in gone and c.at <= row.captured_at]
            if row.removed and earlier:
                put.append(replace(row, capture_id=max(earlier, key=lambda c: (c.at, c.id)).id))
            else:
                removed.append(row)
        return removed, put

    def _of_others(self, versions: Sequence[VersionRow]) -> list[Row]:
        """What goes with versions of articles that are not purged, and such articles as have no other."""
        going = {(row.article_id, row.number) for row in versions}
        found: list[Row] = []
        for article in sorted({row.article_id for row in versions}):
            for kind in (EventRow, PictureRow, ReadingRow, FindRow):
                rows = self._with(kind, "article_id", [article])
                found += [row for row in rows if (row.article_id, row.number) in going]
            left = self._with(VersionRow, "article_id", [article])
            if all((row.article_id, row.number) in going for row in left):
                found += self._with(ArticleRow, "id", [article])
                found += self._with(AddressRow, "article_id", [article])
        return found

    def _images(self, gone: dict[str, CaptureRow]) -> tuple[list[ImageRow], list[ImageRow]]:
        """Pictures that go, and those that others show and another capture has too, as that one has them."""
        rows = {
            row.sha256: row
            for row in (
                *self._with(ImageRow, "sha256", self._telling.images),
                *self._with(ImageRow, "capture_id", gone),
            )
        }
        shown = {
            row.sha256
            for row in self._with(PictureRow, "sha256", rows)
            if row.article_id not in self._telling.articles
        }
        put: dict[str, ImageRow] = {}
        for digest in sorted(shown & rows.keys()):
            row = rows[digest]
            if row.capture_id not in gone:
                put[digest] = row
            elif same := self._with_payload(gone[row.capture_id], gone):
                put[digest] = replace(row, first_url=same[0].url, first_at=same[0].at, capture_id=same[0].id)
        self._telling.images = (self._telling.images | rows.keys()) - put.keys()
        same = self._with(CaptureRow, "payload_sha256", self._telling.images)
        self._telling.others = {row.id for row in same} - gone.keys()
        return [row for digest, row in rows.items() if digest not in put], list(put.values())

    def _with_payload(self, capture: CaptureRow, gone: dict[str, CaptureRow]) -> list[CaptureRow]:
        same = self._with(CaptureRow, "payload_sha256", [capture.payload_sha256])
        usable = [row for row in same if row.id not in gone and row.status == HTTPStatus.OK]
        return sorted(usable, key=lambda row: (row.at, row.id))

    def _texts(
        self, gone: dict[str, CaptureRow], versions: Sequence[VersionRow]
    ) -> tuple[list[TextRow], dict[str, tuple[VersionRow, CaptureRow]]]:
        """Texts that go, and for those that other versions show too, one that does."""
        going = {(row.article_id, row.number) for row in versions}
        asked = self._telling.texts | {row.text_sha256 for row in versions if row.text_sha256}
        others = [
            row
            for row in self._with(VersionRow, "text_sha256", asked)
            if (row.article_id, row.number) not in going
        ]
        captures = {row.id: row for row in self._with(CaptureRow, "id", {v.capture_id for v in others})}
        kept = {
            row.text_sha256 or "": (row, captures[row.capture_id])
            for row in sorted(others, key=lambda row: (row.captured_at, row.url), reverse=True)
            if row.capture_id in captures and row.capture_id not in gone
        }
        self._telling.texts = asked - kept.keys()
        return self._with(TextRow, "sha256", self._telling.texts), kept

    def _readings(self) -> list[ReadingRow]:
        """Readings of these articles, and of others that show one of the pictures: made again when needed."""
        shown = self._with(PictureRow, "sha256", self._telling.images)
        return self._with(
            ReadingRow, "article_id", {*self._telling.articles, *(row.article_id for row in shown)}
        )

    def _bare_pictures(self) -> list[PictureRow]:
        """Places of other articles where a purged picture stood: its address stays, its bytes are gone."""
        rows = self._with(PictureRow, "sha256", self._telling.images)
        return [replace(row, sha256=None) for row in rows if row.article_id not in self._telling.articles]

    def _accounts(self, gone_pages: dict[str, PageRow]) -> list[Row]:
        """Ledgers, documents and pages, without the addresses: the sums of every run stay as they are."""
        ledgers = {
            (row.run_id, row.url_key): row
            for column, values in (("url_key", self._keys), ("found_in", self._urls))
            for row in self._with(LedgerRow, column, values)
        }
        documents = {
            (row.run_id, row.url_key): row
            for row in (
                *self._with(DocumentRow, "url_key", self._keys),
                *documents_noting(self._catalog, self._urls),
            )
        }
        pages = [row for row in self._with(PageRow, "found_in", self._urls) if row.url_key not in gone_pages]
        return [
            *(self._blank_ledger(row) for row in ledgers.values()),
            *(self._blank_document(row) for row in documents.values()),
            *(replace(row, found_in=self._blank[row.found_in]) for row in pages),
        ]

    def _blank_ledger(self, row: LedgerRow) -> LedgerRow:
        row = replace(
            row,
            url=self._blank.get(row.url, row.url),
            found_in=self._blank.get(row.found_in, row.found_in),
        )
        if row.outcome is None and row.url_key in self._keys:  # it waited to be fetched
            row = replace(row, outcome="skipped", reason="taken_down", at=self._now)
        return row

    def _blank_document(self, row: DocumentRow) -> DocumentRow:
        notes = row.notes
        for url, instead in self._blank.items():
            notes = tuple(note.replace(url, instead) for note in notes)
        return replace(row, url=self._blank.get(row.url, row.url), notes=notes)


def promoted(group: Sequence[CaptureRow], days: dict[str, int | None]) -> list[CaptureRow]:
    """Revisits of one payload that goes: one becomes its response, the others refer to that one (pure).

    The one is of the class that is kept longest, since no record refers into a shorter class; of these, the
    earliest. A 304 has another head and cannot be it: where there is nothing else, the result is empty.
    """
    able = [row for row in group if row.status != HTTPStatus.NOT_MODIFIED]
    if not able:
        return []
    longest = [row for row in able if all(outlives(days[row.segment], days[o.segment]) for o in able)]
    first = min(longest, key=lambda row: (row.at, row.id))
    found = []
    for row in group:
        here = replace(
            row,
            payload_segment=first.segment,
            payload_offset=first.offset,
            payload_length=first.length,
        )
        if row is first:
            here = replace(here, kind="response", refers_to_url=None, refers_to_at=None)
        elif row.status != HTTPStatus.NOT_MODIFIED:
            here = replace(here, refers_to_url=first.url, refers_to_at=first.at)
        found.append(here)
    return found


def removals(rows: Iterable[Row]) -> list[RemovedRow]:
    """What takes these rows out."""
    return [RemovedRow(of=row.table, key=tuple(str(part) for part in primary_key(row))) for row in rows]


def primary_key(row: Row) -> tuple[Any, ...]:
    """The values of a row's primary key."""
    return tuple(getattr(row, column.name) for column in metadata.tables[row.table].primary_key)
