"""What is remembered of a site, as a value; encoded, it is an object whose SHA-256 is its id."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import zstandard

from archive.digest import sha256_hex
from pipelines.memory.kinds import Vocabulary

FORMAT = 1
MAX_BYTES = 8 << 20  # of the JSON: more is no memory that we wrote
_LEVEL = 19


class MemoryDamaged(ValueError):  # noqa: N818 - named for what it says
    """Bytes that are no site memory of this format."""


@dataclass(frozen=True)
class KindVotes:
    """How blocks of one kind were judged on the pages that were learned from.

    Attributes:
        kept: characters of them that are text.
        seen: all their characters.
        pages: on how many pages they stand.
    """

    kept: int
    seen: int
    pages: int

    def __post_init__(self) -> None:
        if not 0 <= self.kept <= self.seen:
            raise MemoryDamaged(f"votes of {self.kept} among {self.seen} characters")


@dataclass(frozen=True)
class Band:
    """The least and the greatest value that the pages had."""

    low: int
    high: int


@dataclass(frozen=True)
class Cluster:
    """Pages of one shape, and how they are read.

    Attributes:
        pages: how many were learned from.
        common, ever: the shape (`kinds.shape`): what at least half of them have, and what any has.
        known, common_names: the vocabulary of class names (`kinds.Vocabulary`).
        container: the path of the box that holds the text.
        agreed: on how many pages each teller's text lies in that box.
        inside, outside: votes by kind of block, for blocks in the container and for such outside as are text.
        characters: of the text.
        share: of the page's characters, how many stand in the container; per mille.
        furniture: of the container's characters, how many are not text; per mille.
    """

    pages: int
    common: tuple[str, ...]
    ever: tuple[str, ...]
    known: tuple[str, ...]
    common_names: tuple[str, ...]
    container: str
    agreed: tuple[tuple[str, int], ...]
    inside: tuple[tuple[str, KindVotes], ...]
    outside: tuple[tuple[str, KindVotes], ...]
    characters: Band
    share: Band
    furniture: Band

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(frozenset(self.known), frozenset(self.common_names))

    @cached_property
    def inner(self) -> dict[str, KindVotes]:
        return dict(self.inside)

    @cached_property
    def outer(self) -> dict[str, KindVotes]:
        return dict(self.outside)

    @cached_property
    def shape(self) -> tuple[frozenset[str], frozenset[str]]:
        """(`common`, `ever`)."""
        return frozenset(self.common), frozenset(self.ever)


@dataclass(frozen=True)
class SiteMemory:
    """What is remembered of a source.

    Attributes:
        pages: how many it was learned from.
        furniture: digests of folded texts (`furniture.text_digest`) that recur on many addresses of the site.
        among_text: of these, the ones that recur where articles' texts stand.
        samples: the most frequent of these texts, cut, with how many pages show them: for people.
        clusters: the largest first.
    """

    pages: int
    furniture: tuple[str, ...] = ()
    among_text: tuple[str, ...] = ()
    samples: tuple[tuple[str, int], ...] = ()
    clusters: tuple[Cluster, ...] = ()

    @cached_property
    def recurring(self) -> frozenset[str]:
        """`furniture` as a set."""
        return frozenset(self.furniture)

    @cached_property
    def recurring_among_text(self) -> frozenset[str]:
        """`among_text` as a set."""
        return frozenset(self.among_text)

    def as_json(self) -> bytes:
        """Sorted, compact JSON in ASCII: the same value has the same bytes."""
        stored = {"dateline_memory": FORMAT} | asdict(self)
        return json.dumps(stored, sort_keys=True, separators=(",", ":")).encode("ascii")

    def encode(self) -> EncodedMemory:
        """The bytes that are stored."""
        frame = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(self.as_json())
        return EncodedMemory(frame)


@dataclass(frozen=True, slots=True)
class EncodedMemory:
    """A memory as it lies in the archive: what is handed to a worker, and what has an id.

    Attributes:
        data: one zstd frame over `SiteMemory.as_json`.
        id: SHA-256 of the bytes in hex, the name of the object. Workers get it with them, so
            that nobody hashes them for each page.
    """

    data: bytes
    id: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", sha256_hex(self.data))

    @property
    def label(self) -> str:
        """What an extractor's id says of it: the first 8 digits."""
        return self.id[:8]

    def decode(self) -> SiteMemory:
        """The memory; the last few that a process met are kept. Raises MemoryDamaged."""
        return _decoded(self.data)


@lru_cache(maxsize=64)
def _decoded(data: bytes) -> SiteMemory:
    try:
        with zstandard.ZstdDecompressor().stream_reader(data) as reader:
            text = reader.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise MemoryDamaged(f"it has more than {MAX_BYTES} bytes")
        stored = json.loads(text)
        found = stored.pop("dateline_memory")
        if found != FORMAT:
            raise MemoryDamaged(f"it has format {found!r}; this release reads format {FORMAT}")
        return SiteMemory(
            stored["pages"],
            tuple(stored["furniture"]),
            tuple(stored["among_text"]),
            tuple((text, count) for text, count in stored["samples"]),
            tuple(map(_cluster, stored["clusters"])),
        )
    except (zstandard.ZstdError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MemoryDamaged(f"not a site memory: {error}") from error


def _cluster(stored: dict[str, Any]) -> Cluster:
    return Cluster(
        pages=stored["pages"],
        common=tuple(stored["common"]),
        ever=tuple(stored["ever"]),
        known=tuple(stored["known"]),
        common_names=tuple(stored["common_names"]),
        container=stored["container"],
        agreed=tuple((teller, pages) for teller, pages in stored["agreed"]),
        inside=_votes(stored["inside"]),
        outside=_votes(stored["outside"]),
        characters=Band(**stored["characters"]),
        share=Band(**stored["share"]),
        furniture=Band(**stored["furniture"]),
    )


def _votes(stored: list[tuple[str, dict[str, int]]]) -> tuple[tuple[str, KindVotes], ...]:
    return tuple((kind, KindVotes(**votes)) for kind, votes in stored)


NOTHING = SiteMemory(0)
