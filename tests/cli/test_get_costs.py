"""What `get` asks of the catalog and of the store: one look-up, and one range request for a page."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex, url_key
from archive.exchange import Exchange
from archive.opening import Archive
from archive.rows import AddressRow, ArticleRow, CaptureRow, Row, VersionRow
from cli.article import find_standing
from cli.get import Form, read_as
from tests.archive.counting import CountingStore, statements_of
from tests.archive.material import NOON, exchange, house, text_of
from tests.cli.conftest import Dateline, DemoArchive

URL = "https://news.example/story"
ONE, TWO = b"<p>The first state.</p>" * 40, b"<p>The second state.</p>" * 40
GZIP = ("Content-Type: text/html; charset=utf-8", "Content-Encoding: gzip")
DAY = timedelta(days=1)


@dataclass
class Counted:
    archive: Archive
    store: CountingStore
    statements: list[str]


def looks() -> Iterator[tuple[Exchange, bool]]:
    """A page, another, the first one's bytes again, and a 304 of it; with whether it is such an answer."""
    for day, body in enumerate((ONE, TWO, ONE)):
        yield exchange(URL, gzip.compress(body, mtime=0), at=NOON + day * DAY, headers=GZIP), False
    yield exchange(URL, b"", at=NOON + 3 * DAY, status=304, reason=" Not Modified", headers=()), True


def version_rows(capture: CaptureRow, number: int, text: str) -> list[Row]:
    key = url_key(URL)
    return [
        ArticleRow(id=key, source="example", url=URL, first_captured_at=NOON, versions=number),
        AddressRow(url_key=key, url=URL, article_id=key, since=NOON),
        VersionRow(
            article_id=key,
            number=number,
            source="example",
            url=URL,
            captured_at=capture.at,
            run_id="run-1",
            capture_id=capture.id,
            extractor="x",
            title=f"State {number}",
            text_sha256=sha256_hex(text.encode()),
        ),
    ]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def counted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """Versions that stand on a page with its payload, on another, on a revisit, and on a 304."""
    folder: Path = tmp_path_factory.mktemp("costs")
    home = house(folder)
    before = None
    for number, (one, not_modified) in enumerate(looks(), 1):
        row = home.record(one, before if not_modified else None)
        home.recorder.derive(text_of(row, f"Text {number}.")).result(300)
        home.committer.commit_segments(home.recorder, version_rows(row, number, f"Text {number}."))
        before = find_standing(home.catalog, URL, None).capture
    home.die()
    catalog = home.catalog
    if request.param == "postgresql":
        from archive.rebuild.run import rebuild  # noqa: PLC0415 - only this half needs it

        catalog = Catalog.open(request.getfixturevalue("module_postgres_url"))
        rebuild(home.store, catalog, lambda *_: None)
        home.catalog.close()
    store = CountingStore(home.store)
    with statements_of(catalog._engine) as asked:
        yield Counted(Archive(store, catalog), store, asked)  # type: ignore[arg-type]
    catalog.close()


@pytest.mark.parametrize(
    ("day", "kind", "status", "page"),
    [
        pytest.param(0, "response", 200, ONE, id="its payload in place"),
        pytest.param(1, "response", 200, TWO, id="another"),
        pytest.param(2, "revisit", 200, ONE, id="a revisit"),
        pytest.param(3, "revisit", 304, ONE, id="a 304"),
    ],
)
@pytest.mark.parametrize(
    ("form", "requests"),
    [
        pytest.param(Form.TEXT, (0, 0), id="text"),
        pytest.param(Form.HTML, (1, 1), id="html"),
        pytest.param(Form.WARC, (1, 2), id="warc"),  # a revisit is given with what it stands on
    ],
)
def test_one_look_up_and_one_range_request(
    counted: Counted, *, form: Form, requests: tuple[int, int], day: int, kind: str, status: int, page: bytes
) -> None:
    counted.statements.clear()
    counted.store.reads.clear()
    at = NOON + day * DAY + timedelta(hours=1)
    version = find_standing(counted.archive.catalog, URL, at, text=form is Form.TEXT)
    data = read_as(counted.archive, version, form)
    assert version.capture is not None
    assert (version.number, version.capture.kind, version.capture.status) == (day + 1, kind, status)
    if form is Form.TEXT:
        assert data == f"State {day + 1}\n\nText {day + 1}.\n".encode()
    if form is Form.HTML:
        assert data == page
    assert len(counted.statements) == 1
    assert len(counted.store.reads) == requests[kind == "revisit"]
    assert all(offset > 0 and length for _, offset, length in counted.store.reads)  # never a whole segment


@pytest.mark.parametrize("form", [form.value for form in Form if form not in {Form.JSON, Form.IMAGES}])
def test_the_command_itself_asks_once(reading: Dateline, demo_archive: DemoArchive, form: str) -> None:
    """Beside the questions that open an archive: which schema it has, and whether anything is in it."""
    url = demo_archive.url("night-ferry-returns")
    with statements_of(sa.Engine) as asked:
        assert reading("get", url, "--at", "2026-03-21", "--as", form).status == 0
    opening = ("alembic_version", "journal_entry", "sqlite_master", "rebuilding", "PRAGMA")
    assert len([one for one in asked if not any(word in one for word in opening)]) == 1
