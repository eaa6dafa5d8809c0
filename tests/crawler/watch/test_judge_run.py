"""A run's ledger, documents and versions become figures and alarms, which survive a rebuild."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.backup import Configuration, back_up
from archive.catalog import watch
from archive.catalog.dump import snapshot
from archive.commit import Committer
from archive.digest import url_key
from archive.journal import JournalWriter, new_writer
from archive.opening import Archive
from archive.rebuild.run import rebuild
from archive.rows import (
    DocumentRow,
    FigureRow,
    LedgerRow,
    NoticeRow,
    PictureRow,
    Row,
    RunRow,
    TextRow,
    VersionRow,
)
from archive.verify.run import verify
from config.source import Source
from crawler.watch.judge import judge_run, night_of
from tests.archive.material import SetClock

BEGAN = datetime(2026, 3, 29, 10, 0, 0, 250_000, tzinfo=UTC)
ENDED = BEGAN + timedelta(minutes=20)
RUN = RunRow(
    id="run-1", kind="scheduled", sources=("quiet", "site"), started_at=BEGAN, night="2026-03-29",
    finished_at=ENDED, status="done",
)  # fmt: skip
SOURCES = {name: Source(name=name, homepage=f"https://{name}.example/") for name in RUN.sources}


def ledger(number: int, outcome: str, reason: str | None = None) -> LedgerRow:
    url = f"https://site.example/{number}"
    return LedgerRow(
        run_id=RUN.id, url_key=url_key(url), url=url, source="site", found_by="feed", found_in="feed",
        position=number, outcome=outcome, reason=reason, at=ENDED,
    )  # fmt: skip


def version(name: str, number: int, title: str | None, run: str = RUN.id, **more: object) -> VersionRow:
    values: dict[str, object] = {
        "published_at": None,
        "text_sha256": None,
        "removed": False,
        **more,
    }
    return VersionRow(
        article_id=name, number=number, source="site", url=f"https://site.example/{name}",
        captured_at=BEGAN.replace(microsecond=0), run_id=run, capture_id=name, extractor="x", title=title,
        **values,  # type: ignore[arg-type] # names of fields
    )  # fmt: skip


def night() -> list[Row]:
    """What a run wrote: two new articles, one edit, one removal, and a wall before the rest."""
    text = TextRow(sha256="a" * 64, characters=1234, segment="derived/s", offset=0, length=9)
    shown = PictureRow(
        article_id="a", number=1, position=0, url="https://site.example/p", caption=None, credit=None,
        alt=None, sha256=None,
    )  # fmt: skip
    return [
        RUN,
        text,
        version("a", 1, "A title", published_at=BEGAN - timedelta(hours=1), text_sha256=text.sha256),
        shown,
        version("b", 1, None),
        version("c", 2, "Edited"),
        version("d", 3, None, removed=True),
        version("e", 1, "Of another run", run="run-0"),
        *(ledger(n, "archived") for n in range(3)),
        *(ledger(n, "quarantined", "challenge") for n in range(3, 12)),
        ledger(12, "gone", "http_404"),
        DocumentRow(
            run_id=RUN.id, url_key="f", url="https://site.example/feed", source="site", kind="feed",
            status="failed", reason="tls", found=0, fresh=0, notes=(), at=ENDED,
        ),
    ]  # fmt: skip


def test_a_run_is_judged_out_of_the_catalog(archive: Archive, tmp_path: Path) -> None:
    clock = SetClock()
    writer = JournalWriter(archive.store, new_writer(clock.now()), clock)
    committer = Committer(archive.store, archive.catalog, writer, clock)
    committer.commit_rows(night())
    committer.commit_rows(judge_run(archive.catalog, SOURCES, RUN, ENDED))
    [quiet, site] = watch.watch_of(archive.catalog)
    row = site.nights[-1].last
    assert (row.articles, row.edited, row.removed) == (2, 1, 1)
    assert (row.titled, row.dated, row.pictured, row.characters) == (1, 1, 1, 1234)
    assert (row.archived, row.quarantined, row.gone, row.documents, row.documents_failed) == (3, 9, 1, 1, 1)
    assert row.failures == ("challenge=9", "http_404=1", "tls=1")
    assert (row.night, row.at, row.whole, row.breaches) == ("2026-03-29", ENDED, True, ("quarantined",))
    assert [alarm.kind for alarm in site.alarms] == ["quarantined"]
    assert (quiet.nights[-1].last.articles, quiet.alarms) == (0, ())
    committer.commit_rows([NoticeRow(alarm_id=site.alarms[0].id, what="raised", to="${TO}", at=ENDED)])
    # Judged once more (a kill before the end was acknowledged): the same figures, and no second alarm.
    again = judge_run(archive.catalog, SOURCES, RUN, ENDED)
    assert [row for row in again if isinstance(row, FigureRow)] == again
    before = _tables(archive)
    assert set(before) == {"figure", "alarm", "notice"}
    rebuild(archive.store, archive.catalog, lambda _done, _total: None)
    assert _tables(archive) == before
    assert back_up(archive, tmp_path / "b.tar", Configuration(), clock=clock).rows > 20
    kinds = {
        problem.kind
        for problem in verify(archive.store, archive.catalog, lambda _done, _total: None).problems
    }
    assert "row" not in kinds


def test_the_night_of_a_run() -> None:
    berlin = Source(name="site", homepage="https://site.example/", timezone="Asia/Tokyo")
    by_hand = RunRow(
        id="r", kind="manual", sources=("site",), started_at=datetime(2026, 3, 29, 20, tzinfo=UTC)
    )
    assert night_of(by_hand, berlin).isoformat() == "2026-03-30"
    assert night_of(RUN, berlin).isoformat() == "2026-03-29"


def _tables(archive: Archive) -> dict[str, list[bytes]]:
    with snapshot(archive.catalog) as state:
        return {table: list(state.lines(table)) for table in ("figure", "alarm", "notice")}
