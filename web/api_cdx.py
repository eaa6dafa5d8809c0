"""`/cdx`: the index of captures, by the parameters of pywb's CDX server API."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import surt
from starlette.requests import Request
from starlette.responses import Response

from archive.catalog.cdx_reads import count_captures
from archive.opening import Archive
from archive.rows import CaptureRow
from web.cdx_filter import FIELDS
from web.cdx_query import MOST, CdxQuery, Match, Output, Sort, part_of, read_query, sort_keys, variants
from web.holdings import Holdings
from web.moments import digits, from_digits
from web.problem import bad_request

LARGEST_SCAN = 250_000  # captures of a catalog that is read row by row for a prefix, host or domain
FILTER_SECONDS = 5
_TYPES = {Output.CDXJ: "text/x-cdxj", Output.JSON: "text/x-ndjson", Output.TEXT: "text/plain"}

Line = dict[str, str]


@dataclass(frozen=True, slots=True)
class CdxApi:
    """The index over one archive."""

    archive: Archive
    holdings: Holdings

    def answer(self, request: Request) -> Response:
        """Lines of the index, or with `showNumPages` how many pages they fill."""
        query = read_query(request.query_params)
        lines = _sorted(self._lines(query), query)
        if query.count:
            pages = -(-len(lines) // query.page_size)
            document = {"pages": pages, "pageSize": query.page_size, "blocks": pages}
            return Response(json.dumps(document) + "\n", media_type="application/json")
        if query.page is not None:
            start = query.page * query.page_size
            lines = lines[start : start + query.page_size]
        body = "".join(_written(line, query) for line in lines[: query.limit])
        return Response(body, media_type=_TYPES[query.output])

    def _lines(self, query: CdxQuery) -> list[Line]:
        """Every line that is meant, in no order; raises Problem (400) if they are too many."""
        if query.match is Match.EXACT:
            rows = self.holdings.captures_of(variants(query.url), query.span, MOST + 1)
        else:
            self._check_scan()
            rows = self.holdings.captures_with(part_of(query), query.span, MOST + 1)
        if len(rows) > MOST:
            raise bad_request(f"more than {MOST:,} captures are meant; allowed: fewer, so set from= and to=")
        return list(_kept(_meant(map(cdx_line, rows), query), query))

    def _check_scan(self) -> None:
        captures = count_captures(self.archive.catalog)
        if captures > LARGEST_SCAN:
            raise bad_request(
                f"the catalog has {captures:,} captures, and prefix, host and domain matches read each of "
                f"up to {LARGEST_SCAN:,}; allowed here: matchType=exact (the bucket's CDXJ files have all)"
            )


def cdx_line(row: CaptureRow) -> Line:
    """A capture as the CDXJ file beside its segment has it."""
    return {
        "urlkey": surt.surt(row.url),
        "timestamp": digits(row.at),
        "url": row.url,
        "mime": "warc/revisit" if row.kind == "revisit" else row.mime,
        "status": str(row.status),
        "digest": row.payload_sha1,
        "length": str(row.length),
        "offset": str(row.offset),
        "filename": row.segment.rpartition("/")[2],
    }


def _meant(lines: Iterable[Line], query: CdxQuery) -> Iterable[Line]:
    keys = sort_keys(query)
    if query.match is Match.EXACT:
        return (line for line in lines if line["urlkey"] in keys)
    return (line for line in lines if line["urlkey"].startswith(keys))


def _kept(lines: Iterable[Line], query: CdxQuery) -> Iterator[Line]:
    """The lines that every filter keeps; raises Problem (400) if that takes too long."""
    deadline = time.monotonic() + FILTER_SECONDS
    for line in lines:
        if all(each.keeps(line) for each in query.filters):
            yield line
        if time.monotonic() > deadline:
            raise bad_request(
                f"the filters took more than {FILTER_SECONDS} s; allowed: fewer captures (from=, to=)"
            )


def _sorted(lines: list[Line], query: CdxQuery) -> list[Line]:
    def order(line: Line) -> tuple[str, str, str, int]:
        return line["urlkey"], line["timestamp"], line["filename"], int(line["offset"])

    ordered = sorted(lines, key=order, reverse=query.sort is Sort.REVERSE)
    if query.closest is None:
        return ordered
    wanted = query.closest
    return sorted(ordered, key=lambda line: abs(from_digits(line["timestamp"]) - wanted))


def _written(line: Line, query: CdxQuery) -> str:
    fields = query.fields or FIELDS
    if query.output is Output.TEXT:
        return " ".join(line[name] or "-" for name in fields) + "\n"
    if query.output is Output.JSON:
        return json.dumps({name: line[name] for name in fields if line[name]}) + "\n"
    shown = [name for name in fields if query.fields or name not in {"urlkey", "timestamp"}]
    described = json.dumps({name: line[name] for name in shown if line[name]})
    return f"{line['urlkey']} {line['timestamp']} {described}\n"
