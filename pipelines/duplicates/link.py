"""Links the stories of an archive: index → candidates → comparison → clusters, in the journal.

What is not compared yet is found by asking which versions are newer than their articles' rows, so that a
killed run, another run at once and an import leave nothing behind; what is read otherwise since it was
compared (`archive.rows.RecompareRow`) comes first. Pairs are looked for within a window of time,
symmetrically: whichever of two comes first, the link is the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from archive.catalog import clusters as reads
from archive.catalog import fingerprints
from archive.catalog.catalog import Catalog
from archive.catalog.export_reads import texts_by_sha256
from archive.catalog.fingerprints import Told
from archive.catalog.postings import Kept, Question
from archive.catalog.sketches import Sketched, signed
from archive.clock import Clock
from archive.commit import Committer
from archive.digest import is_key
from archive.rows import ClusterMemberRow, Row, VersionRow
from pipelines.duplicates.again import Again, next_again, withdrawn
from pipelines.duplicates.agency import OPENING, credited
from pipelines.duplicates.clusters import joined
from pipelines.duplicates.furniture import SAMPLE, furniture
from pipelines.duplicates.likeness import Kind, Likeness, judge
from pipelines.duplicates.shingles import Shingles, shingles, without
from pipelines.duplicates.sketch import is_promising, sketch
from pipelines.duplicates.window import EPOCH, Window

_MONTH = timedelta(days=30)
_ALIKE = 16  # versions of one source that are looked at for what a template gave them
_BATCH = 2000  # versions a journal entry
_INDEX_AT_ONCE = 2000
_CACHED = 8_000  # texts as shingles: some 30 MB

Pair = tuple[str, str]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking did.

    Attributes:
        versions: that were compared.
        articles: that have a link now that had none.
        clusters: that changed.
        again: articles that were compared again, since some of them are read otherwise; not counted above.
        withdrawn: of these, such as had a link and have none any more.
    """

    versions: int = 0
    articles: int = 0
    clusters: int = 0
    again: int = 0
    withdrawn: int = 0


@dataclass
class Texts:
    """Texts of the catalog as shingles; the ones used last are kept."""

    catalog: Catalog
    _kept: OrderedDict[str, Shingles] = field(default_factory=OrderedDict)

    def many(self, digests: Iterable[str]) -> dict[str, Shingles]:
        """Shingles by SHA-256 of the text; a text that the catalog has lost has none."""
        wanted = list(dict.fromkeys(digests))
        found = {digest: self._kept[digest] for digest in wanted if digest in self._kept}
        missing = [digest for digest in wanted if digest not in found]
        read = texts_by_sha256(self.catalog, missing) if missing else {}
        for digest in missing:
            found[digest] = shingles(read.get(digest, ""))
        for digest in wanted:
            self._kept[digest] = found[digest]
            self._kept.move_to_end(digest)
        while len(self._kept) > _CACHED:
            self._kept.popitem(last=False)
        return found


