"""Heads for the record: valid HTTP/1 whatever the server wrote, and the same however the wire was cut."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.fetch.head import HeadError, request_head, response_head
from crawler.fetch.wire import Tap

INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-b:2\r\n\r\n"


@given(
    before=st.lists(st.sampled_from([INTERIM, b"HTTP/1.1 100 Continue\r\n\r\n", b"\r\n"]), max_size=4),
    head=st.sampled_from(
        [HEAD, HEAD.replace(b"\r\n", b"\n"), b"HTTP/1.1 101 Switching\r\n\r\n", b"HTTP/1.1 200\n\r\n"]
    ),
    body=st.binary(max_size=20),
    cuts=st.lists(st.integers(0, 250), max_size=12),
)
@example(before=[INTERIM], head=HEAD, body=b"\r\n\r\n", cuts=list(range(120)))
def test_the_head_is_heard_however_the_wire_is_cut(
    before: list[bytes], head: bytes, body: bytes, cuts: list[int]
) -> None:
    wire = b"".join(before) + head + body
    edges = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})
    tap = Tap()
    belonging = sum(tap.feed(wire[start:end]) for start, end in pairwise(edges))
    assert tap.head == head
    assert belonging == tap.head_bytes == len(wire) - len(body)
    assert tap.body_bytes == len(body)


FRAGMENTS = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\r",
        b"\x00",
        b" ",
        b"\t",
        b":",
        b"X-A",
        b"v",
        b"\xff",
        b"HTTP/1.1 200 OK",
        b"Transfer-Encoding",
    ]
)


@given(st.lists(FRAGMENTS, max_size=30).map(b"".join))
@example(b"X-A: a\rX-Evil: b\r\n")
@example(b" folded before any field\r\n")
def test_what_comes_out_is_a_valid_head_or_nothing_does(fields: bytes) -> None:
    try:
        head = response_head(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n")
    except HeadError:
        return
    line = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\x00]*\r\n"
    assert re.fullmatch(rb"HTTP/1\.1 200 OK\r\n(" + line + rb")*\r\n", head)
    assert b"\r\ntransfer-encoding:" not in head.lower()


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Za-z-]{1,12}", fullmatch=True), st.from_regex(r"[!-~ ]{0,20}", fullmatch=True)
        )
    )
)
def test_a_head_in_order_comes_out_as_it_went_in(fields: list[tuple[str, str]]) -> None:
    kept = [(name, value) for name, value in fields if name.lower() != "transfer-encoding"]
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in kept) + "\r\n"
    assert response_head(head.encode()) == head.encode()


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"HTTP/1.1 200 O\x00K\r\n\r\n",
        b"HTTP/1.1 200 O\rK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-A : b\r\n\r\n",
    ],
)
def test_heads_that_are_none(head: bytes) -> None:
    with pytest.raises(HeadError):
        response_head(head)


def test_what_was_for_the_proxy_is_not_archived() -> None:
    fields = [("Host", "a.example"), ("proxy-authorization", "Basic bWU6c2VjcmV0"), ("Accept", "*/*")]
    assert request_head("GET", "/", fields) == b"GET / HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n\r\n"
