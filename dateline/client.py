"""The verbs: one class over two back ends."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

from archive.catalog.ledger_reads import LedgerChoice
from archive.rows import AlarmRow, LedgerRow, RunRow
from archive.views.answers import FrontHistory, SourceDetail, SourceSummary
from archive.views.article import ArticleView
from archive.views.clusters import Story
from archive.views.compare import Comparison
from archive.views.front_hours import MOST_SOURCES, FrontDay
from archive.views.fronts import Fronts
from archive.views.lookup import Found
from archive.views.pictures import PictureView, Wall
from archive.views.previews import PreviewView
from archive.views.saved import Find, Saved
from archive.views.search import Hit
from archive.views.sources import RunView
from archive.views.today import Today
from dateline import asked
from dateline.asked import Day, Moment
from dateline.backend import Backend
from dateline.errors import NoArchive, NotArchived, NotShown
from dateline.pages import Pages, Table

T = TypeVar("T")
_PAGE = 100


def open_archive(path: str | Path | None = None) -> Archive:
    """An archive that lies here, or in a bucket and a database that this machine reaches.

    Args:
        path: its settings (`dateline.yaml`), or their folder; None: as the command line finds them.

    Raises NoArchive, Unreachable.
    """
    from dateline.local import LocalArchive  # noqa: PLC0415 - over HTTP neither store nor catalog is needed

    return Archive(LocalArchive(path))


def connect(address: str, token: str | None = None, *, patience: float = 60.0) -> Archive:
    """An archive over HTTP; nothing is asked yet.

    Args:
        address: of a service (`dateline serve` or `dateline web`), such as http://127.0.0.1:8080.
        token: that of its setting `web.token`, if it has one.
        patience: seconds that are waited for one answer where the service wants to be asked less often.

    Raises NoArchive if that is no address, or httpx is missing.
    """
    try:
        from dateline.remote import RemoteArchive  # noqa: PLC0415 - only this needs httpx
    except ModuleNotFoundError as error:
        if error.name != "httpx":
            raise
        raise NoArchive("archives over HTTP need httpx", "install the extra `dateline[client]`") from error
    return Archive(RemoteArchive(address, token, patience=patience))


class Archive:
    """An archive to ask. Made by `open_archive` or `connect`; a context manager, or `close()` it.

    Everywhere: a moment is a `datetime` with a zone, a `date` (its end, UTC) or text of either; an article is
    named by its id or any address that it has had. Raises the errors of `dateline.errors`.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def search(
        self,
        words: str = "",
        *,
        source: str | None = None,
        language: str | None = None,
        event: str | None = None,
        has: str | None = None,
        cluster: str | None = None,
        since: str | None = None,
        until: str | None = None,
        versions: Literal["standing", "all", "past"] = "standing",
        sort: Literal["newest", "oldest", "relevance"] = "newest",
    ) -> Pages[Hit]:
        """Versions that say something; the language of `words` and the fields are those of docs/http.md."""
        filters = {"source": source, "lang": language, "event": event, "has": has, "cluster": cluster}
        filters |= {"since": since, "until": until}
        chosen = asked.search_asked(words, filters, versions, sort)

        def page(cursor: str | None) -> tuple[Sequence[Hit], str | None]:
            found = self._backend.search(chosen, _PAGE, cursor)
            return found.hits, found.next

        said = " ".join([words, *(f"{name}:{value}" for name, value in chosen.filters.items())]).strip()
        return Pages(page, f"search {said or 'for everything'}")

    def look_up(self, url: str) -> Found:
        """What is known of an address: its article, or why there is none."""
        return self._backend.look_up(asked.address_asked(url))

    def article(self, which: str, *, version: int | None = None, at: Moment | None = None) -> ArticleView:
        """An article with its versions, one of them in full: that number, what stood then, or the newest."""
        number, moment = asked.number_asked(version, "version"), asked.moment_asked(at)
        if number is not None and moment is not None:
            raise asked.wrong("version= and at= are both given; allowed: one of them")
        if asked.is_id(which):
            article_id = which
        else:
            known = self._known(which)
            if number is None and moment is None:
                return known
            article_id = known.article_id
        return _there(
            self._backend.article(article_id, number, moment),
            f"no such article or version of {which[:200]!r}",
            "look_up(url) tells what is known of an address",
        )

    def compare(self, which: str, before: int | None = None, after: int | None = None) -> Comparison:
        """What differs between two versions: the newest and the one before, if no numbers are given."""
        numbers = asked.number_asked(before, "before"), asked.number_asked(after, "after")
        article_id = which if asked.is_id(which) else self._known(which).article_id
        return _there(
            self._backend.compare(article_id, *numbers),
            f"{which[:200]!r} has no two such versions",
            "article(…).contents has those that can be compared",
        )

    def night(self, day: Day | None = None) -> Today:
        """What one night brought; the newest night if None."""
        return self._backend.night(asked.day_asked(day))

    def sources(self) -> Table[SourceSummary]:
        """Every source, by name."""
        return Table(self._backend.sources().sources, caption="sources")

    def source(self, name: str) -> SourceDetail:
        """A source with its runs, its figures, its alarms and its file."""
        found = self._backend.source(asked.name_asked(name, "source"))
        return _there(found, f"no source {name!r} is known", "sources() has all of them")

    def preview(self, name: str) -> PreviewView:
        """What a crawl of a source would archive and why not, as somebody asked last."""
        found = self._backend.preview(asked.name_asked(name, "source"))
        return _there(
            found,
            f"nobody asked for a preview of {name!r} lately",
            "the source's page and the API ask for one",
        )

    def runs(self) -> Pages[RunRow]:
        """Runs, newest first."""

        def page(cursor: str | None) -> tuple[Sequence[RunRow], str | None]:
            found = self._backend.runs(_PAGE, cursor)
            return found.runs, found.next

        return Pages(page, "runs")

    def run(self, run_id: str) -> RunView:
        """A run with its sums, its documents, and the first page of its ledger."""
        found = self._backend.run(asked.run_asked(run_id), LedgerChoice(None, None, None), -1)
        return _there(found, f"no run {run_id[:80]!r} is known", "runs() has all of them")

    def ledger(
        self, run_id: str, *, source: str | None = None, outcome: str | None = None, reason: str | None = None
    ) -> Pages[LedgerRow]:
        """How each address of a run ended, in order of discovery; of those that are meant."""
        if source is not None:
            asked.name_asked(source, "source")
        asked.run_asked(run_id)
        chosen = LedgerChoice(source, asked.word_asked(outcome), asked.word_asked(reason))

        def page(cursor: str | None) -> tuple[Sequence[LedgerRow], str | None]:
            found = self._backend.run(run_id, chosen, -1 if cursor is None else int(cursor))
            view = _there(found, f"no run {run_id[:80]!r} is known", "runs() has all of them")
            return view.urls, None if view.following is None else str(view.following)

        return Pages(page, f"ledger of {run_id[:80]}")

    def alarms(self, *, every: bool = False) -> Pages[AlarmRow]:
        """Alarms that are open, oldest first; `every`: those that are over too, newest first."""

        def page(cursor: str | None) -> tuple[Sequence[AlarmRow], str | None]:
            found = self._backend.alarms(_PAGE, cursor)
            return (found.newest, found.next) if every else (found.open, None)

        return Pages(page, "alarms")

    def stories(self, *, since: Moment | None = None, source: str | None = None) -> Pages[Story]:
        """Stories that ran more than once, newest first; with an article since then, and one of a source."""
        moment = asked.moment_asked(since)
        name = None if source is None else asked.name_asked(source, "source")

        def page(cursor: str | None) -> tuple[Sequence[Story], str | None]:
            found = self._backend.stories(moment, name, _PAGE, cursor)
            return found.stories, found.next

        return Pages(page, "stories")

    def fronts(self, at: Moment | None = None) -> Fronts:
        """The front pages of all sources at a moment; now if None."""
        return self._backend.fronts(asked.moment_asked(at))

    def front(self, source: str, *, url: str | None = None, at: Moment | None = None) -> FrontHistory:
        """A front page at a moment, and what led it over time; the home page if no address is given."""
        page = None if url is None else asked.address_asked(url)
        found = self._backend.front(asked.name_asked(source, "source"), page, asked.moment_asked(at))
        return _there(
            found, f"no such front page of {source} is archived", "fronts() has the sources that have one"
        )

    def front_hours(self, day: Day | None = None, *, sources: Sequence[str] = ()) -> FrontDay:
        """What came to lead front pages hour by hour (UTC); of these sources, at most 8, or the first."""
        names = [asked.name_asked(name, "source") for name in sources]
        if len(names) > MOST_SOURCES:
            raise asked.wrong(f"{len(names)} sources side by side; allowed: {MOST_SOURCES}")
        return self._backend.front_hours(asked.day_asked(day), names)

    def pictures(self, day: Day | None = None, *, source: str | None = None) -> Wall:
        """The pictures of a day (UTC); of the newest if None."""
        name = None if source is None else asked.name_asked(source, "source")
        return self._backend.pictures(asked.day_asked(day), name)

    def picture(self, sha256: str) -> PictureView:
        """A picture by the digest of its bytes, and every article that ran it."""
        found = self._backend.picture(asked.digest_asked(sha256))
        return _there(found, f"no picture {sha256} is archived", "pictures(day) has those of a day")

    def searches(self) -> Table[Saved]:
        """The saved searches, and what each found last."""
        return Table(self._backend.searches(), caption="saved searches")

    def finds(self, search: str) -> Pages[Find]:
        """What a saved search found, newest first."""
        name = asked.name_asked(search, "saved search")

        def page(cursor: str | None) -> tuple[Sequence[Find], str | None]:
            found = self._backend.finds(name, _PAGE, cursor)
            view = _there(found, f"no search {name} is saved", "searches() has all of them")
            return view.finds, view.next

        return Pages(page, f"finds of {name}")

    def close(self) -> None:
        """Let go of catalog or connections."""
        self._backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<dateline.Archive {self._backend.place}>"

    def _repr_html_(self) -> str:
        return f"<p>Dateline archive at <code>{escape(self._backend.place)}</code></p>"

    def _known(self, url: str) -> ArticleView:
        """The article of an address, with its newest version; raises NotShown or NotArchived."""
        found = self.look_up(url)
        if found.standing == "withheld":
            why = f": {found.takedown.reason}" if found.takedown else ""
            raise NotShown(f"{found.url} is not shown{why}", "whoever keeps the archive decided so")
        if found.article is None:
            last = (
                f"; the last run that met it ended {found.last.outcome} ({found.last.reason})"
                if found.last
                else ""
            )
            alike = (
                f"ask for {found.alike}, of which there is something"
                if found.alike
                else "look_up(url) tells all that is known of it"
            )
            raise NotArchived(f"{found.url} is no article that is archived ({found.standing}{last})", alike)
        return found.article


def _there(found: T | None, problem: str, next_: str) -> T:
    if found is None:
        raise NotArchived(problem, next_)
    return found
