"""An article's versions under one extractor: what each says, and the events between them (pure).

The invariants: versions keep their numbers, and none comes or goes. Tombstones stay as they are. The events
of a version are those of its old kinds that are still there under today's extractor, so that none comes from
the extractor itself; a version whose difference was the old extractor's has none any more.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from archive.article import Article
from archive.digest import sha256_hex
from archive.rows import EventRow, PictureRow, RecompareRow, RemovedRow, Row, VersionRow
from archive.version import Event, EventKind
from pipelines.state import State
from pipelines.version_rows import graded_by, picture_rows, said_by
from pipelines.versions.compare import Change

# Events that no reading makes: where the page was, and whether it was there.
_KEPT = frozenset({EventKind.MOVED, EventKind.REMOVED, EventKind.RESTORED})
_TOLD = frozenset({EventKind.TITLE, EventKind.TEXT, EventKind.RESTORED})  # of what may be a return


@dataclass(frozen=True, slots=True)
class Chain:
    """An article's versions as the catalog has them.

    Attributes:
        versions: oldest first.
        events, pictures: by number of the version, in order.
        states: by number, what versions with content say.
    """

    versions: tuple[VersionRow, ...]
    events: Mapping[int, Sequence[EventRow]]
    pictures: Mapping[int, Sequence[PictureRow]]
    states: Mapping[int, State]

    @property
    def contents(self) -> tuple[VersionRow, ...]:
        """The versions that are no tombstones."""
        return tuple(row for row in self.versions if not row.removed)


def reread(row: VersionRow, article: Article) -> tuple[VersionRow, tuple[PictureRow, ...]]:
    """The version as `article` reads its capture: its place in the chain and what compares it stay."""
    after = replace(row, **said_by(article))
    return after, picture_rows(after, article.images)


def still_there(old: Sequence[EventRow], change: Change) -> tuple[Event, ...]:
    """The events of a version under today's extractor: what no reading makes, then what is left of the rest.

    No kind comes that was not there, and none more often than it was.
    """
    allowed = Counter(row.kind for row in old)
    events = [Event(EventKind(row.kind), row.before, row.after) for row in old if row.kind in _KEPT]
    for event in change.events:
        if event.kind not in _KEPT and allowed[str(event.kind)] > 0:
            allowed[str(event.kind)] -= 1
            events.append(event)
    return tuple(events)


def graded(row: VersionRow, events: Sequence[Event], change: Change) -> VersionRow:
    """The version with what its edit amounts to; nothing of it where its text did not change after all."""
    kinds = {event.kind for event in events}
    rewritten = not kinds.isdisjoint({EventKind.TITLE, EventKind.TEXT})
    change = replace(
        change,
        edit=change.edit if EventKind.TEXT in kinds else None,
        silent=change.silent and rewritten,
    )
    return replace(row, **graded_by(change))


def basis(state: State, version: VersionRow, before: State | None) -> State:
    """What the next version is compared with: behind a wall, with the text that stood there before."""
    if not version.walled or before is None:
        return state
    return replace(state, text=before.text, text_sha256=before.text_sha256, asides=before.asides, walled=True)


def returned(row: VersionRow, events: Sequence[EventRow], rows: Mapping[int, VersionRow]) -> VersionRow:
    """The version, returning to the one it returned to only if it still says what that one says."""
    there = rows.get(row.returns_to or 0)
    told = any(event.kind in _TOLD for event in events)
    holds = told and there is not None and _said(there) == _said(row)
    return row if holds else replace(row, returns_to=None)


def _said(row: VersionRow) -> tuple[str | None, tuple[str, ...]]:
    return row.text_sha256, row.asides


def told_otherwise(old: Chain, new: Chain) -> RecompareRow | None:
    """What says that copies of an article are to be looked for again: texts, or whom they credit, changed."""
    if [_compared(row) for row in old.versions] == [_compared(row) for row in new.versions]:
        return None
    said = json.dumps([_compared(row) for row in new.versions])
    return RecompareRow(article_id=new.versions[0].article_id, mark=sha256_hex(said.encode()))


def _compared(row: VersionRow) -> tuple[str | None, tuple[str, ...]]:
    return row.text_sha256, row.agency


def put_in_place(old: Chain, new: Chain) -> tuple[Row, ...]:
    """The rows that put the versions of `new` in the place of those of `old`; only such as differ."""
    puts: list[Row] = []
    removals: list[Row] = []
    for before, after in zip(old.versions, new.versions, strict=True):
        number = after.number
        if before != after:
            puts.append(after)
        for olds, news in (
            (old.events.get(number, ()), new.events.get(number, ())),
            (old.pictures.get(number, ()), new.pictures.get(number, ())),
        ):
            here: dict[int, EventRow | PictureRow] = {one.position: one for one in olds}
            puts += [one for one in news if here.pop(one.position, None) != one]
            removals += [
                RemovedRow(of=one.table, key=(one.article_id, str(one.number), str(one.position)))
                for one in here.values()
            ]
    return (*removals, *puts)