class Index:
    """The index of texts as linking uses it: what is missing is entered before anything is looked up."""

    def __init__(self, catalog: Catalog, texts: Texts, window: Window) -> None:
        self._catalog, self._texts, self.window = catalog, texts, window
        self._whole = fingerprints.whole_periods(catalog, window.method)
        self._furniture: dict[tuple[str, int], Shingles] = {}
        self._kept = Kept()

    def forget_texts(self, versions: Collection[tuple[str, int]]) -> None:
        """Take out versions, given as (article, number), that may be in with another text than theirs."""
        fingerprints.forget(self._catalog, versions)

    def enter(self, versions: Sequence[VersionRow]) -> None:
        """Have these versions, and all that may be copies of them, in the index."""
        needed = {period for row in versions for period in self.window.periods(row.captured_at)}
        for period in sorted(needed - self._whole):
            for page in fingerprints.told(self._catalog, *self.window.bounds(period), _INDEX_AT_ONCE):
                self._put(period, page)
            fingerprints.mark_whole(self._catalog, period, self.window.method)
            self._whole.add(period)
        with_text: dict[int, list[Told]] = {}
        for row in versions:
            if row.text_sha256 and not row.removed:
                new = Told(row.article_id, row.number, row.source, row.captured_at, row.text_sha256)
                with_text.setdefault(self.window.period(row.captured_at), []).append(new)
        for period, rows in with_text.items():
            self._put(period, rows)

    def _put(self, period: int, versions: Sequence[Told]) -> None:
        versions = [row for row in versions if is_key(row.article_id)]
        names = [(row.article_id, row.number) for row in versions]
        unknown = fingerprints.unknown(self._catalog, period, names, self._kept)
        rows = [row for row in versions if (row.article_id, row.number) in unknown]
        texts = self._texts.many(row.text_sha256 for row in rows)
        new = [
            _sketched(row.article_id, row.number, row.source, row.at, texts[row.text_sha256]) for row in rows
        ]
        fingerprints.put(self._catalog, period, signed(new), self._kept)

    def furniture_of(self, source: str, at: datetime) -> Shingles:
        """What a source writes around its stories in the month of a moment, or in the one before."""
        month = (at - EPOCH) // _MONTH
        if (source, month) not in self._furniture:
            since, until = EPOCH + (month - 1) * _MONTH, EPOCH + (month + 1) * _MONTH
            near = fingerprints.newest_in_source(self._catalog, source, since, until, 2 * SAMPLE)
            by_article = dict(reversed(near))  # one text of each article, the newest
            digests = list(dict.fromkeys(by_article.values()))[-SAMPLE:]
            self._furniture[source, month] = furniture(list(self._texts.many(digests).values()))
        return self._furniture[source, month]

    def candidates(self, texts: Sequence[tuple[VersionRow, Shingles]]) -> list[list[Sharing]]:
        """For each version, the versions of other articles that share keys with it, most first.

        Keys that are its source's furniture do not count.
        """
        asked = [
            _sketched(row.article_id, row.number, row.source, row.captured_at, text) for row, text in texts
        ]
        keys = [without(text.keys, self.furniture_of(text.source, text.at)) for text in asked]
        periods = [self.window.periods(text.at) for text in asked]
        question = Question(signed(asked), periods, self.window.within, keys)
        near = fingerprints.candidates(self._catalog, question, is_promising, self._kept)
        there = fingerprints.told_of(self._catalog, zip(near.articles, near.numbers, strict=True))
        found: list[list[Sharing]] = [[] for _ in texts]
        names = zip(near.articles, near.numbers, strict=True)
        for place, promising, name in zip(near.asked, near.promising, names, strict=True):
            version = there.get(name)
            if version is not None:  # and not removed meanwhile
                found[place].append(Sharing(version, promising=promising))
        return found

    def forget(self, now: datetime) -> None:
        """Drop periods that no new version can reach."""
        if self.window.days is not None:
            fingerprints.drop_before(self._catalog, self.window.period(now) - 1)


def _sketched(article_id: str, number: int, source: str, at: datetime, text: Shingles) -> Sketched:
    return Sketched(article_id, number, source, at, text.size, sketch(text))


@dataclass(frozen=True, slots=True)
class Sharing:
    """A version that shares keys with another one; `promising`: enough of them to be compared."""

    version: Told
    promising: bool


@dataclass(frozen=True, slots=True)
class Link:
    """Two articles that are copies, and by what: the closest of their versions."""

    kind: Kind
    likeness: Likeness


