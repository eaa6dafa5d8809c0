"""Credits of pictures among the blocks: most texts are told without the pattern, and told the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.credit_line import _CREDIT, _IN_CREDIT, is_credit_line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Photo: Ann Example", True),
        ("FILE - Rain over the harbour", True),
        ("The harbour at night (Getty Images)", True),
        ("The harbour at night / AP", True),
        ("Ships wait. AFP", True),
        ("Rain © Example", True),
        ("Crédit : Ann Example", True),
        ("A photo of the harbour hung on the wall.", False),
        ("Filed on Monday, the suit names nobody.", False),
        ("The safpit was closed.", False),
        ("", False),
    ],
)
def test_credit_lines_are_told(text: str, expected: bool) -> None:
    assert is_credit_line(text) is expected


_PIECES = st.sampled_from(
    (*_IN_CREDIT, "Photo", "photograph by", "file", "AP", "AFP", "©", "\u017f", ":", " ", "x")
)


@given(st.lists(_PIECES | st.text(max_size=4), max_size=6).map("".join))
def test_the_quick_answer_is_that_of_the_pattern(text: str) -> None:
    assert is_credit_line(text) is bool(_CREDIT.search(text))
