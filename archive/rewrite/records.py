"""Records that cannot stay as they are: a revisit whose original goes, a text whose page goes."""

from __future__ import annotations

from archive.digest import warc_sha1
from archive.reader import read_payload
from archive.rewrite.copying import Change
from archive.rows import CaptureRow
from archive.stores.store import ObjectStore
from archive.warc import EncodedRecord, Original, ReadRecord, encode_again, encode_derived, warc_date

_OF_A_REVISIT = frozenset({"WARC-Profile", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date"})


def as_response(store: ObjectStore, capture: CaptureRow) -> Change:
    """Make a revisit a response: its own head and id, and the payload, read from where it lies so far."""

    def change(record: ReadRecord) -> EncodedRecord:
        payload = read_payload(store, capture)
        head = record.block.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        digest = {"WARC-Payload-Digest": warc_sha1(payload)}
        return encode_again(record, kind="response", block=head + payload, drop=_OF_A_REVISIT, fields=digest)

    return change


def referring_to(original: Original) -> Change:
    """Make a revisit refer to another capture of the same payload."""

    def change(record: ReadRecord) -> EncodedRecord:
        fields = {
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": warc_date(original.at),
        }
        return encode_again(record, kind="revisit", block=record.block, fields=fields)

    return change


def text_of(capture: CaptureRow, url: str) -> Change:
    """Make a text the reading of another capture that shows the same one."""

    def change(record: ReadRecord) -> EncodedRecord:
        return encode_derived(
            record.kind,
            url=url,
            captured_at=capture.at,
            refers_to=capture.id,
            mime=record.headers["Content-Type"],
            block=record.block,
            info_id=record.reference("WARC-Warcinfo-ID"),
        )

    return change
