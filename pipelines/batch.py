"""Extraction of many stored pages at once, for measuring and for trying out rules."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.article import Article
from config.errors import ConfigError
from pipelines.extraction import Extraction
from pipelines.guidance import UNGUIDED, Guidance
from pipelines.page import MAX_DECODED
from pipelines.workers import Workers

Row = dict[str, Any]

AHEAD = 4  # pages read ahead of each worker


@dataclass(frozen=True, slots=True)
class PageRow:
    """One line of a batch.

    Attributes:
        html: a path, or the page itself where it starts with `<`; given back unchanged.
        url: the page's address.
    """

    html: str
    url: str


def read_rows(lines: Iterable[str]) -> Iterator[PageRow]:
    """The rows of a JSON Lines file `{html, url}`; empty lines are passed over, other keys ignored.

    Raises:
        ConfigError: names the line that is not such an object.
    """
    for count, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ConfigError(
                f"line {count}: not JSON ({error}); each line is an object with html and url"
            ) from error
        if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in ("html", "url")):
            raise ConfigError(f"line {count}: needs the strings 'html' (a path, or the page) and 'url'")
        yield PageRow(row["html"], row["url"])


def load_page(row: PageRow, roots: Sequence[Path]) -> bytes:
    """The bytes of a row's page: itself, or the file under the first root that has it, unzipped if gzipped.

    Args:
        row: its `html` may also be an absolute path.
        roots: folders that relative paths are looked up in, in order.

    Raises:
        ConfigError: no root has the file, it can't be read, or it unzips to more than 32 MiB.
    """
    if row.html.lstrip("\ufeff \t\r\n").startswith("<"):
        return row.html.encode("utf-8", "replace")
    tried = [root / row.html for root in roots]
    path = next((candidate for candidate in tried if candidate.is_file()), None)
    if path is None:
        raise ConfigError(f"html {row.html!r}: no such file; tried {', '.join(map(str, tried))}")
    try:
        data = path.read_bytes()
        if data[:2] != b"\x1f\x8b":
            return data
        with gzip.open(path) as stream:
            page = stream.read(MAX_DECODED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(f"html {row.html!r}: can't be read from {path}: {error}") from error
    if len(page) > MAX_DECODED:
        raise ConfigError(f"html {row.html!r}: {path} unzips to more than {MAX_DECODED} bytes")
    return page


def as_prediction(row: PageRow, extraction: Extraction) -> Row:
    """A line of the output: what was read and the outcome, `archived` or e.g. `quarantined(consent_wall)`."""
    article = extraction.article
    outcome = extraction.outcome
    return (
        {"html": row.html, "url": row.url}
        | _fields(article)
        | {"outcome": str(outcome) if outcome else "archived"}
    )


def _fields(article: Article | None) -> Row:
    if article is None:
        return {"text": "", "title": "", "authors": [], "date": None, "images": []}
    published = article.published_at
    return {
        "text": article.text,
        "title": article.title,
        "authors": [*article.byline, *article.agency],
        "date": published.isoformat() if published else None,
        "images": [
            {"url": image.url, "caption": image.caption or "", "credit": image.credit or ""}
            for image in article.images
        ],
    }


async def extract_rows(
    rows: Iterable[PageRow],
    workers: Workers,
    *,
    roots: Sequence[Path],
    captured_at: datetime,
    guidance: Guidance = UNGUIDED,
    window: int,
) -> AsyncIterator[Row]:
    """Predictions for rows, in their order; at most `window` pages are in memory.

    A page that breaks its worker is a row with an outcome, like any other.
    """
    under_way: deque[tuple[PageRow, asyncio.Task[Extraction]]] = deque()

    async def next_done() -> Row:
        row, task = under_way.popleft()
        return as_prediction(row, await task)

    try:
        for row in rows:
            page = load_page(row, roots)
            under_way.append((row, asyncio.create_task(_extract(workers, row, page, guidance, captured_at))))
            if len(under_way) >= window:
                yield await next_done()
        while under_way:
            yield await next_done()
    finally:
        for _, task in under_way:
            task.cancel()


async def _extract(
    workers: Workers, row: PageRow, page: bytes, guidance: Guidance, captured_at: datetime
) -> Extraction:
    return await workers.extract(
        page,
        url=row.url,
        content_type="text/html",
        content_encoding=None,
        guidance=guidance,
        captured_at=captured_at,
    )


def extract_lines(
    lines: Iterable[str],
    *,
    roots: Sequence[Path],
    count: int,
    memory_bytes: int,
    timeout_seconds: float,
    guidance: Guidance = UNGUIDED,
    captured_at: datetime | None = None,
) -> Iterator[Row]:
    """`dateline extract --batch`: JSON Lines in, prediction rows out, in order, in worker processes.

    Args:
        lines: of the input file.
        roots: folders for relative paths: the input file's own, then any others.
        count: worker processes.
        memory_bytes: address space of each.
        timeout_seconds: for one page.
        guidance: what is known of the pages' source.
        captured_at: the day whose rules apply and that dates are checked against; default now.

    Raises:
        ConfigError: a line is not of the form, or names a file that can't be read.
    """
    moment = captured_at or datetime.now(UTC)
    with asyncio.Runner() as runner, Workers(count, memory_bytes, timeout_seconds) as workers:
        stream = extract_rows(
            read_rows(lines),
            workers,
            roots=roots,
            captured_at=moment,
            guidance=guidance,
            window=AHEAD * count,
        )
        try:
            while (row := runner.run(_next(stream))) is not None:
                yield row
        finally:
            runner.run(_close(stream))


async def _next(stream: AsyncIterator[Row]) -> Row | None:
    return await anext(stream, None)


async def _close(stream: AsyncIterator[Row]) -> None:
    close = getattr(stream, "aclose", None)
    if close is not None:
        await close()
