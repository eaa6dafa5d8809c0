"""What a person sees while archived captures are read again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ReprocessProgress:
    """Live counts. Written by the work, read by whoever shows them.

    Attributes:
        articles_total, articles_done: in the selection; 0 in total until they are counted.
        refused_total, refused_done: captures of pages that were no articles.
    """

    articles_total: int = 0
    articles_done: int = 0
    refused_total: int = 0
    refused_done: int = 0
