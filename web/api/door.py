"""What stands before token and host are looked at: the questions of machines, and two rules of the API.

How often one client may ask, and which other sites' pages may read what it answers.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.settings import WebSettings
from web.api.openapi import PREFIX
from web.guard import READING
from web.problem import Problem

_MOST_CLIENTS = 10_000  # that are remembered, the longest unseen forgotten first
_READ = ("ETag", "Retry-After", "Content-Disposition")  # headers of answers that a page's script may read
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Authorization, If-None-Match",
    "Access-Control-Max-Age": "600",
}


class Buckets:
    """A token bucket a client: as many requests as a minute allows at once, and then as they come in."""

    def __init__(self, a_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._now = a_minute, now
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, at what time

    def wait(self, client: str) -> float:
        """Take one; 0, or the seconds until there is one again."""
        now = self._now()
        left, at = self._clients.pop(client, (float(self._most), now))
        left = min(float(self._most), left + (now - at) * self._most / 60)
        taken = left >= 1
        self._clients[client] = (left - 1 if taken else left, now)
        if len(self._clients) > _MOST_CLIENTS:
            self._clients.popitem(last=False)
        return 0 if taken else (1 - left) * 60 / self._most


class Door:
    """ASGI middleware around the whole service; other paths than the API's pass through untouched."""

    def __init__(
        self,
        app: ASGIApp,
        settings: WebSettings,
        asked_by_machines: Mapping[str, Callable[[Request], Response]],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._machines, self._origins = app, dict(asked_by_machines), frozenset(settings.cors)
        self._buckets = Buckets(settings.rate, now) if settings.rate else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in READING and scope["path"] in self._machines:
            answer = await run_in_threadpool(self._machines[scope["path"]], Request(scope))
            await answer(scope, receive, send)
            return
        if scope["type"] != "http" or not scope["path"].startswith(f"{PREFIX}/"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        allowed = self._allowed(headers.get("origin"))

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start" and self._origins:
                _share(MutableHeaders(scope=message), allowed)
            await send(message)

        if allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=HTTPStatus.NO_CONTENT, headers=_PREFLIGHT)(scope, receive, dressed)
            return
        wait = self._buckets.wait((scope.get("client") or ("?",))[0]) if self._buckets else 0
        if wait:
            await _too_often(wait).response()(scope, receive, dressed)
        else:
            await self._app(scope, receive, dressed)

    def _allowed(self, origin: str | None) -> str | None:
        """The origin that an answer is shared with."""
        if origin is None:
            return None
        return "*" if "*" in self._origins else origin if origin in self._origins else None


def _share(headers: MutableHeaders, allowed: str | None) -> None:
    """Let the pages of an origin read an answer, or no page but our own."""
    headers.add_vary_header("Origin")
    if allowed is not None:
        headers["Access-Control-Allow-Origin"] = allowed
        headers["Access-Control-Expose-Headers"] = ", ".join(_READ)
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def _too_often(wait: float) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "this client asks too often; allowed: as many requests a minute as the setting web.rate says",
        {"Retry-After": str(math.ceil(wait))},
    )
