"""What a preview of a source shows, as it is kept for a few days: bounded, whatever a site sends (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from archive.digest import sha256_hex

MOST_PAGES, MOST_DOCUMENTS, MOST_ADDRESSES, MOST_NOTES = 20, 40, 200, 8
LONGEST, LONGEST_ADDRESS, LONGEST_TEXT = 300, 2_000, 600  # characters
LARGEST = 256 << 10  # bytes of all of it


@dataclass(frozen=True, slots=True)
class PreviewedPage:
    """A page that was tried, and what a crawl would have made of it.

    Attributes:
        outcome, reason: `archived` if it is an article, else why not, in the words of the ledger.
        text: its beginning.
        pictures: how many the article has.
    """

    url: str
    outcome: str
    reason: str | None = None
    title: str | None = None
    text: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class PreviewedDocument:
    """A feed, sitemap or page that a crawl reads: how many links it names, how many may be articles.

    `reason`: why it could not be had or read; None if it was.
    """

    url: str
    kind: str
    reason: str | None = None
    named: int = 0
    kept: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewedAddress:
    """An address that may be an article's, and why it is not fetched now; None: it is due."""

    url: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class PreviewResult:
    """What a crawl would do now, as far as a few pages tell.

    Attributes:
        file_sha256: `file_digest` of the source's file as it was read.
        requests: that the site answered.
        found, due: addresses that may be articles', and how many of them are due; `left`: why the others are
            not, with their number.
        addresses: the first of those found.
        warnings: what will go wrong.
    """

    file_sha256: str
    requests: int = 0
    found: int = 0
    due: int = 0
    left: tuple[tuple[str, int], ...] = ()
    documents: tuple[PreviewedDocument, ...] = ()
    pages: tuple[PreviewedPage, ...] = ()
    addresses: tuple[PreviewedAddress, ...] = ()
    warnings: tuple[str, ...] = ()


_JSON: TypeAdapter[PreviewResult] = TypeAdapter(PreviewResult)


def file_digest(text: str) -> str:
    """By which it is known whether a source's file is still the one that was read."""
    return sha256_hex(text.encode("utf-8", "surrogatepass"))


def bounded(result: PreviewResult) -> PreviewResult:
    """The same within the bounds above: long texts cut, long lists cut, and then halved if need be."""
    cut = replace(
        result,
        left=tuple((_cut(why), number) for why, number in result.left[:MOST_NOTES]),
        documents=tuple(
            replace(
                one, url=_cut(one.url, LONGEST_ADDRESS), reason=_short(one.reason), notes=_notes(one.notes)
            )
            for one in result.documents[:MOST_DOCUMENTS]
        ),
        pages=tuple(_page(one) for one in result.pages[:MOST_PAGES]),
        addresses=tuple(
            PreviewedAddress(_cut(one.url, LONGEST_ADDRESS), _short(one.reason))
            for one in result.addresses[:MOST_ADDRESSES]
        ),
        warnings=_notes(result.warnings),
    )
    while len(written(cut).encode()) > LARGEST:
        cut = _halved(cut)
    return cut


def _halved(result: PreviewResult) -> PreviewResult:
    """With half of the first list that has anything; the pages that were tried go last."""
    if result.addresses:
        return replace(result, addresses=result.addresses[: len(result.addresses) // 2])
    if result.documents:
        return replace(result, documents=result.documents[: len(result.documents) // 2])
    return replace(result, pages=result.pages[: len(result.pages) // 2])


def written(result: PreviewResult) -> str:
    """As JSON; `result` is `bounded`."""
    return _JSON.dump_json(result).decode()


def read_back(text: str) -> PreviewResult:
    """The inverse of `written`."""
    return _JSON.validate_json(text)


def _page(page: PreviewedPage) -> PreviewedPage:
    return replace(
        page,
        url=_cut(page.url, LONGEST_ADDRESS),
        reason=_short(page.reason),
        title=_short(page.title),
        text=None if page.text is None else _cut(page.text, LONGEST_TEXT),
        language=_short(page.language),
    )


def _notes(notes: Iterable[str]) -> tuple[str, ...]:
    return tuple(_cut(note) for note in list(notes)[:MOST_NOTES])


def _short(text: str | None) -> str | None:
    return None if text is None else _cut(text)


def _cut(text: str, most: int = LONGEST) -> str:
    """At most so many signs; lone surrogates, which are in no encoding, as question marks."""
    text = text[: most + 1].encode("utf-8", "replace").decode()
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
