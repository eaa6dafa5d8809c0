"""How each question of the pages is answered: by an index, on both databases, however large a table is.

Questions are asked through the code that the pages call. The statements are caught on their way to the
database and explained there: a scan of a table that grows with the archive is then seen in an empty one.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import archive.catalog
from archive.catalog import fronts, nights, runs, schema, search_index, watch
from archive.catalog.article_reads import leads_of
from archive.catalog.catalog import Catalog
from archive.catalog.changes import newest_runs_of
from archive.catalog.ledger_reads import LedgerChoice, ledger_page
from archive.digest import url_key
from archive.rows import (
    AddressRow,
    ArticleRow,
    ClusterMemberRow,
    EventRow,
    FrontRow,
    ImageRow,
    PictureLinkRow,
    PictureRow,
    Row,
    RunRow,
    TextRow,
)
from archive.views.article import article
from archive.views.compare import compare
from archive.views.fronts import fronts_at
from archive.views.lookup import look_up
from archive.views.pictures import picture, wall
from archive.views.search import Order, Which, search
from archive.views.source_files import SourceFiles
from archive.views.sources import source_cards, source_view
from archive.views.today import today
from archive.views.viewer import Viewer
from tests.archive.material import NOON, ledger_row
from tests.contract.catalog_rows import MINUTE, URL, Numbers, capture, page, version
from tests.contract.plan_questions import BY_INDEX
from tests.contract.plan_reasons import SORTED, WHOLE, unlisted
from tests.services.postgres import Postgres

# Tables of a row a source, a month, a takedown, what somebody did by hand, what goes on now, and what keys
# are given as. Every other one grows.
SMALL = {
    "takedown", "search_month", "search_pending", "json_each", "CONSTANT", "pause", "audit", "run_request",
    "lease", "run_part", "preview", "rebuilding",
}  # fmt: skip
PARTS_OF_STATEMENTS = ("(", "anon_", "content")  # subqueries, whose own steps are in the plan too
FEW = ("alarm_open", "erasure_pending")  # indexes of a handful of rows, whatever their tables have
GROWING = {table.name for table in schema.metadata.tables.values()} - SMALL
DIGEST = "ab" * 32
NIGHT = f"{NOON:%Y-%m-%d}"
RUN = RunRow(
    id="run-1",
    kind="scheduled",
    sources=("example",),
    started_at=NOON,
    night=NIGHT,
    finished_at=NOON + MINUTE,
    status="done",
)
EVERY = LedgerChoice()

QUESTIONS: dict[str, Callable[[Viewer], object]] = {
    "the newest night": lambda viewer: nights.newest_night(viewer.catalog),
    "the nights around one": lambda viewer: nights.neighbours(viewer.catalog, NIGHT),
    "the runs of a night": lambda viewer: nights.runs_of_night(viewer.catalog, NIGHT),
    "what a night's runs made": lambda viewer: nights.versions_counted(viewer.catalog, [RUN]),
    "the sums of a run": lambda viewer: nights.tallies(viewer.catalog, [RUN.id]),
    "today": today,
    "an article": lambda viewer: article(viewer, "art"),
    "two versions compared": lambda viewer: compare(viewer, "art"),
    "an address that is an article": lambda viewer: look_up(viewer, URL),
    "an address that is not known": lambda viewer: look_up(viewer, "https://news.example/unknown"),
    "the newest runs": lambda viewer: runs.newest_runs(viewer.catalog),
    "runs after others": lambda viewer: runs.newest_runs(viewer.catalog, 9, (NOON, "r")),
    "the newest runs of a source": lambda viewer: newest_runs_of(viewer.catalog, "example", 9),
    "a page of a ledger": lambda viewer: ledger_page(viewer.catalog, RUN.id, EVERY, after=5, limit=9),
    "a source": lambda viewer: source_view(viewer, "example", SourceFiles()),
    "a source's nights": lambda viewer: watch.figures_of(viewer.catalog, "example", 28),
    "all sources": lambda viewer: source_cards(viewer, SourceFiles()),
    "open alarms": lambda viewer: watch.open_alarms(viewer.catalog),
    "front pages side by side": lambda viewer: fronts_at(viewer, SourceFiles(), ["example"]),
    "front pages of a moment": lambda viewer: fronts_at(viewer, SourceFiles(), ["example"], NOON),
    "the front pages of a source": lambda viewer: fronts.fronts_of(viewer.catalog, "example"),
    "what led a page": lambda viewer: leads_of(viewer.catalog, URL, 9),
    "what led a page in a day": lambda viewer: fronts.leads_between(
        viewer.catalog, URL, NOON, NOON + timedelta(days=1)
    ),
    "pictures of a day": lambda viewer: wall(viewer, date(2026, 3, 29)),
    "pictures of a day and a source": lambda viewer: wall(viewer, date(2026, 3, 29), "example"),
    "a picture": lambda viewer: picture(viewer, DIGEST),
    "a search": lambda viewer: search(viewer, "council"),
    "a search by relevance": lambda viewer: search(viewer, "council", order=Order.RELEVANCE),
    "a search with a month and a source": lambda viewer: search(
        viewer, "council", {"source": "example", "since": "2026-03-01", "until": "2026-04-01"}
    ),
    "a search of what was said": lambda viewer: search(viewer, "council", which=Which.PAST),
}


def _rows() -> list[Row]:
    """An article that was edited with all that stands around it, a copy, and a front page that it led."""
    shown: dict[str, Any] = {
        "article_id": "art", "position": 0, "url": f"{URL}.jpg", "credit": None, "alt": None,
    }  # fmt: skip
    return [
        RUN,
        ledger_row(URL, 1, outcome="archived", at=NOON),
        capture("c1"),
        page(URL, article_id="art"),
        *(
            ArticleRow(id=name, source="example", url=URL, first_captured_at=NOON, versions=2)
            for name in _ARTICLES
        ),
        AddressRow(url_key=url_key(URL), url=URL, article_id="art", since=NOON),
        *(
            version(name, n, text_sha256=_TEXTS[n], capture_id="c1", run_id=RUN.id)
            for name in _ARTICLES
            for n in (1, 2)
        ),
        *(
            TextRow(sha256=name, characters=9, segment="derived/s", offset=0, length=9)
            for name in _TEXTS.values()
        ),
        EventRow(article_id="art", number=2, position=0, kind="title", before="a", after="b"),
        *(PictureRow(number=n, caption="council", sha256=DIGEST, **shown) for n in (1, 2)),
        ImageRow(
            sha256=DIGEST, phash=None, mime="image/jpeg", width=9, height=9, size=9, first_url=f"{URL}.jpg",
            first_at=NOON, capture_id="c1",
        ),
        PictureLinkRow(sha256=DIGEST, first=DIGEST, at=NOON),
        *(ClusterMemberRow(article_id=name, number=2, cluster="art", at=NOON) for name in _ARTICLES),
        FrontRow(
            capture_id="c1", position=0, source="example", url=URL, url_key=url_key(URL), at=NOON,
            title="council", link=URL, link_key=url_key(URL),
        ),
    ]  # fmt: skip


_ARTICLES = ("art", "copy")
_TEXTS = {1: "1" * 64, 2: "2" * 64}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def viewer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """One archive for all questions, which change nothing."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('plans')}/catalog.db"
    else:
        server: Postgres = request.getfixturevalue("postgres_server")
        address = server.create_database()
    catalog = Catalog.open(address)
    catalog.apply(Numbers().entry(*_rows()), dict.fromkeys(_TEXTS.values(), "the council met"))
    search_index.fill(catalog)
    yield Viewer(catalog)
    catalog.close()


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_no_question_of_the_pages_reads_a_growing_table_to_its_end(
    viewer: Viewer, question: Callable[[Viewer], object]
) -> None:
    asked = _asked(viewer.catalog, lambda: question(viewer))
    assert asked
    explain = _scans_sqlite if viewer.catalog.backend == "sqlite" else _scans_postgres
    with viewer.catalog.read() as connection:
        scanned = [
            (scan, statement) for statement, given in asked for scan in explain(connection, statement, given)
        ]
    assert not scanned


