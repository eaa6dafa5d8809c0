"""Is it a version? Two states of an article under one extractor, compared field by field (pure)."""

from __future__ import annotations

from datetime import datetime

from archive.clock import isoformat_z
from archive.version import Event, EventKind
from pipelines.state import Picture, State

# Perceptual hashes of 64 bits that differ in fewer bits show one picture, re-encoded or resized.
SAME_PICTURE_BITS = 6


def compare(before: State, after: State) -> tuple[Event, ...]:
    """The events that lead from one state to the next, in a fixed order; none means: no new version.

    Raises ValueError if the states were read by different extractors: such a comparison would find our
    own changes, not the publisher's.
    """
    if before.extractor != after.extractor:
        raise ValueError(f"cannot compare readings of {before.extractor} and {after.extractor}")
    events = []
    if before.url != after.url:
        events.append(Event(EventKind.MOVED, before.url, after.url))
    if _words(before.title) != _words(after.title):
        events.append(Event(EventKind.TITLE, before.title, after.title))
    if before.text_sha256 != after.text_sha256:
        events.append(Event(EventKind.TEXT, before.text_sha256, after.text_sha256))
    if before.byline != after.byline:
        events.append(Event(EventKind.BYLINE, ", ".join(before.byline), ", ".join(after.byline)))
    if after.published_at is not None and before.published_at != after.published_at:
        events.append(Event(EventKind.DATE, _moment(before.published_at), _moment(after.published_at)))
    return (*events, *_picture_events(before.pictures, after.pictures))


def same_picture(one: Picture, other: Picture) -> bool:
    """Whether two pictures show the same: equal bytes, hardly different looks, or, unfetched, one address."""
    if one.sha256 and other.sha256:
        return one.sha256 == other.sha256 or _look_alike(one.phash, other.phash)
    return one.url == other.url


def _picture_events(before: tuple[Picture, ...], after: tuple[Picture, ...]) -> tuple[Event, ...]:
    """Pictures that came, went or got another caption; one that could not be fetched makes no event."""
    twins = _twins(before, after)
    events = [
        Event(EventKind.CAPTION, _caption(before[old]), _caption(after[new]))
        for new, old in sorted(twins.items())
        if _caption(before[old]) != _caption(after[new])
    ]
    came = [picture for n, picture in enumerate(after) if n not in twins]
    left = [picture for n, picture in enumerate(before) if n not in twins.values()]
    if any(picture.sha256 is None for picture in (*came, *left)):
        # A picture of unknown content may be any of those that seem to be missing on the other side.
        return tuple(events)
    pairs = max(len(came), len(left))
    for n in range(pairs):
        gone = left[n].url if n < len(left) else None
        new = came[n].url if n < len(came) else None
        events.append(Event(EventKind.IMAGE, gone, new))
    return tuple(events)


def _twins(before: tuple[Picture, ...], after: tuple[Picture, ...]) -> dict[int, int]:
    """Which picture now is which one before, by position; the surest likeness has the first choice."""
    twins: dict[int, int] = {}
    for alike in (_unaltered, _same_bytes, same_picture):
        for new, picture in enumerate(after):
            taken = twins.values()
            free = (n for n, old in enumerate(before) if n not in taken and alike(old, picture))
            if new not in twins and (twin := next(free, None)) is not None:
                twins[new] = twin
    return twins


def _unaltered(one: Picture, other: Picture) -> bool:
    return _same_bytes(one, other) and _caption(one) == _caption(other)


def _same_bytes(one: Picture, other: Picture) -> bool:
    return one.sha256 is not None and one.sha256 == other.sha256


def _look_alike(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    return (int(one, 16) ^ int(other, 16)).bit_count() < SAME_PICTURE_BITS


def _caption(picture: Picture) -> str:
    return _words(" ".join(part for part in (picture.caption, picture.credit) if part))


def _words(text: str) -> str:
    return " ".join(text.split())


def _moment(moment: datetime | None) -> str | None:
    return isoformat_z(moment) if moment else None
