"""Every page by its path."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.opening import Archive
from archive.views.viewer import Viewer
from config.saved_search import SavedSearch
from web.guard import OWN_HEADERS
from web.holdings import Holdings
from web.pages.archived import ArchivedPages
from web.pages.articles import ArticlePages
from web.pages.assets import FOLDER, asset_at
from web.pages.endpoint import not_found, page_endpoint
from web.pages.finding import FindingPages
from web.pages.galleries import GalleryPages
from web.pages.nights import NightPages
from web.pages.orders import Orders
from web.pages.saved import SavedPages
from web.pages.show import Shown
from web.pages.watched import WatchPages

ORDERS = "/sources/{source}/orders"


def page_routes(
    archive: Archive,
    holdings: Holdings,
    viewer: Viewer,
    shown: Shown,
    token: SecretStr | None = None,
    *,
    searches: Sequence[SavedSearch] = (),
) -> list[Route]:
    """The pages of the API's origin, and what they are made of; orders are taken if there is a token."""
    nights = NightPages(viewer, shown)
    articles = ArticlePages(archive, viewer, shown)
    archived = ArchivedPages(archive, holdings, viewer, shown)
    watched = WatchPages(viewer, shown, token is not None)
    galleries = GalleryPages(viewer, shown)
    finding = FindingPages(viewer, shown)
    saved = SavedPages(viewer, shown, searches)
    pages: dict[str, Callable[[Request], Response]] = {
        "/": nights.newest,
        "/night/{night}": nights.night,
        "/article/{article}": articles.newest,
        "/article/{article}/compare": articles.compare,
        "/article/{article}/{number}.txt": articles.text,
        "/article/{article}/{number}.json": articles.json,
        "/article/{article}/{number}": articles.version,
        "/article/{article}/{number}/cite": articles.cite,
        "/article/{article}/{number}/citation.wacz": articles.evidence,
        "/view/{when}/{rest:path}": archived.view,
        "/picture/{sha256}": archived.picture,
        "/sources": watched.sources,
        "/sources/{source}": watched.source,
        "/runs": watched.runs,
        "/runs/{run}": watched.run,
        "/fronts": galleries.fronts,
        "/fronts/{source}": galleries.front,
        "/pictures": galleries.pictures,
        "/pictures/{sha256}": galleries.picture,
        "/search": finding.search,
        "/searches": saved.searches,
        "/searches/{search}": saved.finds,
        "/lookup": finding.lookup,
        "/find": finding.find,
    }
    routes = [Route(path, page_endpoint(shown, endpoint)) for path, endpoint in pages.items()]
    if token is not None:
        orders = Orders(archive, viewer.clock, shown.origins, shown, token)
        routes.append(Route(ORDERS, orders.order, methods=["POST"]))
    return [*routes, Route(f"{FOLDER}/{{digest}}/{{name}}", asset)]


def asset(request: Request) -> Response:
    """A file of ours; its name changes with its content, so it may be kept for ever."""
    found = asset_at(request.url.path)
    if found is None:
        raise not_found("no such file is served here")
    request.scope[OWN_HEADERS] = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.data, media_type=found.media_type)
