"""What has been recorded since the last rotation: open segments, and the rows that will describe them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from itertools import count
from pathlib import Path

from archive.cdxj import cdxj_file, cdxj_line
from archive.clock import Clock
from archive.digest import sha256_hex, url_key, warc_sha1
from archive.exchange import Exchange
from archive.place import Place
from archive.retention import class_name, outlives
from archive.rows import CaptureRow, RenderedRow, TextRow
from archive.segment import OpenSegment, SealedSegment
from archive.warc import Original, encode_derived, encode_exchange

OPEN = ":"  # what the segment of a capture begins with that has no name yet; its class follows
CAPTURES, DERIVED = "captures", "derived"
# What a browser makes of a page → how the target of its record begins, and its media type. It is not the
# page's own address, so that no reader takes it for the response; others write `urn:view:`, too.
RENDERED = {"dom": ("urn:dom:", "text/html; charset=utf-8"), "screenshot": ("urn:view:", "image/png")}


@dataclass(frozen=True, slots=True)
class KnownPayload:
    """Where the bytes of a payload lie already, and the capture that brought them."""

    url: str
    at: datetime
    segment: str
    offset: int
    length: int
    keep_days: int | None = None  # retention class of the segment


@dataclass(frozen=True, slots=True)
class Derived:
    """What was read out of a capture: clean text, and the article as JSON."""

    capture: CaptureRow
    text: str
    text_sha256: str
    metadata: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a browser made of a capture.

    Attributes:
        dom: the document after scripts ran, as UTF-8.
        screenshot: a PNG of it, if one was asked for.
        engine: the browser that did it.
        at: when.
    """

    capture: CaptureRow
    dom: bytes
    screenshot: bytes | None
    engine: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SealedBatch:
    """Everything recorded since the last rotation, with final places."""

    segments: tuple[SealedSegment, ...]  # one of each kind and retention class that was written
    capture_rows: tuple[CaptureRow, ...]
    text_rows: tuple[TextRow, ...]
    texts: dict[str, str]  # clean text by sha256, for each text row
    rendered_rows: tuple[RenderedRow, ...] = ()

    def index_of(self, segment: SealedSegment) -> bytes:
        """The CDXJ file of one of the capture segments."""
        return capture_index(tuple(row for row in self.capture_rows if row.segment == segment.key))


