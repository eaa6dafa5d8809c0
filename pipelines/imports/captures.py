"""One foreign record as a capture of ours, or why it is none (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address

from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange, Truncation
from pipelines.imports.address import AddressRefused, target_uri
from pipelines.imports.digests import fits, read_digest
from pipelines.imports.framing import MAX_BLOCK, RawRecord, Refused
from pipelines.imports.http_message import Message, read_response

ORIGINAL_RECORD_ID = "Dateline-Original-Record-ID"
ORIGINAL_RECORD_TYPE = "Dateline-Original-Record-Type"

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # the web's first winter
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z", re.ASCII)
_LONGEST_WORD = 200  # characters of a foreign value that a message or a field repeats
_MEDIA_TYPE = re.compile(r"[\x21-\x7e]+(?:[ \t]*;[\x20-\x7e]*)?")
_NOT_MODIFIED = "revisit/server-not-modified"  # the end of its profile in WARC 1.0 and 1.1
_PASSED_OVER = frozenset({"warcinfo", "request", "metadata", "conversion"})


@dataclass(frozen=True, slots=True)
class Response:
    """A capture with its payload.

    Attributes:
        exchange: as we would have recorded it.
        record_id: the foreign record's, as spelled there.
        payload_digest: as the foreign record states it; what revisits may name it by.
    """

    exchange: Exchange
    record_id: str
    payload_digest: str | None


@dataclass(frozen=True, slots=True)
class Revisit:
    """A capture whose payload lies elsewhere, named in one or more ways.

    Attributes:
        exchange: without a body; without a head too (status 0) where the record has none.
        payload_digest, refers_to, refers_to_url, refers_to_at: the ways.
    """

    exchange: Exchange
    record_id: str
    payload_digest: str | None
    refers_to: str | None
    refers_to_url: str | None
    refers_to_at: datetime | None


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A whole record that an archive of captures has no place for; `what` it is."""

    what: str


def capture_of(raw: RawRecord, latest: datetime) -> Response | Revisit | PassedOver | Refused:
    """What a record holds, without its request and with no more provenance than its own id and type.

    `latest` is the last moment that its WARC-Date may name.
    """
    kind = raw.headers.get("warc-type", "").lower()
    stated = read_digest(raw.headers.get("warc-block-digest"))
    if stated and not fits(stated, [raw.block]):
        return Refused("its block is not what its WARC-Block-Digest says")
    if kind in _PASSED_OVER:
        return PassedOver(kind)
    read = _READERS.get(kind)
    if read is None or "warc-segment-number" in raw.headers:
        return Refused(_kind_refused(raw, kind))
    frame = _frame(raw, kind, latest)
    return read(raw, frame) if isinstance(frame, Exchange) else frame


def _frame(raw: RawRecord, kind: str, latest: datetime) -> Exchange | PassedOver | Refused:
    """What a capture's header says: address, moment, peer, provenance; as yet without head and body."""
    try:
        url = target_uri(raw.headers.get("warc-target-uri", ""))
    except AddressRefused as error:
        return Refused(str(error))
    if url is None:
        return _elsewhere(raw, kind)
    at = moment(raw.headers.get("warc-date", ""))
    if at is None or not _OLDEST <= at <= latest:
        return Refused(f"its WARC-Date is {_word(raw, 'warc-date')!r}, no moment in the past of the web")
    return Exchange(url, at, b"", b"", 0, b"", ip=_address(raw), provenance=_provenance(raw, kind))


def moment(value: str) -> datetime | None:
    """A WARC-Date (in UTC, to the second or finer) to the second, which is what the archive keeps."""
    found = _DATE.fullmatch(value)
    try:
        return datetime.fromisoformat(f"{found[1]}+00:00") if found else None
    except ValueError:
        return None


def _response(raw: RawRecord, frame: Exchange) -> Response | Refused:
    mime = raw.headers.get("content-type", "").lower()
    if mime and not mime.startswith("application/http"):
        return Refused(f"a response that is no HTTP, but {_word(raw, 'content-type')!r}")
    message = read_response(raw.block)
    if isinstance(message, Refused):
        return message
    truncated = _truncation(raw) or (None if message.whole else Truncation.UNSPECIFIED)
    stated = read_digest(raw.headers.get("warc-payload-digest"))
    if stated and truncated is None and not _is_payload(stated, message):
        return Refused("its payload is not what its WARC-Payload-Digest says")
    exchange = replace(
        frame, response_head=message.head, status=message.status, body=message.body, truncated=truncated
    )
    return Response(exchange, _record_id(raw), stated)


