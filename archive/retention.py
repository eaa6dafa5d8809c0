"""Retention classes: how many days what lies in a segment is kept at least; None is for ever.

A segment holds one class only, so that expiry deletes whole segments. No record refers to one that may go
before it: a payload in a shorter class is written again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from config.source import Source

INFO_FIELD = "dateline-keep-days"  # in the warcinfo of a segment that is not kept for ever
_NAME = re.compile(r"(?P<kind>captures|derived)(?:-(?P<days>[1-9]\d*)d)?")


def class_name(kind: str, keep_days: int | None) -> str:
    """`captures`, or `captures-90d`: names the class in a spool."""
    return kind if keep_days is None else f"{kind}-{keep_days}d"


def parse_class(name: str) -> tuple[str, int | None]:
    """The inverse of `class_name`. Raises ValueError for other names."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} names no retention class, such as captures or derived-90d")
    return found["kind"], int(found["days"]) if found["days"] else None


def by_source(sources: Iterable[Source]) -> dict[str, int]:
    """The retention class of each source that is not kept for ever."""
    return {source.name: source.policy.expire for source in sources if source.policy.expire is not None}


def outlives(one: int | None, other: int | None) -> bool:
    """Whether what is kept in class `one` is kept at least as long as in class `other`."""
    return one is None or (other is not None and one >= other)


def expires_at(sealed_at: datetime, keep_days: int | None) -> datetime | None:
    """The moment from which a segment may be deleted; None for never."""
    return None if keep_days is None else sealed_at + timedelta(days=keep_days)
