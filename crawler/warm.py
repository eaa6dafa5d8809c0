"""Gets a crawl's workers ready while the crawl itself still starts; imports next to nothing."""

from __future__ import annotations

from pipelines.worker_start import warm_up


def warm_workers() -> None:
    """Have another processor import what they need: to read pages and pictures, and discovery documents."""
    warm_up("crawler.reading")
