"""Answers a preview that somebody asked for on a page: looks, and leaves what it saw in the catalog."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from archive.catalog import previews
from archive.catalog.previews import PreviewRequest
from archive.clock import Clock
from archive.held_leases import HostLeases, LeaseLost
from archive.opening import Archive
from archive.preview import (
    PreviewedAddress,
    PreviewedDocument,
    PreviewedPage,
    PreviewResult,
    bounded,
    file_digest,
    written,
)
from config.errors import ConfigError
from config.load_sources import load_source_file
from config.settings import Settings
from config.source import Source
from crawler.survey.known import known_of
from crawler.survey.preview import Preview, preview
from crawler.survey.tryout import Trial
from pipelines.guidance import guidance_of
from pipelines.memory.epoch import memories_at

PAGES = 8  # that are tried


async def answer(
    request: PreviewRequest,
    archive: Archive,
    settings: Settings,
    clock: Clock,
    *,
    stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Carry a request out and answer it; must run inside the asyncio reactor. False if it was stopped.

    The source's file is read as it lies there; one that is wrong is the answer (`failed`). A host that a run
    is talking to is left alone.

    Raises what store and catalog raise, and what is a fault of ours: the request then waits on.
    """
    catalog, path = archive.catalog, settings.sources / f"{request.source}.yaml"
    previews.begin(catalog, request, clock.now())
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        source = load_source_file(path)
    except (ConfigError, OSError) as error:
        why = str(error).replace(f"{settings.sources}/", "").splitlines()[0]
        previews.fail(catalog, request, f"its file cannot be read: {why}"[:500], clock.now())
        return True
    shown = await _look(request, source, archive, settings, clock=clock, stopping=stopping)
    if stopping():
        return False
    result = result_of(shown, file_digest(text))
    previews.answer(catalog, request, written(result), clock.now())
    return True


async def _look(
    request: PreviewRequest,
    source: Source,
    archive: Archive,
    settings: Settings,
    *,
    clock: Clock,
    stopping: Callable[[], bool],
) -> Preview:
    memory = memories_at(archive.store, archive.catalog, [source.name]).of(source.name)
    leases = HostLeases(archive.catalog, request.id, clock)
    renewing = asyncio.create_task(leases.renew_forever())
    try:
        return await preview(
            source,
            settings,
            clock,
            pages=PAGES,
            known=known_of(archive.catalog, settings, source, clock),
            guidance=guidance_of(source, memory=memory),
            leases=leases,
            stopping=stopping,
        )
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError, LeaseLost):  # a host that went to another is `host_busy`
            await renewing
        await leases.release()


def result_of(shown: Preview, file_sha256: str) -> PreviewResult:
    """What is kept of a preview (pure)."""
    return bounded(
        PreviewResult(
            file_sha256=file_sha256,
            requests=shown.requests,
            found=shown.found,
            due=shown.due,
            left=shown.left,
            documents=tuple(
                PreviewedDocument(look.url, look.kind, look.reason, look.named, look.kept, look.notes)
                for look in shown.documents
            ),
            pages=tuple(map(_page, shown.trials)),
            addresses=tuple(PreviewedAddress(url, why) for url, why in shown.addresses),
            warnings=shown.warnings,
        )
    )


def _page(trial: Trial) -> PreviewedPage:
    outcome, article = trial.outcome, trial.article
    if article is None:
        return PreviewedPage(trial.url, str(outcome.kind), outcome.reason)
    return PreviewedPage(
        url=trial.url,
        outcome=str(outcome.kind),
        reason=outcome.reason,
        title=article.title,
        text=article.text,
        language=article.language,
        published_at=article.published_at,
        pictures=len(article.images),
    )
