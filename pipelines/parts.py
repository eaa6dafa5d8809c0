"""An article on several pages: its further pages are fetched, read, and joined to the first.

Each page is a capture of its own. A version keeps the captures of its further pages in order
(`VersionRow.parts`), and when it is read again exactly these are read and joined again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from archive.article import Article, ArticleImage
from archive.exchange import Exchange
from archive.rows import CaptureRow
from pipelines.extraction import Extraction
from pipelines.fields.twins import is_page_of, page_number
from pipelines.images import FetchPicture
from pipelines.paragraphs import fold

MOST = 10  # pages of an article, the first included
REPEATED = 40  # characters of a paragraph that stands once, wherever a later page repeats it
MISSING = "page_missing"
FURTHER_PAGE = "further_page"

# A fetched further page → what is read out of it.
ReadPage = Callable[[Exchange, CaptureRow], Awaitable[Extraction]]


@dataclass(frozen=True, slots=True)
class Whole:
    """An article with its further pages.

    Attributes:
        article: all pages that could be had, joined.
        captures: of the second page and those after it, in order.
        missing: address of a page that could not be had; those behind it are not asked for.
    """

    article: Article
    captures: tuple[CaptureRow, ...] = ()
    missing: str | None = None


async def whole_article(first: Article, fetch: FetchPicture, read: ReadPage) -> Whole:
    """Follow a first page to those after it, up to `MOST`, each once and all on one path of one host.

    Args:
        first: as read; its `next_page_url` is where the article goes on.
        fetch: gets a page; None if it cannot be had.
        read: extracts it.
    """
    pages = [first]
    captures: list[CaptureRow] = []
    wanted = first.next_page_url if page_number(first.url) == 1 else None
    while wanted is not None and len(pages) < MOST and _follows(wanted, pages):
        fetched = await fetch(wanted)
        if fetched is None or fetched[0].status != HTTPStatus.OK or fetched[0].truncated:
            return Whole(joined(pages), tuple(captures), wanted)
        exchange, capture = fetched
        if any(exchange.url == page.url for page in pages):
            break  # behind the last page some sites lead back to the first
        page = (await read(exchange, capture)).article if is_page_of(exchange.url, first.url) else None
        if page is None:
            return Whole(joined(pages), tuple(captures), wanted)
        if page.text == pages[-1].text:
            break  # and some give the last one for ever
        pages.append(page)
        captures.append(capture)
        wanted = page.next_page_url
    return Whole(joined(pages), tuple(captures))


def is_further_page(address: str, head: str) -> bool:
    """Whether an address is that of a further page of the article at `head`, its first page."""
    return address != head and page_number(head) == 1 and is_page_of(address, head)


def _follows(address: str, pages: Sequence[Article]) -> bool:
    """Whether this is the page after those: counted from 1, or (Drupal) from 0. So no page comes twice."""
    number = page_number(address)
    if len(pages) == 1:
        return number in (1, 2) and is_page_of(address, pages[0].url)
    return number == page_number(pages[-1].url) + 1


def joined(pages: Sequence[Article]) -> Article:
    """The pages as one article: the first one's fields, all texts and pictures in order, none twice.

    What a later page repeats at its head (headline, standfirst, lead) or anywhere of some length is left out.
    """
    first, *further = pages
    if not further:
        return first
    paragraphs = first.text.split("\n\n")
    known = {fold(paragraph) for paragraph in (*paragraphs, first.title, first.standfirst or "")}
    images = list(first.images)
    for page in further:
        at_head = True
        for paragraph in page.text.split("\n\n"):
            is_known = fold(paragraph) in known
            if not (is_known and (at_head or len(paragraph) >= REPEATED)):
                paragraphs.append(paragraph)
                at_head = False
        known |= {fold(paragraph) for paragraph in page.text.split("\n\n")}
        images += [image for image in page.images if not any(_same(image, other) for other in images)]
    return replace(
        first,
        text="\n\n".join(paragraphs),
        images=tuple(replace(image, position=position) for position, image in enumerate(images)),
        notes=tuple(dict.fromkeys(note for page in pages for note in page.notes)),
        live_entries=tuple(dict.fromkeys(entry for page in pages for entry in page.live_entries)),
        asides=tuple(dict.fromkeys(line for page in pages for line in page.asides)),
        next_page_url=None,
    )


def _same(one: ArticleImage, other: ArticleImage) -> bool:
    return not {one.url, *one.variants}.isdisjoint((other.url, *other.variants))
