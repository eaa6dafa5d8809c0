"""Builds the catalog that the pages are measured on: a million article versions, once for a folder."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.rows import Row, TextRow
from archive.search.document import Document, document, first_place, month_of
from archive.stores.local import LocalStore
from bench.built_once import building, is_built
from bench.pages_load import Loader, Placed, loading
from bench.pages_material import Look, NewsWeb
from bench.pages_nights import Around, alarms
from bench.pages_papers import NIGHTS, day_of, segment_key
from bench.pages_peer import PeerIndex, seconds_of
from bench.pages_words import words_in

FORM = 1  # of what is built here: a change of it builds anew
A_NIGHT = 912  # versions: a million in three years, and fewer nights where there are fewer


@dataclass(frozen=True, slots=True)
class Night:
    """All rows of one night, and its versions as the index of words has them, in order of time."""

    month: int
    rows: tuple[Row, ...]
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class PagesArchive:
    """The files of one such archive.

    Attributes:
        versions: how many it has.
        folder: holds the store (nearly empty), two SQLite catalogs and the source files.
    """

    folder: Path
    versions: int

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.folder / "store")

    @property
    def catalog(self) -> str:
        return f"sqlite:///{self.folder / 'catalog.db'}"

    @property
    def lone(self) -> str:
        """The catalog that holds `lone_month` alone."""
        return f"sqlite:///{self.folder / 'lone.db'}"

    @property
    def nights(self) -> int:
        return nights_of(self.versions)

    @property
    def lone_month(self) -> int:
        return lone_month_of(self.nights)

    @property
    def sources(self) -> Path:
        return self.folder / "sources"

    def build(self) -> None:
        """Build what is not there; raises FileExistsError where the folder holds something else."""
        wanted = {"form": FORM, "versions": self.versions}
        if not is_built(self.folder, wanted):
            with building(self.folder, wanted):
                self._fill()

    def _fill(self) -> None:
        fill(self.versions, self.catalog, self.lone, PeerIndex(self.folder / "peer.db"))
        self.sources.mkdir()
        for paper in NewsWeb.begin().papers:
            written = f"name: {paper.name}\ntitle: The {paper.name}\nhomepage: {paper.home}\n"
            (self.sources / f"{paper.name}.yaml").write_text(f"{written}language: {paper.tongue.language}\n")


def nights_of(versions: int) -> int:
    """Over how many nights so many versions are spread."""
    return max(1, min(NIGHTS, versions // A_NIGHT))


def lone_month_of(nights: int) -> int:
    """The month in the middle, whose versions also stand in a catalog of their own."""
    return month_of(day_of(nights // 2))


def fill(versions: int, address: str, lone: str, peer: PeerIndex | None = None) -> None:
    """Fill two empty catalogs: one with everything, one with the `lone_month_of` it alone."""
    whole, month = Catalog.open(address), Catalog.open(lone)
    gc.disable()  # millions of rows, none in a circle
    try:
        with loading(whole) as every, loading(month) as one:
            _load(versions, every, one, peer)
    finally:
        gc.enable()
        if peer is not None:
            peer.close()
        whole.close()
        month.close()


def _load(versions: int, every: Loader, one: Loader, peer: PeerIndex | None) -> None:
    web, began, done = NewsWeb.begin(), time.monotonic(), 0
    lone = lone_month_of(nights_of(versions))
    every.rows(alarms(web.papers, nights_of(versions)))
    for month, nights in groupby(_nights(web, versions), key=lambda night: night.month):
        loaders = [every, one] if month == lone else [every]
        looks: list[Look] = []
        for night in nights:
            for loader in loaders:
                loader.rows(night.rows)
            looks += night.looks
        placed = list(_placed(looks))
        for loader in loaders:
            loader.texts({str(look.version.text_sha256): look.text for look in looks})
            loader.month(month, placed)
        if peer is not None:
            ordered = sorted(looks, key=_order)
            peer.put(
                (look.version.source, seconds_of(look.version.captured_at), each[4])
                for look, each in zip(ordered, placed, strict=True)
            )
        done += len(looks)
        print(f"{done:,} versions in {time.monotonic() - began:.0f} s", file=sys.stderr)
    every.rows(web.unfinished())


def _nights(web: NewsWeb, versions: int) -> Iterator[Night]:
    around, texts = Around(), set[str]()
    left, nights = versions, nights_of(versions)
    for number in range(nights):
        wanted = left // (nights - number)
        due = len(web.later.get(number, ()))
        looks = sorted(web.night(number, max(0, wanted - due)), key=_order)
        left -= len(looks)
        rows = [row for look in looks for row in look.rows]
        rows += around.rows(web.papers, number, looks)
        rows += _texts(looks, texts)
        yield Night(month_of(day_of(number)), tuple(rows), tuple(looks))


def _texts(looks: Sequence[Look], known: set[str]) -> Iterator[Row]:
    """A row for each text that was not there before."""
    for look in looks:
        digest = str(look.version.text_sha256)
        if digest not in known:
            known.add(digest)
            yield TextRow(
                sha256=digest,
                characters=len(look.text),
                segment=segment_key(look.version.run_id).replace("captures", "derived", 1),
                offset=0,
                length=len(look.text),
            )


def _order(look: Look) -> tuple[object, ...]:
    return look.version.captured_at, look.version.article_id, look.version.number


def _placed(looks: Sequence[Look]) -> Iterator[Placed]:
    """As `search_index` places them: in order of time, each at or after the first place of its second."""
    last = -1
    for look in sorted(looks, key=_order):
        last = max(first_place(look.version.captured_at), last + 1)
        yield last, look.version.article_id, look.version.number, False, indexed_as(look)


def indexed_as(look: Look) -> Document:
    """What `archive.search.document` makes of a look; the words of its text are known already."""
    made = document(look.version, look.events, look.pictures, None)
    return replace(made, text=words_in(look.tongue, look.sentences), facets=(*made.facets, "has:text"))
