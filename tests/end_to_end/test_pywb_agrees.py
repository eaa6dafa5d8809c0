"""pywb and we give back the same bytes for random captures of a generated archive, revisits among them."""

from __future__ import annotations

import gzip
import os
import random
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import brotli
import pytest

from archive.catalog import segments
from archive.exchange import Exchange
from archive.opening import Archive
from archive.rows import CaptureRow
from tests.archive.material import NOON, exchange, house
from tests.end_to_end.pywb_server import replayed, wayback_over
from tests.web.visitor import Visitor

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
PAGES, LOOKS, COMPARED = (1000, 4, 1000) if FULL else (60, 4, 60)
CODINGS = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "br": brotli.compress,
    "deflate": zlib.compress,
    "": lambda body: body,
}
STATUSES = {200: "OK", 301: "Moved Permanently", 302: "Found", 404: "Not Found", 410: "", 503: "Busy"}
TYPES = ("text/html; charset=utf-8", "TEXT/HTML", "text/plain", "image/png", "application/json", "")
ODD = (
    "X-Two: 1",
    "X-Two: 2",
    "Set-Cookie: a=b; Path=/; HttpOnly",
    "x-lower-case: yes",
    "X-Latin: caf\u00e9",
    "X-Empty:",
    "X-Archive-Orig-Transfer-Encoding: chunked",
    "Content-Security-Policy: default-src 'none'",
    "Refresh: 5; url=/elsewhere",
)


@dataclass(frozen=True)
class Generated:
    archive: Archive
    captures: list[CaptureRow]
    files: list[Path]


def address(number: int) -> str:
    paths = (
        f"2026/story-{number}",
        f"a%20b/{number}?q=%C3%BC",
        f"{number}/",
        f"x?b=2&a={number}",
        f"{number}.png",
    )
    return f"https://paper-{number % 7}.example/{paths[number % len(paths)]}"


def looked_at(number: int, look: int, chance: random.Random) -> Exchange:
    """One look at one page. A fifth of the later looks find the bytes of the first one again."""
    again = look > 0 and chance.random() < 0.3
    content = random.Random(f"{number} {0 if again else look}")
    status = content.choices(list(STATUSES), [80, 4, 4, 6, 3, 3])[0]
    coding, mime = content.choice(list(CODINGS)), content.choice(TYPES)
    plain = content.randbytes(content.choice((0, 1, 700))) + b"<p>Page</p>\xff" * content.randrange(2000)
    body = CODINGS[coding](plain) if plain else b""
    headers = [f"Content-Type: {mime}"] if mime else []
    headers += [f"Content-Encoding: {coding}"] if coding and body else []
    headers += [f"Location: /moved-{number}"] if status in {301, 302} else []
    headers += chance.sample(ODD, k=3)  # of a revisit they are others than the original's
    headers += [f"Content-Length: {len(body)}"] if chance.random() < 0.7 else []
    at = NOON + timedelta(days=look, seconds=number)
    return exchange(
        address(number), body, at=at, status=status, reason=f" {STATUSES[status]}", headers=tuple(headers)
    )


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    folder = tmp_path_factory.mktemp("generated")
    home, chance = house(folder), random.Random(7)
    for look in range(LOOKS):
        waiting = [home.recorder.record(looked_at(n, look, chance), "example") for n in range(PAGES)]
        for future in waiting:
            future.result(300)
        home.committer.commit_segments(home.recorder, [])
    home.die()
    rows = [
        row for one in segments.every(home.catalog) for row in segments.captures_in(home.catalog, one.key)
    ]
    yield Generated(
        Archive(home.store, home.catalog), rows, sorted(folder.glob("store/captures/**/*.warc.gz"))
    )
    home.catalog.close()


@pytest.fixture(scope="module")
def port(generated: Generated, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with wayback_over(tmp_path_factory.mktemp("pywb"), generated.files) as answering:
        yield answering


def test_pywb_gives_random_captures_byte_for_byte_as_we_do(generated: Generated, port: int) -> None:
    """Status, payload, and what describes it. No two captures here share an address and a second."""
    visitor, different = Visitor(generated.archive), []
    chosen = random.Random(1).sample(generated.captures, COMPARED)
    for row in chosen:
        digits = f"{row.at:%Y%m%d%H%M%S}"
        ours = visitor.api(f"/web/{digits}id_/{row.url}")
        theirs = replayed(port, digits, row.url)
        described = [
            (
                answer.status,
                answer.body,
                answer.headers.get("Content-Type"),
                answer.headers.get("Content-Encoding"),
            )
            for answer in (ours, theirs)
        ]
        assert ours.headers["Memento-Datetime"] == theirs.headers["Memento-Datetime"], row.url
        if described[0] != described[1]:
            different.append((digits, row.url, row.kind, described))
    assert different == []
    kinds = Counter(row.kind for row in chosen)
    assert kinds["revisit"] > COMPARED / 10
    assert len({row.status for row in chosen}) > 3
