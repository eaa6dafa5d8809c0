"""Follows redirects, each hop a request (and a record) of its own."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.fetch.refusal import RefusedRequest

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# About the page that was asked for first: a 304 from another page would say nothing that we could use.
_CONDITIONS = ("If-None-Match", "If-Modified-Since")


class HopByHop(RedirectMiddleware):
    """Scrapy's redirects without Referer and conditions, with a reason where the chain ends before a page.

    Raises RefusedRequest: `redirect_limit` after REDIRECT_MAX_TIMES hops, `redirect_loop` for an address that
    the chain has been at, `blocked_scheme` for a Location that is not http or https, `blocked_url` for one
    that is no URL.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy's, less its look-out for a Referer middleware and the warning that there is none."""
        made = cls(crawler.settings)
        made.crawler = crawler
        return made

    def handle_referer(self, request: Request, response: Response) -> None:  # noqa: ARG002 - as Scrapy has it
        """Send no Referer: where we came from is nobody's business."""
        request.headers.pop("Referer", None)

    def process_response(  # type: ignore[override]  # without the spider, as 2.19 calls it
        self, request: Request, response: Response
    ) -> Request | Response:
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:
            raise RefusedRequest("redirect_limit", f"{request.url}: {error}") from error
        except ValueError as error:  # a Location that cannot be split into the parts of a URL
            raise RefusedRequest("blocked_url", f"{request.url} redirects to nonsense: {error}") from error
        if isinstance(result, Request):
            if result.url in result.meta["redirect_urls"]:
                raise RefusedRequest("redirect_loop", f"{request.url} leads back to {result.url}")
            for condition in _CONDITIONS:
                result.headers.pop(condition, None)
        elif (
            response.status in _REDIRECTS
            and "Location" in response.headers
            and not request.meta.get("dont_redirect", False)
        ):
            raise RefusedRequest(
                "blocked_scheme", f"{request.url} redirects to {response.headers['Location']!r}"
            )
        return result
