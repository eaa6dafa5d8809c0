"""Refuses what may never be fetched, before it waits for a place in the downloader."""

from __future__ import annotations

from scrapy import Request

from crawler.fetch.errors import FetchError
from crawler.fetch.refusal import RefusedRequest
from crawler.fetch.target import check_url


class SchemeGuard:
    """Downloader middleware: other schemes, credentials, bad ports, private literals, at every hop.

    A redirect is a new request to Scrapy, so each hop passes here. What a name resolves to is checked later,
    where the connection is made.
    """

    def process_request(self, request: Request) -> None:
        """Raise RefusedRequest with the client's own reason."""
        try:
            check_url(request.url, allow_private=request.meta.get("allow_private", False))
        except FetchError as error:
            raise RefusedRequest(error.reason, f"{error.url}: {error.detail}") from error
