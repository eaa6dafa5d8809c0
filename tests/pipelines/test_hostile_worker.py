"""Pages made to break a reader, one after the other in one worker, which ends only for want of memory."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trafilatura
from lxml import html

from pipelines.extract import extract
from pipelines.extraction import Extraction
from pipelines.workers import TaskFailure, Workers

NEXT = "an article"
AT = datetime(2026, 3, 1, tzinfo=UTC)
MEMORY = 360 << 20  # bytes, as `crawl.worker_memory` has it by default
SECONDS = 300.0  # of wall time: a busy machine takes long, so CPU is what is measured
MOST_CPU = 20.0  # seconds of one page
FULL = os.environ.get("DATELINE_TEST_FULL") == "1"
NODE = 12_000_000 if FULL else 3_000_000  # `test_hostile_pages` has twelve always, outside of a worker
WORDS = "The old bridge over the river will be closed for a year, the council said. " * 12
ATTRIBUTES = " ".join(f"a{i}=x" for i in range(200_000))


def page(body: str, head: str = "<title>Bridge</title>") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


HOSTILE: dict[str, bytes] = {
    "300 nested tags": page("<div>" * 300 + WORDS + "</div>" * 300),
    "5,000 nested tags": page("<div>" * 5000 + WORDS + "</div>" * 5000),
    "5,000 nested tags of many names": page("".join(f"<x{i}>" for i in range(5000)) + WORDS),
    "a long text node": page("<p>" + WORDS * (NODE // len(WORDS)) + "</p>"),
    "a long text node without a space": page("<p>" + "x" * NODE + "</p>"),
    "200,000 attributes": page(f"<div {ATTRIBUTES}><p>{WORDS}</div>"),
    "200,000 attributes that never end": page(f"<p>{WORDS}<div {ATTRIBUTES}"),
    "200,000 attributes in quotes with brackets": page(
        "<div " + " ".join(f'a{i}="<>"' for i in range(200_000)) + f"><p>{WORDS}</div>"
    ),
    "200,000 attributes without values": page(
        "<div " + " ".join(f"a{i}" for i in range(200_000)) + f"><p>{WORDS}</div>"
    ),
    "200,000 attributes divided by slashes": page(
        "<div " + "/".join(f"a{i}=x" for i in range(200_000)) + f"><p>{WORDS}</div>"
    ),
    "200,000 attributes on 500 elements": page(
        "".join("<p " + " ".join(f"a{i}=x" for i in range(400)) + f">{WORDS[:76]}</p>" for _ in range(500))
    ),
    "NULs": page(f"<p>{WORDS}</p>").replace(b" ", b"\0 \0"),
    "NULs alone": b"\0" * 1_000_000,
    "half of UTF-16": b"\xff\xfe" + page(f"<p>{WORDS}</p>").decode().encode("utf-16-le")[:-1],
    "an encoding that is none": page(f"<p>{WORDS}</p>", "<meta charset=x-nothing-at-all>"),
    "another encoding than it says": page(WORDS, "<meta charset=utf-7>").replace(b"river", b"r\xfcver"),
    "bytes of no encoding": page("<p>" + WORDS).replace(b"bridge", bytes(range(0x80, 0xA0))),
    "lone surrogates": page("<p>" + WORDS).replace(b"bridge", b"\xed\xa0\x80"),
}  # fmt: skip


# Their trees alone take nearly all that a worker may use: it ends, and so does the one that tries again.
TOO_MUCH = {"200,000 attributes on 500 elements"}


def most_bytes_held() -> int:
    """Of this process; `ru_maxrss` would count what its parent held when it was started."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


@dataclass
class Told:
    """What each page came to, its seconds of CPU, the worker's processes, and the most bytes it held."""

    found: dict[str, Extraction] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    processes: set[int] = field(default_factory=set)
    peak: int = 0

    async def read(self, workers: Workers, name: str, body: bytes) -> None:
        before = await workers.run(resource.getrusage, resource.RUSAGE_SELF)
        self.found[name] = await workers.extract(
            body, url="https://e.example/a", content_type="text/html", content_encoding=None, captured_at=AT
        )
        process = await workers.run(os.getpid)
        after = await workers.run(resource.getrusage, resource.RUSAGE_SELF)
        held = await workers.run(most_bytes_held)
        if (
            isinstance(before, TaskFailure)
            or isinstance(held, TaskFailure)
            or isinstance(after, TaskFailure)
            or isinstance(process, TaskFailure)
        ):
            raise TypeError("the worker does not answer")
        self.seconds[name] = after.ru_utime - before.ru_utime
        self.processes.add(process)
        self.peak = max(self.peak, held)


@pytest.fixture(scope="module")
def told(_spawned_workers: None) -> Told:
    async def run() -> Told:
        made = Told()
        with Workers(1, MEMORY, SECONDS) as workers:
            for name, body in HOSTILE.items():
                await made.read(workers, name, body)
            await made.read(workers, NEXT, page(f"<article><h1>Bridge</h1><p>{WORDS}</article>"))
        return made

    return asyncio.run(run())


@pytest.mark.parametrize("name", HOSTILE)
def test_each_ends_with_an_article_or_a_reason_of_the_page(name: str, told: Told) -> None:
    reason = told.found[name].reason or ""
    assert not reason.startswith("extract_") or (name in TOO_MUCH and reason == "extract_memory")
    assert told.seconds[name] < MOST_CPU


def test_the_worker_lives_on_and_reads_the_next_article(told: Told) -> None:
    assert len(told.processes) == 1 + len(TOO_MUCH)
    assert told.found[NEXT].article is not None
    assert told.peak < MEMORY


@pytest.mark.parametrize("body", ["", "<p></p>", "<script>x</script>"])
def test_where_trafilatura_finds_nothing_there_is_a_reason(body: str) -> None:
    data = page(body)
    assert trafilatura.bare_extraction(html.fromstring(data)) is None
    result = extract(
        data, url="https://e.example/a", content_type="text/html", content_encoding=None, captured_at=AT
    )
    assert result.reason in {"no_text", "too_little_text"}


def test_a_parser_that_gets_no_memory_does_not_say_that_a_page_is_none() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.pipelines.memory_child"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.split() == ["memory", "read"], done.stderr
