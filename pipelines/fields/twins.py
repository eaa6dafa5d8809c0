"""Other addresses of the same article: its AMP and print twins, and the pages that it goes on over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import lxml.html

from pipelines.page import Page

_PRINT_PATH = re.compile(
    r"/(?:print|drucken|imprimir|imprimer|stampa|druk)(?:/|\.\w+)?$|[._-](?:print|druckversion)(?:\.\w+)?$",
    re.IGNORECASE,
)
_AMP_PATH = re.compile(r"/amp/?$|\.amp(?:\.html?)?$|^/amp/", re.IGNORECASE)
_RELS = frozenset({"amphtml", "next", "prev", "previous", "alternate"})
_PRINT_KEYS = frozenset({"print", "printview", "printerfriendly", "druck"})
_PAGE_NUMBER = re.compile(
    r"(?:[/_-](?:page|seite|p|pagina|strona)?[/_-]?\d{1,2}(?:\.html?)?/?)$", re.IGNORECASE
)
_PAGE_KEYS = frozenset({"page", "p", "seite", "pg", "pagina", "paged"})


_Link = tuple[frozenset[str], lxml.html.HtmlElement, str]


@dataclass(frozen=True, slots=True)
class Twins:
    """Absolute addresses, None where the page names none.

    Attributes:
        variant: `amp` or `print` if this page is itself such a twin; its canonical URL is the article's.
        amp_url, print_url: of the twins of this page.
        next_page_url, previous_page_url: of the article's next and previous page.
    """

    variant: str | None = None
    amp_url: str | None = None
    print_url: str | None = None
    next_page_url: str | None = None
    previous_page_url: str | None = None


def twins(page: Page) -> Twins:
    """Read `rel=amphtml`, `rel=next`, `rel=prev` and links to a print view (HTML 4.6.7; AMP's discovery)."""
    told = (e for e in page.tree.iter("link", "a") if _may_tell(e))
    links = [(_rel(e), e, address) for e in told if (address := page.absolute(e.get("href")))]
    amp = next((address for rel, e, address in links if "amphtml" in rel), None)
    return Twins(
        _variant(page),
        amp,
        next((address for rel, e, address in links if _is_print(rel, e, address, page.url)), None),
        _paged(page, links, "next"),
        _paged(page, links, "prev", "previous"),
    )


def _may_tell(element: lxml.html.HtmlElement) -> bool:
    """Whether a link is worth reading its address: most of a page's are not."""
    rel = element.get("rel")
    if rel and not _RELS.isdisjoint(rel.lower().split()):
        return "hreflang" not in element.attrib
    return element.tag == "a" and _speaks_of_print((element.get("href") or "").lower())


def _speaks_of_print(address: str) -> bool:
    """Whether an address in small letters has one of these in it, asked in the way that takes least time."""
    return (
        "print" in address
        or "druc" in address
        or "druk" in address
        or "imprim" in address
        or "stampa" in address
    )


def _rel(element: lxml.html.HtmlElement) -> frozenset[str]:
    return frozenset((element.get("rel") or "").lower().split())


def _variant(page: Page) -> str | None:
    if "amp" in page.tree.attrib or "⚡" in page.tree.attrib:
        return "amp"
    parts = urlsplit(page.url)
    query = {key.lower(): value.lower() for key, value in parse_qsl(parts.query, keep_blank_values=True)}
    if _PRINT_PATH.search(parts.path) or not _PRINT_KEYS.isdisjoint(query):
        return "print"
    is_amp = "amp" in query or query.get("outputtype") == "amp" or _AMP_PATH.search(parts.path)
    return "amp" if is_amp else None


def _is_print(rel: frozenset[str], element: lxml.html.HtmlElement, address: str, own: str) -> bool:
    if element.tag == "link":
        return "alternate" in rel and (element.get("media") or "").lower() == "print"
    here, there = urlsplit(own), urlsplit(address)
    if here.netloc != there.netloc or address == own:
        return False
    keys = {key.lower() for key, _ in parse_qsl(there.query, keep_blank_values=True)}
    asked = there.path == here.path and not _PRINT_KEYS.isdisjoint(keys)
    marked = _PRINT_PATH.search(there.path) is not None
    return asked or (marked and _bare(_PRINT_PATH.sub("", there.path)) == _bare(here.path))


def _bare(path: str) -> str:
    return re.sub(r"\.\w{2,5}$", "", path).rstrip("/")


def _paged(page: Page, links: list[_Link], *rels: str) -> str | None:
    """A `next` or `prev` that is a page of this article: the same address but for the number of the page.

    Many sites use `rel=next` for the next story, which is another one.
    """
    own = _unpaged(page.url)
    here = page.url.partition("#")[0]
    related = (address for rel, _, address in links if not rel.isdisjoint(rels))
    return next((a for a in related if a.partition("#")[0] != here and _unpaged(a) == own), None)


def is_page_of(address: str, other: str) -> bool:
    """Whether two addresses differ in nothing but the number of a page."""
    return _unpaged(address) == _unpaged(other)


def page_number(address: str) -> int:
    """The number of the page that an address asks for; 1 where it names none."""
    parts = urlsplit(address)
    asked = (value for key, value in parse_qsl(parts.query) if key.lower() in _PAGE_KEYS)
    in_path = _PAGE_NUMBER.search(parts.path)
    digits = next(asked, None) or (re.findall(r"\d+", in_path[0])[-1] if in_path else "1")
    return int(digits) if re.fullmatch(r"[0-9]{1,4}", digits) else 0


def _unpaged(address: str) -> tuple[str, str, list[tuple[str, str]]]:
    """The address without what tells an article's pages apart: `/story/2`, `/story-2.html`, `?page=2`."""
    parts = urlsplit(address)
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k.lower() not in _PAGE_KEYS]
    return parts.netloc, _bare(_PAGE_NUMBER.sub("", parts.path)), sorted(query)
