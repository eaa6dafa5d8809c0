"""How many bytes may wait to be read: of all sources together, and fair between them (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field

OVERHEAD = 16 << 10  # bytes that a fetched page takes beside its body
UNKNOWN = 64 << 10  # bytes expected of what comes from a source that has not shown any yet
_WEIGHT = 4  # of what came last in what is expected next: a quarter


@dataclass
class _Holder:
    charges: dict[Hashable, int] = field(default_factory=dict)  # by what is asked for or held
    bytes: int = 0
    usual: int = UNKNOWN


class Holdings:
    """Bytes of what is being fetched, by what its holder usually sends, and of what came and is not yet read.

    Below half of `most`, everybody has room up to an eighth of it. Above, only who holds nothing yet has: so
    pages that keep their readers busy stop their own source, and no other. Who holds nothing may always ask
    when nobody does, so that what is larger than all that may be held still passes, alone.

    Args:
        most: bytes. What is already being fetched when more comes than was expected goes beyond it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._holders: defaultdict[Hashable, _Holder] = defaultdict(_Holder)
        self.bytes = 0

    @property
    def full(self) -> bool:
        """Whether nobody has room: nothing is expected to take less than it does beside its body."""
        return self.bytes > 0 and self.bytes + min(OVERHEAD, self._most // 8) > self._most

    def has_room(self, holder: Hashable) -> bool:
        """Whether this holder may have one thing more fetched."""
        if not self.bytes:
            return True
        own = self._holders[holder]
        share = self._most // 8
        if not own.charges:
            return self.bytes + min(own.usual, share) <= self._most
        return own.bytes + own.usual <= share and self.bytes + own.usual <= self._most // 2

    def asked(self, holder: Hashable, what: Hashable) -> None:
        """Something is being fetched."""
        self._charge(holder, what, self._holders[holder].usual)

    def came(self, holder: Hashable, what: Hashable, size: int) -> None:
        """It came, with so many bytes of body."""
        own = self._holders[holder]
        self._charge(holder, what, size + OVERHEAD)
        own.usual += (size + OVERHEAD - own.usual) // _WEIGHT

    def let_go(self, holder: Hashable, what: Hashable) -> None:
        """It has been read, or did not come."""
        own = self._holders[holder]
        freed = own.charges.pop(what, 0)
        own.bytes -= freed
        self.bytes -= freed

    def _charge(self, holder: Hashable, what: Hashable, size: int) -> None:
        own = self._holders[holder]
        more = size - own.charges.get(what, 0)
        own.charges[what] = size
        own.bytes += more
        self.bytes += more
