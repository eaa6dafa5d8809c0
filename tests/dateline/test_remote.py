"""What only happens over HTTP: tokens, patience, services that are away, others' answers."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import dateline
from dateline.client import Archive
from dateline.remote import RemoteArchive
from tests.dateline.conftest import serving

PROBLEM = "application/problem+json"
NONE = {"sources": []}


def problem(status: int, **headers: str) -> Response:
    body = json.dumps({"type": "about:blank", "title": "t", "status": status, "detail": f"said {status}"})
    return Response(body, status, {name.replace("_", "-"): value for name, value in headers.items()}, PROBLEM)


@contextmanager
def answering(*answers: Response) -> Iterator[tuple[str, list[Request]]]:
    """A service that gives these answers in turn, and what it was asked."""
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return answers[min(len(asked), len(answers)) - 1]

    listening = socket.create_server(("127.0.0.1", 0))
    with serving(Starlette(routes=[Route("/{rest:path}", answer)]), listening):
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked


ERRORS: dict[str, tuple[Response, type[dateline.ArchiveError], str]] = {
    "a wrong token": (problem(401), dateline.TokenNeeded, "token="),
    "another host": (problem(421), dateline.NoArchive, "web.origin"),
    "hidden": (problem(451), dateline.NotShown, "said 451"),
    "a service behind it is away": (problem(503), dateline.Unreachable, "in a minute"),
    "its own fault": (problem(500), dateline.Failed, "its log"),
    "no service of ours": (Response("<h1>hello", 404), dateline.NoArchive, "a Dateline service"),
    "a page in place of JSON": (Response("<h1>hello"), dateline.Failed, "install the release"),
    "an answer without a field": (Response("{}"), dateline.Failed, "sources: Field required"),
    "problem details that are none": (
        Response("[", 400, media_type=PROBLEM), dateline.NoArchive, "without problem details",
    ),
    "too often": (problem(429, retry_after="61"), dateline.TooOften, "61 seconds"),
    "too often, for nobody knows how long": (problem(429, retry_after="x"), dateline.TooOften, "60 seconds"),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_errors(case: str) -> None:
    answer, kind, said = ERRORS[case]
    with answering(answer) as (address, asked), dateline.connect(address, patience=59) as archive:
        with pytest.raises(kind, match=said) as caught:
            archive.sources()
        assert type(caught.value) is kind
        assert len(asked) == 1


def test_it_waits_as_long_as_it_is_asked_to_and_has_patience() -> None:
    waited: list[float] = []
    busy = problem(429, retry_after="20")
    with answering(busy, busy, Response(json.dumps(NONE))) as (address, asked):
        backend = RemoteArchive(address, patience=40, sleep=waited.append)
        with Archive(backend) as archive:
            assert list(archive.sources()) == []
    assert (waited, len(asked)) == ([20, 20], 3)
    with answering(busy) as (address, asked):
        backend = RemoteArchive(address, patience=50, sleep=waited.append)
        with Archive(backend) as archive, pytest.raises(dateline.TooOften) as caught:
            archive.sources()
    assert (waited[2:], caught.value.seconds) == ([20, 20], 20)


def test_what_is_sent() -> None:
    later = NONE | {"a field of a later release": 1}
    with (
        answering(Response(json.dumps(later))) as (address, asked),
        dateline.connect(f"{address}/api/v1/", token="sesame") as archive,
    ):
        archive.sources()
    [request] = asked
    assert request.url.path == "/api/v1/sources"
    assert request.headers["authorization"] == "Bearer sesame"
    assert request.headers["user-agent"].startswith("dateline-python/")


def test_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        dateline.connect(f"http://127.0.0.1:{port}") as archive,
        pytest.raises(dateline.Unreachable, match="dateline serve"),
    ):
        archive.sources()


@pytest.mark.parametrize("address", ["news.example", "ftp://news.example", "/srv/archive", ""])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(dateline.NoArchive, match="such as http"):
        dateline.connect(address)
