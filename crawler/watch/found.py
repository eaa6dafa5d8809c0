"""Messages about what saved searches found: which are due to whom, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.catalog import finds
from archive.catalog.catalog import Catalog
from archive.rows import AlarmRow, FindRow, NoticeRow
from archive.views.lines import ArticleLine, lines_of
from archive.views.viewer import Viewer
from config.saved_search import SavedSearch
from config.settings import Settings
from crawler.watch.notices import CLEARED, RAISED, Message

_MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Watchlist:
    """Saved searches, and whom their finds are told to.

    Attributes:
        searches: by the settings.
        to: references to the addresses of those that name none themselves.
        origin: where the pages are read; None: messages lead to the addresses of articles.
    """

    searches: tuple[SavedSearch, ...] = ()
    to: tuple[str, ...] = ()
    origin: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> Watchlist:
        """As the settings say."""
        return cls(settings.searches, settings.alarms.to, settings.web.origin)

    @property
    def by_address(self) -> dict[str, frozenset[str]]:
        """The names of the searches that each address is told of."""
        found: dict[str, set[str]] = {}
        for search in self.searches:
            for to in self.to if search.to is None else search.to:
                found.setdefault(to, set()).add(search.name)
        return {to: frozenset(names) for to, names in found.items()}


def find_messages(
    catalog: Catalog, watchlist: Watchlist, alarms: Iterable[AlarmRow], notices: Iterable[NoticeRow]
) -> list[Message]:
    """A message for each address with what was found and it was not told yet.

    Args:
        catalog: has the finds; what was taken down since is not in a message.
        watchlist: whom.
        alarms: of finds.
        notices: what was told of these.
    """
    told = {(row.alarm_id, row.to) for row in notices}
    alarms = list(alarms)
    due = {
        to: [row for row in alarms if row.subject in names and (row.id, to) not in told]
        for to, names in watchlist.by_address.items()
    }
    wanted = {row.id for rows in due.values() for row in rows}
    if not wanted:
        return []
    rows = finds.finds_of_alarms(catalog, wanted)
    lines = lines_of(Viewer(catalog), finds.versions_found(catalog, rows))
    by_version = {(line.article_id, line.number): line for line in lines}
    return [_message(to, mine, rows, by_version, watchlist.origin) for to, mine in due.items() if mine]


def _message(
    to: str,
    alarms: Sequence[AlarmRow],
    found: Sequence[FindRow],
    lines: Mapping[tuple[str, int], ArticleLine],
    origin: str | None,
) -> Message:
    ids = {row.id for row in alarms}
    mine = [row for row in found if row.alarm_id in ids]
    said = [
        f"{row.search}: {_said(lines[row.article_id, row.number], origin)}"
        for row in mine
        if (row.article_id, row.number) in lines
    ]
    if len(said) > _MOST_LINES:
        more = len(said) - _MOST_LINES
        said = [*said[:_MOST_LINES], f"and {more:,} more: `dateline searches NAME` has them all"]
    names = sorted({row.subject for row in alarms})
    title = f"Dateline: {len(mine):,} found by {', '.join(names)}"
    body = "\n".join(said) or "What was found is not shown any more."
    pairs = tuple((row.id, what) for row in alarms for what in (RAISED, CLEARED))
    return Message(to, title, body, None, pairs)


def _said(line: ArticleLine, origin: str | None) -> str:
    what = "removed" if line.removed else "new" if line.number == 1 else ", ".join(line.kinds) or "edited"
    where = line.url if origin is None else f"{origin}/article/{line.article_id}/{line.number}"
    title = " ".join((line.title or "without a headline").split())
    return f"{title} ({line.source}, {line.captured_at:%Y-%m-%d %H:%M} UTC, {what}) {where}"
