"""Every page over the demo's three nights, by following the links of every page."""

from __future__ import annotations

import os
import re
from collections import Counter, deque

import pytest

from tests.cli.conftest import DemoArchive
from tests.web.pages.conftest import HTML, PageReader

EDITED, REMOVED, DISALLOWED = "night-ferry", "library-lends-tools", "leserbriefe-im-entwurf"
EACH = 3 if os.environ.get("DATELINE_TEST_FULL") else 1  # pages of one kind that are opened
KINDS = {
    "/", "/night/*", "/article/*", "/article/*/*", "/article/*/compare", "/article/*/*/cite", "/view/*",
    "/sources", "/sources/*", "/runs", "/runs/*", "/fronts", "/fronts/*", "/pictures", "/pictures/*",
    "/search", "/searches", "/lookup",
}  # fmt: skip
_IDS = (
    (r"\?.*", ""), (r"^/view/.*", "/view/*"), (r"[0-9a-f]{32,64}", "*"), (r"(?<=/article/\*/)\d+", "*"),
    (r"^/(night|runs|sources|fronts)/[^/]+$", r"/\1/*"),
)  # fmt: skip


def kind_of(path: str) -> str:
    for pattern, instead in _IDS:
        path = re.sub(pattern, instead, path)
    return path


def test_every_link_of_every_page_leads_to_a_page(demo_pages: PageReader) -> None:
    opened: Counter[str] = Counter()
    waiting = deque(["/"])
    met = set(waiting)
    while waiting:
        path = waiting.popleft()
        kind = kind_of(path)
        skipped = kind.startswith(("/assets", "/picture/", "/timemap", "/timegate", "/web/", "/cdx", "/api"))
        if skipped or path.endswith((".wacz", ".txt", ".json")) or opened[kind] >= EACH:
            continue
        opened[kind] += 1
        for link in demo_pages.get(path).links:
            if link not in met:
                met.add(link)
                waiting.append(link)
    assert set(opened) == KINDS


def test_last_night(demo_pages: PageReader) -> None:
    page = demo_pages.get("/")
    assert "Sunday 22 March 2026" in page.main
    figures = {each[0].text: each[1].text for each in page.tree.cssselect(".figures > div")}
    assert figures == {"new": "4", "edited": "2", "removed": "1", "quarantined": "0", "failed": "0"}
    [pair] = page.tree.cssselect(".pair")
    assert pair.cssselect(".was")[0].text_content() == "Before: Night ferry to return after four winters"
    assert demo_pages.get("/night/2026-03-21").main.startswith("The night of Saturday 21 March 2026")


def article_path(pages: PageReader, demo: DemoArchive, part: str) -> str:
    page = pages.get(f"/lookup?url={demo.url(part)}")
    return next(link for link in page.links if re.fullmatch(r"/article/[0-9a-f]{32}", link))


def test_an_edited_article(demo_pages: PageReader, demo_archive: DemoArchive) -> None:
    path = article_path(demo_pages, demo_archive, EDITED)
    page = demo_pages.get(path)
    assert [each.text_content() for each in page.tree.cssselect(".timeline .when a")] == [
        "Version 3",
        "Version 2",
        "Version 1",
    ]
    assert "minor edit, +9 \N{MINUS SIGN}3 words" in page.main
    assert "Its pictures elsewhere" in page.main
    old = demo_pages.get(f"{path}/1")
    assert old.tree.cssselect("article h1")[0].text_content() == "Night ferry to return after four winters"
    assert "The newest version differs" in old.main


def test_two_versions_beside_each_other(demo_pages: PageReader, demo_archive: DemoArchive) -> None:
    path = f"{article_path(demo_pages, demo_archive, EDITED)}/compare?from=1&to=3"
    page = demo_pages.get(path)
    changed = [(each.tag, each.text_content()) for each in page.tree.cssselect(".diff ins, .diff del")]
    assert changed[:2] == [("del", "three"), ("ins", "four")]
    beside = demo_pages.get(f"{path}&as=sentences")
    [row] = beside.tree.cssselect("tr.row-changed:first-of-type, tr.row-changed")[:1]
    assert [cell.text_content().count("crossings a week") for cell in row.iter("td")] == [1, 1]
    assert demo_pages.get(path.replace("from=1", "from=9"), 404)
    assert demo_pages.get(f"{path}&as=poem", 400)


def test_a_removed_article_keeps_its_page(demo_pages: PageReader, demo_archive: DemoArchive) -> None:
    page = demo_pages.get(article_path(demo_pages, demo_archive, REMOVED))
    assert "Removed since: last seen 2026-03-20 02:00 UTC" in page.main


