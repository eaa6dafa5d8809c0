"""What people do with the pages, in Chromium; no barrier on any page; nothing asked of anywhere else.

The short form walks each journey and looks for barriers on each page in one size and scheme, taking turns;
the full one on each page on a phone, a laptop and a wide screen, light and dark.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Literal, get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from archive.catalog import lookup, previews, versions
from archive.preview import PreviewedAddress, PreviewedDocument, PreviewedPage, PreviewResult, written
from archive.views.source_files import SourceFiles
from config.settings import load_settings
from tests.cli.conftest import DemoArchive
from tests.web.pages.page_browser import TOKEN, Served, served

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
Scheme = Literal["light", "dark"]
WIDTHS, SCHEMES = (390, 1024, 1600), get_args(Scheme)
EVERY_LOOK: list[tuple[int, Scheme]] = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
TURNS = range(len(EVERY_LOOK) if FULL else 1)  # in each, every page has another look
# The archived page in its frame is as its publisher made it; of what is right, nothing is told.
AXE = {"iframes": False, "resultTypes": ["violations"]}
PREVIEW = PreviewResult(
    "0" * 64,
    requests=12,
    found=412,
    due=2,
    left=(("not_due", 410),),
    documents=(PreviewedDocument(f"https://courier.example/{'a-long-way/' * 20}", "feed", "http_404"),),
    pages=(
        PreviewedPage("https://courier.example/subscribe", "quarantined", "paywall"),
        PreviewedPage(
            f"https://courier.example/{'bridge-' * 30}", "archived", None, "افتتاح الجسر", "افتتح " * 80, "ar"
        ),
        PreviewedPage("https://courier.example/w", "archived", title="W" * 200, text="Short."),
    ),
    addresses=(PreviewedAddress(f"https://courier.example/{'bridge-' * 30}", "not_due"),),
    warnings=("discover.articles.allow: '/never-there/' has none of the 412 addresses found",),
)
EDITED, SKIPPED = "night-ferry", "leserbriefe-im-entwurf"


@pytest.fixture(scope="module")
def site(demo_archive: DemoArchive) -> Iterator[Served]:
    with (
        demo_archive.open() as archive,
        served(archive, SourceFiles(load_settings(demo_archive.config).sources)) as made,
    ):
        yield made


@pytest.fixture(autouse=True)
def _nothing_leaves_the_machine(site: Served) -> Iterator[None]:
    yield
    assert site.strangers == []


def test_from_last_night_to_a_citation(site: Served) -> None:
    with site.page(1024) as page:
        page.goto("/")
        page.get_by_role("link", name="Night ferry returns in May with four crossings a week").first.click()
        expect(page.locator("dd ins").first).to_have_text("returns in May with")
        page.get_by_label("Before (UTC)").select_option("1")
        page.get_by_role("button", name="Compare").click()
        expect(page.locator(".diff ins").first).to_have_text("four")
        page.get_by_role("link", name="The page of version 1").click()
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", level=1).first).to_be_visible()
        expect(frame.get_by_role("img", name="Picture not archived")).to_be_visible()  # the advertisement
        expect(page.get_by_text("An archived page")).to_be_visible()
        expect(page.locator(".replay-banner summary")).to_have_text(
            "One part of it is not in the archive: 1 picture"
        )
        page.get_by_role("link", name="Cite").click()
        expect(page.locator("#text-plain")).to_contain_text("version 1, captured 2026-03-20 02:00:")
        page.locator("dd a[href*='/article/']").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Night ferry to return after four winters")


def test_a_search_with_filters(site: Served) -> None:
    with site.page(1024, scripts=False) as page:  # reading needs none
        page.goto("/")
        page.get_by_label("Words, or any web address").fill("ferry")
        page.get_by_role("button", name="Find").click()
        page.get_by_label("Source").select_option("harbour-courier")
        page.get_by_label("From").fill("2026-03-22")
        page.get_by_role("button", name="Search").click()
        expect(page.locator(".results mark").first).to_have_text(re.compile("ferry", re.IGNORECASE))
        assert "source=harbour-courier" in page.url
        expect(page.get_by_role("link", name="CSV")).to_have_attribute(
            "href", re.compile("csv.q=ferry&source=")
        )
        page.locator(".results a").first.click()
        expect(page.get_by_role("heading", name="Time line")).to_be_visible()


def test_a_preview_asked_for_and_looked_at(site: Served, demo_archive: DemoArchive) -> None:
    with site.page(1024, scripts=False) as page, demo_archive.open() as archive:
        page.goto("/sources/harbour-courier")
        page.get_by_label("Operator's token").fill("another-token-than-that")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text("this is not the operator's token")).to_be_visible()
        assert "403" in site.said.pop()  # the browser's own word of it
        page.goto("/sources/harbour-courier")
        page.get_by_label("Operator's token").fill(TOKEN.get_secret_value())
        page.keyboard.press("Tab")  # to “Run now”
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("A preview is asked for")
        [request] = previews.waiting(archive.catalog)
        previews.answer(archive.catalog, request, written(PREVIEW), request.asked_at)
        page.get_by_role("link", name="Look again").click()
        row = page.locator(".tried tbody tr").first
        expect(row).to_contain_text("only the beginning can be read without paying")
        expect(page.locator(".tried [dir=rtl] .title")).to_have_text("افتتاح الجسر")
        page.get_by_text("Addresses that were found").click()
        expect(page.get_by_text("its next look had not come").last).to_be_visible()
        expect(page.locator(".yaml")).to_contain_text("name: harbour-courier")


def test_what_led_hour_by_hour(site: Served) -> None:
    with site.page(1024, scripts=False) as page:
        page.goto("/fronts")
        page.get_by_role("link", name="Hour by hour").click()
        row = page.locator("tbody tr", has=page.get_by_role("rowheader", name="02:00"))
        expect(row.get_by_role("link", name="First night boats are sold out within an hour")).to_be_visible()
        page.get_by_role("checkbox", name="El Mirador").uncheck()
        page.get_by_role("button", name="Compare").click()
        expect(page.locator("thead th")).to_have_text(["UTC", "The Harbour Courier", "Tagblatt am See"])


def test_an_address_that_was_not_fetched(site: Served, demo_archive: DemoArchive) -> None:
    with site.page(390) as page:
        page.goto("/")
        page.get_by_label("Words, or any web address").fill(demo_archive.url(SKIPPED))
        page.keyboard.press("Enter")
        expect(page.locator("#known")).to_have_text("Seen, and not fetched")
        expect(page.locator(".known")).to_contain_text("robots.txt forbids it")


def test_a_broken_night_down_to_one_address(site: Served) -> None:
    with site.page(1024) as page:
        page.goto("/sources")
        page.get_by_role("link", name="The Harbour Courier").click()
        page.get_by_role("link", name="1 failed").click()
        row = page.locator("#addresses ~ .ledger > li")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("http_500")
        row.get_by_role("link").first.click()
        expect(page.locator("h2#meetings")).to_be_visible()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))


def test_by_keyboard_alone(site: Served) -> None:
    with site.page(1024) as page:
        page.goto("/")
        page.keyboard.press("Tab")
        assert focused(page) == "Skip to the content"
        page.keyboard.press("Enter")
        reached = []
        for _ in range(12):
            page.keyboard.press("Tab")
            reached.append(focused(page))
            if reached[-1].startswith("Night ferry returns"):
                break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert (reached[-1][:19], outline) == ("Night ferry returns", "solid")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Before (UTC)")).to_be_visible()
        page.keyboard.press("/")
        assert focused(page) == "find"
        page.keyboard.type("harbour")
        page.keyboard.press("Enter")
        expect(page.locator(".results li").first).to_be_visible()


def test_light_and_dark_are_the_reader_s_choice(site: Served) -> None:
    with site.page(1024) as page:
        page.goto("/")
        before = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.get_by_role("button", name="Dark colours").click()
        after = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert before != after
        page.goto("/sources")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == after


LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2


def test_long_words_stay_within_a_phone(site: Served) -> None:
    with site.page(390) as page:
        page.goto("/")
        for place in ("h1", ".pair .was", ".title a", ".card h3 a", ".summary", ".source-name a"):
            page.locator(place).first.evaluate("(e, word) => { e.textContent = word }", LONG)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.locator(".pair .is a").click()
        page.locator("h1 a").click()
        for place in ("h1", ".standfirst", ".text p", "figcaption", ".headline-step ins", ".small-lines a"):
            page.locator(place).first.evaluate("(e, word) => { e.textContent = word }", LONG)
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def paths(demo: DemoArchive) -> list[str]:
    with demo.open() as archive:
        url = demo.url(EDITED)
        article = lookup.article_of(archive.catalog, url)
        assert article is not None
        picture = versions.pictures_of(archive.catalog, article.id, 1)[0]
        run = versions.versions_of(archive.catalog, article.id)[0].run_id
    here = f"/article/{article.id}"
    return [
        "/", here, f"{here}/compare?from=1&to=3", f"{here}/compare?from=1&to=2&as=sentences",
        f"{here}/1/cite",
        f"/view/2026/{url}", "/sources", "/sources/harbour-courier", "/runs", f"/runs/{run}", "/fronts",
        "/fronts?day=2026-03-22", "/fronts/el-mirador", "/pictures", f"/pictures/{picture.sha256}",
        "/search?q=ferry", "/search", "/searches", f"/lookup?url={url}", "/lookup",
        "/night/2026-03-21", "/no/such/page",
    ]  # fmt: skip


@pytest.mark.parametrize("turn", TURNS)
def test_no_page_has_a_barrier_or_is_too_wide(site: Served, demo_archive: DemoArchive, turn: int) -> None:
    found = []
    with site.page() as page:
        for at, path in enumerate(paths(demo_archive)):
            width, scheme = EVERY_LOOK[(at + turn) % len(EVERY_LOOK)]
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.goto(path)
            barriers = Axe().run(page, options=AXE).response["violations"]
            found += [(path, width, scheme, each["id"], each["nodes"][0]["html"]) for each in barriers]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append((path, width, scheme, "too wide", ""))
    assert found == []
    # A 404 is told on the console by the browser itself; nothing else is.
    assert [said for said in site.said if "404" not in said] == []