class Linker:
    """Links what is not linked yet. Blocks; nobody else may link at the same time."""

    def __init__(
        self,
        catalog: Catalog,
        committer: Committer,
        clock: Clock,
        days: int | None,
        progress: Callable[[int], None] = lambda _done: None,
    ) -> None:
        self._catalog, self._committer, self._clock = catalog, committer, clock
        self._texts = Texts(catalog)
        self._index = Index(catalog, self._texts, Window(days))
        self._progress = progress

    def link(self, stop: Callable[[], bool] = lambda: False) -> Linked:
        """Compare everything that is new, a batch at a time; each batch is acknowledged before the next."""
        compared = withdrawals = 0
        while not stop() and (again := next_again(self._catalog, _BATCH)):
            withdrawals += self._compare_again(again)
            compared += len(again.articles)
            self._progress(compared)
        versions = articles = clusters = 0
        while not stop() and (batch := reads.not_compared(self._catalog, _BATCH)):
            self._index.enter(batch)
            links = self._links(batch)
            rows, changed = self._rows(batch, links)
            self._committer.commit_rows(rows)
            versions += len(batch)
            articles += len({name for pair in links for name in pair})
            clusters += changed
            self._progress(compared + versions)
        self._index.forget(self._clock.now())
        return Linked(versions, articles, clusters, compared, withdrawals)

    def _compare_again(self, again: Again) -> int:
        """Put today's links in the place of those that these articles had; how many are left without one."""
        before = reads.rows_of_articles(self._catalog, again.articles)
        self._index.forget_texts(again.read_otherwise)
        self._index.enter(again.versions)
        rows, _ = self._rows(again.versions, self._links(again.versions), again.articles)
        self._committer.commit_rows([*again.done, *rows])
        return withdrawn(before, reads.rows_of_articles(self._catalog, before))

    def _links(self, batch: Sequence[VersionRow]) -> dict[Pair, Link]:
        with_text = [row for row in batch if row.text_sha256 and not row.removed]
        if odd := sorted({row.article_id for row in with_text if not is_key(row.article_id)}):
            log.warning("articles whose ids are not 32 hexadecimal digits are compared with nothing", ids=odd)
            with_text = [row for row in with_text if is_key(row.article_id)]
        shown = self._texts.many(row.text_sha256 or "" for row in with_text)
        texts = [(row, shown[row.text_sha256 or ""]) for row in with_text]
        sharing = self._index.candidates(texts)
        found: dict[Pair, Link] = {}
        for (row, text), others in zip(texts, sharing, strict=True):
            promising = [each.version for each in others if each.promising]
            if not promising:
                continue
            around = [
                self._index.furniture_of(row.source, row.captured_at),
                self._template(row, text, others),
            ]
            there = self._texts.many(other.text_sha256 for other in promising)
            for other in promising:
                its = self._index.furniture_of(other.source, other.at)
                kind, likeness = judge(text, there[other.text_sha256], *around, its)
                pair = _pair(row.article_id, other.article_id)
                if kind is not None and (
                    pair not in found or found[pair].likeness.jaccard < likeness.jaccard
                ):
                    found[pair] = Link(kind, likeness)
        return found

    def _template(self, row: VersionRow, text: Shingles, others: Sequence[Sharing]) -> Shingles:
        """What a version has in common with several others of its source, seldom as these may be."""
        alike = {
            each.version.article_id: each.version.text_sha256
            for each in others
            if each.version.source == row.source and each.version.text_sha256 != row.text_sha256
        }
        digests = list(dict.fromkeys(alike.values()))[:_ALIKE]
        return furniture([text, *self._texts.many(digests).values()])

    def _rows(
        self, batch: Sequence[VersionRow], links: dict[Pair, Link], apart: frozenset[str] = frozenset()
    ) -> tuple[list[Row], int]:
        """The rows of the batch's articles, and of all that changes with them; how many clusters that is.

        Those `apart`, whole clusters of which the batch has every version, begin anew.
        """
        now = self._clock.now()
        named = {row.article_id for row in batch}.union(*links)
        before = reads.rows_of_articles(self._catalog, named)
        before |= reads.members_of(self._catalog, {row.cluster for row in before.values()})
        members = dict(before)
        for article in (named - before.keys()) | (before.keys() & apart):  # number 0: its own turn comes
            members[article] = ClusterMemberRow(article_id=article, number=0, cluster=article, at=now)
        openings = self._openings(batch)
        for row in batch:
            mine = members[row.article_id]
            agency = credited(row.agency, openings.get(row.text_sha256 or "", "")) or mine.agency
            number = max(mine.number, row.number)
            members[row.article_id] = replace(mine, number=number, agency=agency, at=now)
        for pair, link in sorted(links.items()):
            for article, other in (pair, pair[::-1]):
                members[article] = _closer(members[article], other, link)
        heads = reads.articles_by_id(self._catalog, {row.cluster for row in members.values()})
        changed = joined(members, sorted(links), {name: reads.seen(head) for name, head in heads.items()})
        members |= changed
        put: list[Row] = [row for article, row in sorted(members.items()) if row != before.get(article)]
        return put, len({row.cluster for row in changed.values()})

    def _openings(self, batch: Sequence[VersionRow]) -> dict[str, str]:
        wanted = [row.text_sha256 for row in batch if row.text_sha256 and not row.agency]
        return {digest: text[:OPENING] for digest, text in texts_by_sha256(self._catalog, wanted).items()}


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _closer(row: ClusterMemberRow, other: str, link: Link) -> ClusterMemberRow:
    """The row with this link, if it is closer than the one that the row has."""
    jaccard = round(link.likeness.jaccard * 1000)
    if row.jaccard is not None and row.jaccard >= jaccard:
        return row
    containment = round(link.likeness.containment * 1000)
    return replace(row, linked_to=other, kind=str(link.kind), jaccard=jaccard, containment=containment)