def test_the_page_as_it_was_is_framed_below_its_banner(
    demo_pages: PageReader, demo_archive: DemoArchive
) -> None:
    page = demo_pages.get(f"/view/20260321/{demo_archive.url(EDITED)}")
    [frame] = page.tree.iter("iframe")
    assert frame.get("src", "").startswith("http://127.0.0.1:8081/web/2026032")
    assert "An archived page, as captured 2026-03-2" in page.main


def test_what_is_not_archived_of_a_page_is_told_above_it(
    demo_pages: PageReader, demo_archive: DemoArchive
) -> None:
    page = demo_pages.get(f"/view/20260321/{demo_archive.url(EDITED)}")
    [told] = page.tree.cssselect(".replay-banner details")
    assert told[0].text_content() == "One part of it is not in the archive: 1 picture"
    assert [each.text_content().partition(" ")[0] for each in told.iter("li")] == ["picture"]


def test_cite(demo_pages: PageReader, demo_archive: DemoArchive) -> None:
    path = f"{article_path(demo_pages, demo_archive, EDITED)}/2"
    page = demo_pages.get(f"{path}/cite")
    forms = {each.get("id"): each.text_content() for each in page.tree.iter("pre")}
    assert forms["text-plain"].startswith(
        "Nora Pell: “Night ferry to return after four winters”. The Harbour Courier, 2026-03-19. "
    )
    assert f"http://127.0.0.1:8080{path}" in forms["text-plain"]
    assert "\nUR  - http" in forms["text-ris"]
    assert "archive-date=2026-03-21" in forms["text-wiki"]
    assert "urldate = {2026-03-21}" in forms["text-bibtex"]


def test_downloads(demo_pages: PageReader, demo_archive: DemoArchive) -> None:
    path = f"{article_path(demo_pages, demo_archive, EDITED)}/3"
    text = demo_pages.ask(f"{path}.txt")
    assert text.text.startswith("Night ferry returns in May with four crossings a week\n\n")
    assert text.headers["content-disposition"].startswith("attachment; ")
    assert '"text": "The late boat' in demo_pages.ask(f"{path}.json").text
    wacz = demo_pages.ask(f"{path}/citation.wacz")
    assert (wacz.status, wacz.body[:2]) == (200, b"PK")


def test_pictures_are_what_they_are_and_can_do_nothing(demo_pages: PageReader) -> None:
    page = demo_pages.get("/pictures?day=2026-03-22")
    paths = [link for link in page.links if link.startswith("/picture/")]
    assert len(paths) == 6
    answer = demo_pages.ask(paths[0])
    assert (answer.status, answer.headers["content-type"], answer.body[:2]) == (
        200,
        "image/jpeg",
        b"\xff\xd8",
    )
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = demo_pages.ask(paths[0], if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_front_pages_side_by_side(demo_pages: PageReader) -> None:
    page = demo_pages.get("/fronts?at=20260321")
    leads = [each.text_content().strip() for each in page.tree.cssselect(".front li.lead")]
    assert len(leads) == 3
    assert "Doscientas cometas llenarán la playa y una no volverá" in leads


def test_front_pages_hour_by_hour(demo_pages: PageReader) -> None:
    page = demo_pages.get("/fronts?day=2026-03-21&source=el-mirador&source=harbour-courier&source=nobody")
    assert [each.text_content() for each in page.tree.cssselect(".hours thead th")] == [
        "UTC", "El Mirador", "The Harbour Courier",
    ]  # fmt: skip
    before, night = page.tree.cssselect(".hours tbody tr")
    assert "El mercado central reabre con sus vidrieras de 1924" in before.text_content()
    assert night[0].text_content() == "02:00"
    assert "Doscientas cometas llenarán la playa y una no volverá" in night[1].text_content()
    assert {"/fronts?day=2026-03-20&source=el-mirador&source=harbour-courier"} <= set(page.links)


def test_a_source_month_by_month(demo_pages: PageReader) -> None:
    page = demo_pages.get("/sources/harbour-courier")
    [row] = page.tree.cssselect("#months ~ .scroll tbody tr")
    told = {each.get("data-label"): each.text_content() for each in row.iter("td")}
    assert told["Texts"] == "100.0%"
    assert told["Failures"] == "2 status 4041 status 5xx"
    assert "of its sitemap\N{RIGHT SINGLE QUOTATION MARK}s 9 addresses, newest run" in page.main


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("Feed (Atom)", "application/atom+xml"),
        ("CSV", "text/csv"),
        ("JSON Lines", "application/x-ndjson"),
        ("JSON", "application/json"),
    ],
)
def test_a_search_as_other_programs_read_it(demo_pages: PageReader, form: str, media_type: str) -> None:
    page = demo_pages.get("/search?q=ferry&source=harbour-courier&since=2026-03-01&which=all&order=oldest")
    [path] = [each.get("href") for each in page.tree.cssselect(".downloads a") if each.text == form]
    answer = demo_pages.ask(path)
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, media_type)
    assert "Night ferry to return after four winters" in answer.text


