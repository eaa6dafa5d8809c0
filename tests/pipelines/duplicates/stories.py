"""An archive with stories in it, whose texts are words of our own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.catalog import clusters
from archive.catalog.catalog import Catalog
from archive.commit import Committer
from archive.digest import sha256_hex, url_key
from archive.rows import AddressRow, ArticleRow, CaptureRow, ClusterMemberRow, Row, VersionRow
from archive.stores.local import LocalStore
from pipelines.duplicates.link import Linked, Linker
from tests.archive.material import House, exchange, text_of

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def story(seed: int, count: int = 150) -> str:
    """A text of so many words that no other seed gives."""
    chance = random.Random(seed)
    return " ".join(f"w{chance.randrange(10**6)}" for _ in range(count))


@dataclass
class Stories:
    """Publishes stories and links them."""

    home: House
    rows: list[Row] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    captures: dict[str, CaptureRow] = field(default_factory=dict)  # the newest of each address

    @property
    def catalog(self) -> Catalog:
        return self.home.catalog

    def publish(self, url: str, text: str, day: float = 0, *, agency: tuple[str, ...] = ()) -> str:
        """Archive a version; the host names the source. The result is the article's id."""
        at = MARCH + timedelta(days=day)
        capture = self.home.record(exchange(url, f"<p>{text}".encode(), at=at))
        self.captures[url] = capture
        self.home.recorder.derive(text_of(capture, text)).result(300)
        number = self.numbers[url] = self.numbers.get(url, 0) + 1
        article, source = url_key(url), url.split("/")[2].partition(".")[0]
        first = (
            at if number == 1 else clusters.articles_by_id(self.catalog, [article])[article].first_captured_at
        )
        self.rows += [
            ArticleRow(id=article, source=source, url=url, first_captured_at=first, versions=number),
            AddressRow(url_key=article, url=url, article_id=article, since=first),
            VersionRow(
                article_id=article, number=number, source=source, url=url, captured_at=at, run_id="run-1",
                capture_id=capture.id, extractor="x", title="A title", agency=agency,
                text_sha256=sha256_hex(text.encode()),
            ),
        ]  # fmt: skip
        return article

    def commit(self) -> None:
        self.home.committer.commit_segments(self.home.recorder, self.rows)
        self.rows = []

    def link(self, days: int | None = 30) -> Linked:
        if self.rows:
            self.commit()
        return Linker(self.catalog, self.home.committer, self.home.clock, days).link()

    def members(self) -> dict[str, ClusterMemberRow]:
        """Every article's row, by its address."""
        urls = {url_key(url): url for url in self.numbers}
        return {urls[key]: row for key, row in clusters.rows_of_articles(self.catalog, urls).items()}

    def clusters(self) -> set[frozenset[str]]:
        """The addresses that are together, two or more."""
        groups: dict[str, set[str]] = {}
        for url, row in self.members().items():
            groups.setdefault(row.cluster, set()).add(url)
        return {frozenset(urls) for urls in groups.values() if len(urls) > 1}


class Dies(Committer):
    """Dies before its commit number `after`, or, `late`, just after it was acknowledged."""

    def __init__(self, committer: Committer, after: int, *, late: bool) -> None:
        self._inner, self._left, self._late = committer, after, late

    def commit_rows(self, rows: list[Row]) -> None:  # type: ignore[override]
        self._left -= 1
        if self._left < 0 and not self._late:
            raise KeyboardInterrupt
        self._inner.commit_rows(rows)
        if self._left < 0:
            raise KeyboardInterrupt


@contextmanager
def stories_over(catalog: str, folder: Path) -> Iterator[Stories]:
    made = Stories(House(LocalStore(folder / "store"), Catalog.open(catalog), folder / "spool"))
    yield made
    made.home.die()
    made.catalog.close()
