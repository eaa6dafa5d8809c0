"""The section that an article stands in, and its tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipelines import json_ld
from pipelines.metadata import Metadata
from pipelines.paragraphs import fold, squeeze

MAX_TAGS = 50
MAX_LENGTH = 80  # characters of a section or tag; longer is a sentence

_SECTION = (
    "article:section",
    "articlesection",
    "section",
    "parsely-section",
    "dc.subject.section",
    "cxenseparse:category",
)
_TAGS = ("article:tag", "news_keywords", "parsely-tags", "sailthru.tags", "keywords")
_CODE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|^https?:|^[\w-]+/|^[A-Z]+:[A-Z-]+$|^_")  # for machines
_BETWEEN = re.compile(r"\s*[,;、\uff0c\u060c\u061b|]\s*")


def section(metadata: Metadata, title: str) -> str | None:
    """The section that the page names: JSON-LD, `<meta>`, then the last step before it in its breadcrumbs.

    Args:
        metadata: of the page.
        title: the headline, which often is the last step itself.
    """
    stated = (
        *_strings(metadata.article.get("articleSection")),
        *metadata.all(*_SECTION),
        *_breadcrumbs(metadata),
    )
    named = (text for text in stated if _is_short(text) and not text.startswith("http"))
    return next((text for text in named if fold(text) != fold(title)), None)


def tags(metadata: Metadata) -> tuple[str, ...]:
    """What the page says the article is about, in its order, each once: of the first place that says it."""
    stated = [_strings(metadata.article.get("keywords")), *([*metadata.all(name)] for name in _TAGS)]
    for values in stated:
        found = _distinct(part for value in values for part in _BETWEEN.split(squeeze(value)))
        if found:
            return found[:MAX_TAGS]
    return ()


def _strings(value: Any) -> list[str]:
    return [text for item in json_ld.items(value) if (text := json_ld.text(item))]


def _is_short(text: str) -> bool:
    return 0 < len(text) <= MAX_LENGTH


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    named = {fold(text): text for text in texts if _is_short(text) and not _CODE.search(text)}
    return tuple(text for folded, text in named.items() if folded)


def _breadcrumbs(metadata: Metadata) -> Iterator[str]:
    """The names of the steps of the page's breadcrumb trail, from the last section to the first."""
    for node in metadata.nodes:
        if "breadcrumblist" not in json_ld.types(node):
            continue
        steps = [item for item in json_ld.items(node.get("itemListElement")) if isinstance(item, dict)]
        for step in reversed(steps[1:]):  # the first is the front page
            name = json_ld.text(step.get("name")) or json_ld.text(step.get("item"))
            if name:
                yield name
