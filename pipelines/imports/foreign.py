"""What others captured, read out of their WARC files as exchanges of ours."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

from pipelines.imports.captures import PassedOver, Response, Revisit, capture_of
from pipelines.imports.containers import ZIP_ERRORS, WarcFile
from pipelines.imports.framing import RawRecord, Refused, raw_records
from pipelines.imports.http_message import request_head

IMPORTED_FROM = "Dateline-Imported-From"
ORIGINAL_SOFTWARE = "Dateline-Original-Software"

Foreign = Response | Revisit | PassedOver | Refused

_AHEAD = timedelta(days=1)  # of our clock, which may be slow
_REQUESTS_HELD = 64  # heads that wait for their response: writers set the two side by side
_SOFTWARE = re.compile(rb"(?im)^software:[ \t]*([^\r\n]*)")
_UNFIT = re.compile(r"[^\x21-\x7e]+")
_LONGEST_NAME = 200  # characters


def foreign_records(file: WarcFile, now: datetime) -> Iterator[tuple[int, Foreign]]:
    """Every record of a file with its offset, in order; none is left out.

    A response comes with the head of its request, if the two name each other (`WARC-Concurrent-To`) and
    stand side by side; else without one. `now` is ours: a capture cannot be from later than tomorrow.
    """
    pairing = _Pairing()
    software = None
    try:
        with file.open() as stream:
            for offset, raw in raw_records(stream):
                if isinstance(raw, Refused):
                    yield from pairing.passing(offset, raw)
                    continue
                found = capture_of(raw, now + _AHEAD)
                software = _software_of(raw) or software
                if isinstance(found, Response | Revisit):
                    yield from pairing.waiting(offset, _told(found, file, software), raw)
                else:
                    pairing.look_for_request(raw)
                    yield from pairing.passing(offset, found)
    except ZIP_ERRORS as error:
        yield 0, Refused(f"the file cannot be read to its end: {error}")
    yield from pairing.rest()


class _Pairing:
    """Holds the newest capture back until the next one, so that a request may follow it."""

    def __init__(self) -> None:
        self._requests: OrderedDict[str, bytes] = OrderedDict()  # by each id that names one
        self._held: tuple[int, Response | Revisit, str] | None = None
        self._later: list[tuple[int, Foreign]] = []

    def look_for_request(self, raw: RawRecord) -> None:
        if raw.headers.get("warc-type", "").lower() != "request":
            return
        head = request_head(raw.block)
        for name in (raw.headers.get("warc-record-id"), raw.headers.get("warc-concurrent-to")):
            if name:
                self._requests[name] = head
        while len(self._requests) > 2 * _REQUESTS_HELD:
            self._requests.popitem(last=False)

    def passing(self, offset: int, found: Foreign) -> Iterator[tuple[int, Foreign]]:
        if self._held is None:
            yield offset, found
        else:
            self._later.append((offset, found))

    def waiting(
        self, offset: int, found: Response | Revisit, raw: RawRecord
    ) -> Iterator[tuple[int, Foreign]]:
        yield from self.rest()
        self._held = (offset, found, raw.headers.get("warc-concurrent-to", ""))

    def rest(self) -> Iterator[tuple[int, Foreign]]:
        if self._held is not None:
            offset, found, concurrent = self._held
            head = self._requests.get(found.record_id) or self._requests.get(concurrent) or b""
            yield offset, replace(found, exchange=replace(found.exchange, request_head=head))
        yield from self._later
        self._held, self._later = None, []


def _told(found: Response | Revisit, file: WarcFile, software: str | None) -> Response | Revisit:
    """The capture with where it comes from, for the header of its record."""
    fields = [(IMPORTED_FROM, f"{quote(file.name, safe='/ +,=@~')} sha256:{file.sha256}")]
    if software:
        fields.append((ORIGINAL_SOFTWARE, software))
    exchange = replace(found.exchange, provenance=(*fields, *found.exchange.provenance))
    return replace(found, exchange=exchange)


def _software_of(raw: RawRecord) -> str | None:
    if raw.headers.get("warc-type", "").lower() != "warcinfo":
        return None
    found = _SOFTWARE.search(raw.block)
    return _UNFIT.sub(" ", found[1].decode("utf-8", "replace")).strip()[:_LONGEST_NAME] if found else None
