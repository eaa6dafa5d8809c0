"""What stands around the articles of a night: runs, ledgers, figures, front pages, and what went wrong."""

from __future__ import annotations

import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from archive.digest import url_key
from archive.rows import DocumentRow, LedgerRow, PageRow, Row, RunRow, SegmentRow
from archive.rows.changes import FrontRow
from archive.rows.watch import AlarmRow, FigureRow
from bench.pages_material import Look
from bench.pages_papers import Paper, begun, day_of, moment_of, run_of, segment_key
from bench.pages_rows import capture_of

FRONT_EVERY = 6  # nights on which the list of a front page is another one
TEASERS = 30  # of a front page
_ADDRESSES = 300  # of a source that a run may meet again
_UNCHANGED, _NOT_DUE, _WRONG = 0.8, 0.5, 0.05  # addresses met for each version that was made
_HOW_WRONG = (
    ("quarantined", "consent_wall"), ("quarantined", "soft_404"), ("quarantined", "paywall_stub"),
    ("failed", "timeout"), ("failed", "http_503"), ("failed", "dns"),
)  # fmt: skip


@dataclass(slots=True)
class Around:
    """Goes with a `NewsWeb` night by night, and remembers what was met lately."""

    chance: random.Random = field(default_factory=lambda: random.Random(11))
    met: dict[str, deque[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=_ADDRESSES))
    )
    fronts: dict[str, list[FrontRow]] = field(default_factory=dict)

    def rows(self, papers: Sequence[Paper], night: int, looks: Sequence[Look]) -> Iterator[Row]:
        """Every other row of a night."""
        by_source: dict[str, list[Look]] = defaultdict(list)
        for look in looks:
            by_source[look.version.source].append(look)
        for group in _groups(papers):
            yield from _run(group, night)
            position = 0
            for paper in group:
                counts: Counter[str] = Counter()
                for row in self._ledger(paper, night, by_source[paper.name]):
                    if isinstance(row, dict):
                        position, counts[row["outcome"]] = position + 1, counts[row["outcome"]] + 1
                        yield LedgerRow(position=position, **row)
                    else:
                        yield row
                yield from _figures(paper, night, by_source[paper.name], counts)
                yield from self._front(paper, night, by_source[paper.name])

    def _ledger(self, paper: Paper, night: int, looks: Sequence[Look]) -> Iterator[Row | dict[str, object]]:
        chance, known = self.chance, self.met[paper.name]
        seen = {look.version.article_id for look in looks}
        for look in looks:
            row = look.version
            yield _entry(
                paper,
                night,
                key=row.article_id,
                url=row.url,
                end=("archived", None),
                capture=row.capture_id,
                at=row.captured_at,
            )
        for outcome, reason, share in (("unchanged", None, _UNCHANGED), ("skipped", "not_due", _NOT_DUE)):
            for key, url in chance.sample(list(known), min(len(known), round(len(looks) * share))):
                if key in seen:
                    continue
                seen.add(key)
                at = moment_of(paper, night, chance)
                capture = f"{chance.getrandbits(128):032x}" if reason is None else None
                yield _entry(paper, night, key=key, url=url, end=(outcome, reason), capture=capture, at=at)
                if capture is not None:
                    yield capture_of(paper, url, at, night, chance, name=capture, kind="not_modified")
        for _ in range(sum(chance.random() < _WRONG for _ in looks)):
            yield from self._wrong(paper, night)
        known.extend(
            (look.version.article_id, look.version.url) for look in looks if look.version.number == 1
        )

    def _wrong(self, paper: Paper, night: int) -> Iterator[Row | dict[str, object]]:
        """An address that brought no article: its bytes are kept, or there are none."""
        chance = self.chance
        outcome, reason = chance.choice(_HOW_WRONG)
        url = f"https://{paper.host}/{day_of(night):%Y/%m/%d}/{outcome}-{chance.getrandbits(40):x}"
        key, at = url_key(url), moment_of(paper, night, chance)
        capture = f"{chance.getrandbits(128):032x}" if outcome == "quarantined" else None
        if capture is not None:
            yield capture_of(paper, url, at, night, chance, name=capture)
        yield PageRow(
            url_key=key, url=url, source=paper.name, found_by="feed", found_in=f"{paper.home}rss",
            found_at=at, last_fetched_at=at, capture_id=capture,
        )  # fmt: skip
        yield _entry(paper, night, key=key, url=url, end=(outcome, reason), capture=capture, at=at)

    def _front(self, paper: Paper, night: int, looks: Sequence[Look]) -> Iterator[Row]:
        chance = self.chance
        at = begun(paper, night)
        capture = capture_of(paper, paper.home, at, night, chance, name=f"{chance.getrandbits(128):032x}")
        yield capture
        if (night + paper.number) % FRONT_EVERY:
            return
        links = [(look.version.url, look.version.article_id, look.version.title or "") for look in looks]
        links = links[:TEASERS]
        there = {key for _, key, _ in links}
        stood = ((row.link, row.link_key, row.title) for row in self.fronts.get(paper.name, ()))
        links += [link for link in stood if link[1] not in there][: TEASERS - len(links)]
        shown = [
            FrontRow(
                capture_id=capture.id, position=position, source=paper.name, url=paper.home,
                url_key=capture.url_key, at=at, title=title, link=url, link_key=key,
            )
            for position, (url, key, title) in enumerate(links)
        ]  # fmt: skip
        self.fronts[paper.name] = shown
        yield from shown


