"""An article's versions out of the catalog, with what each says."""

from __future__ import annotations

from collections import defaultdict

from archive.catalog import export_reads, versions
from archive.catalog.catalog import Catalog
from archive.rows import EventRow, PictureRow
from pipelines.reprocess.chain import Chain
from pipelines.state import state_of_version


def load_chain(catalog: Catalog, article_id: str) -> Chain:
    """The chain of an article; without versions if it is gone by now. Blocks."""
    rows = versions.versions_of(catalog, article_id)
    keys = [(row.article_id, row.number) for row in rows]
    events: defaultdict[int, list[EventRow]] = defaultdict(list)
    for event in versions.events_of(catalog, article_id):
        events[event.number].append(event)
    pictures: dict[int, list[PictureRow]] = {
        number: found for (_, number), found in export_reads.pictures_of_versions(catalog, keys).items()
    }
    digests = {p.sha256 for found in pictures.values() for p in found if p.sha256}
    images = export_reads.images_by_sha256(catalog, sorted(digests))
    texts = export_reads.texts_by_sha256(catalog, sorted({r.text_sha256 for r in rows if r.text_sha256}))
    states = {
        row.number: state_of_version(
            row, pictures.get(row.number, []), images, texts.get(row.text_sha256 or "")
        )
        for row in rows
        if not row.removed
    }
    return Chain(tuple(rows), events, pictures, states)
