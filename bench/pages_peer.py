"""The peer of the search: one FTS5 table over all versions, filtered by columns beside it."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.catalog.search_parts import Order
from archive.catalog.search_reads import find
from archive.catalog.search_sqlite import written
from archive.search.document import Document
from archive.search.query import parse
from bench.pages_papers import FIRST_NIGHT
from bench.pages_questions import Known, said

_AT_ONCE = 50  # matches, as many as a page of the search asks for


class PeerIndex:
    """Words by FTS5; source and moment stand in the table that it takes its content from."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        self._database.execute("CREATE TABLE IF NOT EXISTS doc (id INTEGER PRIMARY KEY, source TEXT, at INT)")
        self._database.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS peer USING fts5("
            "title, body, content='', tokenize=\"ascii tokenchars ':-'\")"
        )

    def put(self, looks: Iterable[tuple[str, int, Document]]) -> None:
        """Index versions, in order of time: source, seconds since the first night, words."""
        (last,) = self._database.execute("SELECT coalesce(max(id), 0) FROM doc").fetchone()
        rows = [(last + n, *each) for n, each in enumerate(looks, 1)]
        with self._database:
            self._database.executemany("INSERT INTO doc VALUES (?, ?, ?)", [row[:3] for row in rows])
            self._database.executemany(
                "INSERT INTO peer (rowid, title, body) VALUES (?, ?, ?)",
                ((row[0], " ".join(row[3].title), " ".join(row[3].text)) for row in rows),
            )

    def find(self, words: str, source: str, since: int, until: int) -> list[int]:
        """The newest matches."""
        query = (
            "SELECT doc.id FROM peer JOIN doc ON doc.id = peer.rowid WHERE peer MATCH ? AND doc.source = ? "
            "AND doc.at >= ? AND doc.at < ? ORDER BY peer.rowid DESC LIMIT ?"
        )
        return [row[0] for row in self._database.execute(query, (words, source, since, until, _AT_ONCE))]

    def close(self) -> None:
        """Give the file back."""
        self._database.close()


def seconds_of(moment: datetime) -> int:
    """Since the first night."""
    return int((moment - FIRST_NIGHT) / timedelta(seconds=1))


def beside_columns(catalog: Catalog, path: Path, known: Known, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of searches with a month and a source: by the month's own table, and by columns."""
    peer, chance = PeerIndex(path), random.Random(17)
    ours: list[float] = []
    theirs: list[float] = []
    since, until = (
        int((day - FIRST_NIGHT.date()) / timedelta(seconds=1)) for day in (known.month, known.month_after)
    )
    for _ in range(count):
        text, source = said(chance, known.sources)
        query = parse(text, {"source": source, "since": f"{known.month}", "until": f"{known.month_after}"})
        words = parse(text, {})
        began = time.perf_counter()
        find(catalog, query, order=Order.NEWEST, after=None, standing=False, limit=_AT_ONCE)
        between = time.perf_counter()
        peer.find(written(words.expression), source, since, until)
        ended = time.perf_counter()
        ours.append((between - began) * 1000)
        theirs.append((ended - between) * 1000)
    peer.close()
    return ours, theirs
