"""A stub is the beginning of what stood there."""

from __future__ import annotations

import pytest

from pipelines.versions.paywall import is_stub_of

FULL = "\n\n".join(
    f"Paragraph {n} tells of the bridge. It has a second sentence about {n} boats." for n in range(9)
)
START = "\n\n".join(FULL.split("\n\n")[:2])


@pytest.mark.parametrize(
    ("stub", "expected"),
    [
        pytest.param(START, True, id="the beginning"),
        pytest.param(
            f"{START}\n\nSubscribe now to read on. It costs one euro.", True, id="with the wall's words"
        ),
        pytest.param(f"{START} Paragraph 3 tells", True, id="cut within a sentence"),
        pytest.param(FULL, False, id="all of it"),
        pytest.param("\n\n".join(FULL.split("\n\n")[:8]), False, id="most of it: an edit"),
        pytest.param("Something else entirely. Of other matters. And more.", False, id="another text"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_stubs(stub: str, expected: bool) -> None:
    assert is_stub_of(stub, FULL) == expected
