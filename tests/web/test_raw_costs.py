"""What a raw capture costs over HTTP: one look-up, and one range request but for a revisit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import sqlalchemy as sa

from archive.opening import Archive
from archive.stores.store import ObjectStore
from tests.web.conftest import STORY
from tests.web.visitor import Visitor


@dataclass
class CountingStore:
    """A real store, and what was read from it."""

    store: ObjectStore
    reads: list[tuple[str, int, int | None]] = field(default_factory=list)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        self.reads.append((key, offset, length))
        return self.store.read(key, offset, length)


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
    store, statements = CountingStore(visitor.archive.store), []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    archive = Archive(store, visitor.archive.catalog)  # type: ignore[arg-type]
    sa.event.listen(archive.catalog._engine, "before_cursor_execute", note)
    answer = replace(visitor, archive=archive).api(f"/web/{digits}id_/{url}")
    sa.event.remove(archive.catalog._engine, "before_cursor_execute", note)
    assert answer.body == body
    assert len(statements) == 1
    assert len(store.reads) == reads
