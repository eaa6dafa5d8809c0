"""What an expiry takes out of the catalog, and what outlives its segment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from archive.catalog import segments
from archive.catalog.catalog import Catalog
from archive.catalog.expiry_reads import confirming
from archive.catalog.fetch import rows_with
from archive.erasure.copies_without import pictures_without, stories_without
from archive.erasure.expiry_articles import Fate, Need, fate_of
from archive.retention import expires_at, outlives
from archive.rows import (
    AddressRow,
    ArticleRow,
    CaptureRow,
    DroppedRow,
    EventRow,
    FindRow,
    FlapRow,
    FrontRow,
    ImageRow,
    PageRow,
    PictureRow,
    ReadingRow,
    RenderedRow,
    Row,
    SegmentRow,
    TextRow,
    VersionRow,
)

Key = tuple[str, int]  # article id and version number


@dataclass(slots=True)
class ExpirySet:
    """The catalog's part of an expiry. Rows have the places from before.

    Attributes:
        segments: those whose time is over.
        classes: by key of every segment, how long it is kept.
        captures: those in them, by id.
        needed: those of them that are carried over, and how long they are needed.
        promoted: carried revisits that take their payload over, since it lies in a shorter class.
        elsewhere: captures of other segments whose payload is carried over.
        texts: texts in them that are carried over, with how long, and a version that shows each.
        rendered: what a browser made of captures of versions that stay, in segments that go.
        gone: versions that go.
        removed: rows that go, beside those of captures.
        put: rows that change.
    """

    segments: tuple[SegmentRow, ...] = ()
    classes: dict[str, Need] = field(default_factory=dict)
    captures: dict[str, CaptureRow] = field(default_factory=dict)
    needed: dict[str, Need] = field(default_factory=dict)
    promoted: set[str] = field(default_factory=set)
    elsewhere: tuple[CaptureRow, ...] = ()
    texts: dict[str, tuple[TextRow, Need, VersionRow]] = field(default_factory=dict)
    rendered: tuple[RenderedRow, ...] = ()
    gone: set[Key] = field(default_factory=set)
    removed: list[Row] = field(default_factory=list)
    put: list[Row] = field(default_factory=list)

    def lasting(self, row: CaptureRow) -> Need:
        """How long a capture that stays, or is carried over, will be there."""
        return self.needed.get(row.id) or self.classes[row.segment]


class ExpiryReader:
    """Computes an `ExpirySet` from the catalog as of a moment."""

    def __init__(self, catalog: Catalog, now: datetime) -> None:
        self._catalog, self._now = catalog, now
        rows = {row.key: row for row in segments.every(catalog)}
        self._classes = {key: Need(row.keep_days, row.sealed_at) for key, row in rows.items()}
        self._expired = {key: row for key, row in rows.items() if is_over(row, now)}
        self._set = ExpirySet(tuple(self._expired.values()), self._classes)

    def read(self) -> ExpirySet:
        """The set; empty if the time of no segment is over."""
        if self._expired:
            found = self._set
            found.captures = {row.id: row for row in self._with(CaptureRow, "segment", self._expired)}
            self._articles()
            self._pictures()
            self._payloads()
            self._texts()
            self._renderings()
            going = found.captures.keys() - found.needed.keys()
            found.removed += self._with(FrontRow, "capture_id", going)
            found.removed += self._with(DroppedRow, "instead", going)
            self._copies()
        return self._set

    def _with(self, kind: Any, column: str, values: Iterable[str]) -> list[Any]:
        return rows_with(self._catalog, kind, column, values)

    def _need(self, capture_id: str, need: Need) -> None:
        self._set.needed[capture_id] = need.joined(self._set.needed.get(capture_id))

    def _articles(self) -> None:
        """Versions and articles that go, and captures of versions that stay."""
        found = self._set
        touched = {row.article_id for row in self._with(VersionRow, "capture_id", found.captures)}
        touched |= self._with_further_pages()
        versions = _by_article(self._with(VersionRow, "article_id", touched))
        addresses = _by_article(self._with(AddressRow, "article_id", touched))
        pages = {row.url_key: row for row in self._with(PageRow, "article_id", touched)}
        keys = {row.url_key for rows in addresses.values() for row in rows}
        pages |= {row.url_key: row for row in self._with(PageRow, "url_key", keys)}
        seen: dict[str, datetime] = {}
        for page in pages.values():
            if page.article_id and page.last_seen_at:
                seen[page.article_id] = max(page.last_seen_at, seen.get(page.article_id, page.last_seen_at))
        ids = {row.capture_id for rows in versions.values() for row in rows} - found.captures.keys()
        staying = {row.id: self._set.lasting(row) for row in self._with(CaptureRow, "id", ids)}
        days = {key: self._classes[row.segment].keep_days or 0 for key, row in found.captures.items()}
        for article in sorted(touched):
            rows = sorted(versions[article], key=lambda row: row.number)
            fate = fate_of(rows, staying, days, seen.get(article), self._now)
            for key, need in fate.needed.items():
                self._need(key, need)
            for row in rows:  # an article's further pages stay as long as its first
                lasting = fate.needed.get(row.capture_id) or staying.get(row.capture_id)
                if lasting is not None:
                    for part in found.captures.keys() & set(row.parts):
                        self._need(part, lasting)
            self._drop(article, fate, addresses.get(article, []), pages)

    def _with_further_pages(self) -> set[str]:
        """Articles of which a further page goes, also where the first one lies in another segment."""
        captures = self._set.captures
        known = self._with(AddressRow, "url_key", {row.url_key for row in captures.values()})
        versions = self._with(VersionRow, "article_id", {row.article_id for row in known})
        return {row.article_id for row in versions if not captures.keys().isdisjoint(row.parts)}

    def _drop(
        self, article: str, fate: Fate, addresses: Sequence[AddressRow], pages: dict[str, PageRow]
    ) -> None:
        found = self._set
        going = {(row.article_id, row.number) for row in fate.gone}
        found.gone |= going
        found.removed += fate.gone
        if not going:
            return
        for kind in (EventRow, PictureRow, ReadingRow, FindRow):
            rows = self._with(kind, "article_id", [article])
            found.removed += [row for row in rows if (row.article_id, row.number) in going]
        if fate.dropped:
            found.removed += [*self._with(ArticleRow, "id", [article]), *addresses]
            found.removed += self._with(FlapRow, "article_id", [article])
            found.put += [
                replace(page, article_id=None, etag=None, last_modified=None)
                for page in pages.values()
                if page.article_id == article
            ]

    def _pictures(self) -> None:
        """Pictures that versions show which stay, however long; the others go with their captures."""
        found = self._set
        images = self._with(ImageRow, "capture_id", found.captures)
        shown: dict[str, list[PictureRow]] = {}
        for row in self._with(PictureRow, "sha256", {image.sha256 for image in images}):
            if (row.article_id, row.number) not in found.gone:
                shown.setdefault(row.sha256, []).append(row)
        articles = {row.article_id for rows in shown.values() for row in rows}
        needs = self._needs_of_versions(self._with(VersionRow, "article_id", articles))
        for image in images:
            for row in shown.get(image.sha256, []):
                self._need(image.capture_id, needs[row.article_id, row.number])
        found.removed += [image for image in images if image.sha256 not in shown]

    def _needs_of_versions(self, versions: Sequence[VersionRow]) -> dict[Key, Need]:
        rows = {row.id: row for row in self._with(CaptureRow, "id", {v.capture_id for v in versions})}
        return {
            (version.article_id, version.number): self._set.lasting(rows[version.capture_id])
            for version in versions
            if version.capture_id in rows
        }

    def _payloads(self) -> None:
        """Payloads on which captures stand that stay or are carried over, and what a 304 confirms."""
        found = self._set
        at = {(row.segment, row.offset): row for row in found.captures.values()}
        standing = self._with(CaptureRow, "payload_segment", self._expired)
        found.elsewhere = tuple(row for row in standing if row.segment not in self._expired)
        for row in found.elsewhere:
            self._need(at[row.payload_segment, row.payload_offset].id, self._set.lasting(row))
        for row, base in confirming(self._catalog, self._expired):
            if row.segment not in self._expired:
                self._need(base, self._set.lasting(row))
        waiting = list(found.needed)
        while waiting:
            row = found.captures[waiting.pop()]
            need = found.needed[row.id]
            original = at.get((row.payload_segment, row.payload_offset))
            if original is None:
                there = self._classes[row.payload_segment]
                if not outlives(there.keep_days, need.keep_days):
                    found.promoted.add(row.id)
            elif original.id != row.id:
                before = found.needed.get(original.id)
                self._need(original.id, need)
                if found.needed[original.id] != before:
                    waiting.append(original.id)

    def _texts(self) -> None:
        """Texts that versions show which stay; the others go."""
        found = self._set
        rows = self._with(TextRow, "segment", self._expired)
        versions = [
            row
            for row in self._with(VersionRow, "text_sha256", {text.sha256 for text in rows})
            if (row.article_id, row.number) not in found.gone
        ]
        needs = self._needs_of_versions(versions)
        shown: dict[str, list[VersionRow]] = {}
        for row in sorted(versions, key=lambda row: (row.captured_at, row.url, row.number)):
            shown.setdefault(row.text_sha256, []).append(row)
        for text in rows:
            by = shown.get(text.sha256)
            if not by:
                found.removed.append(text)
                continue
            need = needs[by[0].article_id, by[0].number]
            for row in by[1:]:
                need = need.joined(needs[row.article_id, row.number])
            found.texts[text.sha256] = (text, need, by[0])

    def _copies(self) -> None:
        """Clusters and links of pictures, without what goes."""
        found = self._set
        articles = {row.id for row in found.removed if isinstance(row, ArticleRow)}
        pictures = {row.sha256 for row in found.removed if isinstance(row, ImageRow)}
        for copies in (
            stories_without(self._catalog, articles),
            pictures_without(self._catalog, pictures),
        ):
            found.removed += copies.removed
            found.put += copies.put

    def _renderings(self) -> None:
        """Of captures that versions show which stay; the others go, as do those of captures that go."""
        found = self._set
        rows = self._with(RenderedRow, "segment", self._expired)
        shown = {
            row.capture_id
            for row in self._with(VersionRow, "capture_id", {row.capture_id for row in rows})
            if (row.article_id, row.number) not in found.gone
        }
        found.rendered = tuple(row for row in rows if row.capture_id in shown)
        going = found.captures.keys() - found.needed.keys()
        those = {(row.capture_id, row.part): row for row in self._with(RenderedRow, "capture_id", going)}
        those |= {(row.capture_id, row.part): row for row in rows if row.capture_id not in shown}
        found.removed += [row for row in those.values() if row.capture_id not in shown]


def is_over(segment: SegmentRow, now: datetime) -> bool:
    """Whether the time of a segment is over."""
    end = expires_at(segment.sealed_at, segment.keep_days)
    return end is not None and end <= now


def _by_article(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.article_id, []).append(row)
    return found
