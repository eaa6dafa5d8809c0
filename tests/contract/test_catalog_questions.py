"""Every question, with rows that tie and lie on boundaries, over SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from archive.catalog import (
    frontier,
    integrity,
    journal_state,
    lookup,
    runs,
    segments,
    versions,
)
from archive.catalog.catalog import Catalog
from archive.catalog.picture_uses import uses_of
from archive.catalog.runs import Tally
from archive.digest import sha256_hex, url_key
from archive.open_batch import KnownPayload
from archive.rows import (
    AddressRow,
    ArticleRow,
    DocumentRow,
    EventRow,
    ImageRow,
    PictureRow,
    Row,
    SlotRow,
    TakedownRow,
    VersionRow,
)
from tests.archive.material import NOON, ledger_row
from tests.contract.catalog_rows import MINUTE, RUN, URL, capture, page, segment, version


def test_the_first_whole_capture_is_the_known_payload(catalog: Catalog, put: Any) -> None:
    put(
        capture("c1", at=NOON + MINUTE, offset=1),
        capture("c3", at=NOON, offset=3),
        capture("c2", at=NOON, offset=2),  # of the same moment, the smaller id
        capture("b1", at=NOON - MINUTE, truncated="length"),
        capture("b2", at=NOON - MINUTE, status=404),
        capture("b3", at=NOON - MINUTE, kind="revisit"),
        capture("b4", at=NOON - MINUTE, payload_sha256="0" * 64),
    )
    sealed = segment()
    place = KnownPayload(URL, NOON, "captures/s", 2, 10)
    put(sealed)
    assert lookup.known_payload(catalog, sha256_hex(b"A")) == place
    assert lookup.known_payload(catalog, "1" * 64) is None
    # A segment that is kept for thirty days lasts long enough for captures that are kept no longer.
    put(replace(sealed, keep_days=30))
    wanted = {days: lookup.known_payload(catalog, sha256_hex(b"A"), days) for days in (None, 90, 30, 7)}
    assert wanted == {None: None, 90: None, 30: place, 7: place}
    assert [lookup.keep_days(catalog, key) for key in ("captures/s", "captures/none")] == [30, None]


def test_captures_of_an_address_in_order(catalog: Catalog, put: Any) -> None:
    rows = [
        capture("c2"),
        capture("c1"),
        capture("c0", at=NOON + MINUTE),
        capture("c3", at=NOON, status=302),
        capture("x", url=URL + "/"),
    ]
    put(*rows)
    assert [row.id for row in lookup.captures_of(catalog, URL)] == ["c1", "c2", "c3", "c0"]
    assert [row.id for row in lookup.captures_at(catalog, URL, NOON)] == ["c1", "c2", "c3"]
    assert lookup.captures_at(catalog, URL, NOON + timedelta(microseconds=1)) == []
    assert lookup.capture_by_id(catalog, "x") == rows[-1]
    assert lookup.capture_by_id(catalog, "y") is None


@pytest.mark.parametrize(
    ("minutes", "status", "expected"),
    [
        (-5, 200, "t0"),
        (0, 200, "t0"),
        (4, 200, "t0"),
        (5, 200, "t0"),
        (5.01, 200, "t10a"),
        (10, 200, "t10b"),  # of one second, the one next to the moment
        (999, 200, "t20"),
        (0, 404, "n"),
        (0, 500, None),
    ],
)
def test_the_closest_capture(
    catalog: Catalog, put: Any, minutes: float, status: int, expected: str | None
) -> None:
    put(
        capture("t10b", at=NOON + 10 * MINUTE),
        capture("t10a", at=NOON + 10 * MINUTE),
        capture("t0"),
        capture("t20", at=NOON + 20 * MINUTE),
        capture("n", at=NOON + MINUTE, status=404),
        capture("other", url=URL + "?", at=NOON + 5 * MINUTE),
    )
    found = lookup.closest_capture(catalog, URL, NOON + minutes * MINUTE, status=status)
    assert (found.id if found else None) == expected


def test_articles_and_their_addresses(catalog: Catalog, put: Any) -> None:
    article = ArticleRow(id="art", source="example", url=URL, first_captured_at=NOON, versions=1)
    rows = [
        AddressRow(url_key=url_key(url), url=url, article_id="art", since=NOON + n * MINUTE)
        for url, n in ((URL, 1), ("https://news.example/z", 0), ("https://news.example/b", 0))
    ]
    put(article, *rows, page(URL, misses=2))
    assert lookup.article_of(catalog, "https://news.example/z") == article
    assert lookup.article_of(catalog, "https://news.example/y") is None
    assert lookup.article_by_id(catalog, "art") == article
    assert lookup.article_by_id(catalog, "x") is None
    assert lookup.addresses_of(catalog, "art") == [rows[2], rows[1], rows[0]]
    assert lookup.page_of(catalog, URL) == page(URL, misses=2)
    assert lookup.page_of(catalog, URL + "x") is None


def test_the_last_outcome_of_an_address(catalog: Catalog, put: Any) -> None:
    old, new, tie = (
        ledger_row(URL, 1, run_id=run, outcome=run, at=NOON + minutes * MINUTE)
        for run, minutes in (("r1", 5), ("r2", 9), ("r3", 9))
    )
    put(new, old, tie, ledger_row(URL, 1, run_id="r9"))
    assert lookup.last_outcome(catalog, URL) == tie
    assert lookup.last_outcome(catalog, URL + "x") is None


def test_versions_newest_and_content(catalog: Catalog, put: Any) -> None:
    rows = [version("a", 1), version("a", 2), version("a", 3, removed=True), version("b", 1)]
    put(*reversed(rows))
    assert versions.versions_of(catalog, "a") == rows[:3]
    assert versions.newest_version(catalog, "a") == rows[2]
    assert versions.newest_content(catalog, "a") == rows[1]
    assert (versions.newest_version(catalog, "c"), versions.newest_content(catalog, "c")) == (None, None)
    assert versions.versions_of(catalog, "c") == []


def test_events_pictures_and_images(catalog: Catalog, put: Any) -> None:
    events = [
        EventRow(article_id="a", number=number, position=position, kind="title", before=None, after="x")
        for number, position in ((1, 0), (2, 0), (2, 1), (10, 0))
    ]
    pictures = [
        PictureRow(
            article_id="a", number=2, position=n, url=f"u{n}", caption=None, credit="", alt=None, sha256=None
        )
        for n in range(12)
    ]
    image = ImageRow(
        sha256="1" * 64,
        phash=None,
        mime="image/png",
        width=1,
        height=2,
        size=3,
        first_url="u",
        first_at=NOON,
        capture_id="c",
    )
    put(*reversed(events), *reversed(pictures), image, replace(pictures[0], number=1))
    assert versions.events_of(catalog, "a") == events
    assert versions.pictures_of(catalog, "a", 2) == pictures
    assert versions.pictures_of(catalog, "a", 3) == []
    assert versions.image_by_sha256(catalog, "1" * 64) == image
    assert versions.image_by_sha256(catalog, "2" * 64) is None


def test_the_first_with_a_text(catalog: Catalog, put: Any) -> None:
    put(
        version("a", 2, text_sha256="t", url="https://b.example/"),
        version("b", 1, text_sha256="t", url="https://a.example/"),
        version("c", 1, text_sha256="t", url="https://0.example/", captured_at=NOON + MINUTE),
        version("d", 1, text_sha256="u", url="https://0.example/"),
    )
    found = versions.first_with_text(catalog, "t")
    assert found is not None
    assert found.article_id == "b"
    assert versions.first_with_text(catalog, "v") is None


def test_paging_over_versions_of_one_moment_misses_and_repeats_none(catalog: Catalog, put: Any) -> None:
    """Pages of 500 end in the middle of ties of moment and article."""
    rows = [
        version(
            f"art-{article:03}", number, captured_at=NOON + (number // 4) * MINUTE, source=f"s{article % 2}"
        )
        for article in range(130)
        for number in range(1, 9)
    ]
    put(*rows[::-1])

    def order(row: VersionRow) -> tuple[object, ...]:
        return row.captured_at, row.article_id, row.number

    assert list(versions.every_version(catalog)) == sorted(rows, key=order)
    one = [row for row in rows if row.source == "s1"]
    assert list(versions.every_version(catalog, source="s1")) == sorted(one, key=order)
    chosen = [row for row in rows if NOON + MINUTE <= row.captured_at < NOON + 2 * MINUTE]
    assert list(versions.every_version(catalog, since=NOON + MINUTE, until=NOON + 2 * MINUTE)) == sorted(
        chosen, key=order
    )


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1000])
def test_pages_that_end_exactly(catalog: Catalog, put: Any, count: int) -> None:
    put(*(version("a", number) for number in range(1, count + 1)))
    assert [row.number for row in versions.every_version(catalog)] == list(range(1, count + 1))


def test_runs_and_slots_in_order(catalog: Catalog, put: Any) -> None:
    rows = [
        replace(RUN, id=name, started_at=NOON + minutes * MINUTE, finished_at=NOON if done else None)
        for name, minutes, done in (("r1", 0, True), ("r2", 1, False), ("r3", 1, True), ("r4", 0, False))
    ]
    slots = [
        SlotRow(source="s", slot=slot, due_at=NOON + minutes * MINUTE, night="n", status="run")
        for slot, minutes in (("02:00 B", 0), ("02:00 A", 0), ("01:00", 9))
    ]
    put(*rows, *slots)
    assert [run.id for run in runs.newest_runs(catalog)] == ["r3", "r2", "r4", "r1"]
    assert [run.id for run in runs.newest_runs(catalog, limit=2)] == ["r3", "r2"]
    assert [run.id for run in runs.unfinished_runs(catalog)] == ["r4", "r2"]
    assert runs.run_by_id(catalog, "r9") is None
    assert [slot.slot for slot in runs.slots_of(catalog, "s")] == ["02:00 A", "02:00 B", "01:00"]
    newest = runs.newest_slot(catalog, "s")
    assert newest is not None
    assert newest.slot == "01:00"
    assert runs.newest_slot(catalog, "t") is None


def test_the_tally_is_in_one_order_everywhere(catalog: Catalog, put: Any) -> None:
    ends = [
        ("b", None, None),
        ("b", "archived", None),
        ("b", "failed", "dns"),
        ("b", "failed", "tls"),
        ("a", "skipped", "robots"),
        ("a", None, None),
    ]
    put(
        *(
            ledger_row(
                f"https://news.example/{n}-{m}", n * 10 + m, source=source, outcome=outcome, reason=reason
            )
            for n, (source, outcome, reason) in enumerate(ends)
            for m in range(n + 1)
        ),
        ledger_row(URL, 1, run_id="other"),
    )
    assert runs.tally(catalog, "run-1") == [
        Tally("a", None, None, 6),
        Tally("a", "skipped", "robots", 5),
        Tally("b", None, None, 1),
        Tally("b", "archived", None, 2),
        Tally("b", "failed", "dns", 3),
        Tally("b", "failed", "tls", 4),
    ]


def test_the_frontier(catalog: Catalog, put: Any) -> None:
    rows = [
        ledger_row(f"https://news.example/{n}", n, outcome="archived" if n % 3 == 0 else None)
        for n in range(10)
    ]
    put(*rows, ledger_row(URL, 4, source="other"), ledger_row(URL, 4, run_id="run-2"))
    waiting = [1, 2, 4, 5, 7, 8]
    assert [row.position for row in frontier.pending(catalog, "run-1", "example")] == waiting
    assert [row.position for row in frontier.pending(catalog, "run-1", "example", after=4, limit=2)] == [5, 7]
    assert frontier.pending(catalog, "run-1", "example", after=8) == []
    assert set(frontier.discovered(catalog, "run-1")) == {row.url_key for row in rows} | {url_key(URL)}
    assert frontier.next_position(catalog, "run-1") == 10
    assert frontier.next_position(catalog, "run-9") == 0


def test_what_is_known_of_many_pages(catalog: Catalog, put: Any) -> None:
    rows = [page(f"https://news.example/{n}") for n in range(1100)]
    put(*rows)
    keys = [row.url_key for row in rows]
    assert frontier.pages(catalog, [*keys[:1050], "absent"]) == {row.url_key: row for row in rows[:1050]}
    assert frontier.pages(catalog, []) == {}


def test_pages_that_are_due(catalog: Catalog, put: Any) -> None:
    looks = {"now": 0, "before": -5, "later": 1, "tie": -5, "never": None}
    rows = {
        name: page(f"https://news.example/{name}", next_look_at=None if n is None else NOON + n * MINUTE)
        for name, n in looks.items()
    }
    put(*rows.values(), page("https://news.example/x", source="other", next_look_at=NOON))
    tied = sorted((rows["before"], rows["tie"]), key=lambda row: row.url_key)
    assert frontier.due_pages(catalog, "example", NOON) == [*tied, rows["now"]]
    assert frontier.due_pages(catalog, "example", NOON, limit=2) == tied


def test_documents_segments_and_entries(catalog: Catalog, put: Any) -> None:
    documents = [
        DocumentRow(
            run_id="run-1",
            url_key=url_key(url),
            url=url,
            source="s",
            kind="feed",
            status="ok",
            reason=None,
            found=1,
            fresh=1,
            notes=("n",),
            at=NOON,
        )
        for url in ("https://b.example/", "https://a.example/")
    ]
    rows = [segment("captures/b"), segment("captures/a")]
    assert journal_state.newest(catalog) is None
    first = put(*documents, *rows)
    last = put(capture("c2", segment="captures/a", offset=20), capture("c1", segment="captures/a", offset=3))
    assert frontier.read_documents(catalog, "run-1") == documents[::-1]
    assert segments.every(catalog) == rows[::-1]
    assert segments.has(catalog, "captures/a")
    assert not segments.has(catalog, "captures/c")
    assert [row.id for row in segments.captures_in(catalog, "captures/a")] == ["c1", "c2"]
    assert journal_state.newest(catalog) == last.at
    assert journal_state.keys(catalog) == [first.key, last.key]
    assert journal_state.has(catalog, first.key)
    assert not journal_state.has(catalog, first.key.replace("-00000001", "-00000009"))


def test_references_that_lead_nowhere(catalog: Catalog, put: Any) -> None:
    put(capture("c"), version("a", 1, text_sha256="t" * 64))
    assert {where for where, _ in integrity.dangling(catalog)} == {
        "version.text_sha256 " + "t" * 64,
        "version.article_id a",
        "capture.segment captures/s",
        "capture payload.payload_segment captures/s",
    }
    put(capture("r", kind="revisit", payload_offset=7), capture("s", kind="revisit"))
    assert {where for where, _ in integrity.lost_payloads(catalog)} == {"capture r"}


def test_articles_that_name_an_address_or_say_a_text_are_looked_for_among_so_many(
    catalog: Catalog, put: Any
) -> None:
    put(
        *(version("living", n, text_sha256="t", canonical_url=URL, captured_at=NOON) for n in (1, 2, 3)),
        version("b", 1, canonical_url=URL, captured_at=NOON + MINUTE),
        version("a", 1, canonical_url=URL, captured_at=NOON + MINUTE),
        version("late", 1, text_sha256="t", canonical_url=URL, captured_at=NOON + 2 * MINUTE),
        version("there", 1, source="other", text_sha256="t", canonical_url=URL, captured_at=NOON),
        version("else", 1, canonical_url=URL + "2", captured_at=NOON),
    )

    def found(text: str, among: int, *urls: str) -> list[str]:
        return versions.articles_naming(catalog, "example", urls, text, among=among)

    assert found("t", 9, URL) == ["living", "late", "a", "b"]
    assert found("t", 9, URL + "3") == ["living", "late"]
    assert found("u", 9, URL, URL + "2") == ["else", "living", "a"]
    assert found("t", 3, URL + "3") == ["living"]  # four that are earlier say it
    assert found("u", 0, URL) == []
    assert "else" in found("u", 1, URL, URL + "2")  # each address is looked for by itself


def test_the_uses_of_a_picture_are_one_an_article_and_the_earliest(catalog: Catalog, put: Any) -> None:
    def shows(article: str, number: int, minute: int, *urls: str) -> list[Row]:
        pictures = [
            PictureRow(
                article_id=article, number=number, position=position, url=url, caption=None, credit=None,
                alt=None, sha256="p",
            )
            for position, url in enumerate(urls or ["a.png"])
        ]  # fmt: skip
        return [version(article, number, url=URL + article, captured_at=NOON + minute * MINUTE), *pictures]

    put(*shows("b", 1, 1), *shows("b", 2, 5), *shows("a", 1, 1), *shows("c", 1, 0), *shows("d", 1, 9))

    def uses(most: int) -> list[tuple[str, int]]:
        return [(use.article_id, use.number) for use in uses_of(catalog, ["p", "none"], most)["p"]]

    assert uses(9) == [("c", 1), ("a", 1), ("b", 1), ("d", 1)]
    assert uses(2) == [("c", 1), ("a", 1)]
    assert uses_of(catalog, ["none"], 2) == {"none": []}
    put(*shows("e", 1, -1, "down.png"), *shows("f", 1, -2, "down.png", "up.png"))
    put(TakedownRow(url_key=url_key("down.png"), url="down.png", subject="down.png", reason="law", at=NOON))
    assert uses(2) == [("f", 1), ("c", 1)]  # what is named to nobody takes nobody's place
