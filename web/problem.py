"""What goes wrong, as problem details (RFC 9457); nothing of the inside is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from archive.rows import DroppedRow, TakedownRow
from archive.views.viewer import Withheld
from config.errors import DatelineError, ServiceUnreachable

log = structlog.get_logger()


class Problem(DatelineError):  # noqa: N818 - the name of RFC 9457
    """A request that is answered with an error.

    Attributes:
        status: of the answer.
        detail: what is wrong, and what is allowed.
        headers: further headers of the answer.
    """

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})

    def response(self) -> Response:
        """The answer."""
        document = {"type": "about:blank", "title": self.status.phrase, "status": int(self.status)}
        body = json.dumps({**document, "detail": self.detail}).encode()
        return Response(body, self.status, self.headers, "application/problem+json")


def bad_request(detail: str) -> Problem:
    """400, with the reason."""
    return Problem(HTTPStatus.BAD_REQUEST, detail)


def not_archived(url: str) -> Problem:
    """404 for an address of which nothing is kept."""
    return Problem(HTTPStatus.NOT_FOUND, f"no capture of {url} is in the archive")


def let_go(row: DroppedRow, instead: str) -> Problem:
    """410 for the very bytes of a capture that were let go; `instead` is the memento that stands for it."""
    return Problem(
        HTTPStatus.GONE,
        f"what was captured of {row.url} at {row.at:%Y-%m-%d %H:%M:%S} UTC showed no change, and its bytes "
        f"were let go on {row.dropped_at:%Y-%m-%d} (policy.keep of {row.source}); its payload had sha256 "
        f"{row.payload_sha256}. What it showed stands at {instead}",
    )


def taken_down(row: TakedownRow) -> Problem:
    """451 for what was taken down (RFC 7725), with the reason that was given."""
    day = f"{row.at:%Y-%m-%d}"
    return Problem(HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, f"this was taken down on {day}: {row.reason}")


def blocked(url: str) -> Problem:
    """451 for what the rules of this service do not show."""
    return Problem(
        HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, f"captures of {url} are not shown by this service"
    )


def as_problem(_request: Request, error: Exception) -> Response:
    """The answer to whatever a request raised."""
    return problem_of(error).response()


def problem_of(error: Exception) -> Problem:
    """What a reader is told of whatever a request raised; the rest goes to the log."""
    match error:
        case Problem():
            return error
        case Withheld():
            return Problem(HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, str(error))
        case HTTPException():
            headers = error.headers
            return Problem(HTTPStatus(error.status_code), "nothing is served at this address", headers)
        case ServiceUnreachable():
            log.error("a service did not answer", error=str(error))
            detail = "the archive cannot be read just now"
            return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "30"})
        case _:
            log.error("a request failed", error=f"{type(error).__name__}: {error}")
            return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "this could not be read from the archive")
