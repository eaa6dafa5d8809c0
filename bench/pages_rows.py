"""The rows of an invented article, as a crawl would leave them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from archive.digest import url_key
from archive.rows import CaptureRow, PageRow, Row
from archive.rows.article import AddressRow, ArticleRow, ImageRow, PictureRow, VersionRow
from archive.rows.links import ClusterMemberRow, PictureLinkRow
from bench.pages_papers import Paper, Story, run_of, segment_key


def capture_of(
    paper: Paper,
    url: str,
    at: datetime,
    night: int,
    chance: random.Random,
    *,
    name: str,
    kind: str = "response",
) -> CaptureRow:
    """The row of an exchange whose bytes are nowhere."""
    payload = f"{chance.getrandbits(256):064x}"
    segment = segment_key(run_of(paper, night))
    offset = chance.getrandbits(29)
    return CaptureRow(
        id=name,
        url_key=url_key(url),
        url=url,
        at=at,
        source=paper.name,
        run_id=run_of(paper, night),
        kind=kind,
        status=304 if kind == "not_modified" else 200,
        mime="text/html",
        payload_sha256=payload,
        payload_sha1=f"sha1:{payload[:32].upper()}",
        payload_size=30_000 + offset % 90_000,
        truncated=None,
        segment=segment,
        offset=offset,
        length=9_000,
        payload_segment=segment,
        payload_offset=offset,
        payload_length=9_000,
    )


def _capture_id(story: Story) -> str:
    return sha256(f"{story.id} {story.number}".encode()).hexdigest()[:32]


def version_row(
    story: Story, at: datetime, night: int, events: list[tuple[str, str | None, str | None]]
) -> VersionRow:
    changed = any(kind == "text" for kind, _, _ in events)
    return VersionRow(
        article_id=story.id,
        number=story.number,
        source=story.paper.name,
        url=story.url,
        captured_at=at,
        run_id=run_of(story.paper, night),
        capture_id=_capture_id(story),
        extractor="bench",
        title=story.title,
        byline=(f"Author {story.title_at % 300}",),
        published_at=story.born - timedelta(minutes=90),
        language=story.paper.tongue.language,
        canonical_url=story.url,
        site_name=story.paper.name,
        description=story.paper.tongue.sentences[story.title_at].said,
        text_sha256=story.text_sha256,
        section=f"section-{story.title_at % 9}",
        edit="minor" if changed else None,
        words_added=12 if changed else 0,
        words_removed=9 if changed else 0,
        silent=bool(events),
    )


def final_rows(story: Story, at: datetime) -> Iterator[Row]:
    """What is said once of an article: with its last version, since a bulk load puts no row twice."""
    yield ArticleRow(
        id=story.id,
        source=story.paper.name,
        url=story.url,
        first_captured_at=story.born,
        versions=story.number,
    )
    yield PageRow(
        url_key=story.id,
        url=story.url,
        source=story.paper.name,
        found_by="feed",
        found_in=f"{story.paper.home}rss",
        found_at=story.born,
        article_id=story.id,
        first_captured_at=story.born,
        last_fetched_at=at,
        last_changed_at=at,
        last_seen_at=at,
        capture_id=_capture_id(story),
        changes=story.number - 1,
    )


def picture_rows(story: Story) -> Iterator[PictureRow]:
    for position, digest in enumerate(story.pictures):
        yield PictureRow(
            article_id=story.id,
            number=story.number,
            position=position,
            url=f"https://img.{story.paper.name}.example/{digest[:24]}.jpg",
            caption=story.paper.tongue.headline(story.title_at + position + 1),
            credit="Agency",
            alt=None,
            sha256=digest,
        )


def first_rows(story: Story, at: datetime, capture: str) -> list[Row]:
    rows: list[Row] = [
        AddressRow(url_key=story.id, url=story.url, article_id=story.id, since=at),
        ClusterMemberRow(
            article_id=story.id,
            number=1,
            cluster=story.cluster,
            linked_to=story.copy_of,
            kind="exact" if story.copy_of else None,
            jaccard=1000 if story.copy_of else None,
            containment=1000 if story.copy_of else None,
            at=at,
        ),
    ]
    if story.copy_of is None:
        for digest in story.pictures:
            rows += [_image(story, digest, at, capture), PictureLinkRow(sha256=digest, first=digest, at=at)]
    return rows


def _image(story: Story, digest: str, at: datetime, capture: str) -> ImageRow:
    return ImageRow(
        sha256=digest,
        phash=digest[:16],
        mime="image/jpeg",
        width=1200,
        height=800,
        size=90_000,
        first_url=f"https://img.{story.paper.name}.example/{digest[:24]}.jpg",
        first_at=at,
        capture_id=capture,
    )
