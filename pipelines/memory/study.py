"""Reads captures of a source as material to learn from, and learns; in a worker, for it costs CPU."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from config.extract_rule import rules_on
from pipelines.extract import blocks_of, extract, taken_by_trafilatura
from pipelines.guidance import Guidance
from pipelines.memory.learn import learn
from pipelines.memory.lesson import Lesson, lesson
from pipelines.memory.site_memory import SiteMemory
from pipelines.metadata import read_metadata
from pipelines.page import Unreadable, read_page
from pipelines.rules.found import apply_rules


@dataclass(frozen=True, slots=True)
class PageToLearn:
    """A capture of an article, as `extract` takes it."""

    body: bytes
    url: str
    content_type: str | None
    content_encoding: str | None
    captured_at: datetime


def learn_from(pages: Iterable[PageToLearn], guidance: Guidance) -> SiteMemory:
    """The memory that these pages give. Read without any memory: what was learned before teaches nothing."""
    plain = replace(guidance, memory=None)
    found = (study(page, plain) for page in pages)
    return learn(each for each in found if each is not None)


def study(page: PageToLearn, guidance: Guidance) -> Lesson | None:
    """What one page teaches; None if it is no article, or teaches nothing (`lesson.lesson`)."""
    article = extract(
        page.body,
        url=page.url,
        content_type=page.content_type,
        content_encoding=page.content_encoding,
        captured_at=page.captured_at,
        guidance=guidance,
    ).article
    parsed = read_page(
        page.body, url=page.url, content_type=page.content_type, content_encoding=page.content_encoding
    )
    if article is None or isinstance(parsed, Unreadable):
        return None
    rules = rules_on(guidance.rules, guidance.rules_at or page.captured_at, guidance.timezone)
    metadata = read_metadata(parsed)
    blocks = blocks_of(parsed, apply_rules(parsed, rules, page.captured_at, ZoneInfo(guidance.timezone)))
    return lesson(article, blocks, metadata, taken_by_trafilatura(parsed), page.captured_at)
