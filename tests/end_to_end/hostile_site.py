"""A site of a hostile web, and how it must end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.end_to_end.raw_site import Answer, answer

RSS = "application/rss+xml"


@dataclass
class HostileSite:
    """One site.

    Attributes:
        row: of the list of faults; 0 for a site that is as it should be.
        host: its name; the source is called by its first label.
        paths: path → answer.
        discover: of the source file; by default its `/feed`.
        extra: more lines of the source file.
        ends: path → outcome as in the ledger; with `|` between them, one of several.
        notes: what must stand in the notes or the reason of one of its documents.
    """

    row: int
    host: str
    paths: dict[str, Answer]
    discover: str = ""
    extra: str = "judge: {probe: false}\n"
    ends: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    scheme: str = "http"

    @property
    def name(self) -> str:
        return self.host.partition(".")[0]


def feed(urls: Iterable[str], head: str = "", title: str = "Item") -> bytes:
    items = "".join(f"<item><title>{title}</title><link>{url}</link></item>" for url in urls)
    text = (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
    )
    return answer(text, kind=RSS)
