"""Sitemaps: urlset, sitemapindex, Google News sitemaps, plain lists; gzipped or not (https://www.sitemaps.org/)."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml import etree

from crawler.candidate import FoundBy
from crawler.discovery.collect import Collector
from crawler.discovery.document import Discovered, DocumentKind
from crawler.discovery.hints import read_date
from crawler.discovery.sniff import BodyKind, sniff, unpack

MAX_SITEMAP_BYTES = 50 * 1024 * 1024  # the protocol's own limits
MAX_URLS = 50_000
MAX_SUB_SITEMAPS = 50
MAX_DEPTH = 3
SUB_SITEMAP_AGE = timedelta(days=30)

# `&` that begins no reference, CDATA aside: a recovering parser would drop the parameter behind it.
_BARE_AMPERSAND = re.compile(
    rb"<!\[CDATA\[.{0,4096}?\]\]>|&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});)",
    re.DOTALL,
)
_PERIOD = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[-_/.]?(0[1-9]|1[0-2])(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)"
)
# So many pages with one lastmod to the second: the moment the file was made, not when pages changed.
_GENERATED_FROM = 20


@dataclass(frozen=True, slots=True)
class _Row:
    """One `url` or `sitemap` element: names of its children, and of the news element's, with their text."""

    tag: str
    fields: dict[str, str]


def read_sitemap(
    body: bytes,
    *,
    url: str,
    now: datetime,
    depth: int = 0,
    max_urls: int = MAX_URLS,
    max_sub_sitemaps: int = MAX_SUB_SITEMAPS,
    sub_sitemap_age: timedelta = SUB_SITEMAP_AGE,
) -> Discovered:
    """Read what a sitemap names; never raises, what cannot be read becomes a note.

    Args:
        body: as received, less content encodings; gzip files are unpacked.
        url: address of the sitemap, for relative links.
        now: aware; sub-sitemaps are judged by their age.
        depth: of this document; those that it names have one more, and beyond 3 they are left out.
        max_urls: pages to read at most.
        max_sub_sitemaps: sub-sitemaps to name at most, the newest.
        sub_sitemap_age: those whose lastmod, or whose name (`sitemap-2009-03.xml`), is older are left out.
    """
    body, unpacking = unpack(body, limit=MAX_SITEMAP_BYTES)
    collector = Collector(FoundBy.SITEMAP, url)
    for note in unpacking:
        collector.note(note)
    kind = sniff(body)
    if kind is BodyKind.URL_LIST:
        _read_list(body, collector, max_urls)
    elif kind in {BodyKind.URLSET, BodyKind.SITEMAP_INDEX}:
        subs = _read_xml(body, collector, max_urls)
        _keep_sub_sitemaps(subs, collector, now - sub_sitemap_age, max_sub_sitemaps, depth + 1)
    else:
        collector.note(f"not a sitemap: {kind}")
    return collector.result()


def _read_list(body: bytes, collector: Collector, max_urls: int) -> None:
    for line in io.StringIO(body.decode("utf-8-sig", "replace")):
        if not line.strip():
            continue
        if len(collector) >= max_urls:
            collector.note(f"cut at {max_urls} URLs")
            return
        collector.add(line)


def _read_xml(body: bytes, collector: Collector, max_urls: int) -> list[_Row]:
    """Put pages in the collector, and give back the rows of sub-sitemaps."""
    pages: list[_Row] = []
    subs: list[_Row] = []
    walk = _walk(body)
    try:
        for row in _rows(walk):
            rows = subs if row.tag == "sitemap" else pages
            if len(rows) >= max_urls:
                collector.note(f"cut at {max_urls} URLs")
                break
            rows.append(row)
    except etree.XMLSyntaxError as error:
        collector.note(f"broken xml, read in part: {error.msg}")
    for broken in walk.error_log.filter_from_fatals()[:1]:
        collector.note(f"broken xml, read in part: {broken.message}")
    moments = {row.fields.get("lastmod") for row in pages}
    generated = len(pages) >= _GENERATED_FROM and len(moments) == 1 and ":" in (moments.pop() or "")
    if generated:
        collector.note(f"one lastmod for all {len(pages)} pages: not taken for theirs")
    for row in pages:
        if "loc" not in row.fields:
            collector.note("entries without loc")
            continue
        collector.add(
            row.fields["loc"],
            title=row.fields.get("news:title"),
            published=read_date(row.fields.get("news:publication_date")),
            modified=None if generated else read_date(row.fields.get("lastmod")),
        )
    return subs


