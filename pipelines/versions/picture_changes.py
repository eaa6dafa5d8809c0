"""Which picture now is which one before, and what happened to the others (pure)."""

from __future__ import annotations

from archive.version import Event, EventKind
from archive.wording.typography import plain
from pipelines.state import Picture
from pipelines.versions.noise import Field, Value

# Perceptual hashes of 64 bits that differ in fewer bits show one picture, re-encoded or resized.
SAME_PICTURE_BITS = 6


def picture_events(
    before: tuple[Picture, ...], after: tuple[Picture, ...], noise: frozenset[Value] = frozenset()
) -> tuple[Event, ...]:
    """Pictures that came, went or got another caption; one that could not be fetched makes no event."""
    twins = _twins(before, after)
    events = [
        Event(EventKind.CAPTION, _caption(before[old]), _caption(after[new]))
        for new, old in sorted(twins.items())
        if plain(_caption(before[old])) != plain(_caption(after[new]))
        and not {_captioned(before[old]), _captioned(after[new])} <= noise
    ]
    left, came = _alone(before, after, twins)
    if any(picture.sha256 is None for picture in (*came, *left)):
        # A picture of unknown content may be any of those that seem to be missing on the other side.
        return tuple(events)
    left, came = ([p for p in those if _shown(p) not in noise] for those in (left, came))
    for n in range(max(len(came), len(left))):
        gone = left[n].url if n < len(left) else None
        new = came[n].url if n < len(came) else None
        events.append(Event(EventKind.IMAGE, gone, new))
    return tuple(events)


def picture_values(before: tuple[Picture, ...], after: tuple[Picture, ...]) -> tuple[Value, ...]:
    """Pictures that came or went, and captions that did, as values of which noise is learned."""
    twins = _twins(before, after)
    left, came = _alone(before, after, twins)
    captions = (
        _captioned(picture)
        for new, old in sorted(twins.items())
        for picture in (before[old], after[new])
        if plain(_caption(before[old])) != plain(_caption(after[new]))
    )
    return (*(_shown(picture) for picture in (*left, *came) if picture.sha256), *captions)


def same_picture(one: Picture, other: Picture) -> bool:
    """Whether two pictures show the same: equal bytes, hardly different looks, or, unfetched, one address."""
    if one.sha256 and other.sha256:
        return one.sha256 == other.sha256 or _look_alike(one.phash, other.phash)
    return one.url == other.url


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
    return " ".join(" ".join(part for part in (picture.caption, picture.credit) if part).split())


def _alone(
    before: tuple[Picture, ...], after: tuple[Picture, ...], twins: dict[int, int]
) -> tuple[list[Picture], list[Picture]]:
    """Pictures that went and pictures that came."""
    old = set(twins.values())
    return (
        [picture for n, picture in enumerate(before) if n not in old],
        [picture for n, picture in enumerate(after) if n not in twins],
    )


def _shown(picture: Picture) -> Value:
    return Value(Field.PICTURE, picture.sha256 or picture.url)


def _captioned(picture: Picture) -> Value:
    return Value(Field.CAPTION, plain(_caption(picture)))
