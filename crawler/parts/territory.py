"""Which of the addresses that a part of a run finds are its own; the others are left to whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from archive.catalog import parts
from archive.catalog.catalog import Catalog
from archive.catalog.parts import HandedUrl, RunPart
from archive.digest import url_key
from crawler.candidate import Candidate, FoundBy
from crawler.discovery.sites import site_of
from crawler.ownership import Ownership

STRIPE = 1 << 40  # positions in the ledger that a part has for itself


@dataclass(frozen=True, slots=True)
class Handed:
    """An address that was handed over, the source that it is for, and its key."""

    candidate: Candidate
    source: str
    key: str


class Territory:
    """The addresses of one part. Blocks on the catalog; callers use a thread.

    A page belongs to the part whose sources are of its site, also if others name it first, and one of a site
    that no part has to the part that finds it first. So each address is in the run once.
    """

    def __init__(self, catalog: Catalog, part: RunPart, ownership: Ownership) -> None:
        self._catalog, self._part, self._ownership = catalog, part, ownership
        self._shards = parts.shards_of_sites(catalog, part.run_id)

    @property
    def first_position(self) -> int:
        """The position of the first address that this part discovers."""
        return self._part.shard * STRIPE

    def keep(self, candidates: Iterable[Candidate], source: str) -> list[Candidate]:
        """Those of the candidates of a source that are this part's; the others are handed over."""
        mine: list[Candidate] = []
        nobodys: dict[str, Candidate] = {}
        theirs: defaultdict[int, list[HandedUrl]] = defaultdict(list)
        for candidate in candidates:
            shard = self._shards.get(site_of(candidate.url))
            if shard == self._part.shard:
                mine.append(candidate)
            elif shard is None:
                nobodys[url_key(candidate.url)] = candidate
            else:
                theirs[shard].append(self._handed(candidate, source))
        for shard, found in theirs.items():
            parts.hand(self._catalog, self._part.run_id, shard, found)
        found_here = [self._handed(candidate, source) for candidate in nobodys.values()]
        ours = parts.found_first(self._catalog, self._part.run_id, self._part.shard, found_here)
        return [*mine, *(nobodys[key] for key in sorted(ours))]

    def handed(self) -> list[Handed]:
        """What others have left to this part; what none of its sources claims goes back to who found it."""
        taken: list[Handed] = []
        back: list[HandedUrl] = []
        for one in parts.handed(self._catalog, self._part.run_id, self._part.shard):
            candidate = Candidate(one.url, FoundBy(one.found_by), one.found_in)
            owner = self._ownership.of(one.url, "")
            if one.finder == self._part.shard:
                taken.append(Handed(candidate, one.source, one.url_key))
            elif owner:
                taken.append(Handed(candidate, owner, one.url_key))
            else:
                back.append(one)
        parts.hand_back(self._catalog, self._part.run_id, back)
        return taken

    def taken(self, keys: Iterable[str]) -> None:
        """Handed addresses are in the ledger now."""
        parts.take_up(self._catalog, self._part.run_id, sorted(keys))

    def _handed(self, candidate: Candidate, source: str) -> HandedUrl:
        found_by = str(candidate.found_by)
        return HandedUrl(
            url_key(candidate.url), candidate.url, source, found_by, candidate.found_in, self._part.shard
        )
