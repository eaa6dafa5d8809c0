"""An endpoint of a page: what goes wrong is told as a page too, with the same status."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from archive.views.viewer import Withheld
from config.errors import DatelineError
from web.pages.show import Shown
from web.problem import Problem, problem_of

Endpoint = Callable[[Request], Response]

_HEADINGS = {
    HTTPStatus.BAD_REQUEST: "That cannot be asked",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.NOT_FOUND: "Nothing here",
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: "Not shown",
    HTTPStatus.SERVICE_UNAVAILABLE: "The archive cannot be read just now",
}


def page_endpoint(shown: Shown, endpoint: Endpoint) -> Endpoint:
    """An endpoint whose errors are pages."""

    def answer(request: Request) -> Response:
        try:
            return endpoint(request)
        except Withheld as hidden:
            problem = Problem(HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, str(hidden))
        except DatelineError as error:
            problem = problem_of(error)
        return error_page(shown, request, problem)

    return answer


def error_page(shown: Shown, request: Request, problem: Problem) -> Response:
    """A problem as a page."""
    heading = _HEADINGS.get(problem.status, problem.status.phrase)
    context = {"status": int(problem.status), "heading": heading, "detail": problem.detail}
    answer = shown.page(request, "error.html", context, problem.status)
    answer.headers.update(problem.headers)
    return answer


def not_found(detail: str) -> Problem:
    """404, with what is not there."""
    return Problem(HTTPStatus.NOT_FOUND, detail)
