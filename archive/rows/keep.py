"""Captures of which only the account is left: rows of the catalog, re-exported by `archive.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedRow:
    """A capture whose bytes were let go, since it only showed an article to be unchanged (`policy.keep`).

    What its capture row said stands here from then on, but for the place. Another capture stands for it: that
    of the version which it was compared with, and that one never goes by a policy of keeping.
    """

    table: ClassVar[str] = "dropped"
    id: str  # of the capture
    url_key: str
    url: str
    at: datetime  # of the capture
    source: str
    run_id: str
    kind: str  # response, revisit
    status: int
    mime: str
    payload_sha256: str
    payload_sha1: str
    payload_size: int
    dropped_at: datetime
    instead: str  # id of the capture that stands for it
