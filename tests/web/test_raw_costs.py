"""What a raw capture costs over HTTP: one look-up, and one range request but for a revisit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.opening import Archive
from tests.archive.counting import CountingStore, statements_of
from tests.web.conftest import STORY
from tests.web.visitor import Visitor


@pytest.mark.parametrize(
    ("digits", "url", "body", "reads"),
    [
        pytest.param("20260329120000", STORY, b"<h1>One</h1>", 1, id="its payload in place"),
        pytest.param("20260329120000", "https://news.example/none", b"<p>none</p>", 1, id="a missing page"),
        pytest.param("20260329120000", "https://news.example/old", b"", 1, id="a redirect"),
        # The head is the revisit's own, so that its record is read beside the payload's.
        pytest.param("20260329120100", STORY, b"<h1>One</h1>", 2, id="a revisit"),
    ],
)
def test_a_raw_capture_is_one_look_up_and_one_range_request_a_record(
    visitor: Visitor, *, digits: str, url: str, body: bytes, reads: int
) -> None:
    store = CountingStore(visitor.archive.store)
    archive = Archive(store, visitor.archive.catalog)  # type: ignore[arg-type]
    with statements_of(archive.catalog._engine) as statements:
        answer = replace(visitor, archive=archive).api(f"/web/{digits}id_/{url}")
    assert answer.body == body
    assert len(statements) == 1
    assert len(store.reads) == reads
