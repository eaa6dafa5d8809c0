"""`/sources` and `/runs`: how sources fare, and their runs down to every address and its reason."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from archive.catalog.ledger_reads import LedgerChoice
from archive.catalog.watch import SourceWatch, open_alarms, watch_of
from archive.rows import AlarmRow
from archive.views.answers import pause_now, pauses_now
from archive.views.health import health_of
from archive.views.previews import preview_view
from archive.views.sources import newest_runs, run_view, source_cards, source_view
from archive.views.viewer import Viewer
from web.pages.asked import whole, word
from web.pages.endpoint import not_found
from web.pages.orders import DONE
from web.pages.show import Shown


@dataclass(frozen=True, slots=True)
class WatchPages:
    """Sources and runs."""

    viewer: Viewer
    shown: Shown
    can_order: bool = False  # whether there is an operator's token

    def sources(self, request: Request) -> Response:
        """A card for each source."""
        alarms: defaultdict[str, list[AlarmRow]] = defaultdict(list)
        for row in open_alarms(self.viewer.catalog):
            alarms[row.subject].append(row)
        context = {
            "cards": source_cards(self.viewer, self.shown.files),
            "alarms_of": alarms,
            "paused": pauses_now(self.viewer),
        }
        return self.shown.page(request, "sources.html", context)

    def source(self, request: Request) -> Response:
        """One source: its health, its runs, its file."""
        name = request.path_params["source"]
        found = source_view(self.viewer, name, self.shown.files)
        if found is None:
            raise not_found(f"no source {name[:64]!r} is known; allowed: those of the page of sources")
        context = {
            "view": found,
            "alarms": open_alarms(self.viewer.catalog, [name]),
            "notice": DONE.get(request.query_params.get("done", "")),
            "can_act": self.can_order and found.source is not None,
            "paused": pause_now(self.viewer, name),
            "figures": figures_shown(watch_of(self.viewer.catalog, [name])[0]),
            "health": health_of(self.viewer, name, found.runs),
            "preview": preview_view(self.viewer, name, self.shown.files),
        }
        return self.shown.page(request, "source.html", context)

    def runs(self, request: Request) -> Response:
        """The newest runs."""
        return self.shown.page(request, "runs.html", {"runs": newest_runs(self.viewer)})

    def run(self, request: Request) -> Response:
        """One run, its ledger as chosen."""
        name = request.path_params["run"]
        chosen = LedgerChoice(word(request, "source"), word(request, "outcome"), word(request, "reason"))
        after = whole(request, "after")
        found = run_view(self.viewer, name, chosen, -1 if after is None else after)
        if found is None:
            raise not_found(f"no run {name[:80]!r} is known; allowed: those of the page of runs")
        return self.shown.page(request, "run.html", {"view": found})


def figures_shown(watch: SourceWatch) -> list[tuple[str, str]]:
    """(name, value) of a source's last eight weeks that a glance should see; empty before its first night."""
    if not watch.nights:
        return []
    newest = watch.nights[-1]
    usual = newest.last.usual
    articles = sum(night.articles for night in watch.nights)
    asked = sum(night.asked for night in watch.nights)
    came = sum(night.came for night in watch.nights)
    titled = sum(night.titled for night in watch.nights)
    pictured = sum(night.pictured for night in watch.nights)
    shown = [("articles last night", f"{newest.articles:,}")]
    if usual is not None:
        shown.append(("a usual night", f"{usual:,}"))
    if asked:
        nights = f"{len(watch.nights)} nights" if len(watch.nights) > 1 else "one night"
        shown.append((f"of pages answered, {nights}", f"{came / asked:.1%}"))
    if articles:
        shown.append(("of articles with a headline", f"{titled / articles:.1%}"))
        shown.append(("of articles with pictures", f"{pictured / articles:.1%}"))
    if newest.characters is not None:
        shown.append(("characters, the median text", f"{newest.characters:,}"))
    return shown
