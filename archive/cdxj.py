"""CDXJ: one line a capture, beside its segment, as cdxj-indexer would write it.

`<surt> <14 digits> {"url": …, "mime": …, "status": …, "digest": …, "length": …, "offset": …, "filename": …}`
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import surt


def cdxj_line(
    *, url: str, at: datetime, mime: str, status: int, digest: str, offset: int, length: int, filename: str
) -> str:
    """One line without its end. `mime` of a revisit is `warc/revisit`; numbers are strings, as is usual."""
    fields = {"url": url}
    if mime:
        fields["mime"] = mime
    fields |= {
        "status": str(status),
        "digest": digest,
        "length": str(length),
        "offset": str(offset),
        "filename": filename,
    }
    return f"{surt.surt(url)} {at.astimezone(UTC):%Y%m%d%H%M%S} {json.dumps(fields)}"


def cdxj_file(lines: list[str]) -> bytes:
    """The index of a segment: lines in byte order, so that a reader can bisect it."""
    return "".join(f"{line}\n" for line in sorted(lines, key=str.encode)).encode()
