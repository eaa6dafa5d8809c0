"""A process of its own that reads pages and prints what it read: `python -m tests.pipelines.reading_child`.

In: JSON Lines `{"name", "url", "body"}` (Base64). Out: `{"name", "read"}` a line, in the same order.
"""

from __future__ import annotations

import base64
import json
import sys
from datetime import UTC, datetime

from pipelines.extract import extract

CAPTURED = datetime(2026, 11, 1, tzinfo=UTC)


def read(body: bytes, url: str) -> str:
    """All that is read out of a page, as text: fields, their order, and how the page was decoded."""
    return repr(extract(body, url=url, content_type="text/html", content_encoding=None, captured_at=CAPTURED))


if __name__ == "__main__":
    for line in sys.stdin:
        page = json.loads(line)
        said = read(base64.b64decode(page["body"]), page["url"])
        print(json.dumps({"name": page["name"], "read": said}))
