"""The replay origin: archived pages, pictures and style sheets, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urljoin

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from archive.catalog.cdx_reads import Span
from archive.charset import decode_text
from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange
from archive.opening import Archive
from archive.reader import read_exchange
from web.address import spell, target_of
from web.api_memento import moment_of
from web.holdings import Holdings
from web.memento import Memento, link_header
from web.moments import http_date
from web.origins import REPLAY, Origins, replay_path
from web.problem import Problem, bad_request
from web.replay_css import LARGEST_STYLE, replay_css
from web.replay_html import Archived, missing_parts, replay_html
from web.replay_missing import MissingPart
from web.replay_tree import TooCostlyError
from web.replay_url import Replayed

LARGEST = 64 << 20  # bytes, decoded
MOST_ROWS = 10_000  # captures that are read at once to find the pictures and style sheets of one page
_ROUNDS = 5  # of these, for where some have very many captures, others are behind them
LARGEST_PAGE = 16 << 20  # bytes that are parsed here

_HTML = {"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"}
_PASSIVE = ("image/", "audio/", "video/", "font/")  # shown as they are, SVG apart
_SVG, _CSS = "image/svg+xml", "text/css"


def security_headers(origins: Origins) -> Mapping[str, str]:
    """What stands on every answer of this origin.

    A sandboxed page has an opaque origin, so that a picture beside it comes from another one: hence
    `Cross-Origin-Resource-Policy: cross-origin`, without which no picture would show (Fetch, 3.7).
    """
    policy = (
        "sandbox; default-src 'none'; script-src 'none'; img-src 'self' data:; "
        "style-src 'self' 'unsafe-inline'; media-src 'self'; font-src 'self'; connect-src 'none'; "
        "worker-src 'none'; form-action 'none'; "
        f"base-uri 'none'; frame-ancestors {origins.api}"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-DNS-Prefetch-Control": "off",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cache-Control": "no-store",
    }


@dataclass(frozen=True, slots=True)
class Replay:
    """Replay over one archive."""

    archive: Archive
    holdings: Holdings
    origins: Origins

    def answer(self, request: Request) -> Response:
        """The capture closest in time, made harmless; never anything that is not archived."""
        if "service-worker" in request.headers:
            raise Problem(HTTPStatus.FORBIDDEN, "no service worker is served here")
        at, modifier = moment_of(request)
        if modifier != REPLAY:
            raise bad_request(f"modifier {modifier!r}; allowed here: {REPLAY}")
        url = target_of(request.scope, 2)
        try:
            found = self.holdings.memento(url, at)
        except Problem as nothing:
            return PlainTextResponse(f"{nothing.detail}\n", nothing.status)
        answer = self._shown(found)
        answer.headers["Memento-Datetime"] = http_date(found.capture.at)
        answer.headers["Link"] = link_header(found, self.origins)
        return answer

    def _shown(self, found: Memento) -> Response:
        capture = found.capture
        exchange = read_exchange(self.archive.store, capture)
        status = capture.status if capture.status >= HTTPStatus.BAD_REQUEST else int(HTTPStatus.OK)
        status = status if status < 600 else int(HTTPStatus.OK)  # noqa: PLR2004 - no such code
        place = _moved_to(exchange, capture.at)
        if place is not None:
            return Response(status_code=HTTPStatus.FOUND, headers={"Location": place})
        try:
            body = decode_body(exchange.body, exchange.header("Content-Encoding"), LARGEST)
        except ContentCodingError as error:
            raw = self.origins.memento(capture.url, capture.at)
            detail = f"what was archived cannot be decoded ({error.reason}); its bytes are at {raw}"
            raise Problem(HTTPStatus.BAD_GATEWAY, detail) from error
        replayed = Replayed(capture.url, capture.at)
        return _response(exchange, body, replayed, status, self._archived)

    def missing(self, found: Memento) -> list[MissingPart]:
        """What a page is shown without; nothing of what is no page, or cannot be shown."""
        exchange = read_exchange(self.archive.store, found.capture)
        if exchange.mime not in _HTML:
            return []
        try:
            body = decode_body(exchange.body, exchange.header("Content-Encoding"), LARGEST_PAGE)
            text = decode_text(body, exchange.header("Content-Type")).text
            return missing_parts(text, Replayed(found.capture.url, found.capture.at), self._archived)
        except (ContentCodingError, TooCostlyError):
            return []  # the page itself says so in its frame

    def _archived(self, urls: Collection[str]) -> Collection[str]:
        """Those of which a capture is shown."""
        wanted, found = set(urls), set[str]()
        for _ in range(_ROUNDS):
            rows = self.holdings.captures_of(tuple(wanted), Span(), MOST_ROWS)
            found |= {row.url for row in rows if row.status < HTTPStatus.BAD_REQUEST}
            wanted -= {row.url for row in rows}
            if len(rows) < MOST_ROWS or not wanted:
                break
        return found


def _moved_to(exchange: Exchange, at: datetime) -> str | None:
    location = exchange.header("Location")
    if not location or not 300 <= exchange.status < 400:  # noqa: PLR2004 - redirects
        return None
    try:
        return replay_path(spell(urljoin(exchange.url, location)), at)
    except ValueError:
        return None


def _response(
    exchange: Exchange, body: bytes, replayed: Replayed, status: int, archived: Archived
) -> Response:
    mime = exchange.mime or ("text/html" if body.lstrip()[:1] == b"<" else "application/octet-stream")
    most = LARGEST_PAGE if mime in _HTML else LARGEST_STYLE
    if (mime in _HTML or mime == _CSS) and len(body) > most:
        raise Problem(HTTPStatus.BAD_GATEWAY, f"this is longer than the {most:,} bytes that are rewritten")
    if mime in _HTML:
        text = decode_text(body, exchange.header("Content-Type")).text
        try:
            page = replay_html(text, replayed, archived).encode("utf-8", "replace")
        except TooCostlyError as error:
            raise Problem(HTTPStatus.BAD_GATEWAY, "this page takes too long to be rewritten") from error
        return Response(page, status, media_type="text/html; charset=utf-8")
    if mime == _CSS:
        text = decode_text(body, exchange.header("Content-Type")).text
        return Response(
            replay_css(text, replayed).encode("utf-8", "replace"),
            status,
            media_type="text/css; charset=utf-8",
        )
    if mime.startswith(_PASSIVE) and mime != _SVG and mime.isascii():
        return Response(body, status, media_type=mime)
    # What a browser might run, or follow: pictures show in their page, and on their own they are saved.
    attached = {"Content-Disposition": "attachment"}
    return Response(body, status, attached, _SVG if mime == _SVG else "application/octet-stream")
