"""Which part of an archive a night looks at, so that consecutive nights see all of it.

A slice is a range of digests: digests are evenly spread, so each slice is about as large as any other, and
what is in it depends on nothing else. The slice of a night is the one after that of the night before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from archive.digest import sha256_hex
from archive.journal import is_entry_key
from config.errors import ConfigError

ALLOWED = "1/N with N from 1 to 10000, such as 1/30"

_SHARE = re.compile(r"1/([1-9]\d{0,4})", re.ASCII)
_MOST = 10_000
_DIGESTS = 1 << 256


@dataclass(frozen=True, slots=True)
class Slice:
    """Slice `index` (from 0) of `of`: the SHA-256 digests from `first` to before `end`."""

    index: int
    of: int

    @property
    def first(self) -> str:
        """The lowest digest that can be in it, in hex."""
        return _hex(self.index, self.of)

    @property
    def end(self) -> str | None:
        """The lowest digest that is beyond it, in hex; None for the last slice."""
        return _hex(self.index + 1, self.of) if self.index + 1 < self.of else None

    def has(self, digest: str) -> bool:
        """Whether a SHA-256 digest (lower-case hex) is in it."""
        return self.first <= digest and (self.end is None or digest < self.end)

    def has_entry(self, key: str) -> bool:
        """Whether a journal object is in it.

        A writer's entries are a chain and are looked at together. What has not the name of an entry is in
        every slice, because it should not be there.
        """
        writer = key.rpartition("/")[2].rpartition("-")[0]
        return not is_entry_key(key) or self.has(sha256_hex(writer.encode()))


WHOLE = Slice(0, 1)


def slice_of_night(night: date, of: int) -> Slice:
    """The slice that is looked at on a night; `of` nights in a row have each slice once."""
    return Slice(night.toordinal() % of, of)


def parts_in(share: str) -> int:
    """N of `1/N`. Raises ConfigError for anything else."""
    found = _SHARE.fullmatch(share.strip())
    if found is None or int(found[1]) > _MOST:
        raise ConfigError(f"--sample {share!r} is no share of an archive; allowed is {ALLOWED}")
    return int(found[1])


def _hex(index: int, of: int) -> str:
    return f"{_DIGESTS * index // of:064x}"
