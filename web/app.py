"""The two applications (ASGI): the API, and replay, which shares no origin with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from archive.clock import Clock, SystemClock
from archive.opening import Archive
from archive.views.source_files import SourceFiles
from archive.views.viewer import Unlimited, Viewer
from config.errors import DatelineError
from config.saved_search import SavedSearch
from config.settings import WebSettings
from web.access import Access
from web.api.door import Door
from web.api.ordering import Ordering
from web.api.site import api_routes
from web.api_cdx import CdxApi
from web.api_memento import TIMEMAP_PAGE, MementoApi
from web.guard import Guard
from web.health import Health
from web.holdings import Holdings
from web.metrics import Metrics
from web.origins import Origins
from web.pages.endpoint import error_page
from web.pages.show import Shown
from web.pages.site import page_routes
from web.problem import as_problem, problem_of
from web.replay import Replay, security_headers
from web.traffic import Traffic

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
    sources: Path | None = None,
    searches: Sequence[SavedSearch] = (),
    timemap_page: int = TIMEMAP_PAGE,
    traffic: Traffic | None = None,
) -> ASGIApp:
    """The pages, TimeGate, TimeMaps (so many mementos a page), raw captures and CDX.

    `sources` is the folder of source files, which pages show; None: there is none. `searches` are the saved
    searches whose finds are shown. `traffic` counts the answers; one of its own if None.
    """
    traffic = traffic or Traffic()
    access = Access(settings.access, clock)
    holdings = Holdings(archive.catalog, access)
    sight = access if access.rules else Unlimited()  # searches are quicker for who sees all
    viewer, shown = Viewer(archive.catalog, sight, clock), Shown(origins, SourceFiles(sources))
    memento = MementoApi(archive, holdings, origins, page=timemap_page)
    cdx = CdxApi(archive, holdings)
    routes = [
        Route("/timegate/{rest:path}", memento.timegate),
        Route("/timemap/{form}/{rest:path}", memento.timemap),
        Route("/web/{when}/{rest:path}", memento.memento),
        Route("/cdx", cdx.answer),
        Route("/metrics", Metrics(viewer, traffic).answer),
        *api_routes(
            viewer,
            shown.files,
            origins,
            searches,
            token=settings.token is not None,
            ordering=_ordering(archive, clock, origins, shown, settings),
        ),
        *page_routes(archive, holdings, viewer, shown, settings.operator_token, searches=searches),
    ]

    def told(request: Request, error: Exception) -> Response:
        """A person's browser gets a page, a program problem details."""
        if "text/html" in request.headers.get("accept", ""):
            return error_page(shown, request, problem_of(error))
        return as_problem(request, error)

    errors = {DatelineError: as_problem, HTTPException: told, Exception: told}
    health = Health(archive)
    machines = {"/healthz": health.alive, "/readyz": health.ready}
    door = Door(_guarded(routes, settings, origins.api, _API_HEADERS, errors), settings, machines)
    return traffic.counted(door, "api", routes, machines)


def _ordering(
    archive: Archive, clock: Clock, origins: Origins, shown: Shown, settings: WebSettings
) -> Ordering | None:
    """What takes the orders of programs, if there is an operator's token."""
    token = settings.operator_token
    return None if token is None else Ordering(archive, clock, origins, shown.files, token)


def replay_app(
    archive: Archive,
    settings: WebSettings,
    origins: Origins,
    clock: Clock = _SYSTEM,
    *,
    traffic: Traffic | None = None,
) -> ASGIApp:
    """Archived pages for a browser; embargoes are measured by `clock`, answers counted by `traffic`."""
    replay = Replay(archive, Holdings(archive.catalog, Access(settings.access, clock)), origins)
    routes = [Route("/web/{when}/{rest:path}", replay.answer)]
    guarded = _guarded(routes, settings, origins.replay, dict(security_headers(origins)))
    return guarded if traffic is None else traffic.counted(guarded, "replay", routes)


def _guarded(
    routes: list[Route],
    settings: WebSettings,
    origin: str,
    headers: dict[str, str],
    errors: Mapping[Any, Any] = _ERRORS,
) -> ASGIApp:
    app = Starlette(routes=routes, exception_handlers=errors)
    app.router.redirect_slashes = False
    return Guard(app, settings, origin, headers)
