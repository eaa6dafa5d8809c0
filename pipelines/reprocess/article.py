"""One article under today's extractor: its captures read again, and its versions compared again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from archive.article import Article, ArticleImage
from archive.catalog import lookup, versions
from archive.open_batch import Derived
from archive.opening import Archive
from archive.reader import ArchiveDamaged
from archive.rows import CaptureRow, EventRow, PictureRow, RemovedRow, Row, VersionRow
from archive.stores.store import ObjectNotFound
from archive.wording.edit import measure
from config.source import Source
from pipelines.bundler import Bundler
from pipelines.extraction import READING_BROKE, Extraction
from pipelines.extractor_id import extractor_id
from pipelines.guidance import Guidance
from pipelines.parts import MISSING
from pipelines.reprocess.chain import (
    Chain,
    basis,
    graded,
    put_in_place,
    reread,
    returned,
    still_there,
    told_otherwise,
)
from pipelines.reprocess.load import Loaded
from pipelines.reprocess.packed import PackedReread
from pipelines.reprocess.report import Named, Report, Sample, differences, name
from pipelines.reread import Reread
from pipelines.state import State, article_json, state_of, text_digest, with_known_bytes
from pipelines.version_rows import event_rows
from pipelines.versions.compare import Change, compare
from pipelines.workers import TaskFailure

_UNREAD = READING_BROKE | {MISSING}  # reasons that do not speak of the page


@dataclass(frozen=True, slots=True)
class ArticleDone:
    """What came of one article.

    Attributes:
        rows: what the catalog shall say of it from now on, where that is something else.
        derived: what was read, for versions that say something else now; none for a report.
    """

    report: Report
    rows: tuple[Row, ...] = ()
    derived: tuple[Derived, ...] = ()


@dataclass(slots=True)
class _Readings:
    """What today's extractor reads in an article's versions, by number; also what it has read before."""

    versions: dict[int, VersionRow] = field(default_factory=dict)
    pictures: dict[int, tuple[PictureRow, ...]] = field(default_factory=dict)
    states: dict[int, State] = field(default_factory=dict)
    derived: list[Derived] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ArticleReader:
    """Reads articles again, one at a time or several side by side.

    Attributes:
        bundler: gives what costs processor time to the workers.
        writes: what was read shall be archived; else it is only reported.

    Raises StoreUnreachable and CatalogUnreachable; what cannot be read back is counted.
    """

    archive: Archive
    read_again: Reread
    bundler: Bundler
    sources: Mapping[str, Source]
    writes: bool

    async def article(self, loaded: Loaded) -> ArticleDone:
        """Everything of one article."""
        chain, contents = loaded.chain, loaded.chain.contents
        report = Report(articles=1, versions=len(contents))
        if not contents:
            return ArticleDone(report)
        source = self._source(contents[-1])
        readings = _Readings()
        for row in contents:
            await self._read(loaded, row, source, readings, report)
        new = await self._compared(loaded, source, readings) if report.read else chain
        _count(chain, new, report)
        rows = put_in_place(chain, new)
        if (mark := told_otherwise(chain, new)) is not None:
            rows = (*rows, mark)
        known = loaded.reading
        if rows and known is not None and known.number in readings.versions:
            rows = (
                RemovedRow(of=known.table, key=(known.article_id,)),
                *rows,
            )  # the version says it itself now
        return ArticleDone(report, rows, tuple(readings.derived))

    def _source(self, row: VersionRow) -> Source:
        """The source of a version; one that no file describes has no rules."""
        return self.sources.get(row.source) or Source(name=row.source, homepage=row.url)

    async def _read(
        self, loaded: Loaded, row: VersionRow, source: Source, readings: _Readings, report: Report
    ) -> None:
        """Read one version's capture with the rules of its day, unless that was done."""
        chain = loaded.chain
        guidance = self.read_again.guidance(source)
        wanted = extractor_id(guidance, row.captured_at)
        if row.extractor == wanted:
            report.current += 1
            readings.versions[row.number] = row
            readings.pictures[row.number] = tuple(chain.pictures.get(row.number, ()))
            readings.states[row.number] = chain.states[row.number]
            return
        capture, found = await self._extraction(loaded, row, guidance)
        if capture is None or isinstance(found, str) or found.reason in _UNREAD:
            reason = found if isinstance(found, str) else found.reason or ""
            report.unread[reason] += 1
            name(report.unreadable, Named(row.url, row.captured_at, reason))
            return
        report.read += 1
        report.extractors[wanted] += 1
        report.unmatched.update(found.unmatched)
        if found.article is None:
            report.quarantined[found.reason or ""] += 1
            name(report.now_quarantined, Named(row.url, row.captured_at, found.reason or ""))
            return
        article = await self._with_pictures(chain, row, source, found.article)
        after, pictures = reread(row, article)
        readings.versions[row.number], readings.pictures[row.number] = after, pictures
        readings.states[row.number] = replace(state_of(article), url=row.url)
        changed = differences(row, after, chain.pictures.get(row.number, ()), pictures)
        if changed and self.writes:
            digest = text_digest(article.text)
            readings.derived.append(Derived(capture, article.text, digest, article_json(article)))
        await self._count_reading(chain, row, article, changed, report)

    async def _extraction(
        self, loaded: Loaded, row: VersionRow, guidance: Guidance
    ) -> tuple[CaptureRow | None, Extraction | str]:
        """The version's capture and what is in it, or why it cannot be read."""
        capture = loaded.told.captures.get(row.capture_id)
        if capture is None:
            return None, "capture_gone"
        again = self.read_again
        packed = PackedReread(
            again.store,
            again.catalog,
            again.workers,
            again.memories,
            told=loaded.told,
            bundler=self.bundler,
        )
        try:
            return capture, await packed.read_whole(capture, row.parts, guidance)
        except ArchiveDamaged:
            return None, "damaged"
        except ObjectNotFound:
            return None, "segment_missing"

    async def _with_pictures(
        self, chain: Chain, row: VersionRow, source: Source, article: Article
    ) -> Article:
        """The article with those of its pictures that its source wants, and the bytes that are archived."""
        wanted = article.images[: source.images.max] if source.images.enabled else ()
        article = with_known_bytes(replace(article, images=wanted), chain.states[row.number])
        for state in chain.states.values():
            article = with_known_bytes(article, state)
        if not all(image.sha256 for image in article.images):
            article = await asyncio.to_thread(self._with_archived_bytes, article, row)
        return _with_words_of_files(article, chain)

    def _with_archived_bytes(self, article: Article, row: VersionRow) -> Article:
        return replace(article, images=tuple(self._archived(image, row) for image in article.images))

    def _archived(self, image: ArticleImage, row: VersionRow) -> ArticleImage:
        """A picture that was fetched for other pages, or for an earlier reading of this one."""
        if image.sha256 is not None:
            return image
        for url in (image.url, *image.variants[:1]):
            capture = lookup.closest_capture(self.archive.catalog, url, row.captured_at)
            known = (
                versions.image_by_sha256(self.archive.catalog, capture.payload_sha256) if capture else None
            )
            if known is not None:
                return replace(
                    image,
                    sha256=known.sha256,
                    phash=known.phash,
                    width=known.width,
                    height=known.height,
                    mime=known.mime,
                )
        return image

    async def _count_reading(
        self, chain: Chain, row: VersionRow, article: Article, changed: tuple[str, ...], report: Report
    ) -> None:
        report.changed.update(changed)
        if not changed:
            report.same += 1
            return
        before = chain.states[row.number].text if "text" in changed else None
        if before is not None:
            edit = await self.bundler.run(measure, before, article.text)
            if not isinstance(edit, TaskFailure):
                report.words_added += edit.words_added
                report.words_removed += edit.words_removed
        after = article.text if before is not None else None
        sample = Sample(
            row.url, row.number, row.captured_at, changed, row.title, article.title, before, after
        )
        if changed != ("other",):
            report.samples.append(sample)

    async def _compared(self, loaded: Loaded, source: Source, readings: _Readings) -> Chain:
        """The chain as today's extractor reads it, with the events that are still there."""
        chain = loaded.chain
        rows = dict(readings.versions)
        events: dict[int, list[EventRow]] = {n: list(found) for n, found in chain.events.items()}
        before: VersionRow | None = None
        for row in chain.contents:
            after = rows.get(row.number)
            if after is not None and before is not None and before.number in readings.states:
                change = await self._change(loaded, before, row, source, readings)
                if change is not None:
                    left = still_there(chain.events.get(row.number, ()), change)
                    rows[row.number] = graded(after, left, change)
                    events[row.number] = list(event_rows(row, left))
                    here = readings.states[row.number]
                    readings.states[row.number] = basis(
                        here, rows[row.number], readings.states[before.number]
                    )
            before = row
        whole = {row.number: rows.get(row.number, row) for row in chain.versions}
        for number, row in whole.items():
            if number in rows and row.returns_to is not None:
                whole[number] = returned(row, events.get(number, ()), whole)
        pictures = {**chain.pictures, **readings.pictures}
        return Chain(tuple(whole.values()), events, pictures, chain.states)

    async def _change(
        self, loaded: Loaded, before: VersionRow, row: VersionRow, source: Source, readings: _Readings
    ) -> Change | None:
        """What leads from one version to the next under one extractor; None if that cannot be told."""
        old, new = readings.states[before.number], readings.states[row.number]
        if old.extractor != new.extractor:
            # Other rules held on the earlier one's day: to be compared it is read with those of the later.
            guidance = self.read_again.guidance(source, row.captured_at)
            _, found = await self._extraction(loaded, before, guidance)
            if isinstance(found, str) or found.article is None:
                return None
            old = _with_state(found.article, old)
        change = await self.bundler.run(compare, replace(old, url=new.url), new)
        return None if isinstance(change, TaskFailure) else change


def _with_words_of_files(article: Article, chain: Chain) -> Article:
    """The article with what its pictures' files say: these are not opened again."""
    said = {row.sha256: row for rows in chain.pictures.values() for row in rows if row.sha256}
    images = (
        replace(image, embedded_caption=known.embedded_caption, embedded_credit=known.embedded_credit)
        if (known := said.get(image.sha256 or "")) is not None
        else image
        for image in article.images
    )
    return replace(article, images=tuple(images))


def _count(chain: Chain, new: Chain, report: Report) -> None:
    for row in chain.versions:
        report.events_before.update(event.kind for event in chain.events.get(row.number, ()))
        report.events.update(event.kind for event in new.events.get(row.number, ()))


def _with_state(article: Article, known: State) -> State:
    """The state that a reading shows, with the pictures' bytes and the wall that another one knows."""
    state = state_of(with_known_bytes(article, known))
    return replace(state, url=known.url, walled=known.walled)
