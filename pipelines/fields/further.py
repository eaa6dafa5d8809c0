"""The further fields of an article, read in one go once its text and place are known."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from archive.article import Article
from pipelines.article_place import Place
from pipelines.fields.access import paywalled
from pipelines.fields.live_blog import live_entries
from pipelines.fields.notes import notes
from pipelines.fields.standfirst import SHORTEST, standfirst
from pipelines.fields.subjects import section, tags
from pipelines.fields.twins import twins
from pipelines.metadata import Metadata
from pipelines.page import Page
from pipelines.paragraphs import fold


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a page once its text is found.

    Attributes:
        page, metadata: as parsed, and what it says of itself.
        place: of the article in the page.
        paragraphs: of its text, as extracted.
        captions: folded texts that belong to its pictures.
        captured_at: when the page was fetched (aware).
        zone: of dates that name none.
    """

    page: Page
    metadata: Metadata
    place: Place
    paragraphs: Sequence[str]
    captions: AbstractSet[str]
    captured_at: datetime
    zone: tzinfo


def with_further_fields(article: Article, reading: Reading) -> Article:
    """The article, which has its title, with all that this folder reads out of a page."""
    page, metadata, place = reading.page, reading.metadata, reading.place
    others = twins(page)
    captions = {caption for caption in reading.captions if len(caption) >= SHORTEST}
    return replace(
        article,
        standfirst=standfirst(page, metadata, place, reading.paragraphs, captions | {fold(article.title)}),
        section=section(metadata, article.title),
        tags=tags(metadata),
        paywalled=paywalled(metadata),
        notes=notes(page, metadata, place, reading.paragraphs),
        live_entries=live_entries(page, metadata, place, reading.captured_at, reading.zone),
        variant=others.variant,
        amp_url=others.amp_url,
        print_url=others.print_url,
        next_page_url=others.next_page_url,
        previous_page_url=others.previous_page_url,
    )
