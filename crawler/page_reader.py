"""Takes the fetched pages of a run through the flow, with all that is fetched beside them."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import structlog

from archive.exchange import Exchange
from archive.outcome import Outcome, OutcomeKind
from archive.reader import ArchiveDamaged
from archive.stores.store import ObjectNotFound
from config.errors import DatelineError
from config.source import Source
from crawler.beside import Beside
from crawler.fetched import FetchedRow
from crawler.plan import RunPlan
from crawler.probe import Probes
from crawler.render.pages import RenderedPages
from crawler.render.renderer import Renderer
from crawler.services import Services
from crawler.stylesheets import StyleSheets
from pipelines.flow import FetchedPage, PageResult
from pipelines.gate.absent import Absent
from pipelines.workers import PageGivenUpError

log = structlog.get_logger()


class PageReader:
    """What reads the pages of one run. To be used in one event loop.

    Its methods raise a DatelineError where store, spool or catalog fail, so that no outcome can be
    acknowledged any more; faults of a page or of ours are outcomes, and logged.
    """

    def __init__(self, plan: RunPlan, services: Services, beside: Beside) -> None:
        self._plan, self._flow, self._beside = plan, services.flow, beside
        self._stylesheets = StyleSheets(beside.stylesheet, services.workers)
        renderer = Renderer(services.settings.network.user_agent, services.clock)
        self._rendered = RenderedPages(renderer, services.recorder, beside.part)
        self._probes = Probes(plan.run.id, beside.absent, self._rendered, services.workers)

    async def read(self, item: FetchedRow, source: Source, *, last: bool) -> PageResult | None:
        """What became of a page; None if the run ended before its turn. `last`: all others are settled."""
        page = item.page
        zone = ZoneInfo(source.timezone)
        missing = page.first_missing_at if page else None
        fetched = FetchedPage(
            urls=item.urls,
            source=source,
            exchange=item.exchange,
            capture=item.capture,
            night=item.capture.at.astimezone(zone).date(),
            first_missing_at=missing,
            first_missing_night=missing.astimezone(zone).date() if missing else None,
            last_seen_at=page.last_seen_at if page else None,
            readable=self._probes.is_readable(item.row.url, source) or (False if last else None),
        )
        try:
            return await self._flow.process(
                replace(fetched, absent=await self._absent(item, source)),
                lambda url: self._beside.picture(url, source),
                self._rendered,
                lambda url: self._beside.further_page(url, source),
            )
        except (
            ArchiveDamaged,
            ObjectNotFound,
        ) as error:  # of an earlier capture; `verify` tells how far it goes
            log.error("an earlier capture cannot be read", url=item.row.url, error=str(error))  # noqa: TRY400
            return PageResult(Outcome(OutcomeKind.FAILED, "archive_damaged"))
        except PageGivenUpError:
            return None
        except DatelineError:
            raise
        except Exception:
            log.exception("processing failed", url=item.row.url, run=self._plan.run.id)
            return PageResult(Outcome(OutcomeKind.FAILED, "internal_error"))

    async def _absent(self, item: FetchedRow, source: Source) -> Absent | None:
        """What its host answers for what is not there; pages that a person names are taken as they come."""
        if self._plan.asked or item.exchange.status != 200:  # noqa: PLR2004 - only OK needs judging
            return None
        return await self._probes.absent(item.row.url, source)

    def note_article(self, url: str, source: Source) -> None:
        """A page was an article, so its host lets pages be read."""
        self._probes.note_article(url, source)

    async def archive_stylesheets(self, page: Exchange, source: Source) -> None:
        """The version stands whatever becomes of its style sheets."""
        try:
            await self._stylesheets.archive(page, source)
        except DatelineError:
            raise
        except Exception:
            log.exception("style sheets not archived", url=page.url, run=self._plan.run.id)

    async def close(self) -> None:
        """Let go of what only a crawl needs."""
        await self._rendered.close()
