"""`/searches`: the saved searches, and what each found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from archive.search.query import QueryError
from archive.views.saved import saved_finds, saved_searches
from archive.views.viewer import Viewer
from config.saved_search import SavedSearch
from web.pages.asked import word
from web.pages.endpoint import not_found
from web.pages.show import Shown
from web.problem import bad_request


@dataclass(frozen=True, slots=True)
class SavedPages:
    """Saved searches, which the settings declare."""

    viewer: Viewer
    shown: Shown
    saved: Sequence[SavedSearch]

    def searches(self, request: Request) -> Response:
        """All of them."""
        view = saved_searches(self.viewer, self.saved)
        return self.shown.page(request, "searches.html", {"searches": view})

    def finds(self, request: Request) -> Response:
        """One, with a page of its finds."""
        name = request.path_params["search"]
        try:
            found = saved_finds(self.viewer, self.saved, name, cursor=word(request, "cursor"))
        except QueryError as error:
            raise bad_request(str(error)) from error
        if found is None:
            raise not_found(f"no saved search {name[:64]!r} is declared; allowed: those under `searches`")
        return self.shown.page(request, "finds.html", {"view": found})
