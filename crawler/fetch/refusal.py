"""Requests that are given up before they reach the network."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class RefusedRequest(IgnoreRequest):
    """A request that we do not make.

    Attributes:
        reason: `blocked_scheme`, `blocked_url`, `blocked_private`, `redirect_limit` or `redirect_loop`.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