def _is_payload(stated: str, message: Message) -> bool:
    """Writers differ in what a payload is: before or after the transfer coding, or the content coding."""
    if fits(stated, [message.body, message.raw]):
        return True
    exchange = Exchange("", _OLDEST, b"", message.head, message.status, message.body)
    try:
        plain = decode_body(message.body, exchange.header("Content-Encoding"), MAX_BLOCK)
    except ContentCodingError:
        return False
    return fits(stated, [plain])


def _resource(raw: RawRecord, frame: Exchange) -> Response | Refused:
    """A payload without its HTTP: given the head that replay tools give it, and the record says so."""
    stated = read_digest(raw.headers.get("warc-payload-digest"))
    if stated and not fits(stated, [raw.block]):
        return Refused("its payload is not what its WARC-Payload-Digest says")
    mime = raw.headers.get("content-type", "")
    kind = mime if _MEDIA_TYPE.fullmatch(mime) else "application/octet-stream"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(raw.block)}\r\n\r\n"
    exchange = replace(
        frame, response_head=head.encode(), status=200, body=raw.block, truncated=_truncation(raw)
    )
    return Response(exchange, _record_id(raw), stated)


def _revisit(raw: RawRecord, frame: Exchange) -> Revisit | Refused:
    exchange = frame
    if not raw.block.strip(b"\r\n"):
        if raw.headers.get("warc-profile", "").endswith(_NOT_MODIFIED):
            return Refused("a revisit for an answer of 304 that was not kept: it has no HTTP head")
    else:
        message = read_response(raw.block)
        if isinstance(message, Refused):
            return message
        exchange = replace(frame, response_head=message.head, status=message.status)
    try:
        refers_to_url = target_uri(raw.headers.get("warc-refers-to-target-uri", ""))
    except AddressRefused:
        refers_to_url = None  # there are other ways to name the original
    return Revisit(
        exchange,
        _record_id(raw),
        read_digest(raw.headers.get("warc-payload-digest")),
        raw.headers.get("warc-refers-to"),
        refers_to_url,
        moment(raw.headers.get("warc-refers-to-date", "")),
    )


_READERS: dict[str, Callable[[RawRecord, Exchange], Response | Revisit | Refused]] = {
    "response": _response,
    "revisit": _revisit,
    "resource": _resource,
}


def _kind_refused(raw: RawRecord, kind: str) -> str:
    if "warc-segment-number" in raw.headers or kind == "continuation":
        return "it is one part of a record in segments, and these are not put together"
    return f"its WARC-Type is {kind[:40]!r}, which WARC 1.1 does not know"


def _elsewhere(raw: RawRecord, kind: str) -> PassedOver | Refused:
    """Crawlers also write down what they did beside the web: look-ups of names, their own logs."""
    scheme, colon, _ = raw.headers.get("warc-target-uri", "").strip("<> ").partition(":")
    if not colon or scheme.lower() in {"http", "https"}:
        return Refused(f"its target URI is {_word(raw, 'warc-target-uri')!r}, no address of the web")
    return PassedOver(f"{kind} of {scheme.lower()[:20]}:")


def _provenance(raw: RawRecord, kind: str) -> tuple[tuple[str, str], ...]:
    fields = [(ORIGINAL_RECORD_ID, _record_id(raw)[:_LONGEST_WORD])] if _record_id(raw) else []
    if kind == "resource":
        fields.append((ORIGINAL_RECORD_TYPE, kind))
    return tuple(fields)


def _record_id(raw: RawRecord) -> str:
    return raw.headers.get("warc-record-id", "")


def _truncation(raw: RawRecord) -> Truncation | None:
    value = raw.headers.get("warc-truncated")
    if value is None:
        return None
    return Truncation(value.lower()) if value.lower() in set(Truncation) else Truncation.UNSPECIFIED


def _address(raw: RawRecord) -> str | None:
    try:
        return str(ip_address(raw.headers.get("warc-ip-address", "")))
    except ValueError:
        return None


def _word(raw: RawRecord, name: str) -> str:
    return raw.headers.get(name, "")[:_LONGEST_WORD]
