"""What stands before every request: reading only, the right host, the token; and the headers behind it."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.settings import WebSettings
from web.address import host_of
from web.problem import Problem

READING = ("GET", "HEAD")
OWN_HEADERS = "dateline.headers"  # in a request's scope: what one of our own pages sends instead of these
_ORDER = re.compile(r"/sources/[^/]+/orders|/api/v1/sources/[^/]+/preview")
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_CHALLENGE = 'Bearer realm="dateline", Basic realm="dateline", charset="UTF-8"'
_MOST_HEADER = 4096  # characters of Authorization that are looked at


class Guard:
    """ASGI middleware that lets through what may be answered, and puts its headers on every answer.

    A request for another host is refused: a page in a reader's browser could otherwise have its own name
    lead to us, and read the answers as its own (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, settings: WebSettings, origin: str, headers: Mapping[str, str]) -> None:
        self._app, self._headers = app, dict(headers)
        self._token = settings.token.get_secret_value().encode() if settings.token else None
        self._orders = settings.operator_token is not None
        self._hosts = {host_of(origin), settings.host.lower()} | _LOCAL

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is served here, not {scope['type']}")

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (self._headers | scope.get(OWN_HEADERS, {})).items():
                    headers[name] = value
                del headers["Set-Cookie"]
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, dressed)
        else:
            await refusal.response()(scope, receive, dressed)

    def _refusal(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        if scope["method"] not in READING and not self._takes(scope):
            orders = ("POST",) if self._takes_orders(scope) else ()
            allowed = ", ".join((*READING, *orders))
            return Problem(
                HTTPStatus.METHOD_NOT_ALLOWED,
                f"the archive is only read; allowed: {allowed}",
                {"Allow": allowed},
            )
        if host_of(f"http://{headers.get('host', '')}") not in self._hosts:
            return Problem(
                HTTPStatus.MISDIRECTED_REQUEST, "this host is not served here; see the settings web.origin"
            )
        if self._token is not None and not _shows(headers.get("authorization", ""), self._token):
            return Problem(
                HTTPStatus.UNAUTHORIZED,
                "a token is needed: `Authorization: Bearer TOKEN`, or as the password of any user",
                {"WWW-Authenticate": _CHALLENGE},
            )
        return None

    def _takes(self, scope: Scope) -> bool:
        """Whether this is an order, which shows a token of its own, at a place that takes them."""
        return scope["method"] == "POST" and self._takes_orders(scope)

    def _takes_orders(self, scope: Scope) -> bool:
        return self._orders and _ORDER.fullmatch(scope["path"]) is not None


def _shows(authorization: str, token: bytes) -> bool:
    """Whether `Authorization` has the token, compared in a time that tells nothing of it."""
    scheme, _, given = authorization[:_MOST_HEADER].partition(" ")
    shown = given.strip().encode()
    if scheme.lower() == "basic":
        try:
            shown = base64.b64decode(shown, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(shown, token)
