"""Tags with more attributes than any page needs lose them; everything else stays as it is."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.long_tags import _end_of, without_long_tags

MANY = " ".join(f"a{i}=x" for i in range(40_000)).encode()
QUOTED = " ".join(f'a{i}="<>"' for i in range(40_000)).encode()
BARE = " ".join(f"a{i}" for i in range(40_000)).encode()


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        pytest.param(b"<p>1</p><div " + MANY + b">2", b"<p>1</p><div>2", id="values"),
        pytest.param(b"<p>1</p><div " + MANY, b"<p>1</p><div>", id="that never end"),
        pytest.param(b"<div " + QUOTED + b">2<p>3", b"<div>2<p>3", id="brackets in quotes"),
        pytest.param(b"<div " + QUOTED.replace(b'"', b"'") + b">2", b"<div>2", id="in single quotes"),
        pytest.param(b"<div " + BARE + b">2", b"<div>2", id="without values"),
        pytest.param(b"<div/" + BARE.replace(b" ", b"/") + b">2", b"<div>2", id="divided by slashes"),
        pytest.param(b'<div a="' + b"x" * 50_000 + b'">2', None, id="one long value"),
        pytest.param(b"<div " + b" ".join(b"a%d=x" % i for i in range(400)) + b">2", None, id="not too many"),
        pytest.param(b"<script>x = '<div " + MANY + b" it's';</script>2", None, id="in a script"),
        pytest.param(b"<!-- <div " + QUOTED + b"> it's -->2", None, id="in a comment"),
        pytest.param(b"<p>it's 1 < 2 and " + MANY, None, id="in text"),
    ],
)  # fmt: skip
def test_what_is_left(markup: bytes, left: bytes | None) -> None:
    assert without_long_tags(markup) == (markup if left is None else left)


_IN_A_TAG = st.sampled_from(
    (b"=", b'"', b"'", b">", b"<", b" ", b"\x0b", b"x", b'="v"', b" " * 19, b" " * 20)
)


@given(st.lists(_IN_A_TAG, max_size=12).map(b"".join))
def test_a_quote_hides_brackets_only_behind_an_equals_sign(rest: bytes) -> None:
    at, quote = 0, b""
    while at < len(rest) and (quote or rest[at : at + 1] != b">"):
        sign = rest[at : at + 1]
        if quote:
            quote = b"" if sign == quote else quote
        elif sign in (b'"', b"'") and rest[max(0, at - 20) : at].rstrip().endswith(b"="):
            quote = sign
        at += 1
    assert _end_of(rest, 0) == min(at + 1, len(rest))


@given(st.text("<>='\" ab/!-", max_size=80).map(str.encode))
def test_short_markup_stays_as_it_is(markup: bytes) -> None:
    assert without_long_tags(markup) == markup


@pytest.mark.parametrize("piece", [b"<a ", b"<a b='", b'<a b="<', b"<!--", b"<script>", b"='", b"< a=b"])
def test_time_grows_with_the_markup(piece: bytes) -> None:
    began = process_time()
    without_long_tags(piece * 400_000)
    assert process_time() - began < 5
