"""Slots: the wall-clock moments of a source's cron in its zone, each of which runs once (pure).

Cron is walked on naive local time and only then placed on the line of time, because schedulers that walk
zoned time skip or double nights when clocks change. Every wall time gets exactly one instant: one that clocks
skip is taken at the first moment after the gap, one that comes twice at its first occurrence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_CRON_FIELDS = 5
# No zone ever skipped more than a day (Samoa left out 30 December 2011), so this is far enough back to meet
# every wall time whose instant lies after a given one.
_LONGEST_GAP = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Slot:
    """One moment of a source's cron.

    Attributes:
        source: name of the source.
        local: wall-clock time, naive.
        zone: IANA name, e.g. `Europe/Berlin`.
    """

    source: str
    local: datetime
    zone: str

    @property
    def night(self) -> date:
        """The local date, by which people name the run."""
        return self.local.date()

    @property
    def key(self) -> str:
        """Unique within the source, e.g. `2026-03-29T02:00 Europe/Berlin`."""
        return f"{self.local:%Y-%m-%dT%H:%M} {self.zone}"

    @property
    def instant(self) -> datetime:
        """When it is, aware, UTC."""
        return _instant(self.local, self.zone)


def parse_slot_key(source: str, key: str) -> Slot:
    """Read what `Slot.key` wrote.

    Raises:
        ValueError: it is not such a key.
    """
    local, _, zone = key.partition(" ")
    try:
        slot = Slot(source, datetime.strptime(local, "%Y-%m-%dT%H:%M"), zone)  # noqa: DTZ007 - wall time has no offset
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"slot key {key!r}: expected 'YYYY-MM-DDTHH:MM Zone/Name' ({error})") from error
    return slot


def slots_between(cron: str, zone: str, after: datetime, until: datetime, *, source: str) -> Iterator[Slot]:
    """The slots with `after` < instant <= `until`, in order, no two at one instant.

    Args:
        cron: five fields, as in crontab(5).
        zone: IANA name.
        after: aware.
        until: aware.
        source: name of the source.

    Raises:
        ValueError: `cron` or `zone` cannot be read, or a moment is naive.
    """
    if after.tzinfo is None or until.tzinfo is None:
        raise ValueError(
            f"slots_between needs aware moments, got {after.isoformat()} and {until.isoformat()}"
        )
    for slot in _slots_from(cron, zone, after, source):
        moment = slot.instant
        if moment > until:
            return
        if moment > after:
            yield slot


def next_slot(cron: str, zone: str, after: datetime, *, source: str) -> Slot | None:
    """The first slot after a moment (aware); None if the cron never comes. Raises as `slots_between`."""
    if after.tzinfo is None:
        raise ValueError(f"next_slot needs an aware moment, got {after.isoformat()}")
    return next((slot for slot in _slots_from(cron, zone, after, source) if slot.instant > after), None)


def _slots_from(cron: str, zone: str, after: datetime, source: str) -> Iterator[Slot]:
    """All slots from somewhat before `after` on, without those that fall on the instant of the next one."""
    walls = _walk(cron, zone, after)
    this = next(walls, None)
    while this is not None:
        following = next(walls, None)
        if following is None or _instant(following, zone) != _instant(this, zone):
            yield Slot(source, this, zone)
        this = following


def _walk(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """Wall-clock times of a cron, naive, from a good day before `after` on."""
    if len(cron.split()) != _CRON_FIELDS:
        raise ValueError(f"cron {cron!r}: expected five fields (minute hour day month weekday)")
    try:
        start = after.astimezone(_zone(zone)).replace(tzinfo=None) - _LONGEST_GAP
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"timezone {zone!r}: expected an IANA name such as Europe/Berlin") from error
    day: date | None = start.date()
    while day is not None:
        times, day = _day_of(cron, day)
        yield from (wall for wall in times if wall > start)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    """A zone by name; zoneinfo itself keeps no more than eight, and reads the others from the disk again."""
    return ZoneInfo(name)


@lru_cache(maxsize=4096)
def _day_of(cron: str, day: date) -> tuple[tuple[datetime, ...], date | None]:
    """A cron's wall-clock times of one day, and the next day that has any; the same in every zone."""
    times: list[datetime] = []
    try:
        for wall in CronSim(cron, datetime.combine(day, time.min) - timedelta(minutes=1)):
            if wall.date() > day:
                return tuple(times), wall.date()
            times.append(wall)
    except CronSimError as error:
        raise ValueError(f"cron {cron!r}: {error}") from error
    return tuple(times), None


@lru_cache(maxsize=8192)
def _instant(local: datetime, name: str) -> datetime:
    """When a wall-clock time is, aware, UTC: after a gap that skips it, at the first of two."""
    zone = _zone(name)
    first = local.replace(tzinfo=zone, fold=0)
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    moment = first.astimezone(UTC)
    if before is None or after is None or before >= after:
        return moment
    return _gap_end(zone, moment - (after - before), moment, after)


def _gap_end(zone: ZoneInfo, low: datetime, high: datetime, after: timedelta) -> datetime:
    """First moment after a gap: the first in (low, high] at which `zone` has the offset `after`."""
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)
