"""Read an article out of a page."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial
from zoneinfo import ZoneInfo

from htmldate import find_date

from archive.article import Article
from config.extract_rule import rules_on
from pipelines.article_place import Place, locate
from pipelines.byline import Byline, byline, byline_of
from pipelines.dates import AHEAD, EARLIEST, GUESSED, Dates, confidence, credible, read_dates
from pipelines.edges import trim
from pipelines.extraction import Extraction
from pipelines.extractor_id import extractor_id
from pipelines.fields.access import paywalled
from pipelines.fields.further import Reading, with_further_fields
from pipelines.furniture import without_furniture
from pipelines.gate.absent import UNNAMED, is_absent, print_of
from pipelines.guidance import UNGUIDED, Guidance
from pipelines.headings import headings
from pipelines.headline import headline
from pipelines.judge import judge_article
from pipelines.language import language
from pipelines.line_breaks import mark_paragraphs
from pipelines.memory.lesson import lesson
from pipelines.memory.packed_lesson import pack
from pipelines.memory.recognise import recognise, without_recurring
from pipelines.memory.site_memory import NOTHING, SiteMemory
from pipelines.metadata import Metadata, canonical_url, description, read_metadata, site_name
from pipelines.page import Page, Unreadable, read_page
from pipelines.paragraphs import fold
from pipelines.pictures import numbered, pictures
from pipelines.printed_dates import printed_date
from pipelines.rules.found import Found, apply_rules
from pipelines.rules.pictures import named_pictures
from pipelines.rules.text import is_whole, ruled_text, with_kept
from pipelines.shown_byline import shown_byline
from pipelines.taken import taken_by_trafilatura
from pipelines.teaser_boxes import drop_teaser_boxes
from pipelines.text.asides import asides
from pipelines.text.blocks import KEEP, Block, segment
from pipelines.text.choose import choose, judge, unadvised
from pipelines.text.embedded import embedded_paragraphs
from pipelines.text.model import shipped_models
from pipelines.unseen import drop_unseen
from pipelines.written_byline import lone_name, written_byline

MIN_SHOWN = 300  # characters; a page with less may be one whose scripts show its text


def extract(
    page_bytes: bytes,
    *,
    url: str,
    content_type: str | None,
    content_encoding: str | None,
    captured_at: datetime,
    guidance: Guidance = UNGUIDED,
) -> Extraction:
    """Read an article out of a response body.

    Deterministic: the same arguments give the same extraction, in any process and order.

    Args:
        page_bytes: the body as received, still content-encoded.
        url: the page's own address, after redirects.
        content_type: the response's `Content-Type` field value; None if absent.
        content_encoding: the same of `Content-Encoding`.
        captured_at: when the page was fetched (aware); no date of the article is believed far beyond it.
        guidance: what is known of the source before.
    """
    page = read_page(page_bytes, url=url, content_type=content_type, content_encoding=content_encoding)
    if isinstance(page, Unreadable):
        return Extraction(None, page.reason)
    own = print_of(page) if guidance.absent else None  # before rules and readers change the tree
    rules = rules_on(guidance.rules, guidance.rules_at or captured_at, guidance.timezone)
    ruled = apply_rules(page, rules, captured_at, ZoneInfo(guidance.timezone))
    metadata = read_metadata(page)
    taken = cache(lambda: taken_by_trafilatura(page))
    article, blocks, drifted = _read(page, metadata, captured_at, guidance, ruled, taken=taken)
    verdict = judge_article(article, page, metadata)
    named = (verdict.reason if verdict else None) not in UNNAMED
    if own and guidance.absent and not named and is_absent(own, guidance.absent.shown):
        return Extraction(None, "soft_404", page.encoding, page.encoding_source, absent=True)
    if verdict is not None:
        return Extraction(None, verdict.reason, page.encoding, page.encoding_source, ruled.unmatched)
    learned = lesson(article, blocks, metadata, taken(), captured_at) if guidance.lesson else None
    return Extraction(
        article, None, page.encoding, page.encoding_source, ruled.unmatched, drifted,
        lesson=pack(learned) if learned else None,
    )  # fmt: skip


def _read(
    page: Page,
    metadata: Metadata,
    captured_at: datetime,
    guidance: Guidance,
    ruled: Found,
    *,
    taken: Callable[[], Sequence[str]],
) -> tuple[Article, list[Block], bool]:
    """(the article, the page's blocks, whether the source's memory did not know how to read the page).

    `taken` gives the paragraphs that trafilatura takes.
    """
    zone = ZoneInfo(guidance.timezone)
    heads = headings(page)
    title = ruled.title or headline(page, metadata, heads)
    blocks = blocks_of(page, ruled)
    memory = guidance.memory.decode() if guidance.memory else NOTHING
    described = description(metadata)
    known = recognise(memory, blocks, lambda doubted: _scores(blocks, doubted, metadata, title), described)
    read = partial(_text, page, blocks, metadata, title, memory, taken=taken)
    raw = ruled_text(blocks, lambda: known.paragraphs if known else read())
    place = locate(page, raw)
    named = _named(page, metadata, place, ruled)
    seen = pictures(page, metadata, place, frozenset(map(fold, (*named.people, *named.agencies))))
    found = named_pictures(page, place, ruled.pictures) or seen
    sure = known.sure if known else frozenset()
    claimed = frozenset().union(*(picture.claimed for picture in (*seen, *found))) - set(map(fold, sure))
    links = _links(blocks)
    clean = without_furniture(raw, title, claimed, links, sure)
    beside: tuple[str, ...] = ()
    if not is_whole(blocks):
        clean = trim(clean, headline=title, byline=named.people, others=links.union(map(fold, heads.shown)))
        apart = claimed | {fold(title or "")}
        found_beside = asides(blocks, with_kept(clean, blocks), named.people, apart)
        beside = tuple(without_recurring(found_beside, memory.recurring))
    text = "\n\n".join(with_kept(clean, blocks))
    stated = _ruled_dates(read_dates(page, metadata, captured_at, zone), ruled)
    dates = _searched_dates(page, place, stated, captured_at, zone)
    article = Article(
        url=page.url,
        title=title or "",
        text=text,
        extractor=extractor_id(guidance, captured_at),
        byline=named.people,
        agency=named.agencies,
        published_at=dates.published,
        published_raw=dates.published_raw,
        published_confidence=dates.confidence,
        modified_at=dates.modified,
        language=language(page, metadata, text),
        canonical_url=canonical_url(page, metadata),
        site_name=site_name(metadata),
        description=described,
        images=numbered(found),
        charset=f"{page.encoding} ({page.encoding_source})",
        asides=beside,
    )
    article = with_further_fields(article, Reading(page, metadata, place, raw, claimed, captured_at, zone))
    return article, blocks, guidance.memory is not None and known is None and not is_whole(blocks)


def blocks_of(page: Page, ruled: Found) -> list[Block]:
    """The blocks of a page that its article is chosen from."""
    kept = {element for element, mark in ruled.marked.items() if mark & KEEP}
    drop_unseen(page.tree, kept)
    drop_teaser_boxes(page.tree, kept)
    return segment(page.tree, ruled.marked)


def _named(page: Page, metadata: Metadata, place: Place, ruled: Found) -> Byline:
    """Who wrote it: as a rule says, as the page states, or as it shows."""
    if ruled.byline:
        return byline_of(page, metadata, ruled.byline)
    seen = (
        lambda: shown_byline(page, place),
        lambda: written_byline(page, place),
        lambda: lone_name(place),
    )
    return byline(page, metadata, seen)


def _links(blocks: Sequence[Block]) -> frozenset[str]:
    """The folded texts of blocks that are nothing but a link."""
    return frozenset(fold(block.text) for block in blocks if block.links and block.linked >= len(block.text))


def _text(
    page: Page,
    blocks: Sequence[Block],
    metadata: Metadata,
    title: str | None,
    memory: SiteMemory,
    *,
    taken: Callable[[], Sequence[str]],
) -> list[str]:
    """The article's paragraphs: of the page's blocks those that the models choose.

    Where a page shows (nearly) no text: what its scripts would show, unless it says that it is paid for.
    """
    mark_paragraphs(page.tree)
    shown = choose(blocks, title, metadata, shipped_models(), taken)
    shown = without_recurring(shown, memory.recurring_among_text)
    if sum(map(len, shown)) >= MIN_SHOWN or paywalled(metadata):
        return shown
    waiting = embedded_paragraphs(page.tree)
    return waiting if sum(map(len, waiting)) > MIN_SHOWN else shown


def _scores(
    blocks: Sequence[Block], wanted: Sequence[int], metadata: Metadata, title: str | None
) -> Sequence[int]:
    """How likely single blocks are the article's, by what is seen of them."""
    return judge(blocks, wanted, unadvised(blocks, title, metadata), shipped_models().alone).scores


def _ruled_dates(stated: Dates, ruled: Found) -> Dates:
    """What the page states, unless a rule has found a date."""
    if ruled.date is None:
        return stated
    raw, published = ruled.date
    return Dates(published, raw, stated.modified, confidence(raw))


def _searched_dates(page: Page, place: Place, stated: Dates, captured_at: datetime, zone: ZoneInfo) -> Dates:
    """What is stated; else the date that the page prints, or what htmldate finds in text and address."""
    if stated.published is not None:
        return stated
    printed = printed_date(page, place)
    if printed is not None and (moment := credible(printed[1], captured_at, zone)):
        return Dates(moment, printed[0], stated.modified, GUESSED)
    # max_date is given always: its default is today, and an old capture must be read as on its day
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dateutil warns of zone names that it can't read
        found = find_date(
            page.tree,
            url=page.url,
            original_date=True,
            extensive_search=True,
            min_date=EARLIEST.date().isoformat(),
            max_date=(captured_at + AHEAD).date().isoformat(),
        )
    moment = credible(found, captured_at, zone)
    return Dates(moment, found, stated.modified, GUESSED if moment else None)
