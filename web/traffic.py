"""How long requests take, by the template of their route and the status they were answered with."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence

from prometheus_client import Gauge, Histogram
from prometheus_client.core import Metric
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ELSEWHERE = (
    "other"  # stands for every path that no route has, and for what is refused before one is looked for
)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


class Traffic:
    """Counts what one process answers, on both origins.

    The labels are bounded whatever is asked: routes are templates, statuses those that we send.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self.seconds = Histogram(
            "dateline_http_request_seconds",
            "From a request to the last byte of its answer.",
            ("origin", "route", "status"),
            buckets=BUCKETS,
            registry=None,
        )
        self.open = Gauge(
            "dateline_http_requests_open", "Requests that are being answered.", ("origin",), registry=None
        )

    def collect(self) -> Iterator[Metric]:
        """Both, without the moments at which series began, which nobody asks for."""
        for family in (*self.seconds.collect(), *self.open.collect()):
            family.samples = [each for each in family.samples if not each.name.endswith("_created")]
            yield family

    def counted(
        self, app: ASGIApp, origin: str, routes: Sequence[Route], outside: Collection[str] = ()
    ) -> ASGIApp:
        """The application, each of its answers counted; `outside` are paths answered before its routes."""
        # By identity: an endpoint need not have a hash. The routes keep them alive.
        templates = {id(route.endpoint): route.path for route in routes}
        going = self.open.labels(origin)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            status, begun = "500", self._now()  # what a server sends if nothing was

            async def noted(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = str(message["status"])
                await send(message)

            with going.track_inprogress():
                try:
                    await app(scope, receive, noted)
                finally:
                    path = scope.get("path")
                    found = templates.get(id(scope.get("endpoint")), ELSEWHERE)
                    route = path if path in outside else found
                    self.seconds.labels(origin, route, status).observe(self._now() - begun)

        return answer
