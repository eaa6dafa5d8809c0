"""Is it a version? Two states of an article under one extractor, compared field by field (pure)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from archive.clock import isoformat_z
from archive.version import Event, EventKind
from archive.wording.edit import Edit, measure
from archive.wording.typography import plain, plain_paragraphs
from pipelines.fields.notes import is_note
from pipelines.paragraphs import fold
from pipelines.state import State
from pipelines.versions.noise import Field, Value, is_teaser, steady
from pipelines.versions.paywall import is_stub_of
from pipelines.versions.picture_changes import picture_events, picture_values

OPEN, WALLED = "open", "stub"  # what a `paywalled` event has before and after


@dataclass(frozen=True, slots=True)
class Change:
    """What leads from one state to the next.

    Attributes:
        events: in a fixed order; none means: no new version.
        edit: of the text, where it changed and both texts are kept.
        silent: headline or text changed, and neither a newer modified date, another date nor a note says so.
        walled: the page as it is now shows a stub.
        values: what came or went, noise too: what noise is learned from.
    """

    events: tuple[Event, ...] = ()
    edit: Edit | None = None
    silent: bool = False
    walled: bool = False
    values: tuple[Value, ...] = ()


def compare(before: State, after: State, noise: frozenset[Value] = frozenset()) -> Change:
    """What changed, less typesetting and noise.

    Args:
        before: the newest version's state; of one behind a wall, with the text that stood there before.
        after: what was read now.
        noise: values that come and go by themselves (`pipelines.versions.noise`).

    Raises ValueError if the states were read by different extractors: such a comparison would find our
    own changes, not the publisher's.
    """
    if before.extractor != after.extractor:
        raise ValueError(f"cannot compare readings of {before.extractor} and {after.extractor}")
    walled = _is_walled(before, after)
    scalars, values = _scalars(before, after, noise)
    wall = _wall(before, walled=walled, noise=noise)
    notes = _new_notes(before, after)
    said = not walled and _differ(before, after, notes, noise)
    text = [Event(EventKind.TEXT, before.text_sha256, after.text_sha256)] if said else []
    corrections = [Event(EventKind.CORRECTION, None, note) for note in notes]
    events = (
        *([Event(EventKind.MOVED, before.url, after.url)] if before.url != after.url else ()),
        *(event for event in scalars if event.kind is EventKind.TITLE),
        *text,
        *(event for event in scalars if event.kind is not EventKind.TITLE),
        *picture_events(before.pictures, after.pictures, noise),
        *corrections,
        *wall,
    )
    kinds = {event.kind for event in events}
    edit = (
        measure(_whole(before, before.text), _whole(after, after.text))
        if said and before.text is not None and after.text is not None
        else None
    )
    silent = (
        bool(kinds & {EventKind.TITLE, EventKind.TEXT})
        and not kinds & {EventKind.DATE, EventKind.CORRECTION}
        and not _newer(before.modified_at, after.modified_at)
    )
    if not walled:
        values += _paragraph_values(before, after)
    flipped = (Value(Field.WALL, WALLED if walled else OPEN),) if walled != before.walled else ()
    came_or_went = (*values, *picture_values(before.pictures, after.pictures), *flipped)
    return Change(events, edit, silent, walled, came_or_went)


def _scalars(before: State, after: State, noise: frozenset[Value]) -> tuple[list[Event], tuple[Value, ...]]:
    """Headline, byline and date; of each that changed, both values."""
    events: list[Event] = []
    values: list[Value] = []
    dated = after.published_at is not None and not (before.guessed_date or after.guessed_date)
    for kind, field, old, new, differ in (
        (EventKind.TITLE, Field.TITLE, before.title, after.title, plain(before.title) != plain(after.title)),
        (
            EventKind.BYLINE,
            Field.BYLINE,
            ", ".join(before.byline),
            ", ".join(after.byline),
            [plain(name) for name in before.byline] != [plain(name) for name in after.byline],
        ),
        (
            EventKind.DATE,
            Field.DATE,
            _moment(before.published_at),
            _moment(after.published_at),
            dated and before.published_at != after.published_at,
        ),
    ):
        if differ:
            both = (Value(field, plain(old or "")), Value(field, plain(new or "")))
            values += both
            if not noise.issuperset(both):
                events.append(Event(kind, old, new))
    return events, tuple(values)


def _differ(before: State, after: State, notes: tuple[str, ...], noise: frozenset[Value]) -> bool:
    """Whether the texts, or the lines beside them, say different things.

    The notes that came are left apart: they are events of their own.
    """
    new = frozenset(fold(note) for note in notes)
    if before.text_sha256 != after.text_sha256:
        if before.text is None or after.text is None:
            return True
        one, other = _said(before.text, noise, frozenset()), _said(after.text, noise, new)
        if _say_else(one, other, before, after):
            return True
    one, other = (_said("\n\n".join(each.asides), noise, new) for each in (before, after))
    return _say_else(one, other, before, after)


def _say_else(one: list[str], other: list[str], before: State, after: State) -> bool:
    """Whether paragraphs of two states say different things."""
    if " ".join(one) == " ".join(other):  # a paragraph that was split says the same
        return False
    # Teasers of other stories rotate; of a page that says that it was edited, they are believed to be edits.
    return _newer(before.modified_at, after.modified_at) or _less_teasers(one) != _less_teasers(other)


def _less_teasers(paragraphs: list[str]) -> str:
    return " ".join(paragraph for paragraph in paragraphs if not is_teaser(paragraph))


def _said(text: str, noise: frozenset[Value], notes: frozenset[str]) -> list[str]:
    """The paragraphs of a text as compared: no typesetting, no counters, no noise, none of these notes."""
    kept = (
        steady(paragraph)
        for paragraph in plain_paragraphs(text)
        if Value(Field.PARAGRAPH, paragraph) not in noise and not (notes and fold(paragraph) in notes)
    )
    return [paragraph for paragraph in kept if paragraph]


def _paragraph_values(before: State, after: State) -> tuple[Value, ...]:
    """Paragraphs that came or went, in the text or beside it."""
    beside = ("\n\n".join(before.asides), "\n\n".join(after.asides))
    both = [beside] if before.text is None or after.text is None else [(before.text, after.text), beside]
    changed: dict[str, None] = {}
    for one, other in both:
        if one != other:
            old, new = Counter(plain_paragraphs(one)), Counter(plain_paragraphs(other))
            changed |= dict.fromkeys((*(old - new), *(new - old)))
    return tuple(Value(Field.PARAGRAPH, paragraph) for paragraph in changed)


def _whole(state: State, text: str) -> str:
    """The text with the lines beside it."""
    return "\n\n".join((text, *state.asides))


def _new_notes(before: State, after: State) -> tuple[str, ...]:
    """Corrections and editors' notes that were not there before."""
    known = {fold(note) for note in before.notes}
    if before.text is not None:
        known |= {fold(paragraph) for paragraph in before.text.split("\n\n") if is_note(paragraph)}
    return tuple(note for note in after.notes if fold(note) not in known)


def _is_walled(before: State, after: State) -> bool:
    """Whether the page says that it is paid for and shows the beginning of what stood there."""
    return bool(after.paywalled) and bool(before.text) and is_stub_of(after.text or "", before.text or "")


def _wall(before: State, *, walled: bool, noise: frozenset[Value]) -> tuple[Event, ...]:
    flipped = {Value(Field.WALL, WALLED), Value(Field.WALL, OPEN)}
    if walled == before.walled or noise & flipped:
        return ()
    return (Event(EventKind.PAYWALLED, WALLED if before.walled else OPEN, WALLED if walled else OPEN),)


def _newer(before: datetime | None, after: datetime | None) -> bool:
    return after is not None and (before is None or after > before)


def _moment(moment: datetime | None) -> str | None:
    return isoformat_z(moment) if moment else None
