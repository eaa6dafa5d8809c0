"""What a citation says of the capture that it is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.stamps.authority import Token


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation is of.

    Attributes:
        url, at: address and moment of the capture.
        capture: id of its record.
        sha256: of its payload.
        title: of the article, or None.
        version: number of the article's version that it shows, or None.
        memento: address of the capture in this archive's API (RFC 7089).
        statement: key of the stamp's statement, None without one.
        stamped: what the stamp says; who signed it is not checked here.
    """

    url: str
    at: datetime
    capture: str
    sha256: str
    title: str | None
    version: int | None
    memento: str
    statement: str | None
    stamped: Token | None
