"""Fetches an article's pictures and measures them; what cannot be had is left without bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from archive.article import ArticleImage
from archive.content_coding import ContentCodingError, decode_body
from archive.digest import sha256_hex
from archive.exchange import Exchange
from archive.rows import CaptureRow, ImageRow
from pipelines.image_answer import ImageRefused
from pipelines.turns import Turn
from pipelines.workers import Workers

MAX_DECODED = 64 << 20

# (address) → the exchange and its capture, or None if none came about; the web's faults are never raised.
FetchPicture = Callable[[str], Awaitable[tuple[Exchange, CaptureRow] | None]]


@dataclass(frozen=True, slots=True)
class ArchivedImage:
    """A picture of the article with its bytes' facts, and the row of its bytes."""

    image: ArticleImage
    row: ImageRow


async def archive_images(
    images: tuple[ArticleImage, ...], fetch: FetchPicture, workers: Workers, turn: Turn
) -> tuple[tuple[ArticleImage, ...], tuple[ImageRow, ...]]:
    """The images with digests, sizes and hashes where they could be fetched, and a row for each content.

    Images that have a digest already are left as they are. All are asked for at once: the downloader keeps
    the distance between requests to one host.
    """
    results = await asyncio.gather(*(_archive(image, fetch, workers, turn) for image in images))
    rows = {result.row.sha256: result.row for result in results if result}
    return (
        tuple(result.image if result else image for result, image in zip(results, images, strict=True)),
        tuple(rows.values()),
    )


async def _archive(
    image: ArticleImage, fetch: FetchPicture, workers: Workers, turn: Turn
) -> ArchivedImage | None:
    if image.sha256 is not None:
        return None
    for url in (image.url, *image.variants[:1]):
        fetched = await fetch(url)
        if fetched is None or fetched[0].status != 200 or fetched[0].truncated:  # noqa: PLR2004
            continue
        exchange, capture = fetched
        try:
            data = decode_body(exchange.body, exchange.header("Content-Encoding"), MAX_DECODED)
        except ContentCodingError:
            continue
        facts = await workers.inspect_image(data, turn=turn)
        if isinstance(facts, ImageRefused):
            continue
        row = ImageRow(
            sha256=sha256_hex(data),
            phash=facts.phash,
            mime=facts.mime,
            width=facts.width,
            height=facts.height,
            size=len(data),
            first_url=exchange.url,
            first_at=capture.at,
            capture_id=capture.id,
            look=facts.look,
        )
        seen = replace(
            image,
            sha256=row.sha256,
            phash=facts.phash,
            width=facts.width,
            height=facts.height,
            mime=facts.mime,
            embedded_caption=facts.caption,
            embedded_credit=facts.credit,
        )
        return ArchivedImage(seen, row)
    return None
