"""Articles, their versions and differences; nights; sources and runs; front pages, pictures, stories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.catalog import search_index
from archive.catalog.ledger_reads import LedgerChoice
from archive.views.answers import (
    AlarmList,
    FrontHistory,
    RunList,
    SourceDetail,
    SourceList,
    alarm_list,
    front_history,
    run_list,
    source_detail,
    source_list,
)
from archive.views.article import ArticleView, article
from archive.views.clusters import StoryList, story_page
from archive.views.compare import Comparison, compare
from archive.views.front_hours import FrontDay, front_day
from archive.views.fronts import Fronts, fronts_at
from archive.views.pictures import PictureView, Wall, picture, wall
from archive.views.previews import PreviewView, preview_view
from archive.views.saved import SavedFinds, SavedList, saved_finds, saved_searches
from archive.views.source_files import SourceFiles
from archive.views.sources import RunView, known_sources, run_view
from archive.views.today import Today, today
from archive.views.viewer import Viewer
from config.saved_search import SavedSearch
from config.version import dateline_version
from web.api import parameters as asked
from web.api.endpoint import Endpoint
from web.api.shapes import Cited, Service
from web.moments import from_digits
from web.origins import Origins
from web.pages.cited import citations

API_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that pages show besides searches."""

    viewer: Viewer
    files: SourceFiles
    origins: Origins
    searches: Sequence[SavedSearch] = ()

    def endpoints(self) -> list[Endpoint]:
        """In the order of the document."""
        return [*self._articles(), *self._watch(), *self._saved(), *self._galleries()]

    def _articles(self) -> list[Endpoint]:
        group = "Articles"
        return [
            Endpoint(
                "/articles/{article}", "article", group, "An article with its versions, one of them in full.",
                asked.OneArticle, ArticleView, self._article, may_be_absent=True,
            ),
            Endpoint(
                "/articles/{article}/versions/{number}", "version", group,
                "An article: this version in full.",
                asked.OneVersion, ArticleView, self._version, may_be_absent=True,
            ),
            Endpoint(
                "/articles/{article}/versions/{number}/citation", "citation", group,
                "Addresses of a version that stay, and ready-made references.",
                asked.OneVersion, Cited, self._citation, may_be_absent=True,
            ),
            Endpoint(
                "/articles/{article}/diff", "diff", group, "What differs between two versions.",
                asked.TwoVersions, Comparison, self._diff, may_be_absent=True,
            ),
            Endpoint(
                "/clusters", "clusters", group, "Stories that ran more than once, the newest first.",
                asked.StoriesSince, StoryList, self._stories,
            ),
        ]  # fmt: skip

    def _watch(self) -> list[Endpoint]:
        group = "Sources and runs"
        return [
            Endpoint(
                "/today", "today", group, "What one night brought: new, edited and removed articles.",
                asked.Night, Today, self._today,
            ),
            Endpoint(
                "/sources", "sources", group, "Every source with how its newest runs went.",
                asked.Nothing, SourceList, self._sources,
            ),
            Endpoint(
                "/sources/{source}", "source", group, "A source: its health, its runs and its file.",
                asked.OneSource, SourceDetail, self._source, may_be_absent=True,
            ),
            Endpoint(
                "/sources/{source}/preview", "preview", group,
                "What a crawl of a source would archive, and why not, as somebody asked last.",
                asked.OneSource, PreviewView, self._preview, may_be_absent=True,
            ),
            Endpoint("/runs", "runs", group, "Runs, newest first.", asked.Limit, RunList, self._runs),
            Endpoint(
                "/runs/{run}", "run", group, "A run: its sums, its documents, and a page of its ledger.",
                asked.Ledger, RunView, self._run, may_be_absent=True,
            ),
            Endpoint(
                "/alarms", "alarms", group, "Open alarms, and the newest.", asked.Limit, AlarmList,
                self._alarms,
            ),
            Endpoint(
                "/service", "service", group, "What answers here.", asked.Nothing, Service, self._service,
            ),
        ]  # fmt: skip

    def _saved(self) -> list[Endpoint]:
        group = "Saved searches"
        return [
            Endpoint(
                "/searches", "searches", group, "The saved searches, and what each found last.",
                asked.Nothing, SavedList, self._searches,
            ),
            Endpoint(
                "/searches/{search}", "saved_search", group, "What a saved search found, newest first.",
                asked.OneSearch, SavedFinds, self._finds, may_be_absent=True,
            ),
        ]  # fmt: skip

    def _galleries(self) -> list[Endpoint]:
        group = "Front pages and pictures"
        return [
            Endpoint(
                "/fronts", "fronts", group, "The front pages of all sources at a moment.",
                asked.SourcesAt, Fronts, self._fronts,
            ),
            Endpoint(
                "/fronts/{source}", "front", group, "A front page at a moment, and what led it over time.",
                asked.FrontAt, FrontHistory, self._front, may_be_absent=True,
            ),
            Endpoint(
                "/front-hours", "front_hours", group, "What came to lead front pages, hour by hour.",
                asked.HoursOf, FrontDay, self._front_hours,
            ),
            Endpoint(
                "/pictures", "pictures", group, "The pictures of a day.", asked.WallOf, Wall, self._wall,
            ),
            Endpoint(
                "/pictures/{sha256}", "picture", group, "A picture, and every article that ran it.",
                asked.OnePicture, PictureView, self._picture, may_be_absent=True,
            ),
        ]  # fmt: skip

    def _article(self, given: asked.OneArticle) -> ArticleView | None:
        at = from_digits(given.at, up=True) if given.at else None
        return article(self.viewer, given.article, at=at)

    def _version(self, given: asked.OneVersion) -> ArticleView | None:
        return article(self.viewer, given.article, number=given.number)

    def _diff(self, given: asked.TwoVersions) -> Comparison | None:
        return compare(self.viewer, given.article, given.before, given.after)

    def _citation(self, given: asked.OneVersion) -> Cited | None:
        view = article(self.viewer, given.article, number=given.number)
        if view is None:
            return None
        permanent = f"{self.origins.api}/article/{view.article_id}/{given.number}"
        memento = self.origins.memento(view.version.url, view.version.captured_at)
        forms = citations(view.version, self.files.title(view.source), permanent, memento)
        said = {name: text for name, _, text in forms}
        return Cited(view.article_id, given.number, permanent, memento, said)

    def _stories(self, given: asked.StoriesSince) -> StoryList:
        since = from_digits(given.since) if given.since else None
        return story_page(
            self.viewer, since=since, source=given.source, limit=given.limit, cursor=given.cursor
        )

    def _searches(self, _given: asked.Nothing) -> SavedList:
        return SavedList(tuple(saved_searches(self.viewer, self.searches)))

    def _finds(self, given: asked.OneSearch) -> SavedFinds | None:
        return saved_finds(self.viewer, self.searches, given.search, limit=given.limit, cursor=given.cursor)

    def _today(self, given: asked.Night) -> Today:
        return today(self.viewer, given.night.isoformat() if given.night else None)

    def _sources(self, _given: asked.Nothing) -> SourceList:
        return source_list(self.viewer, self.files)

    def _source(self, given: asked.OneSource) -> SourceDetail | None:
        return source_detail(self.viewer, given.source, self.files)

    def _preview(self, given: asked.OneSource) -> PreviewView | None:
        return preview_view(self.viewer, given.source, self.files)

    def _runs(self, given: asked.Limit) -> RunList:
        return run_list(self.viewer, given.limit, given.cursor)

    def _run(self, given: asked.Ledger) -> RunView | None:
        chosen = LedgerChoice(given.source, given.outcome, given.reason)
        return run_view(self.viewer, given.run, chosen, given.after)

    def _alarms(self, given: asked.Limit) -> AlarmList:
        return alarm_list(self.viewer, given.limit, given.cursor)

    def _service(self, _given: asked.Nothing) -> Service:
        return Service("Dateline", dateline_version(), API_VERSION, search_index.pending(self.viewer.catalog))

    def _fronts(self, given: asked.SourcesAt) -> Fronts:
        at = from_digits(given.at, up=True) if given.at else None
        return fronts_at(self.viewer, self.files, known_sources(self.viewer, self.files), at)

    def _front(self, given: asked.FrontAt) -> FrontHistory | None:
        at = from_digits(given.at, up=True) if given.at else None
        return front_history(self.viewer, given.source, given.url, at)

    def _front_hours(self, given: asked.HoursOf) -> FrontDay:
        names = known_sources(self.viewer, self.files)
        chosen = given.sources.split(",") if given.sources else ()
        return front_day(self.viewer, self.files, names, given.day, chosen)

    def _wall(self, given: asked.WallOf) -> Wall:
        return wall(self.viewer, given.day, given.source)

    def _picture(self, given: asked.OnePicture) -> PictureView | None:
        return picture(self.viewer, given.sha256)
