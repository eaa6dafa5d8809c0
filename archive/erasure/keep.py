"""Which captures may lose their bytes, since they only showed an article to be unchanged (pure).

The reasons for which a capture stays, whatever its source's policy says: it shows a version or a picture, it
is the newest of its address, a record that stays stands on it, or it stands for another capture that goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.source import Source


@dataclass(frozen=True, slots=True)
class Keep:
    """What a source lets go. `zone`: one capture a local day and article is kept besides; None: none is."""

    zone: ZoneInfo | None = None

    def day(self, at: datetime) -> date | None:
        """The day of a capture on the source's clocks, where days count."""
        return None if self.zone is None else at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A capture, as far as it matters here.

    Attributes:
        id: of the capture.
        at: when it was made.
        instead: id of the capture that shows the version which it was compared with and found no other than;
            None where that is not so, or not known: then it stays.
        held: something is shown by this very capture, or it is the newest.
        stands_on: ids of captures that its record needs: its payload's, and the one that a 304 confirms.
        article: the one that it shows; only captures of one share their days.
        day: its local day, where one capture a day is kept; None: days do not count.
    """

    id: str
    at: datetime
    instead: str | None = None
    held: bool = False
    stands_on: tuple[str, ...] = ()
    article: str = ""
    day: date | None = None


def policies(sources: Iterable[Source]) -> dict[str, Keep]:
    """What each source lets go that does not keep all, by its name."""
    return {
        source.name: Keep(ZoneInfo(source.timezone) if source.policy.keep == "changed+daily" else None)
        for source in sources
        if source.policy.keep != "all"
    }


def let_go(looks: Sequence[Look]) -> dict[str, str]:
    """The captures whose bytes may go, each with the one that stands for it.

    `looks` has all captures that stand on one of them, and where days count all of the same article and day.
    What is let go leaves the others as they were: called with these, it lets no more go.
    """
    needed = {look.instead for look in looks if look.instead is not None and not look.held}
    going = {
        look.id: look
        for look in looks
        if look.instead is not None and look.instead != look.id and not look.held and look.id not in needed
    }
    by_id = {look.id: look for look in looks}
    _keep_stood_on(going, by_id, [look for look in looks if look.id not in going])
    covered = {(look.article, look.day) for look in looks if look.id not in going}
    last: dict[tuple[str, date], Look] = {}
    for look in going.values():
        if look.day is not None and (look.article, look.day) not in covered:
            other = last.setdefault((look.article, look.day), look)
            last[look.article, look.day] = max(look, other, key=lambda one: (one.at, one.id))
    for look in last.values():
        del going[look.id]
    _keep_stood_on(going, by_id, list(last.values()))
    return {look.id: look.instead for look in going.values() if look.instead is not None}


def _keep_stood_on(going: dict[str, Look], by_id: Mapping[str, Look], staying: list[Look]) -> None:
    """Take what captures that stay stand on out of `going`, and what that stands on."""
    while staying:
        stood_on = [key for key in staying.pop().stands_on if going.pop(key, None) is not None]
        staying += [by_id[key] for key in stood_on]
