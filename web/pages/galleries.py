"""`/fronts` and `/pictures`: what led, and what was to be seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from archive.views.front_hours import MOST_SOURCES, front_day
from archive.views.fronts import fronts_at, leads, pages_of
from archive.views.pictures import picture, wall
from archive.views.sources import known_sources
from archive.views.viewer import Viewer
from web.address import url_in
from web.pages.asked import day_of, moment_asked, sha256, word
from web.pages.endpoint import not_found
from web.pages.show import Shown


@dataclass(frozen=True, slots=True)
class GalleryPages:
    """Front pages and pictures."""

    viewer: Viewer
    shown: Shown

    def fronts(self, request: Request) -> Response:
        """The front pages of all sources side by side: at a moment, or what led in the hours of a `day`."""
        names = self._names()
        if "day" in request.query_params:
            return self._hours(request, names)
        view = fronts_at(self.viewer, self.shown.files, names, moment_asked(request, "at"))
        languages = self._languages(names)
        return self.shown.page(request, "fronts.html", {"view": view, "languages": languages})

    def _hours(self, request: Request, names: Sequence[str]) -> Response:
        asked = word(request, "day")
        chosen = request.query_params.getlist("source")[:MOST_SOURCES]
        view = front_day(self.viewer, self.shown.files, names, day_of(asked) if asked else None, chosen)
        languages = self._languages(view.sources)
        context = {"view": view, "languages": languages, "chosen": [name for name in chosen if name in names]}
        return self.shown.page(request, "fronts_hours.html", context)

    def front(self, request: Request) -> Response:
        """What one source led with over time."""
        name = request.path_params["source"]
        pages = pages_of(self.viewer, name)
        asked = word(request, "page")
        chosen = url_in(asked) if asked else next(iter(pages), None)
        if name not in self._names() or (asked and chosen not in pages):
            raise not_found(f"no front page of {name[:64]!r} is archived at this address")
        context = {
            "name": name,
            "pages": pages,
            "chosen": chosen,
            "language": self._languages([name])[name],
            "leads": leads(self.viewer, name, chosen) if chosen else [],
        }
        return self.shown.page(request, "front.html", context)

    def pictures(self, request: Request) -> Response:
        """The pictures of a day."""
        asked = word(request, "day")
        view = wall(self.viewer, day_of(asked) if asked else None, word(request, "source"))
        return self.shown.page(request, "pictures.html", {"view": view, "names": self._names()})

    def picture(self, request: Request) -> Response:
        """One picture and where it ran."""
        found = picture(self.viewer, sha256(request))
        if found is None:
            raise not_found("no such picture is in the archive")
        return self.shown.page(request, "picture.html", {"view": found})

    def _names(self) -> Sequence[str]:
        return known_sources(self.viewer, self.shown.files)

    def _languages(self, names: Iterable[str]) -> dict[str, str | None]:
        known = self.shown.files.sources()
        return {name: known[name].language if name in known else None for name in names}
