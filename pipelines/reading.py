"""What an earlier capture says to a later extractor, kept, so that it is read again once, not each night."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from archive.clock import isoformat_z
from archive.rows import ReadingRow, VersionRow
from pipelines.state import State

_STATE = TypeAdapter(State)


def reading_row(version: VersionRow, state: State, before: State) -> ReadingRow:
    """The row that keeps what `version` says to the extractor of `state`; `before` is what it says itself.

    A text that both have is kept once, with the version.
    """
    if state.text_sha256 == before.text_sha256:
        state = replace(state, text=None)
    said = json.dumps(asdict(state), default=_json, separators=(",", ":"))
    return ReadingRow(
        article_id=version.article_id, number=version.number, extractor=state.extractor, state=said
    )


def state_of_reading(row: ReadingRow, before: State) -> State | None:
    """The state that a row keeps; None if another release, which compares other things, has written it."""
    try:
        state = _STATE.validate_json(row.state)
    except ValidationError:
        return None
    return replace(state, text=before.text) if state.text_sha256 == before.text_sha256 else state


def _json(value: object) -> str:
    if isinstance(value, datetime):
        return isoformat_z(value)
    raise TypeError(f"{type(value).__name__} in a state has no spelling in JSON")
