"""Reads a discovery document in a worker process: it costs CPU, and may be hostile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange
from config.source import Source
from crawler.discovery.document import Discovered, DocumentRef
from crawler.discovery.plan import discover
from crawler.discovery.scope import NIGHTLY, Scope

MAX_DECODED = 64 << 20


def read_document(
    document: DocumentRef, exchange: Exchange, source: Source, now: datetime, scope: Scope = NIGHTLY
) -> Discovered:
    """What a fetched document names; a body that cannot be decoded is a note."""
    codings = exchange.header("Content-Encoding")
    try:
        body = decode_body(exchange.body, codings, MAX_DECODED)
    except ContentCodingError as error:
        return Discovered(notes=(f"not readable: {error.reason}",))
    here = replace(document, url=exchange.url)
    return discover(
        here, body, content_type=exchange.header("Content-Type"), source=source, now=now, scope=scope
    )
