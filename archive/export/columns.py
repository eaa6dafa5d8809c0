"""One capture as a row of the index, in the terms of Common Crawl's columnar index (pure).

Source: https://github.com/commoncrawl/cc-index-table, schema `cc-index-schema-flat.json`. Columns that it has
mean here what they mean there, but for `content_languages`, which is a language tag (BCP 47) as the catalog
has it, and `warc_filename`, which is a key of the store. What it has not stands at the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import surt
import tldextract

from archive.catalog.index_reads import Known
from archive.rows import CaptureRow

_TEXT, _MOMENT, _INT16, _INT32, _INT64 = "string", "moment", "int16", "int32", "int64"
COLUMNS: tuple[tuple[str, str], ...] = (
    ("url_surtkey", _TEXT),
    ("url", _TEXT),
    ("url_host_name", _TEXT),
    ("url_host_tld", _TEXT),
    ("url_host_registered_domain", _TEXT),
    ("url_host_registry_suffix", _TEXT),
    ("url_host_name_reversed", _TEXT),
    ("url_protocol", _TEXT),
    ("url_port", _INT32),
    ("url_path", _TEXT),
    ("url_query", _TEXT),
    ("fetch_time", _MOMENT),
    ("fetch_status", _INT16),
    ("content_digest", _TEXT),
    ("content_mime_type", _TEXT),
    ("content_charset", _TEXT),
    ("content_languages", _TEXT),
    ("content_truncated", _TEXT),
    ("warc_filename", _TEXT),
    ("warc_record_offset", _INT64),
    ("warc_record_length", _INT64),
    ("warc_segment", _TEXT),
    # ours
    ("warc_record_id", _TEXT),
    ("warc_record_type", _TEXT),
    ("payload_sha256", _TEXT),
    ("payload_size", _INT64),
    ("payload_warc_filename", _TEXT),
    ("payload_record_offset", _INT64),
    ("payload_record_length", _INT64),
    ("source", _TEXT),
    ("run", _TEXT),
    ("outcome", _TEXT),
    ("article_id", _TEXT),
    ("version", _INT64),
)
"""Name and sort of each column, in their order."""

Values = tuple[str | int | None, ...]  # a row; its moment as 14 digits

_SURROGATES = re.compile("[\ud800-\udfff]")
_MOST_INT16 = 32_767


def values_of(row: CaptureRow, known: Known) -> Values:
    """The values of a row, in the order of `COLUMNS`; `fetch_time` as 14 digits, in whole seconds."""
    url = _fit(row.url)
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        protocol, path, query = parts.scheme, parts.path, parts.query
    except ValueError:  # an address that nobody can take apart is still an address
        protocol = path = query = host = ""
        port = None
    domain, suffix, tld = _domain(host)
    return (
        sort_key(url),
        url,
        host or None,
        tld,
        domain,
        suffix,
        ".".join(reversed(host.split("."))) if host and tld else host or None,
        protocol or None,
        port,
        path or None,
        query or None,
        f"{row.at:%Y%m%d%H%M%S}",
        row.status if abs(row.status) <= _MOST_INT16 else None,
        row.payload_sha1.partition(":")[2] or None,
        _fit(row.mime) or None,
        None if known.charset is None else known.charset.partition(" ")[0],
        known.language,
        row.truncated,
        row.segment,
        row.offset,
        row.length,
        row.segment.rpartition("/")[0],
        row.id,
        row.kind,
        row.payload_sha256,
        row.payload_size,
        row.payload_segment,
        row.payload_offset,
        row.payload_length,
        row.source,
        row.run_id,
        known.outcome,
        known.article_id,
        known.version,
    )


def sort_key(url: str) -> str:
    """The address in SURT form, as in a CDXJ; the address itself where it has none."""
    try:
        return str(surt.surt(url))
    except (ValueError, IndexError):
        return url


def schema(arrow: Any) -> Any:
    """The `pyarrow.Schema` of a file; `arrow` is the module."""
    sorts = {
        _TEXT: arrow.string(),
        _MOMENT: arrow.timestamp("s", tz="UTC"),
        _INT16: arrow.int16(),
        _INT32: arrow.int32(),
        _INT64: arrow.int64(),
    }
    return arrow.schema([(name, sorts[sort]) for name, sort in COLUMNS])


def table(rows: Sequence[Values]) -> Any:
    """Rows as a `pyarrow.Table`."""
    arrow, compute = import_module("pyarrow"), import_module("pyarrow.compute")
    shape = schema(arrow)
    arrays = []
    for (_, sort), field, column in zip(COLUMNS, shape, zip(*rows, strict=True), strict=True):
        if sort == _MOMENT:
            read = compute.strptime(arrow.array(column, arrow.string()), format="%Y%m%d%H%M%S", unit="s")
            arrays.append(compute.assume_timezone(read, "UTC"))
        else:
            arrays.append(arrow.array(column, field.type))
    return arrow.Table.from_arrays(arrays, schema=shape)


@lru_cache(maxsize=4096)
def _domain(host: str) -> tuple[str | None, str | None, str | None]:
    """(registered domain, public suffix, last label) of a host; none of an address of numbers."""
    if not host or ":" in host or host.rpartition(".")[2].isdigit():
        return None, None, None
    found = _suffixes()(host)
    return found.top_domain_under_public_suffix or None, found.suffix or None, host.rpartition(".")[2]


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    """The public suffix list that comes with the library, without its private part; nothing is fetched."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _fit(text: str) -> str:
    return _SURROGATES.sub("\ufffd", text)
