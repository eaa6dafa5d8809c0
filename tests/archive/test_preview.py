"""What is kept of a preview is bounded and can be read back, whatever a site sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from archive.preview import (
    LARGEST,
    LONGEST,
    LONGEST_TEXT,
    MOST_ADDRESSES,
    PreviewedAddress,
    PreviewedDocument,
    PreviewedPage,
    PreviewResult,
    bounded,
    file_digest,
    read_back,
    written,
)

TEXT = st.text(st.characters(codec=None, categories=None), max_size=900)  # with lone surrogates
PAGES = st.builds(
    PreviewedPage,
    url=TEXT,
    outcome=st.just("archived"),
    reason=st.none() | TEXT,
    title=st.none() | TEXT,
    text=st.none() | TEXT,
    language=st.none() | TEXT,
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    pictures=st.integers(0, 10**6),
)
RESULTS = st.builds(
    PreviewResult,
    file_sha256=st.just("0" * 64),
    documents=st.lists(
        st.builds(PreviewedDocument, url=TEXT, kind=st.just("feed"), notes=st.lists(TEXT).map(tuple)),
        max_size=5,
    ).map(tuple),
    pages=st.lists(PAGES, max_size=5).map(tuple),
    addresses=st.lists(st.builds(PreviewedAddress, TEXT, st.none() | TEXT), max_size=5).map(tuple),
    warnings=st.lists(TEXT, max_size=12).map(tuple),
)


@given(RESULTS)
def test_what_is_bounded_is_read_back_as_it_was(result: PreviewResult) -> None:
    kept = bounded(result)
    assert read_back(written(kept)) == kept
    assert bounded(kept) == kept


def test_what_is_far_too_much_is_cut() -> None:
    long = "\U0001f6a2" * 5_000
    page = PreviewedPage(
        long, "archived", title=long, text=long, published_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    result = PreviewResult(
        "0" * 64,
        found=5_000,
        documents=(PreviewedDocument(long, "feed", long, notes=(long,) * 90),) * 90,
        pages=(page,) * 90,
        addresses=(PreviewedAddress(long, long),) * 5_000,
        warnings=(long,) * 90,
    )
    kept = bounded(result)
    assert len(written(kept).encode()) <= LARGEST
    assert (kept.addresses, len(kept.pages)) == ((), 20)
    assert (len(kept.pages[0].title or ""), len(kept.pages[0].text or "")) == (LONGEST, LONGEST_TEXT)
    assert kept.found == 5_000
    usual = replace(
        result, documents=(), pages=(), addresses=(PreviewedAddress("https://a.example/", None),) * 999
    )
    assert len(bounded(usual).addresses) == MOST_ADDRESSES


def test_a_file_is_known_again_by_its_text() -> None:
    assert file_digest("name: a\n") == file_digest("name: a\n") != file_digest("name: b\n")
