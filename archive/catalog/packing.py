"""Texts as the catalog keeps them."""

from __future__ import annotations

import zstandard


def compress(text: str) -> bytes:
    """A text as kept in the catalog: one zstd frame over UTF-8."""
    return zstandard.ZstdCompressor(level=9).compress(text.encode("utf-8", "surrogatepass"))


def decompress(data: bytes) -> str:
    """The inverse of `compress`."""
    return zstandard.ZstdDecompressor().decompress(data).decode("utf-8", "surrogatepass")
