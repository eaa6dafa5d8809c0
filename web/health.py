"""`/healthz` and `/readyz`: whether this process lives, and whether it can answer readers.

Both are asked by machines that know no token and name no host, so they are answered before either is looked
at, and tell nothing else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import Response

from archive.opening import FORMAT_KEY, Archive
from archive.rebuild.run import refuse_unfinished
from config.errors import DatelineError

log = structlog.get_logger()
KEPT = 2.0  # seconds that an answer about readiness stands, so that nobody can wear out the store with it


@dataclass(slots=True)
class Health:
    """Both questions about one archive."""

    archive: Archive
    now: Callable[[], float] = time.monotonic
    _known: tuple[float, dict[str, str]] | None = field(default=None)

    def alive(self, _request: Request) -> Response:
        """200 as long as requests are answered at all."""
        return _answer({"process": "ok"})

    def ready(self, _request: Request) -> Response:
        """200 if catalog and store answer and the catalog is whole; 503 with the one that does not."""
        now = self.now()
        if self._known is None or now - self._known[0] > KEPT:
            self._known = (now, {"catalog": self._check(self._catalog), "store": self._check(self._store)})
        return _answer(self._known[1])

    def _catalog(self) -> None:
        refuse_unfinished(self.archive.catalog)

    def _store(self) -> None:
        if self.archive.store.stat(FORMAT_KEY) is None:
            raise DatelineError(f"{FORMAT_KEY} is not in {self.archive.store.address}")

    def _check(self, question: Callable[[], None]) -> str:
        try:
            question()
        except DatelineError as error:
            failed = str(error)
        else:
            return "ok"
        log.error("not ready", error=failed)
        return "failed"


def _answer(found: dict[str, str]) -> Response:
    good = all(said == "ok" for said in found.values())
    status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(json.dumps(found) + "\n", status, headers, "application/json")
