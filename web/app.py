"""The two applications (ASGI): the API, and replay, which shares no origin with it."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from archive.clock import Clock, SystemClock
from archive.opening import Archive
from config.errors import DatelineError
from config.settings import WebSettings
from web.access import Access
from web.api_cdx import CdxApi
from web.api_memento import TIMEMAP_PAGE, MementoApi
from web.guard import Guard
from web.holdings import Holdings
from web.origins import Origins
from web.problem import as_problem
from web.replay import Replay, security_headers

# A raw capture is shown under our own address: it may do nothing there.
_API_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SYSTEM = SystemClock()
_ERRORS = {DatelineError: as_problem, HTTPException: as_problem, Exception: as_problem}


def api_app(
    archive: Archive,
    settings: WebSettings,
    origins: Origins,
    clock: Clock = _SYSTEM,
    *,
    timemap_page: int = TIMEMAP_PAGE,
) -> ASGIApp:
    """TimeGate, TimeMaps (so many mementos a page), raw captures and CDX."""
    holdings = Holdings(archive.catalog, Access(settings.access, clock))
    memento = MementoApi(archive, holdings, origins, page=timemap_page)
    cdx = CdxApi(archive, holdings)
    routes = [
        Route("/timegate/{rest:path}", memento.timegate),
        Route("/timemap/{form}/{rest:path}", memento.timemap),
        Route("/web/{when}/{rest:path}", memento.memento),
        Route("/cdx", cdx.answer),
    ]
    return _guarded(routes, settings, origins.api, _API_HEADERS)


def replay_app(archive: Archive, settings: WebSettings, origins: Origins, clock: Clock = _SYSTEM) -> ASGIApp:
    """Archived pages for a browser; embargoes are measured by `clock`."""
    replay = Replay(archive, Holdings(archive.catalog, Access(settings.access, clock)), origins)
    routes = [Route("/web/{when}/{rest:path}", replay.answer)]
    return _guarded(routes, settings, origins.replay, dict(security_headers(origins)))


def _guarded(routes: list[Route], settings: WebSettings, origin: str, headers: dict[str, str]) -> ASGIApp:
    app = Starlette(routes=routes, exception_handlers=_ERRORS)
    app.router.redirect_slashes = False
    return Guard(app, settings, origin, headers)
