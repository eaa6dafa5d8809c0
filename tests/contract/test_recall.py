"""What discovery missed of what a site lists, and what it found beyond."""

from __future__ import annotations

from typing import Any

from archive.catalog.catalog import Catalog
from archive.catalog.recall import Named, recall_of
from archive.digest import url_key
from archive.rows import DocumentRow, LedgerRow
from tests.archive.material import NOON
from tests.contract.catalog_rows import RUN

SITE = "https://news.example"


def row(position: int, path: str, by: str, ended: str, *also: str, source: str = "a") -> LedgerRow:
    outcome, _, reason = ended.removesuffix(")").partition("(")
    url = f"{SITE}{path}"
    return LedgerRow(
        run_id="run-1", url_key=url_key(url), url=url, source=source, found_by=by, found_in=SITE,
        position=position, outcome=outcome or None, reason=reason or None, at=NOON, also_by=also,
    )  # fmt: skip


def document(kind: str, *notes: str) -> DocumentRow:
    url = f"{SITE}/{kind}.xml"
    return DocumentRow(
        run_id="run-1", url_key=url_key(url), url=url, source="a", kind=kind, status="ok", reason=None,
        found=1, fresh=1, notes=notes, at=NOON,
    )  # fmt: skip


def test_by_the_sitemap_where_there_is_one(catalog: Catalog, put: Any) -> None:
    put(
        RUN,
        document("feed", "of no interest"),
        document("sitemap", "3 links left out: on other sites"),
        row(0, "/both", "feed", "archived", "sitemap"),
        row(1, "/listed", "sitemap", "unchanged"),
        row(2, "/known", "sitemap", "skipped(not_due)"),
        row(3, "/closed", "sitemap", "skipped(robots)"),
        row(4, "/broken", "feed", "failed(timeout)", "section", "sitemap"),
        row(5, "/waits", "sitemap", ""),
        row(6, "/beyond", "feed", "archived"),
        row(7, "/beyond-and-gone", "feed", "gone(http_404)"),
        row(8, "/looked-at", "revisit", "unchanged"),
        row(9, "/looked-at-and-named", "revisit", "unchanged", "section"),
        row(10, "/of-another", "sitemap", "failed(dns)", source="b"),
    )
    found = recall_of(catalog, "run-1", "a")
    assert (found.measure, found.listed, found.reached, found.share) == ("sitemap", 6, 3, 0.5)
    assert found.missed == {"skipped(robots)": 1, "failed(timeout)": 1, "waiting": 1}
    assert found.missed_urls == (
        Named(f"{SITE}/closed", ("sitemap",), "skipped(robots)"),
        Named(f"{SITE}/broken", ("feed", "section", "sitemap"), "failed(timeout)"),
        Named(f"{SITE}/waits", ("sitemap",), "waiting"),
    )
    assert [one.url for one in found.beyond_urls] == [f"{SITE}/beyond", f"{SITE}/looked-at-and-named"]
    assert found.beyond == 2
    assert found.left_out == (f"{SITE}/sitemap.xml: 3 links left out: on other sites",)


def test_by_the_feed_where_there_is_no_sitemap(catalog: Catalog, put: Any) -> None:
    put(RUN, document("feed"), row(0, "/a", "feed", "archived"), row(1, "/b", "section", "archived"))
    found = recall_of(catalog, "run-1", "a")
    assert (found.measure, found.listed, found.reached, found.beyond) == ("feed", 1, 1, 1)


def test_by_nothing_where_there_is_neither(catalog: Catalog, put: Any) -> None:
    put(RUN, document("section"), row(0, "/b", "section", "archived"))
    found = recall_of(catalog, "run-1", "a")
    assert (found.measure, found.listed, found.beyond, found.share) == (None, 0, 0, None)
