"""What an attempt to read an article out of a page came to."""

from __future__ import annotations

from dataclasses import dataclass

from archive.article import Article
from archive.outcome import Outcome, OutcomeKind

# Reasons that speak of our reading, not of the page: the bytes are archived and can be read again later.
READING_BROKE = frozenset({"extract_crashed", "extract_timeout", "extract_memory", "extract_error"})


@dataclass(frozen=True, slots=True)
class Extraction:
    """An article, or the reason why there is none; exactly one of the two.

    Attributes:
        article: what was read; None if the page is not an article, or could not be read.
        reason: None with an article; else e.g. `consent_wall`, `no_text`, `extract_timeout`.
        encoding, encoding_source: the page's character encoding and how it was chosen (`charset.Decoded`);
            None where it was never decoded.
        unmatched: fields for which the source has rules whose selectors found nothing in the page, so that
            they were read as without rules.
        absent: the page is what its site answers for addresses that do not exist; the reason is `soft_404`.
        drifted: the source has a memory, and it does not know how to read this page.
        lesson: what the page teaches of its site, packed (`memory.packed_lesson`), where that was asked for
            and it teaches something.
    """

    article: Article | None
    reason: str | None = None
    encoding: str | None = None
    encoding_source: str | None = None
    unmatched: tuple[str, ...] = ()
    drifted: bool = False
    absent: bool = False
    lesson: bytes | None = None

    def __post_init__(self) -> None:
        if (self.article is None) == (self.reason is None):
            raise ValueError("an extraction has either an article or a reason")

    @property
    def outcome(self) -> Outcome | None:
        """None with an article; else `quarantined(reason)`, or `failed(reason)` if reading broke."""
        if self.reason is None:
            return None
        broke = self.reason in READING_BROKE
        return Outcome(OutcomeKind.FAILED if broke else OutcomeKind.QUARANTINED, self.reason)


@dataclass(frozen=True, slots=True)
class DamagedMember:
    """A record that cannot be read back, and why."""

    problem: str
