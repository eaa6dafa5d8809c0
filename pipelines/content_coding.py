"""Undo `Content-Encoding`; it lies with the archive, so that replay can undo it too."""

from __future__ import annotations

from archive.content_coding import ContentCodingError, decode_body

__all__ = ["ContentCodingError", "decode_body"]
