"""What a site answers for an address that does not exist, and whether a page is that answer (pure).

Many sites answer 200 with "not found" (soft 404). One request for an address that cannot exist shows how the
site says it (Bar-Yossef et al., "Sic transit gloria telae", WWW 2004); a page that says the same, under the
same title and with next to nothing of its own, is no article. What changes from answer to answer is left out:
the address itself, numbers, and rows of teasers, which such pages like to offer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import unquote, urlsplit

import lxml.html

from pipelines.gate.notice import weight
from pipelines.gate.shape import claims_article, stands_in_teaser
from pipelines.metadata import read_metadata
from pipelines.page import Page, Unreadable, read_page
from pipelines.paragraphs import squeeze

OWN = 80  # weight of a page's own text, beside what the site's answer says: less is no article
SHARED = 0.5  # of what the answer says, that the page says too
LEAST_SAID = 20  # weight of an answer that can be recognised
_MOST_BLOCKS = 400
_LONGEST_BLOCK = 2000  # characters
_SILENT = frozenset(
    {"script", "style", "template", "head", "svg", "select", "textarea", "noscript", "iframe"}
)
# Verdicts that name no wall: whoever shows a wall shows it for addresses that do not exist too.
UNNAMED = frozenset({None, "soft_404", "listing", "front_page", "no_text", "too_little_text", "notice"})
_VARYING = re.compile(r"\d+")
_TOKEN = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True, slots=True)
class PagePrint:
    """What tells two answers of a site apart.

    Attributes:
        title, heading: folded, without the address and numbers; the heading is the first `h1`.
        blocks: the weight of each block of text that is no link and stands in no row of teasers, by digest.
    """

    title: str
    heading: str
    blocks: dict[bytes, float] = field(default_factory=dict)

    @property
    def said(self) -> float:
        """Weight of all blocks."""
        return sum(self.blocks.values())


@dataclass(frozen=True, slots=True)
class Absent:
    """What a host answers, with 200, for an address that does not exist.

    Attributes:
        shown: the page that it shows.
        led_to: where it led from the address that was asked for; None if it answered there.
    """

    shown: PagePrint
    led_to: str | None = None


def is_absent(page: PagePrint, absent: PagePrint) -> bool:
    """Whether a page is the site's answer for what is not there.

    Title and heading are the same, and of its own the page says less than a short sentence. So an article is
    never taken for it, however much of a template stands around it, unless its text is the answer's.
    """
    if absent.said < LEAST_SAID or (page.title, page.heading) != (absent.title, absent.heading):
        return False
    own = sum(each for digest, each in page.blocks.items() if digest not in absent.blocks)
    both = sum(each for digest, each in absent.blocks.items() if digest in page.blocks)
    return own <= OWN and both >= SHARED * absent.said


def print_of(page: Page) -> PagePrint:
    """The print of a parsed page."""
    ignored = _tokens(page.url)
    title = page.tree.find(".//head//title")
    heading = page.tree.find(".//body//h1")
    blocks: dict[bytes, float] = {}
    for text in _blocks(page):
        folded = _folded(text, ignored)
        if folded and len(blocks) < _MOST_BLOCKS:
            blocks[blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest()] = weight(folded)
    return PagePrint(
        "" if title is None else _folded(title.text_content(), ignored),
        "" if heading is None else _folded(heading.text_content(), ignored),
        blocks,
    )


def read_absent(
    body: bytes, *, url: str, asked: str, content_type: str | None, content_encoding: str | None
) -> Absent | None:
    """What the answer to an address that does not exist shows; None if nothing can be told from it.

    Nothing can where it says that it is an article, or that its own address is another one with a path: the
    site finds its pages by a part of the address only, and has found one.

    Args:
        body: of the answer, a 200, still content-encoded.
        url: where it came from, after redirects.
        asked: the address that was asked for.
        content_type: the answer's `Content-Type` field value; None if absent.
        content_encoding: the same of `Content-Encoding`.
    """
    page = read_page(body, url=url, content_type=content_type, content_encoding=content_encoding)
    if isinstance(page, Unreadable) or claims_article(read_metadata(page)):
        return None
    link = page.tree.find(".//link[@rel='canonical']")
    own = None if link is None else page.absolute(link.get("href"))
    if own is not None and place(own) not in {place(asked), place(url)} and urlsplit(own).path.strip("/"):
        return None
    shown = print_of(page)
    led_to = url if place(url) != place(asked) else None
    return Absent(shown, led_to) if shown.said >= LEAST_SAID or led_to else None


def place(url: str) -> tuple[str, str, str]:
    """An address less what a site's own spelling of it varies in: scheme, `www.`, the last slash."""
    parts = urlsplit(url)
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/"), parts.query


def _tokens(url: str) -> frozenset[str]:
    """The words of an address, which a "not found" may repeat."""
    parts = urlsplit(url)
    address = unquote(f"{parts.path} {parts.query}").casefold()
    return frozenset(_TOKEN.findall(_VARYING.sub("0", address)))


def _folded(text: str, ignored: frozenset[str]) -> str:
    """A text without what varies: case, white space, numbers, and the address where it is repeated whole."""
    folded = _VARYING.sub("0", squeeze(text[:_LONGEST_BLOCK]).casefold())
    words = _TOKEN.findall(folded)
    repeats = bool(ignored) and ignored <= set(words)
    if not repeats:
        return folded
    return squeeze(_TOKEN.sub(lambda word: "" if word[0] in ignored else word[0], folded))


def _blocks(page: Page) -> Iterator[str]:
    """The text of each element by itself, links and rows of teasers left out."""
    body = page.tree.find("body")
    if body is None:
        return
    skipped: set[lxml.html.HtmlElement] = set()
    for element in body.iter():
        if element.tag in _SILENT or element.tag == "a" or element.getparent() in skipped:
            skipped.add(element)
            continue
        text = squeeze(" ".join([element.text or "", *(child.tail or "" for child in element)]))
        if text and not stands_in_teaser(element):
            yield text
