"""`/view/MOMENT/URL`: a replayed page in a frame, what it is said outside of it; and pictures' bytes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from archive.content_coding import ContentCodingError, decode_body
from archive.opening import Archive
from archive.reader import read_original
from archive.views.article import article_at
from archive.views.pictures import picture_capture
from archive.views.viewer import Viewer
from web.address import target_of
from web.api_memento import moment_of
from web.guard import OWN_HEADERS
from web.holdings import Holdings
from web.pages.asked import sha256
from web.pages.endpoint import not_found
from web.pages.show import Shown
from web.problem import Problem, bad_request
from web.replay import Replay

SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
LARGEST = 64 << 20  # bytes of a picture, decoded


@dataclass(frozen=True, slots=True)
class ArchivedPages:
    """Archived bytes beside what is said of them."""

    archive: Archive
    holdings: Holdings
    viewer: Viewer
    shown: Shown

    def view(self, request: Request) -> Response:
        """The capture closest to a moment, in a frame of the replay origin that may run nothing."""
        at, modifier = moment_of(request)
        if modifier:
            raise bad_request(f"modifier {modifier!r}; allowed here: none")
        url = target_of(request.scope, 2)
        found = self.holdings.memento(url, at)
        article = article_at(self.viewer, url, at=found.capture.at)
        missing = Replay(self.archive, self.holdings, self.shown.origins).missing(found)
        context = {
            "capture": found.capture,
            "memento": found,
            "article": article,
            "missing": missing,
            "kinds": Counter(part.kind for part in missing).most_common(),
        }
        return self.shown.page(request, "view.html", context)

    def picture(self, request: Request) -> Response:
        """The bytes of an archived picture, as the type that they were found to be, able to do nothing."""
        digest = sha256(request)
        found = picture_capture(self.viewer, digest)
        if found is None or found[0].mime not in SHOWN_TYPES:
            raise not_found("no such picture is in the archive")
        image, capture = found
        request.scope[OWN_HEADERS] = {
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "Cache-Control": "private, no-cache",  # asked again each time, for a takedown holds at once
        }
        tag = {"ETag": f'"{digest}"'}
        if request.headers.get("if-none-match") == tag["ETag"]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=tag)
        exchange = read_original(self.archive.store, capture)
        try:
            body = decode_body(exchange.body, exchange.header("Content-Encoding"), LARGEST)
        except ContentCodingError as error:
            raise Problem(HTTPStatus.BAD_GATEWAY, f"its bytes cannot be decoded ({error.reason})") from error
        return Response(body, headers=tag, media_type=image.mime)
