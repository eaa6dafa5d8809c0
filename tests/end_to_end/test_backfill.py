"""`crawl --since`: back through sitemaps by month, sections by page and archives by day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from archive.catalog import runs
from archive.rows import DocumentRow, LedgerRow, RunRow
from tests.end_to_end.house import House
from tests.end_to_end.small_site import SmallSite, crawl_words, feed, page, robots, small_house, story

NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)
HOST = "news.test"
PAGES = 4  # of the section


def month_sitemap(site: SmallSite, months: list[int]) -> bytes:
    rows = "".join(
        f"<url><loc>{site.url(HOST, f'/mapped/story-of-month-{month}')}</loc>"
        f"<lastmod>2026-{month:02}-10</lastmod></url>"
        for month in months
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()


def build(site: SmallSite) -> None:
    """A site whose feed names one story, and whose past lies in three kinds of archives."""
    names = [f"/mapped/story-of-month-{month}" for month in (1, 2, 3)]
    names += ["/listed/story-that-a-page-lists-" + str(number) for number in range(PAGES)]
    days = [NOW - timedelta(days=back) for back in (5, 70)]
    names += [f"/dated/{day:%Y/%m/%d}/story-of-a-day-long-ago" for day in days]
    for name in names:
        site.add(HOST, {name: page(story(name.strip("/").replace("/", " ")))})
    index = "".join(
        f"<sitemap><loc>{site.url(HOST, f'/sitemap-2026-{month:02}.xml')}</loc></sitemap>"
        for month in (1, 2, 3)
    )
    xml = {"Content-Type": "application/xml"}
    site.add(
        HOST,
        {
            "/robots.txt": robots(f"User-agent: *\nDisallow:\nSitemap: {site.url(HOST, '/sitemap.xml')}\n"),
            "/sitemap.xml": (200, xml, f"<sitemapindex>{index}</sitemapindex>".encode()),
            **{f"/sitemap-2026-{m:02}.xml": (200, xml, month_sitemap(site, [m])) for m in (1, 2, 3)},
            "/feed": feed([site.url(HOST, names[2])]),
        },
    )
    archives = "".join(f"<a href='/day/{day:%Y/%m/%d}/'>{day:%d %B}</a>" for day in days)
    for day in days:
        link = (
            f"<h2><a href='/dated/{day:%Y/%m/%d}/story-of-a-day-long-ago'>A story of a day long ago</a></h2>"
        )
        site.add(HOST, {f"/day/{day:%Y/%m/%d}/": page(f"<html><body>{link}</body></html>")})

    def section(visit: object) -> tuple[int, dict[str, str], bytes]:
        path: str = visit.path  # type: ignore[attr-defined]
        number = int(path.partition("page=")[2] or 1)
        shown = min(number, PAGES) - 1  # beyond the end the last page comes again, as on many sites
        link = (
            f"<h2><a href='/listed/story-that-a-page-lists-{shown}'>A story that a page of it lists</a></h2>"
        )
        further = f"<a href='/world?page={number + 1}'>Older</a>"
        status, headers, body = page(f"<html><body>{link}{archives}{further}</body></html>")
        return status, dict(headers), bytes(body)  # type: ignore[arg-type]

    site.add(HOST, {"/world": section, "/": page("<html><body><a href='/world'>World</a></body></html>")})


@pytest.fixture(scope="module")
def walked(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[RunRow, dict[str, LedgerRow], list[DocumentRow]]]:
    from archive.catalog.frontier import read_documents  # noqa: PLC0415 - beside its use

    with SmallSite() as site:
        build(site)
        text = site.source("news", HOST).replace(
            "discover: {", f"discover: {{sections: ['{site.url(HOST, '/world')}'], "
        )
        house: House = small_house(tmp_path_factory.mktemp("back") / "house", {"news": text}, hosts=[HOST])
        house.run(*crawl_words(NOW, "news"), "--since", "2026-02-02")
        with closing(house.open()) as archive:
            (run,) = runs.newest_runs(archive.catalog, 1)
            rows = runs.ledger_of(archive.catalog, run.id)
            paths = {"/" + row.url.split("/", 3)[3]: row for row in rows}
            yield run, paths, read_documents(archive.catalog, run.id)


def test_everything_since_that_day_is_archived_and_nothing_before(
    walked: tuple[RunRow, dict[str, LedgerRow], list[DocumentRow]],
) -> None:
    run, paths, _ = walked
    assert (run.kind, run.since, run.status) == ("backfill", "2026-02-02", "done")
    archived = {path for path, row in paths.items() if row.outcome == "archived"}
    assert archived == {
        "/mapped/story-of-month-2",
        "/mapped/story-of-month-3",
        *(f"/listed/story-that-a-page-lists-{number}" for number in range(PAGES)),
        "/dated/2026/03/15/story-of-a-day-long-ago",
    }


def test_a_list_that_never_ends_is_left_where_it_names_nothing_new(
    walked: tuple[RunRow, dict[str, LedgerRow], list[DocumentRow]],
) -> None:
    _, _, documents = walked
    pages = sorted(row.url.partition("page=")[2] for row in documents if "/world" in row.url)
    assert pages == ["", "2", "3", "4", "5"]


def test_no_archive_of_an_earlier_day_is_asked_for(
    walked: tuple[RunRow, dict[str, LedgerRow], list[DocumentRow]],
) -> None:
    _, _, documents = walked
    days = [row.url.partition("/day/")[2] for row in documents if "/day/" in row.url]
    assert days == ["2026/03/15/"]
    assert not [row for row in documents if "sitemap-2026-01" in row.url]