@pytest.mark.parametrize("name", BY_INDEX)
def test_no_question_of_the_catalog_reads_a_growing_table_to_its_end(viewer: Viewer, name: str) -> None:
    catalog, ask = viewer.catalog, BY_INDEX[name]
    asked = _asked(catalog, lambda: ask(catalog))
    assert asked
    explain = _scans_sqlite if catalog.backend == "sqlite" else _scans_postgres
    with catalog.read() as connection:
        scanned = [
            (scan, statement) for statement, given in asked for scan in explain(connection, statement, given)
        ]
        sorted_whole = [
            statement
            for statement, given in asked
            if catalog.backend == "sqlite" and _sorts_before_it_cuts(connection, statement, given)
        ]
    assert not scanned
    assert not sorted_whole or name in SORTED


def test_every_question_of_the_catalog_is_explained_or_says_why_not() -> None:
    found = {}
    for module in pkgutil.iter_modules(archive.catalog.__path__):
        members = vars(importlib.import_module(f"archive.catalog.{module.name}"))
        for name, member in members.items():
            if inspect.isfunction(member) and member.__module__ == f"archive.catalog.{module.name}":
                first = next(iter(inspect.signature(member).parameters), None)
                if first == "catalog" and not name.startswith("_"):
                    found[f"{module.name}.{name}"] = member
    assert unlisted(found) == set()
    assert BY_INDEX.keys() | WHOLE.keys() <= found.keys()
    assert SORTED.keys() <= BY_INDEX.keys()


