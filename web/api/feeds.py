"""Hits as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from archive.clock import isoformat_z
from archive.views.search import Hit
from web.origins import Origins

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def atom(hits: Sequence[Hit], origins: Origins, *, title: str, address: str) -> bytes:
    """A feed of these hits, which is found at `address`; entries lead to the article's page with us."""
    updated = max((hit.line.captured_at for hit in hits), default=_NEVER)
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{_text(address)}</id>",
        f"<title>{_text(title)}</title>",
        f"<updated>{isoformat_z(updated)}</updated>",
        f'<link rel="self" href={_attribute(address)}/>',
        "<generator>Dateline</generator>",
    ]
    return "\n".join([*head, *(_entry(hit, origins) for hit in hits), "</feed>\n"]).encode()


def _entry(hit: Hit, origins: Origins) -> str:
    line = hit.line
    page = f"{origins.api}/article/{line.article_id}"
    snippet = "".join(piece.text for piece in hit.snippet)
    names = line.byline or (line.source,)
    parts = [
        f"<id>{_text(f'{page}/{line.number}')}</id>",
        f"<title>{_text(line.title or line.url)}</title>",
        f"<updated>{isoformat_z(line.captured_at)}</updated>",
        *([f"<published>{isoformat_z(line.published_at)}</published>"] if line.published_at else []),
        f'<link rel="alternate" href={_attribute(page)}/>',
        f'<link rel="via" href={_attribute(line.url)}/>',
        *(f"<author><name>{_text(name)}</name></author>" for name in names),
        *(f"<category term={_attribute(kind)}/>" for kind in (line.kinds or ("new",))),
        f'<summary type="text">{_text(snippet)}</summary>',
    ]
    return f"<entry>{''.join(parts)}</entry>"


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", text))
