"""What of a version is searched (pure): its headline, its text, what stands around it, and its facets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.rows import PictureRow, VersionRow
from archive.search.expression import EVERY, facet
from archive.search.query import NEW
from archive.search.words import METHOD, indexed

_EACH_SECOND = 1024  # places for versions captured within one second
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Document:
    """A version as the index has it: words, in their order.

    Attributes:
        title: of the headline. text: of the article. around: standfirst, byline, section, tags, notes, and
            captions and credits of its pictures. facets: what it has and is, see `archive.search.query`.
    """

    title: tuple[str, ...]
    text: tuple[str, ...]
    around: tuple[str, ...]
    facets: tuple[str, ...]

    def digest(self) -> str:
        """Of all that is indexed and how; 32 hexadecimal digits."""
        parts = "\n".join(" ".join(words) for words in (self.title, self.text, self.around, self.facets))
        return hashlib.sha256(f"{METHOD}\n{parts}".encode()).hexdigest()[:32]


def document(
    version: VersionRow, events: Iterable[str], pictures: Sequence[PictureRow], text: str | None
) -> Document:
    """What is indexed of a version, with the kinds of its events, its pictures and its clean text.

    A tombstone says nothing: it is found by its facets alone.
    """
    if version.removed:
        return Document((), (), (), tuple(_facets(version, events, (), None)))
    captions = (part for each in pictures for part in (each.caption, each.credit, each.alt))
    around = (
        version.standfirst, *version.byline, *version.agency, version.section, *version.tags,
        *version.notes, *captions,
    )  # fmt: skip
    return Document(
        title=tuple(indexed(version.title or "")),
        text=tuple(indexed(text or "")),
        around=tuple(indexed("\n".join(part for part in around if part))),
        facets=tuple(_facets(version, events, pictures, text)),
    )


def _facets(
    version: VersionRow, events: Iterable[str], pictures: Sequence[PictureRow], text: str | None
) -> list[str]:
    kinds = {*events, *([NEW] if version.number == 1 else [])}
    found = [EVERY, facet("article", version.article_id), facet("source", version.source)]
    # `de-AT` is found as German; what is no code of a language at all is none.
    language = (version.language or "").lower().partition("-")[0]
    found += [f"lang:{language}"] if _LANGUAGE.fullmatch(language) else []
    found += [facet("event", kind) for kind in sorted(kinds)]
    found += ["has:picture"] if any(each.sha256 for each in pictures) else []
    return found + (["has:text"] if text else [])


def month_of(at: datetime) -> int:
    """The part of the index that a moment belongs to: 202603 for March 2026 (UTC)."""
    utc = at.astimezone(UTC)
    return utc.year * 100 + utc.month


def first_place(at: datetime) -> int:
    """The first place of a second within its month: places are in order of time.

    Of more than 1,024 versions that were captured within one second, those beyond count for the next.
    """
    utc = at.astimezone(UTC)
    since = utc.replace(microsecond=0) - datetime(utc.year, utc.month, 1, tzinfo=UTC)
    return since // timedelta(seconds=1) * _EACH_SECOND