def test_a_scan_would_be_seen(viewer: Viewer) -> None:
    explain = _scans_sqlite if viewer.catalog.backend == "sqlite" else _scans_postgres
    with viewer.catalog.read() as connection:
        assert explain(connection, "SELECT title FROM version WHERE title = 'a' LIMIT 1", ())
        assert not explain(connection, "SELECT title FROM version WHERE article_id = 'a' AND number = 1", ())


def _asked(catalog: Catalog, question: Callable[[], object]) -> list[tuple[str, Any]]:
    """The statements of a question, with their values."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            found.append((statement, given))

    with catalog.read() as connection:
        engine = connection.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        question()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return found


def _scans_sqlite(connection: sa.Connection, statement: str, given: Any) -> list[str]:
    """Steps that read a table to its end: to walk along an index is none where a LIMIT ends it."""
    plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
    scans = [step for step in plan if step.startswith("SCAN ") and _of_a_table(step)]
    walks = "LIMIT" in statement and not any("USE TEMP B-TREE FOR ORDER BY" in step for step in plan)
    any_will_do = "LIMIT" in statement and "WHERE" not in statement and "ORDER BY" not in statement
    return [step for step in scans if not (any_will_do or (walks and " INDEX " in step))]


def _sorts_before_it_cuts(connection: sa.Connection, statement: str, given: Any) -> bool:
    """Whether a few rows are wanted, and all that might be are put in order for that."""
    plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
    return "LIMIT" in statement and "USE TEMP B-TREE FOR ORDER BY" in plan


def _of_a_table(step: str) -> bool:
    """Whether a scan is of something that grows, and no subquery."""
    name = step.split()[1]
    few = name in SMALL or name.startswith(PARTS_OF_STATEMENTS) or step.endswith(FEW)
    return not few and "VIRTUAL TABLE INDEX" not in step


def _scans_postgres(connection: sa.Connection, statement: str, given: Any) -> list[str]:
    """Growing tables for which there is no other plan than to read them: small ones would be read anyway."""
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given))
    tables = re.findall(r"Seq Scan on (\w+)", plan)
    partition = re.compile(r"(search|ledger)_(\d{6}|other|before)")
    return [table for table in tables if table in GROWING or partition.fullmatch(table)]
