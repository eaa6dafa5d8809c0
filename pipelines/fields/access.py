"""Whether a page says that its article is for subscribers."""

from __future__ import annotations

from typing import Any

from pipelines import json_ld
from pipelines.metadata import Metadata

_FREE = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_TIERS = {
    "free": False,
    "public": False,
    "open": False,
    "locked": True,
    "metered": True,
    "premium": True,
    "paid": True,
}


def paywalled(metadata: Metadata) -> bool | None:
    """By schema.org's `isAccessibleForFree` (of the article or a part of it), then `article:content_tier`.

    Returns:
        None if the page says nothing about it.
    """
    node = metadata.article
    parts = [part for part in json_ld.items(node.get("hasPart")) if isinstance(part, dict)]
    stated = [_is_free(holder.get("isAccessibleForFree")) for holder in (node, *parts)]
    if False in stated:
        return True
    tier = _TIERS.get((metadata.first("article:content_tier", "og:article:content_tier") or "").lower())
    if tier is not None:
        return tier
    return False if True in stated else None


def _is_free(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = (json_ld.text(value) or "").lower().rpartition("/")[2]  # also "http://schema.org/False"
    return _FREE.get(text)
