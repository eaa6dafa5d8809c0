"""The routes of the API: every endpoint, and the document that describes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache, partial
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from archive.search.query import QueryError
from archive.views.source_files import SourceFiles
from archive.views.viewer import Viewer
from config.errors import DatelineError
from config.saved_search import SavedSearch
from config.version import dateline_version
from web.api.answers import with_tag
from web.api.endpoint import Endpoint
from web.api.finding import Finding
from web.api.openapi import PREFIX, document
from web.api.ordering import Ordering
from web.api.reading import Reading
from web.origins import Origins
from web.problem import Problem, as_problem, bad_request

PREVIEW = "preview"  # the endpoint of which what it gives is asked for by POST
_PREVIEW_PATH = f"{PREFIX}/sources/{{source}}/preview"


def endpoints_of(
    viewer: Viewer, files: SourceFiles, origins: Origins, searches: Sequence[SavedSearch] = ()
) -> list[Endpoint]:
    """Every endpoint over one archive, as one reader sees it."""
    reading = Reading(viewer, files, origins, searches)
    return [*Finding(viewer, origins).endpoints(), *reading.endpoints()]


def api_routes(
    viewer: Viewer,
    files: SourceFiles,
    origins: Origins,
    searches: Sequence[SavedSearch] = (),
    *,
    token: bool,
    ordering: Ordering | None = None,
) -> list[Route]:
    """The endpoints under `/api/v1`, and `openapi.json` beside them; `ordering` takes orders, if anything."""
    endpoints = endpoints_of(viewer, files, origins, searches)

    @cache
    def body() -> bytes:
        orders = () if ordering is None else (PREVIEW,)
        described = document(endpoints, origins, dateline_version(), token=token, orders=orders)
        return json.dumps(described, ensure_ascii=False, indent=2).encode() + b"\n"

    def describe(request: Request) -> Response:
        return with_tag(request, body())

    ordered = [] if ordering is None else [Route(_PREVIEW_PATH, ordering.preview, methods=["POST"])]
    return [
        *ordered,
        *(Route(f"{PREFIX}{each.path}", partial(_answer, each.respond)) for each in endpoints),
        Route(f"{PREFIX}/openapi.json", partial(_answer, describe)),
        Route(PREFIX, _to_document),
        Route(f"{PREFIX}/{{rest:path}}", partial(_answer, _nothing)),
    ]


def _answer(respond: Callable[[Request], Response], request: Request) -> Response:
    """What goes wrong is told as problem details, also to a browser."""
    try:
        return respond(request)
    except QueryError as error:
        return as_problem(request, bad_request(str(error)))
    except DatelineError as error:
        return as_problem(request, error)


def _to_document(_request: Request) -> Response:
    return RedirectResponse(f"{PREFIX}/openapi.json", HTTPStatus.SEE_OTHER)


def _nothing(_request: Request) -> Response:
    raise Problem(
        HTTPStatus.NOT_FOUND,
        f"nothing is served here; {PREFIX}/openapi.json has every address",
    )
