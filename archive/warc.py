"""WARC 1.1 records, written and read; the only file that knows fastwarc.

One gzip member or zstd frame a record, so that a record can be read by itself. No header value with CR, LF
or NUL is ever written: readers would take what follows for headers of ours (warcio#40).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from zlib_ng import zlib_ng

from archive.clock import parse_z
from archive.digest import warc_sha1
from archive.exchange import Exchange
from archive.zstd_frames import DICTIONARY, ZSTD, BadFrame, Dictionary, Readable, frames, unpack
from config.errors import DatelineError

GZIP_LEVEL = 5  # .4 % more bytes than 6, in five sixths of its time
SOURCE_FIELD = "Dateline-Source"  # an extension field (WARC 1.1, 4): which source the capture is for
_CHUNK = 1 << 20
_PIECE = 32 << 10
_GZIP = 31  # zlib's `wbits`: the largest window, in a gzip member
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_TYPES = {
    "warcinfo": WarcRecordType.warcinfo,
    "request": WarcRecordType.request,
    "response": WarcRecordType.response,
    "revisit": WarcRecordType.revisit,
    "conversion": WarcRecordType.conversion,
    "metadata": WarcRecordType.metadata,
}


class WarcError(DatelineError):
    """A record cannot be written as asked, or a file is not whole WARC."""


@dataclass(frozen=True, slots=True)
class Original:
    """The capture that a revisit record stands for."""

    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EncodedRecord:
    """A record as one gzip member, or as one zstd frame."""

    id: str  # UUID in hex
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record as found in a file: where its gzip member or zstd frame starts, its headers, its block."""

    offset: int
    kind: str
    headers: dict[str, str]
    block: bytes

    @property
    def id(self) -> str:
        """UUID in hex."""
        return self.reference("WARC-Record-ID")

    def reference(self, field: str) -> str:
        """The UUID in hex of the record that a field names; empty without it."""
        return self.headers.get(field, "").removeprefix("<urn:uuid:").removesuffix(">").replace("-", "")

    @property
    def payload(self) -> bytes:
        """What follows the HTTP head, for records that have one; otherwise the block."""
        http = self.headers.get("Content-Type", "").startswith("application/http")
        return self.block.partition(b"\r\n\r\n")[2] if http else self.block


