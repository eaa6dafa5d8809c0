"""Captures read again without unpacking them in this process, which would keep several workers waiting."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from archive.catalog.reprocess_reads import Told
from archive.reader import ArchiveDamaged, is_in_one
from archive.rows import CaptureRow
from pipelines import tasks
from pipelines.bundler import Bundler
from pipelines.extraction import DamagedMember, Extraction
from pipelines.guidance import Guidance
from pipelines.reread import Reread
from pipelines.workers import TaskFailure, unread


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedReread(Reread):
    """Reads the captures behind versions again.

    Attributes:
        told: what is known of them and their articles.
        bundler: gives them to the workers.
    """

    told: Told
    bundler: Bundler

    async def read(self, capture: CaptureRow, guidance: Guidance) -> Extraction:
        """What today's extractor reads out of an archived capture; raises as `Reread.read` does.

        Where its record is one gzip member and no browser rendered it, a worker unpacks it; a revisit, a
        frame that needs its segment's dictionary and a DOM are read as ever.
        """
        if capture.id not in self.told.captures or capture.id in self.told.doms or not is_in_one(capture):
            return await Reread.read(self, capture, guidance)
        member = await asyncio.to_thread(self.store.read, capture.segment, capture.offset, capture.length)
        found = await self.bundler.run(tasks.extract_member, member, capture, guidance)
        if isinstance(found, DamagedMember):
            raise ArchiveDamaged(found.problem)
        return unread(found, capture.url) if isinstance(found, TaskFailure) else found
