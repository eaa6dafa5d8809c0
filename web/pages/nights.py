"""`/` and `/night/DATE`: what was archived last night."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from archive.catalog.watch import open_alarms
from archive.views.today import today
from archive.views.viewer import Viewer
from web.pages.asked import day_of
from web.pages.endpoint import not_found
from web.pages.show import Shown


@dataclass(frozen=True, slots=True)
class NightPages:
    """One night, the newest by default."""

    viewer: Viewer
    shown: Shown

    def newest(self, request: Request) -> Response:
        """The newest night, with the alarms that are open now."""
        return self._page(request, None)

    def night(self, request: Request) -> Response:
        """The night of a date."""
        return self._page(request, day_of(request.path_params["night"]).isoformat())

    def _page(self, request: Request, night: str | None) -> Response:
        view = today(self.viewer, night)
        if night is not None and not view.sources:
            raise not_found(f"no run had the night of {night}")
        alarms = open_alarms(self.viewer.catalog) if view.after is None else []
        return self.shown.page(request, "today.html", {"view": view, "alarms": alarms})
