"""What a revisit record stands for: found among the captures of the files, or what was there before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus

from archive.catalog import lookup
from archive.catalog.catalog import Catalog
from archive.exchange import Exchange, Truncation
from archive.reader import read_head, read_payload
from archive.rows import CaptureRow
from archive.stores.store import ObjectStore
from pipelines.imports.captures import Revisit
from pipelines.imports.digests import read_digest
from pipelines.imports.framing import Refused


class Originals:
    """Finds originals by record id, else by address and moment, else by payload digest (WARC 1.1, 6.7)."""

    def __init__(self, store: ObjectStore, catalog: Catalog) -> None:
        self._store, self._catalog = store, catalog
        self._by_name: dict[str, str] = {}  # foreign record id, or payload digest → id of our capture

    def name(self, capture_id: str, names: Iterable[str | None]) -> None:
        """A capture can be found by these names; of two with one name, the first stays."""
        for name in names:
            if name:
                self._by_name.setdefault(name, capture_id)

    def resolve(self, revisit: Revisit) -> tuple[Exchange, CaptureRow | None] | Refused:
        """The exchange with its payload, and the capture that brought it; why not, if there is none.

        The captures of the files are in the catalog by now. A 304 needs no original to be kept.
        """
        original = self._find(revisit)
        if revisit.exchange.status == HTTPStatus.NOT_MODIFIED:
            return revisit.exchange, original
        if original is None:
            return Refused(f"a revisit whose original is neither in these files nor here: {_stated(revisit)}")
        exchange = replace(
            revisit.exchange,
            body=read_payload(self._store, original),
            truncated=Truncation(original.truncated) if original.truncated else None,
        )
        if not exchange.response_head:
            head = read_head(self._store, original)
            exchange = replace(exchange, response_head=head, status=original.status)
        return exchange, None

    def _find(self, revisit: Revisit) -> CaptureRow | None:
        named = self._by_name.get(revisit.refers_to or "")
        if named is None and revisit.refers_to_url and revisit.refers_to_at:
            those = lookup.captures_at(self._catalog, revisit.refers_to_url, revisit.refers_to_at)
            found = next((row for row in those if self._has_payload(row, revisit.payload_digest)), None)
            if found is not None:
                return found
        if named is None:
            named = self._by_name.get(revisit.payload_digest or "")
        found = lookup.capture_by_id(self._catalog, named) if named else None
        return found if found and self._has_payload(found, revisit.payload_digest) else None

    def _has_payload(self, row: CaptureRow, digest: str | None) -> bool:
        """A foreign digest may be that of the chunked body, which only the names know."""
        return digest in {None, read_digest(row.payload_sha1)} or self._by_name.get(digest or "") == row.id


def _stated(revisit: Revisit) -> str:
    if revisit.refers_to_url and revisit.refers_to_at:
        return f"{revisit.refers_to_url} of {revisit.refers_to_at:%Y-%m-%d %H:%M:%S}"
    return revisit.refers_to or revisit.payload_digest or "it names none"