class OpenBatch:
    """Open segments and drafts of their rows. Used by the recorder's one thread only."""

    def __init__(
        self,
        folder: Path,
        *,
        run_id: str,
        clock: Clock,
        known: Callable[[str, int | None], KnownPayload | None],
        info: dict[str, str],
        keep_days: Mapping[str, int] | None = None,
    ) -> None:
        """Write into `folder`.

        Args:
            folder: of a spool.
            run_id: names the run in rows.
            clock: dates the segments.
            known: the place of a payload (by sha256) that is kept at least as long as a retention class.
            info: fields of the warcinfo records.
            keep_days: retention class by name of source; a source that is not named is kept for ever.
        """
        self._keep_days = keep_days or {}
        self._folder, self._run_id, self._clock, self._info = folder, run_id, clock, info
        self._known = known
        self._numbers = count(1)
        self._open: dict[tuple[str, int | None], OpenSegment] = {}
        self._drafts: list[CaptureRow] = []
        self._text_rows: list[TextRow] = []
        self._texts: dict[str, str] = {}
        self.text_size = 0  # bytes of these
        self._rendered_rows: list[RenderedRow] = []
        # By payload sha256 and retention class, until the catalog knows them.
        self._fresh: dict[tuple[str, int | None], KnownPayload] = {}

    @property
    def size(self) -> int:
        """Bytes in the open segments."""
        return sum(segment.size for segment in self._open.values())

    def sync(self) -> None:
        """Make everything so far durable."""
        for segment in self._open.values():
            segment.sync()

    def read_back(self) -> None:
        """Check what is durable by now; raises SealError if it is not what was written."""
        for segment in self._open.values():
            segment.read_back()

    def close(self) -> None:
        """Let go of the open segments, which stay in the spool."""
        for segment in self._open.values():
            segment.close()

    def _segment(self, kind: str, days: int | None) -> OpenSegment:
        if (kind, days) not in self._open:
            path = self._folder / f"{next(self._numbers):06d}-{class_name(kind, days)}.warc.gz"
            self._open[kind, days] = OpenSegment(path, kind, self._clock.now(), self._info, days)
        return self._open[kind, days]

    def _lasting(self, digest: str, days: int | None) -> KnownPayload | None:
        """Where these payload bytes lie already and are kept at least as long as class `days`."""
        classes = (None, *sorted(set(self._keep_days.values()), reverse=True))
        fresh = (self._fresh.get((digest, each)) for each in classes if outlives(each, days))
        return next((known for known in fresh if known), None) or self._known(digest, days)

    def record(self, exchange: Exchange, source: str, unmodified: CaptureRow | None) -> CaptureRow:
        """Append an exchange; a payload that is stored already becomes a revisit record."""
        days = self._keep_days.get(source)
        segment = self._segment(CAPTURES, days)
        here = OPEN + class_name(CAPTURES, days)
        digest, sha1 = sha256_hex(exchange.body), warc_sha1(exchange.body)
        reusable = exchange.status == HTTPStatus.OK and bool(exchange.body) and exchange.truncated is None
        same = unmodified if exchange.status == HTTPStatus.NOT_MODIFIED else None
        known = _payload_of(same) if same else None
        if reusable:
            known = self._lasting(digest, days)
        original = Original(known.url, known.at) if known else None
        answer, *request = encode_exchange(
            exchange, source=source, info_id=segment.info_id, original=original, payload_sha1=sha1
        )
        offset, length = segment.append(answer)
        for record in request:  # none for a foreign capture whose request nobody kept
            segment.append(record)
        at = exchange.at.replace(microsecond=0)
        row = CaptureRow(
            id=answer.id,
            url_key=url_key(exchange.url),
            url=exchange.url,
            at=at,
            source=source,
            run_id=self._run_id,
            kind=answer.kind,
            status=exchange.status,
            mime=exchange.mime,
            payload_sha256=same.payload_sha256 if same else digest,
            payload_sha1=same.payload_sha1 if same else sha1,
            payload_size=same.payload_size if same else len(exchange.body),
            truncated=str(exchange.truncated) if exchange.truncated else None,
            segment=here,
            offset=offset,
            length=length,
            payload_segment=known.segment if known else here,
            payload_offset=known.offset if known else offset,
            payload_length=known.length if known else length,
            refers_to_url=original.url if original else None,
            refers_to_at=original.at if original else None,
        )
        if reusable and known is None:
            self._fresh[digest, days] = KnownPayload(exchange.url, at, here, offset, length, days)
        self._drafts.append(row)
        return row

    def derive(self, derived: Derived) -> None:
        """Append the text and the article JSON of a capture."""
        about = derived.capture
        text = derived.text.encode("utf-8", "surrogatepass")
        place = self._append_derived("conversion", about, about.url, "text/plain; charset=utf-8", text)
        self._append_derived("metadata", about, about.url, "application/json", derived.metadata)
        self._texts[derived.text_sha256] = derived.text
        self.text_size += len(text)
        self._text_rows.append(
            TextRow(
                sha256=derived.text_sha256,
                characters=len(derived.text),
                segment=place.segment,
                offset=place.offset,
                length=place.length,
            )
        )

    def keep_rendered(self, rendered: Rendered) -> None:
        """Append what a browser made of a capture: its DOM, and the picture of it if there is one."""
        about = rendered.capture
        for part, (scheme, mime) in RENDERED.items():
            block = rendered.dom if part == "dom" else rendered.screenshot
            if block is None:
                continue
            place = self._append_derived("conversion", about, f"{scheme}{about.url}", mime, block)
            self._rendered_rows.append(
                RenderedRow(
                    capture_id=about.id,
                    part=part,
                    at=rendered.at,
                    engine=rendered.engine,
                    mime=mime,
                    sha256=sha256_hex(block),
                    size=len(block),
                    segment=place.segment,
                    offset=place.offset,
                    length=place.length,
                )
            )

    def _append_derived(self, kind: str, about: CaptureRow, url: str, mime: str, block: bytes) -> Place:
        """Append what was made of a capture, with `url` as its target."""
        days = self._keep_days.get(about.source)
        segment = self._segment(DERIVED, days)
        record = encode_derived(
            kind,
            url=url,
            captured_at=about.at,
            refers_to=about.id,
            mime=mime,
            block=block,
            info_id=segment.info_id,
        )
        return Place(OPEN + class_name(DERIVED, days), *segment.append(record))

    def rotate(self) -> SealedBatch:
        """Seal everything and give the drafts their final places."""
        classes = sorted(self._open.items(), key=_by_class)
        sealed = {OPEN + class_name(*key): segment.seal() for key, segment in classes}
        keys = {place: segment.key for place, segment in sealed.items()}
        rows = tuple(_named(row, keys) for row in self._drafts)
        text_rows = tuple(replace(row, segment=keys[row.segment]) for row in self._text_rows)
        texts = self._texts
        rendered = tuple(replace(row, segment=keys[row.segment]) for row in self._rendered_rows)
        self._rendered_rows = []
        self._fresh = {
            key: replace(known, segment=keys.get(known.segment, known.segment))
            for key, known in self._fresh.items()
        }
        self._open, self._drafts, self._text_rows, self._texts, self.text_size = {}, [], [], {}, 0
        return SealedBatch(tuple(sealed.values()), rows, text_rows, texts, rendered)

    def forget(self, segment: str) -> None:
        """The catalog knows this segment now."""
        self._fresh = {key: known for key, known in self._fresh.items() if known.segment != segment}


def capture_index(rows: tuple[CaptureRow, ...]) -> bytes:
    """The CDXJ file of a segment's captures; 304 revisits stay out, as readers cannot replay them alone."""
    return cdxj_file([index_line(row) for row in rows if row.status != HTTPStatus.NOT_MODIFIED])


def index_line(row: CaptureRow) -> str:
    """The CDXJ line of a capture; its file is named without the folder, as readers expect."""
    return cdxj_line(
        url=row.url,
        at=row.at,
        mime="warc/revisit" if row.kind == "revisit" else row.mime,
        status=row.status,
        digest=row.payload_sha1,
        offset=row.offset,
        length=row.length,
        filename=row.segment.rpartition("/")[2],
    )


def _payload_of(capture: CaptureRow) -> KnownPayload:
    return KnownPayload(
        capture.url, capture.at, capture.payload_segment, capture.payload_offset, capture.payload_length
    )


def _named(row: CaptureRow, keys: Mapping[str, str]) -> CaptureRow:
    payload = keys.get(row.payload_segment, row.payload_segment)
    return replace(row, segment=keys[row.segment], payload_segment=payload)


def _by_class(item: tuple[tuple[str, int | None], OpenSegment]) -> tuple[str, int]:
    kind, days = item[0]
    return kind, days or 0
