"""`POST /api/v1/sources/NAME/preview`: the one order that the API takes.

It is for whoever shows the operator's token, which stands in a header of its own: no browser sends that by
itself, and none lets another site's page send it, since our answers to preflights allow reading alone.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from archive.clock import Clock
from archive.opening import Archive
from archive.orders import ask_for_preview
from archive.views.previews import PreviewView, preview_view
from archive.views.source_files import SourceFiles
from archive.views.viewer import Viewer
from web.api.answers import json_body
from web.api.endpoint import adapter_of
from web.origins import Origins
from web.problem import Problem, as_problem

HEADER = "Dateline-Operator-Token"
ACTOR = "api"


@dataclass(frozen=True, slots=True)
class Ordering:
    """Takes orders; `token` is what an operator must show."""

    archive: Archive
    clock: Clock
    origins: Origins
    files: SourceFiles
    token: SecretStr

    async def preview(self, request: Request) -> Response:
        """Ask for a preview of a source: 202 with the request as it stands now."""
        try:
            self._check(request)
            view = await run_in_threadpool(self._ask, str(request.path_params["source"]))
        except Exception as error:  # noqa: BLE001 - told as problem details, and logged there
            return as_problem(request, error)
        body = json_body(adapter_of(PreviewView), view)
        return Response(body, HTTPStatus.ACCEPTED, media_type="application/json")

    def _check(self, request: Request) -> None:
        if request.headers.get("origin", self.origins.api) != self.origins.api:
            raise Problem(HTTPStatus.FORBIDDEN, "orders are taken from our own pages and from programs alone")
        given = request.headers.get(HEADER, "").encode("latin-1", "replace")
        if not hmac.compare_digest(given, self.token.get_secret_value().encode()):
            raise Problem(HTTPStatus.FORBIDDEN, f"{HEADER}: not the operator's token (web.operator_token)")

    def _ask(self, name: str) -> PreviewView | None:
        if name not in self.files.sources() and self.files.file(name) is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"no source {name[:64]!r} has a file")
        ask_for_preview(self.archive, self.clock, name, actor=ACTOR)
        return preview_view(Viewer(self.archive.catalog, clock=self.clock), name, self.files)
