"""Answers that are of the API alone: lists with a way on, and sources without what only pages show."""

from __future__ import annotations

from dataclasses import dataclass

from archive.rows import AlarmRow, RunRow
from archive.views.clusters import Story
from archive.views.fronts import Front, Lead
from archive.views.sources import SourceCard, SourceView
from archive.views.today import SourceNight


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A source among all, with its newest runs, oldest first."""

    name: str
    title: str | None
    homepage: str | None
    timezone: str | None
    schedule: str | None
    newest: SourceNight | None
    history: tuple[SourceNight, ...]

    @classmethod
    def of(cls, card: SourceCard) -> SourceSummary:
        """As a page's card says it."""
        source = card.source
        return cls(
            card.name,
            source.title if source else None,
            str(source.homepage) if source else None,
            str(source.timezone) if source and source.timezone else None,
            str(source.schedule) if source and source.schedule else None,
            card.newest,
            card.history,
        )


@dataclass(frozen=True, slots=True)
class SourceDetail:
    """A source with its runs, newest first, and its file; `problems` says what is wrong with that."""

    name: str
    title: str | None
    file: str | None
    problems: tuple[str, ...]
    runs: tuple[SourceNight, ...]

    @classmethod
    def of(cls, view: SourceView) -> SourceDetail:
        """As a source's page says it."""
        title = view.source.title if view.source else None
        file = view.file
        return cls(view.name, title, file.text if file else None, file.problems if file else (), view.runs)


@dataclass(frozen=True, slots=True)
class SourceList:
    """Every source, by name."""

    sources: tuple[SourceSummary, ...]


@dataclass(frozen=True, slots=True)
class RunList:
    """Runs, newest first."""

    runs: tuple[RunRow, ...]


@dataclass(frozen=True, slots=True)
class StoryList:
    """Stories that ran more than once, the newest first."""

    stories: tuple[Story, ...]


@dataclass(frozen=True, slots=True)
class FrontHistory:
    """A front page at a moment, and what led it over time, newest first."""

    front: Front | None
    leads: tuple[Lead, ...]
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlarmList:
    """Alarms that are open, oldest first, and the newest of all, those that are over too."""

    open: tuple[AlarmRow, ...]
    newest: tuple[AlarmRow, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """What answers here.

    Attributes:
        version: of the software. api: of this interface.
        pending: versions that wait to be searchable.
    """

    name: str
    version: str
    api: str
    pending: int
