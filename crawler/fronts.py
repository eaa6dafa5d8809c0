"""What a front page showed, as rows of the catalog: a list is kept when it has changed (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from archive.digest import url_key
from archive.rows import CaptureRow, FrontRow
from crawler.discovery.front import Headline

LEAST_HEADLINES = 3  # a page with fewer is a wall or a notice: what was led with before stands


def front_rows(
    stories: Sequence[Headline], capture: CaptureRow, source: str, before: Sequence[FrontRow]
) -> tuple[FrontRow, ...]:
    """The rows of a list; none if `before`, the list of the last capture that had one, says the same.

    Args:
        stories: as read out of the capture.
        capture: of the page.
        source: name of the source that it is a front page of.
        before: the page's newest list.
    """
    if [(row.title, row.link) for row in before] == [(story.title, story.link) for story in stories]:
        return ()
    return tuple(
        FrontRow(
            capture_id=capture.id,
            position=position,
            source=source,
            url=capture.url,
            url_key=capture.url_key,
            at=capture.at,
            title=story.title,
            link=story.link,
            link_key=url_key(story.link),
            picture=story.picture,
        )
        for position, story in enumerate(stories)
    )
