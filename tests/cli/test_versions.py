from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import Dateline, DemoArchive

EDITED, REMOVED = "night-ferry-returns", "library-lends-tools"


def test_an_edited_article_has_a_row_for_each_state(reading: Dateline, demo_archive: DemoArchive) -> None:
    url = demo_archive.url(EDITED)
    done = reading("versions", url)
    rows = [line.split(None, 3) for line in done.text.splitlines() if line.strip()[:1].isdigit()]
    planted = [demo_archive.site.planted_text(url, night).title for night in (1, 2, 3)]
    assert done.status == 0
    assert [(number, captured[:10]) for number, captured, *_ in rows] == [
        ("1", "2026-03-20"),
        ("2", "2026-03-21"),
        ("3", "2026-03-22"),
    ]
    for row, what, title in zip(rows, ("first seen", "text", "title"), planted, strict=True):
        shown = " ".join(" ".join(row[2:]).split())
        assert shown.startswith(what)
        assert shown.endswith(title)


def test_json_has_addresses_events_and_places_but_not_the_texts(
    reading: Dateline, demo_archive: DemoArchive
) -> None:
    url = demo_archive.url(EDITED)
    told = reading("versions", url, "--json").json
    assert (told["url"], told["source"], told["removed"]) == (url, "harbour-courier", False)
    assert url in {address["url"] for address in told["addresses"]}
    assert [[event["kind"] for event in row["events"]] for row in told["versions"]] == [
        [],
        ["text"],
        ["title"],
    ]
    assert all("text" not in row and row["capture"]["segment"] for row in told["versions"])


def test_a_removed_article_tells_its_tombstone(reading: Dateline, demo_archive: DemoArchive) -> None:
    done = reading("versions", demo_archive.url(REMOVED))
    assert done.status == 0
    [note] = [line for line in done.text.splitlines() if line.startswith("removed: last seen")]
    assert "last seen 2026-03-20T02:0" in note
    assert "missing since 2026-03-21T02:0" in note
    assert note.endswith("(http_404)")


def test_an_address_that_leads_to_the_article_is_as_good(
    reading: Dateline, demo_archive: DemoArchive
) -> None:
    [(old, new)] = demo_archive.site.expected(1).redirects.items()
    told = reading("versions", old, "--json")
    assert told.status == 0
    assert told.json == reading("versions", new, "--json").json
    assert told.json["url"] == new
    assert reading("get", old).data == reading("get", new).data


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(lambda url: url, "", id="as archived"),
        pytest.param(lambda url: f"  {url}\n", "", id="white space around it"),
        pytest.param(lambda url: f"{url}#comments", "", id="a fragment"),
        pytest.param(lambda url: url.replace("http://harbour", "HTTP://Harbour"), "", id="capitals"),
        pytest.param(lambda url: url.replace("http:", "https:"), "did you mean http:", id="other scheme"),
        pytest.param(lambda url: f"{url}/", "did you mean http:", id="a slash at the end"),
        pytest.param(lambda url: f"{url}?utm_source=x", "did you mean http:", id="a query"),
        pytest.param(lambda url: url.replace("//", "//www."), "did you mean http:", id="www"),
    ],
)
def test_an_address_as_people_type_it(
    reading: Dateline, demo_archive: DemoArchive, change: Callable[[str], str], said: str
) -> None:
    url = demo_archive.url(EDITED)
    done = reading("versions", change(url))
    assert done.status == (1 if said else 0)
    assert said in done.notes
    assert not said or f"{url} ?" in done.notes


def test_an_address_without_article_says_how_it_ended(reading: Dateline, demo_archive: DemoArchive) -> None:
    [url] = demo_archive.site.expected(1).disallowed
    done = reading("versions", url)
    assert (done.status, done.data) == (1, b"")
    assert "no article is known" in done.notes
    assert "it ended skipped(robots)" in done.notes
    told = reading("versions", url, "--json")
    assert (told.status, told.json["article"], told.json["last_outcome"]["reason"]) == (1, None, "robots")


def test_an_address_with_captures_and_no_article_names_them(
    reading: Dateline, demo_archive: DemoArchive
) -> None:
    host = demo_archive.site.url("harbour-courier", "/feed.xml")
    done = reading("versions", host)
    assert done.status == 1
    assert "3 captures, the newest of 2026-03-22T02:0" in done.notes
    assert "with status 200" in done.notes


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        pytest.param("https://never.example/x", 1, "is not in this archive: no run has met it", id="unseen"),
        pytest.param("never.example/x", 2, "did you mean https://never.example/x ?", id="no scheme"),
        pytest.param("ftp://never.example/x", 2, "no address of a page (scheme)", id="ftp"),
        pytest.param("https://user:pw@never.example/", 2, "(credentials)", id="a password"),
        pytest.param("", 2, "no address of a page", id="nothing"),
        pytest.param("https://never.example/\x1b[2J", 2, "(control_characters)", id="an escape"),
    ],
)
def test_an_address_that_cannot_be_found(reading: Dateline, typed: str, status: int, said: str) -> None:
    done = reading("versions", typed)
    assert (done.status, done.data) == (status, b"")
    assert said in done.notes
    assert "\x1b" not in done.notes
