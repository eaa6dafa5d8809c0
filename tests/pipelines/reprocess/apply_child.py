"""Promotes an archive in a folder, article by article, until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.catalog.reprocess_reads import Span
from archive.clock import SystemClock
from archive.erasure.takedown import Request
from archive.opening import Archive
from archive.stores.local import LocalStore
from pipelines.reprocess.progress import ReprocessProgress
from pipelines.reprocess.run import Job, reprocess
from tests.pipelines.reprocess.newsdesk import SOURCE, settings_in


def main(folder: Path) -> None:
    archive = Archive(LocalStore(folder / "store"), Catalog.open(f"sqlite:///{folder}/catalog.db"))
    settings = settings_in(folder, segment_bytes=1)  # a transaction for each article
    job = Job(settings, archive, {SOURCE.name: SOURCE}, Span(), SystemClock(), Request("a person", "a test"))
    reprocess(job, ReprocessProgress())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
