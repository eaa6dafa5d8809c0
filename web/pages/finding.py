"""`/search`, `/lookup`, and `/find`, which knows an address from words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from archive.search.query import EVENTS
from archive.views.lookup import look_up
from archive.views.search import Order, QueryError, Results, Which, search
from archive.views.sources import known_sources
from archive.views.viewer import Viewer
from web.address import spell
from web.pages.asked import word
from web.pages.show import Shown
from web.problem import bad_request

_SCHEME = re.compile(r"https?:/+", re.IGNORECASE)
_HOST_LIKE = re.compile(r"(?:www\.)?[^\s/:\"()]+\.[a-z]{2,}(?::\d+)?/\S*|www\.\S+\.\S+", re.IGNORECASE)
_FILTERS = ("source", "lang", "event", "has", "cluster", "since", "until")
PAGE = 20  # hits


@dataclass(frozen=True, slots=True)
class FindingPages:
    """From words or an address to what is archived."""

    viewer: Viewer
    shown: Shown

    def find(self, request: Request) -> Response:
        """On to the look-up for an address, to the search for words."""
        asked = request.query_params.get("q", "").strip()
        is_address = bool(_SCHEME.match(asked) or _HOST_LIKE.fullmatch(asked))
        place = f"/lookup?{urlencode({'url': asked})}" if is_address else f"/search?{urlencode({'q': asked})}"
        return RedirectResponse(place, HTTPStatus.SEE_OTHER)

    def lookup(self, request: Request) -> Response:
        """What is known of an address."""
        asked = request.query_params.get("url", "").strip()
        context: dict[str, object] = {"asked": asked, "view": None, "wrong": None}
        if not asked:
            return self.shown.page(request, "lookup.html", context)
        try:
            url = spell(asked if _SCHEME.match(asked) else f"https://{asked}")
        except ValueError:
            context["wrong"] = (
                "This is no web address: write it as it stands in a browser, such as https://www.example.org/story"
            )
            return self.shown.page(request, "lookup.html", context, HTTPStatus.BAD_REQUEST)
        return self.shown.page(request, "lookup.html", context | {"view": look_up(self.viewer, url)})

    def search(self, request: Request) -> Response:
        """Versions that say something, with the words marked."""
        text = request.query_params.get("q", "").strip()
        filters = {name: said for name in _FILTERS if (said := word(request, name))}
        try:
            which = Which(request.query_params.get("which") or Which.STANDING)
            order = Order(request.query_params.get("order") or Order.NEWEST)
        except ValueError as error:
            raise bad_request(f"{error}; allowed: {', '.join(Which)} and {', '.join(Order)}") from error
        results: Results | None = None
        wrong: str | None = None
        if text or filters:
            try:
                results = search(
                    self.viewer,
                    text,
                    filters,
                    order=order,
                    which=which,
                    limit=PAGE,
                    cursor=request.query_params.get("cursor") or None,
                )
            except QueryError as error:
                wrong = str(error)
        context = {
            "text": text,
            "filters": {name: filters.get(name, "") for name in _FILTERS},
            "which": which,
            "order": order,
            "orders": list(Order),
            "events": EVENTS,
            "names": known_sources(self.viewer, self.shown.files),
            "results": results,
            "wrong": wrong,
            "later": bool(request.query_params.get("cursor")),
        }
        status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
        return self.shown.page(request, "search.html", context, status)