def warc_date(moment: datetime) -> str:
    """WARC-Date in whole seconds: the resolution of CDX and Memento, which every reader handles."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def encode_warcinfo(at: datetime, fields: dict[str, str]) -> EncodedRecord:
    """The first record of a segment: who wrote it, with what, by which rules."""
    block = "".join(f"{name}: {_clean(name, value)}\r\n" for name, value in fields.items()).encode()
    return _encode("warcinfo", at, block, [("Content-Type", "application/warc-fields")])


def encode_exchange(
    exchange: Exchange,
    *,
    source: str,
    info_id: str,
    original: Original | None,
    payload_sha1: str | None = None,
) -> tuple[EncodedRecord, ...]:
    """The response (with `original`: the revisit) record of an exchange, and its request record, if kept.

    `payload_sha1` is the labelled digest of the body, where it is known already.
    """
    payload_digest = payload_sha1 or warc_sha1(exchange.body)
    shared = [("WARC-Target-URI", exchange.url), ("WARC-Warcinfo-ID", _urn(info_id))]
    if exchange.ip:
        shared.append(("WARC-IP-Address", exchange.ip))
    headers = [*shared, ("Content-Type", "application/http;msgtype=response"), (SOURCE_FIELD, source)]
    headers += exchange.provenance
    if exchange.truncated:
        headers.append(("WARC-Truncated", str(exchange.truncated)))
    if original is None:
        headers.append(("WARC-Payload-Digest", payload_digest))
        block = exchange.response_head + exchange.body
        answer = _encode("response", exchange.at, block, headers)
    else:
        not_modified = exchange.status == 304  # noqa: PLR2004 - the code's own name
        if not not_modified:
            headers.append(("WARC-Payload-Digest", payload_digest))
        headers += [
            ("WARC-Profile", NOT_MODIFIED if not_modified else IDENTICAL),
            ("WARC-Refers-To-Target-URI", original.url),
            ("WARC-Refers-To-Date", warc_date(original.at)),
        ]
        answer = _encode("revisit", exchange.at, exchange.response_head, headers)
    if not exchange.request_head:
        return (answer,)
    request = _encode(
        "request",
        exchange.at,
        exchange.request_head,
        [
            *shared,
            ("WARC-Concurrent-To", _urn(answer.id)),
            ("Content-Type", "application/http;msgtype=request"),
        ],
    )
    return answer, request


def encode_again(
    record: ReadRecord,
    *,
    kind: str,
    block: bytes,
    drop: frozenset[str] = frozenset(),
    fields: Mapping[str, str] | None = None,
) -> EncodedRecord:
    """A record under its own id and date, but of another kind, with another block or other fields.

    Args:
        record: as it was.
        kind: as it will be.
        block: as it will be.
        drop: fields that it loses.
        fields: fields that it gets, in place of those of the same name.
    """
    set_here = {"WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Block-Digest", "Content-Length"}
    gone = set_here | drop | set(fields or {})
    headers = [(name, value) for name, value in record.headers.items() if name not in gone]
    headers += (fields or {}).items()
    return _encode(kind, parse_z(record.headers["WARC-Date"]), block, headers, UUID(record.id))


def encode_derived(
    kind: str, *, url: str, captured_at: datetime, refers_to: str, mime: str, block: bytes, info_id: str
) -> EncodedRecord:
    """A `conversion` (clean text) or `metadata` (article JSON) record about a capture.

    WARC-Date is the capture's: the date of a conversion is ambiguous in the standard
    (iipc/warc-specifications#40), and readers look derived records up beside their capture.
    """
    headers = [
        ("WARC-Target-URI", url),
        ("WARC-Warcinfo-ID", _urn(info_id)),
        ("WARC-Refers-To", _urn(refers_to)),
        ("Content-Type", mime),
    ]
    return _encode(kind, captured_at, block, headers)


def read_records(stream: Readable) -> Iterator[ReadRecord]:
    """Every record of a file with one gzip member or one zstd frame a record, whichever it begins with.

    Raises WarcError, naming the offset, where the file is not whole: a member cut short or with a wrong
    checksum, bytes that are no member, a block shorter than its Content-Length or unlike its digest.
    Members are unpacked here and not by the reader, which forgives a last one without its checksum.
    """
    return (record for record, _ in read_members(stream))


def read_members(stream: Readable) -> Iterator[tuple[ReadRecord, int]]:
    """As `read_records`, each with the length of its member or frame."""
    for offset, length, data in members(stream):
        yield _parse(data, offset), length


def members(stream: Readable) -> Iterator[tuple[int, int, bytes]]:
    """(offset, length, content) of each gzip member (RFC 1952) or zstd frame (RFC 8878) of a file.

    Raises WarcError at the first broken one.
    """
    start = stream.read(_CHUNK)
    if not start.startswith((ZSTD, DICTIONARY)):
        yield from _gzip_members(stream, start)
        return
    try:
        yield from frames(stream, start)
    except BadFrame as error:
        raise WarcError(f"zstd: {error}") from error


def _gzip_members(stream: Readable, start: bytes) -> Iterator[tuple[int, int, bytes]]:
    offset, pending = 0, memoryview(start)
    while pending or (pending := memoryview(stream.read(_CHUNK))):
        inflate, parts, length = zlib_ng.decompressobj(wbits=_GZIP), [], 0
        try:
            while not inflate.eof:
                if not pending and not (pending := memoryview(stream.read(_CHUNK))):
                    raise WarcError(f"the gzip member at offset {offset} is cut short")
                piece = pending[:_PIECE]  # what it does not use it copies
                parts.append(inflate.decompress(piece))
                used = len(piece) - len(inflate.unused_data)
                length += used
                pending = pending[used:]
        except zlib_ng.error as error:  # type: ignore[misc]  # its stub says that it is no class
            raise WarcError(f"the gzip member at offset {offset} is damaged: {error}") from error
        yield offset, length, b"".join(parts)
        offset += length


def read_one(member: bytes, dictionary: Dictionary | None = None) -> ReadRecord:
    """The record in one gzip member or zstd frame. Raises WarcError if there is not exactly a whole one.

    Args:
        member: the bytes at a place.
        dictionary: of the file that they are from; only frames have one.
    """
    return _parse(unpack_one(member, dictionary), 0)


def unpack_one(member: bytes, dictionary: Dictionary | None = None) -> bytes:
    """What is in one gzip member or zstd frame, a record as it is. Raises WarcError as `read_one` does."""
    if member.startswith(ZSTD):
        try:
            return unpack(member, dictionary)
        except BadFrame as error:
            raise WarcError(f"zstd: {error}") from error
    found = [data for _, _, data in _gzip_members(io.BytesIO(member), b"")]
    if len(found) != 1:
        raise WarcError(f"expected one record, found {len(found)}")
    return found[0]


def as_gzip(record: bytes | memoryview) -> bytes:
    """A record, with its headers, as one gzip member that holds the same for the same record."""
    return zlib_ng.compress(record, GZIP_LEVEL, wbits=_GZIP)


def _parse(data: bytes, offset: int) -> ReadRecord:
    try:
        found = [
            (record, record.reader.read()) for record in ArchiveIterator(io.BytesIO(data), parse_http=False)
        ]
    except (OSError, ValueError) as error:
        raise WarcError(f"no WARC record at offset {offset}: {error}") from error
    if len(found) != 1:
        raise WarcError(f"expected one record at offset {offset}, found {len(found)}")
    record, block = found[0]
    if len(block) != record.content_length:
        raise WarcError(f"record at {offset} is cut: {len(block)} of {record.content_length} bytes")
    headers = {str(name): str(value) for name, value in record.headers.items()}
    digest = headers.get("WARC-Block-Digest")
    if digest and digest != warc_sha1(block):
        raise WarcError(f"record at {offset}: block digest is {warc_sha1(block)}, expected {digest}")
    return ReadRecord(offset, headers.get("WARC-Type", "unknown"), headers, block)


def _encode(
    kind: str, at: datetime, block: bytes, headers: list[tuple[str, str]], identity: UUID | None = None
) -> EncodedRecord:
    identity = identity or uuid4()
    record = WarcRecord()
    record.init_headers(_TYPES[kind], identity.urn.removeprefix("urn:").encode())
    record.headers.set("WARC-Date", warc_date(at))
    for name, value in headers:
        record.headers.append(name, _clean(name, value))
    record.headers.append("WARC-Block-Digest", warc_sha1(block))
    record.set_bytes_content(block)
    out = io.BytesIO()
    record.write(out)
    return EncodedRecord(identity.hex, kind, as_gzip(out.getbuffer()))


def _urn(record_id: str) -> str:
    return f"<{UUID(record_id).urn}>"


def _clean(name: str, value: str) -> str:
    if any(character in value for character in "\r\n\0"):
        raise WarcError(f"{name} must not contain CR, LF or NUL: {value!r}")
    return value