def alarms(papers: Sequence[Paper], nights: int) -> Iterator[AlarmRow]:
    """One a week that is over, and a handful that are open."""
    for week in range(nights // 7):
        at = day_of(week * 7)
        is_open = week >= nights // 7 - 5
        yield AlarmRow(
            id=f"{at:%Y%m%d}-{week}", subject=papers[week % len(papers)].name, kind="few_articles",
            severity="warning", message="fewer articles than usual", raised_at=at,
            cleared_at=None if is_open else at + timedelta(days=2),
        )  # fmt: skip


def _groups(papers: Sequence[Paper]) -> list[list[Paper]]:
    by_run: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        by_run[run_of(paper, 0)].append(paper)
    return [by_run[name] for name in sorted(by_run)]


def _run(group: Sequence[Paper], night: int) -> Iterator[Row]:
    name, at = run_of(group[0], night), begun(group[0], night)
    yield RunRow(
        id=name, kind="scheduled", sources=tuple(paper.name for paper in group), started_at=at,
        night=f"{day_of(night):%Y-%m-%d}", finished_at=at + timedelta(hours=3), status="done",
    )  # fmt: skip
    key = segment_key(name)
    yield SegmentRow(
        key=key, kind="captures", sha256=key[20:84], size=50_000_000, records=900, sealed_at=at,
    )  # fmt: skip


def _entry(
    paper: Paper,
    night: int,
    *,
    key: str,
    url: str,
    end: tuple[str, str | None],
    capture: str | None,
    at: datetime,
) -> dict[str, object]:
    return {
        "run_id": run_of(paper, night), "url_key": key, "url": url, "source": paper.name, "found_by": "feed",
        "found_in": f"{paper.home}rss", "outcome": end[0], "reason": end[1], "capture_id": capture, "at": at,
    }  # fmt: skip


def _figures(paper: Paper, night: int, looks: Sequence[Look], counts: Counter[str]) -> Iterator[Row]:
    new = sum(look.version.number == 1 for look in looks)
    at = begun(paper, night) + timedelta(hours=3)
    yield DocumentRow(
        run_id=run_of(paper, night), url_key=url_key(f"{paper.home}rss"), url=f"{paper.home}rss",
        source=paper.name, kind="feed", status="ok", reason=None, found=len(looks), fresh=new, notes=(),
        at=begun(paper, night),
    )  # fmt: skip
    yield FigureRow(
        source=paper.name, run_id=run_of(paper, night), night=f"{day_of(night):%Y-%m-%d}", at=at, whole=True,
        articles=new, edited=len(looks) - new, removed=0, archived=counts["archived"],
        unchanged=counts["unchanged"], not_modified=0, skipped=counts["skipped"], failed=counts["failed"],
        quarantined=counts["quarantined"], gone=0, documents=1, documents_failed=0, titled=new, dated=new,
        pictured=new // 2, characters=1_100, newest_at=at, usual=4,
    )  # fmt: skip
