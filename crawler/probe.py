"""Asks each host once a run for an address that cannot exist, to know what it answers then (soft 404)."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from string import ascii_lowercase
from urllib.parse import urlsplit

import structlog

from archive.exchange import Exchange
from archive.rows import CaptureRow
from config.source import Source
from crawler.urls import host_of
from pipelines.gate.absent import Absent, read_absent
from pipelines.rendering import Rendering, RenderPage, body_of
from pipelines.turns import Turn
from pipelines.workers import TaskFailure, Workers

log = structlog.get_logger()

MOST_HOSTS = 10  # of one source, that are asked

# (address, source) → the exchange and its capture, or None if none came about.
FetchAbsent = Callable[[str, Source], Awaitable[tuple[Exchange, CaptureRow] | None]]

_DATE_OR_NAME = re.compile(r"\d{1,4}|[^\W\d_]+(?:[-_][^\W\d_]+)?")  # a year, a day, a section: kept
_WORD = re.compile(r"[^\W_]+")
_EXTENSION = re.compile(r"\.[A-Za-z]{2,5}$")
_WORDS = (7, 9)  # letters of each word where an address has none to be shaped by


class Probes:
    """What the hosts of a run answer for what is not there. To be used in one event loop."""

    def __init__(self, run_id: str, fetch: FetchAbsent, render: RenderPage, workers: Workers) -> None:
        self._run_id, self._fetch, self._render, self._workers = run_id, fetch, render, workers
        self._asked: dict[tuple[str, str], asyncio.Future[Absent | None]] = {}
        self._readable: set[tuple[str, str]] = set()

    async def absent(self, url: str, source: Source) -> Absent | None:
        """What the host of an article answers for an address like it that does not exist.

        None if it says so properly (404), if nothing came of asking, or if the source wants no asking. The
        first page of a host waits for the answer; those of other hosts do not. Raises only what the store,
        the spool or the catalog raise.
        """
        key = source.name, host_of(url)
        if not source.judge.probe:
            return None
        if key not in self._asked:
            if sum(name == source.name for name, _ in self._asked) >= MOST_HOSTS:
                return None
            self._asked[key] = asyncio.ensure_future(self._ask(url, source))
        return await asyncio.shield(self._asked[key])

    async def _ask(self, url: str, source: Source) -> Absent | None:
        asked = absent_address(url, f"{self._run_id} {source.name}")
        fetched = await self._fetch(asked, source)
        if fetched is None:
            return None
        exchange, capture = fetched
        if exchange.status != 200 or exchange.truncated is not None:  # noqa: PLR2004 - OK: what says 404 is honest
            return None
        shown = await self._render(exchange, capture, source)  # as the pages are that are compared with it
        if source.render.enabled and not isinstance(shown, Rendering):
            return None
        body = body_of(exchange, shown.dom if isinstance(shown, Rendering) else None)
        found = await self._workers.run_in_turn(
            Turn(source.name, urgent=True),  # the first pages of the host wait
            read_absent,
            body.data,
            url=exchange.url,
            asked=asked,
            content_type=body.content_type,
            content_encoding=body.content_encoding,
        )
        if isinstance(found, TaskFailure):
            log.info("the answer to an absent address says nothing", url=asked, what=found.what)
            return None
        return found

    def note_article(self, url: str, source: Source) -> None:
        """A page of this host was an article in this run."""
        self._readable.add((source.name, host_of(url)))

    def is_readable(self, url: str, source: Source) -> bool:
        """Whether some page of this host was an article in this run."""
        return (source.name, host_of(url)) in self._readable


def absent_address(url: str, seed: str) -> str:
    """An address shaped like that of an article, at which nothing can be (pure).

    Folders that are dates or plain names stay; the last part, and whatever may be an identity, becomes words
    of as many letters, since a site may find its articles by the identity alone. So a query goes.

    Args:
        url: of an article.
        seed: what makes the words others.
    """
    parts = urlsplit(url)
    dice = random.Random(f"{seed} {parts.netloc}")
    segments = [segment for segment in parts.path.split("/") if segment]
    if not segments or parts.query:
        made = "-".join("".join(dice.choices(ascii_lowercase, k=length)) for length in _WORDS)
        return f"{parts.scheme}://{parts.netloc}/{made}/"
    *folders, last = segments
    extension = found[0] if (found := _EXTENSION.search(last)) else ""
    kept = [one if _DATE_OR_NAME.fullmatch(one) else _shaped_like(one, dice) for one in folders]
    path = "/".join([*kept, _shaped_like(last.removesuffix(extension), dice) + extension])
    return f"{parts.scheme}://{parts.netloc}/{path}{'/' if parts.path.endswith('/') else ''}"


def _shaped_like(segment: str, dice: random.Random) -> str:
    """Words of as many letters as the segment's, without its percent-encoding; at least two of them."""
    lengths = [min(12, max(4, len(word))) for word in _WORD.findall(re.sub(r"%[0-9A-Fa-f]{2}", "", segment))]
    lengths = (lengths + list(_WORDS))[: max(2, min(8, len(lengths)))]
    return "-".join("".join(dice.choices(ascii_lowercase, k=length)) for length in lengths)
