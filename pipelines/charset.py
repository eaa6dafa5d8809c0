"""Which character encoding a page is in; it lies with the archive, so that replay reads pages as we did."""

from __future__ import annotations

from archive.charset import Decoded, codec_for, decode_text, header_charset

__all__ = ["Decoded", "codec_for", "decode_text", "header_charset"]
