"""Reads archived bytes back: one range request a record, and one for a compacted segment's dictionary."""

from __future__ import annotations

from archive.digest import sha256_hex
from archive.exchange import Exchange
from archive.place import GZIP_END, ZSTD_END, Place
from archive.rows import CaptureRow, RenderedRow, TextRow
from archive.stores.store import ObjectStore
from archive.warc import ReadRecord, WarcError, read_one
from archive.zstd_frames import BadFrame, Dictionary, dictionary_length, read_dictionary
from archive.zstd_kept import KEPT
from config.errors import DatelineError

_HEAD = 512 << 10  # bytes: most dictionaries are packed in fewer


class ArchiveDamaged(DatelineError):  # noqa: N818 - named for what it says
    """What lies in the store is not what the catalog says; `dateline verify` shows how far it goes."""


def read_record(store: ObjectStore, place: Place) -> ReadRecord:
    """The record at a place; raises ArchiveDamaged if there is none, ObjectNotFound without its segment."""
    member = store.read(place.segment, place.offset, place.length)
    return _record_in(member, place, dictionary_of(store, place.segment))


def _record_in(member: bytes, place: Place, dictionary: Dictionary | None) -> ReadRecord:
    try:
        return read_one(member, dictionary)
    except WarcError as error:
        raise ArchiveDamaged(f"{place.segment} at {place.offset}: {error}; run `dateline verify`") from error


def dictionary_of(store: ObjectStore, segment: str) -> Dictionary | None:
    """The dictionary of a segment: kept from before, or read, which takes one range request.

    A second one is made for a dictionary of more than half a megabyte, packed. Raises ArchiveDamaged.
    """
    if not segment.endswith(ZSTD_END):
        return None
    found, dictionary = KEPT.get(segment)
    if found:
        return dictionary
    head = store.read(segment, 0, _HEAD)
    try:
        length = dictionary_length(head)
        if length > len(head):
            head += store.read(segment, len(head), length - len(head))
        dictionary = read_dictionary(head[:length]) if length else None
    except BadFrame as error:
        raise ArchiveDamaged(f"{segment}: {error}; run `dateline verify`") from error
    KEPT.put(segment, dictionary)
    return dictionary


def read_payload(store: ObjectStore, capture: CaptureRow) -> bytes:
    """The payload of a capture as it came, still content-encoded, its digest compared with the catalog's."""
    return _checked(capture, read_record(store, _payload_place(capture)).payload)


def _place(capture: CaptureRow) -> Place:
    return Place(capture.segment, capture.offset, capture.length)


def _payload_place(capture: CaptureRow) -> Place:
    return Place(capture.payload_segment, capture.payload_offset, capture.payload_length)


def _checked(capture: CaptureRow, payload: bytes) -> bytes:
    if sha256_hex(payload) != capture.payload_sha256:
        raise ArchiveDamaged(
            f"capture {capture.url} of {capture.at:%Y-%m-%d %H:%M:%S}: payload sha256 is "
            f"{sha256_hex(payload)}, "
            f"expected {capture.payload_sha256}; run `dateline verify`"
        )
    return payload


def read_head(store: ObjectStore, capture: CaptureRow) -> bytes:
    """The response head of a capture as it came, ended by an empty line."""
    record = read_record(store, _place(capture))
    head, _, _ = record.block.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n"


def read_exchange(store: ObjectStore, capture: CaptureRow) -> Exchange:
    """An archived exchange again: the head of this capture, and its payload wherever that lies.

    One range request, and a second one where the payload lies elsewhere (a revisit).
    """
    here = _place(capture)
    head, _, body = read_record(store, here).block.partition(b"\r\n\r\n")
    body = _checked(capture, body) if _payload_place(capture) == here else read_payload(store, capture)
    return Exchange(capture.url, capture.at, b"", head + b"\r\n\r\n", capture.status, body)


def is_in_one(capture: CaptureRow) -> bool:
    """Whether one gzip member holds the capture with its payload: neither a revisit nor in a zstd frame."""
    return capture.segment.endswith(GZIP_END) and _payload_place(capture) == _place(capture)


def exchange_in(member: bytes, capture: CaptureRow) -> Exchange:
    """As `read_exchange`, out of the bytes of the one member that holds it; raises ArchiveDamaged."""
    head, _, body = _record_in(member, _place(capture), None).block.partition(b"\r\n\r\n")
    body = _checked(capture, body)
    return Exchange(capture.url, capture.at, b"", head + b"\r\n\r\n", capture.status, body)


def read_original(store: ObjectStore, capture: CaptureRow) -> Exchange:
    """The payload of a capture with the head that it came with, in one range request.

    The row says where the payload lies, so neither a revisit nor a 304 needs its own record; its head and
    the original's may differ, and only the original's says how the payload is coded.
    """
    head, _, body = read_record(store, _payload_place(capture)).block.partition(b"\r\n\r\n")
    body = _checked(capture, body)
    return Exchange(capture.url, capture.at, b"", head + b"\r\n\r\n", capture.status, body)


def read_rendered(store: ObjectStore, row: RenderedRow) -> bytes:
    """What a browser made of a page, its digest compared with the catalog's."""
    block = read_record(store, Place(row.segment, row.offset, row.length)).block
    if sha256_hex(block) != row.sha256:
        raise ArchiveDamaged(
            f"{row.part} of capture {row.capture_id}: sha256 is {sha256_hex(block)}, expected {row.sha256}; "
            "run `dateline verify`"
        )
    return block


def read_text(store: ObjectStore, text: TextRow) -> str:
    """A clean text from its `conversion` record."""
    record = read_record(store, Place(text.segment, text.offset, text.length))
    return record.block.decode("utf-8", "surrogatepass")
