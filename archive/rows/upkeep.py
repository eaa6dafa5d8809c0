"""Rows that say what was done to the archive itself: taken down, purged, erased, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedRow:
    """Takes a row out of the catalog again: the one of table `of` under this primary key, spelled as text."""

    table: ClassVar[str] = "removed"
    of: str
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakedownRow:
    """An address that is answered with 451 from now on and never fetched again.

    `subject` is the address that was asked to be taken down: that of a page goes with all addresses of its
    article and with the pictures that only it shows.
    """

    table: ClassVar[str] = "takedown"
    url_key: str
    url: str
    subject: str
    reason: str
    at: datetime
    purged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One thing done to the archive by a person or a policy: takedown, lift, purge, expire, repair."""

    table: ClassVar[str] = "audit"
    id: str
    at: datetime
    action: str
    subject: str
    reason: str
    actor: str  # who asked: a login name, or the policy
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRow:
    """An object that must be in no store any more; for a journal entry: that must lose its purged rows.

    Pending until `done_at`, so that a purge or an expiry that was cut is finished by the next start.
    """

    table: ClassVar[str] = "erasure"
    key: str
    why: str  # purged, expired, moved
    at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgedRow:
    """The digest of a journal line that was purged: `verify` knows no other gaps."""

    table: ClassVar[str] = "purged"
    digest: str
    entry: str  # object key of the journal entry
    at: datetime
