"""An archive that is opened directly: its catalog and its store are asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from archive.catalog.ledger_reads import LedgerChoice
from archive.opening import FORMAT_KEY, open_archive
from archive.search.query import QueryError
from archive.stores.open import open_store
from archive.views import answers
from archive.views.article import ArticleView, article
from archive.views.clusters import StoryList, story_page
from archive.views.compare import Comparison, compare
from archive.views.front_hours import FrontDay, front_day
from archive.views.fronts import Fronts, fronts_at
from archive.views.lookup import Found, look_up
from archive.views.pictures import PictureView, Wall, picture, wall
from archive.views.previews import PreviewView, preview_view
from archive.views.saved import Saved, SavedFinds, saved_finds, saved_searches
from archive.views.search import Results, search
from archive.views.source_files import SourceFiles
from archive.views.sources import RunView, known_sources, run_view
from archive.views.today import Today, today
from archive.views.viewer import Viewer, Withheld
from config.errors import ConfigError, DatelineError, ServiceUnreachable
from config.settings import FILE_NAME, Settings, load_settings
from dateline.asked import Search
from dateline.errors import Failed, NoArchive, NotShown, Unreachable, WrongQuestion


class LocalArchive:
    """The back end over catalog and store, with the eyes of whoever owns them: access rules do not hold."""

    def __init__(self, path: str | Path | None = None) -> None:
        with _told():
            settings = load_settings(_file_at(path))
            self._check(settings)
            self._archive = open_archive(settings)
        self._viewer, self._files = Viewer(self._archive.catalog), SourceFiles(settings.sources)
        self._searches = settings.searches

    @property
    def place(self) -> str:
        return self._archive.store.address

    @staticmethod
    def _check(settings: Settings) -> None:
        """Opening for a crawl would make an empty archive where there is none."""
        store = open_store(settings.store, endpoint=settings.s3.endpoint, region=settings.s3.region)
        if store.stat(FORMAT_KEY) is None:
            raise NoArchive(
                f"there is no archive at {store.address}",
                "name the settings (dateline.yaml) of one, or begin it with `dateline crawl`",
            )

    def search(self, asked: Search, limit: int, cursor: str | None) -> Results:
        with _told():
            return search(
                self._viewer,
                asked.words,
                asked.filters,
                order=asked.order,
                which=asked.which,
                limit=limit,
                cursor=cursor,
            )

    def look_up(self, url: str) -> Found:
        with _told():
            return look_up(self._viewer, url)

    def article(self, article_id: str, number: int | None, at: datetime | None) -> ArticleView | None:
        with _told():
            return article(self._viewer, article_id, number=number, at=at)

    def compare(self, article_id: str, before: int | None, after: int | None) -> Comparison | None:
        with _told():
            return compare(self._viewer, article_id, before, after)

    def night(self, night: date | None) -> Today:
        with _told():
            return today(self._viewer, night.isoformat() if night else None)

    def sources(self) -> answers.SourceList:
        with _told():
            return answers.source_list(self._viewer, self._files)

    def source(self, name: str) -> answers.SourceDetail | None:
        with _told():
            return answers.source_detail(self._viewer, name, self._files)

    def preview(self, name: str) -> PreviewView | None:
        with _told():
            return preview_view(self._viewer, name, self._files)

    def runs(self, limit: int, cursor: str | None) -> answers.RunList:
        with _told():
            return answers.run_list(self._viewer, limit, cursor)

    def run(self, run_id: str, chosen: LedgerChoice, after: int) -> RunView | None:
        with _told():
            return run_view(self._viewer, run_id, chosen, after)

    def alarms(self, limit: int, cursor: str | None) -> answers.AlarmList:
        with _told():
            return answers.alarm_list(self._viewer, limit, cursor)

    def stories(
        self, since: datetime | None, source: str | None, limit: int, cursor: str | None
    ) -> StoryList:
        with _told():
            return story_page(self._viewer, since=since, source=source, limit=limit, cursor=cursor)

    def fronts(self, at: datetime | None) -> Fronts:
        with _told():
            return fronts_at(self._viewer, self._files, known_sources(self._viewer, self._files), at)

    def front(self, source: str, url: str | None, at: datetime | None) -> answers.FrontHistory | None:
        with _told():
            return answers.front_history(self._viewer, source, url, at)

    def front_hours(self, day: date | None, sources: Sequence[str]) -> FrontDay:
        with _told():
            names = known_sources(self._viewer, self._files)
            return front_day(self._viewer, self._files, names, day, sources)

    def pictures(self, day: date | None, source: str | None) -> Wall:
        with _told():
            return wall(self._viewer, day, source)

    def picture(self, sha256: str) -> PictureView | None:
        with _told():
            return picture(self._viewer, sha256)

    def searches(self) -> tuple[Saved, ...]:
        with _told():
            return tuple(saved_searches(self._viewer, self._searches))

    def finds(self, search: str, limit: int, cursor: str | None) -> SavedFinds | None:
        with _told():
            return saved_finds(self._viewer, self._searches, search, limit=limit, cursor=cursor)

    def close(self) -> None:
        self._archive.close()


def _file_at(path: str | Path | None) -> Path | None:
    """The settings file that a path means: itself, or the one in that folder."""
    if path is None:
        return None
    given = Path(path).expanduser()
    return given / FILE_NAME if given.is_dir() else given


@contextmanager
def _told() -> Iterator[None]:
    """The archive's errors as those of the client."""
    try:
        yield
    except Withheld as error:
        raise NotShown(
            str(error), "there is nothing to be done here: whoever keeps the archive decided so"
        ) from error
    except QueryError as error:
        raise WrongQuestion(str(error), "mend it and ask again") from error
    except ServiceUnreachable as error:
        raise Unreachable(
            str(error), "look whether store and catalog run (`dateline doctor`), and ask again"
        ) from error
    except (NoArchive, WrongQuestion):
        raise
    except ConfigError as error:
        raise NoArchive(str(error), "mend the settings, which `dateline doctor` checks") from error
    except DatelineError as error:
        raise Failed(str(error), "`dateline verify` tells what is wrong with the archive") from error