def _walk(body: bytes) -> etree.iterparse:
    """A parser that goes on after errors, expands no entity, asks no address, and keeps libxml2's limits."""
    if b"\x00" not in body:  # not UTF-16
        body = body.removeprefix(codecs.BOM_UTF8).lstrip()
        body = _BARE_AMPERSAND.sub(lambda found: b"&amp;" if found[0] == b"&" else found[0], body)
    return etree.iterparse(
        io.BytesIO(body),
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
    )


def _rows(walk: etree.iterparse) -> Iterator[_Row]:
    """The `url` and `sitemap` elements of any namespace, each forgotten after it was read."""
    for _, element in walk:
        tag = _local(element)
        if tag not in {"url", "sitemap"}:
            continue
        yield _Row(tag, _fields(element))
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _fields(element: etree._Element) -> dict[str, str]:
    """Direct children by name, first ones first, and those of `news:news` with the prefix `news:`."""
    fields: dict[str, str] = {}
    for child in element:
        name = _local(child)
        if name == "news":
            for part in child:
                fields.setdefault(f"news:{_local(part)}", (part.text or "").strip())
        elif child.text and child.text.strip() and (name != "loc" or _is_plain(child, element)):
            fields.setdefault(name, child.text.strip())
    return fields


def _is_plain(child: etree._Element, parent: etree._Element) -> bool:
    """Whether a `loc` is the page's and not a picture's: it has its parent's namespace, or none."""
    return str(child.tag).rpartition("}")[0] in {"", str(parent.tag).rpartition("}")[0]}


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()  # comments have functions for tags: no name of ours


def _keep_sub_sitemaps(
    rows: list[_Row], collector: Collector, oldest: datetime, max_sub_sitemaps: int, depth: int
) -> None:
    """Name the sub-sitemaps worth reading: recent ones by date, newest first, then those without a date."""
    if not rows:
        return
    if depth > MAX_DEPTH:
        collector.note(f"{len(rows)} sub-sitemaps left out: deeper than {MAX_DEPTH}")
        return
    dated: list[tuple[datetime, str]] = []
    undated: list[str] = []
    old = 0
    for row in rows:
        link = row.fields.get("loc", "")
        moment = read_date(row.fields.get("lastmod"))
        until = moment or _period_end(link)
        if until is not None and until < oldest:
            old += 1
        elif moment is not None:
            dated.append((moment, link))
        else:
            undated.append(link)
    dated.sort(key=lambda item: item[0], reverse=True)
    kept = [*(link for _, link in dated), *undated]
    for link in kept[:max_sub_sitemaps]:
        collector.add_document(link, DocumentKind.SITEMAP, depth)
    if old:
        collector.note(f"{old} sub-sitemaps left out: last changed before {oldest:%Y-%m-%d}")
    if len(kept) > max_sub_sitemaps:
        collector.note(f"{len(kept) - max_sub_sitemaps} sub-sitemaps left out: more than {max_sub_sitemaps}")


def _period_end(link: str) -> datetime | None:
    """End of the year, month or day that an address names; None if it names none."""
    match = _PERIOD.search(link)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 12), match[3]
    try:
        if day:
            return datetime(year, month, int(day), tzinfo=UTC) + timedelta(days=1)
    except ValueError:
        return None
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