@pytest.mark.parametrize(
    ("url", "heading", "said"),
    [
        (EDITED, "An article", "3 versions"),
        (REMOVED, "An article, removed since", "2 versions"[:1]),
        (DISALLOWED, "Seen, and not fetched", "robots.txt forbids it"),
        ("https://nowhere.example/", "Never seen", "No run has met this address"),
    ],
)
def test_look_up(
    demo_pages: PageReader, demo_archive: DemoArchive, url: str, heading: str, said: str
) -> None:
    asked = url if "://" in url else demo_archive.url(url)
    page = demo_pages.get(f"/lookup?url={asked}")
    assert page.tree.cssselect("#known")[0].text_content() == heading
    assert said in page.main


def test_a_slip_of_the_address_is_noticed(demo_pages: PageReader, demo_archive: DemoArchive) -> None:
    url = demo_archive.url(EDITED)
    page = demo_pages.get(f"/lookup?url={url.replace('http:', 'https:')}/")
    assert f"Did you mean {url}?" in page.main


def test_a_run_down_to_one_url_and_its_reason(demo_pages: PageReader) -> None:
    source = demo_pages.get("/sources/tagblatt-am-see")
    [path] = [link for link in source.links if "outcome=skipped" in link][:1]
    run = demo_pages.get(path)
    [row] = run.tree.cssselect("#addresses ~ .ledger > li")
    assert DISALLOWED in row.text_content()
    assert "robots.txt forbids it" in row.text_content()
    assert "name: tagblatt-am-see" in source.tree.cssselect(".yaml")[0].text_content()


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("ferry", "/search?q=ferry"),
        ("https://news.example/a?b=1", "/lookup?url=https%3A%2F%2Fnews.example%2Fa%3Fb%3D1"),
        ("www.news.example", "/lookup?url=www.news.example"),
        ("news.example/story", "/lookup?url=news.example%2Fstory"),
        ("U.S. and/or", "/search?q=U.S.+and%2For"),
        ('source:x "a b"', "/search?q=source%3Ax+%22a+b%22"),
    ],
)
def test_one_field_for_words_and_addresses(demo_pages: PageReader, asked: str, leads_to: str) -> None:
    found = demo_pages.ask(f"/find?q={asked.replace(' ', '+').replace('?', '%3F')}")
    assert (found.status, found.headers["location"]) == (303, leads_to)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/no/such/page", 404),
        ("/article/" + "0" * 32, 404),
        ("/article/zz", 400),
        ("/article/" + "0" * 32 + "/-1", 400),
        ("/night/2026-02-31", 400),
        ("/night/1999-01-01", 404),
        ("/pictures?day=tomorrow", 400),
        ("/pictures?day=9999-12-31", 400),
        ("/fronts?day=9999-12-31", 400),
        ("/fronts?day=2026-03-32", 400),
        ("/pictures/" + "g" * 64, 400),
        ("/runs/nope", 404),
        ("/sources/..%2Fetc", 404),
        ("/sources/nope", 404),
        ("/fronts?at=2026-13-01", 400),
        ("/lookup?url=javascript:alert(1)", 400),
        ("/search?q=" + "x" * 2000, 400),
        ("/search?q=%22", 400),
        ("/view/abc/http://x.example/", 400),
        ("/view/2026/http://x.example/", 404),
    ],
)
def test_what_cannot_be_asked_is_a_page_that_says_so(demo_pages: PageReader, path: str, status: int) -> None:
    page = demo_pages.get(path, status)
    assert page.answer.headers["content-type"] == HTML


def test_programs_get_problem_details(demo_pages: PageReader) -> None:
    answer = demo_pages.ask("/no/such/page")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


def test_assets_are_kept_by_browsers_and_nothing_else_is(demo_pages: PageReader) -> None:
    page = demo_pages.get("/")
    assets = [link for link in page.links if link.startswith("/assets/")]
    assert len(assets) == 5
    for path in assets:
        answer = demo_pages.ask(path)
        assert (answer.status, answer.headers["cache-control"]) == (
            200,
            "public, max-age=31536000, immutable",
        )
        assert demo_pages.ask(re.sub("/assets/.{12}", "/assets/000000000000", path)).status == 404
    assert page.answer.headers["cache-control"] == "no-store"
