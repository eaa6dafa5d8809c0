"""What is known of a source before a page of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from config.extract_rule import ExtractRule
from config.source import Source
from pipelines.gate.absent import Absent
from pipelines.memory.site_memory import EncodedMemory


@dataclass(frozen=True, slots=True)
class Guidance:
    """How pages of one source are to be read. What changes a reading is named in its extractor id.

    Attributes:
        rules: the source's rules, all of them; those of the day, in the source's time zone, are applied.
        rules_at: the moment whose rules are applied; None for that of the capture. To compare an older
            capture with a newer one, read it with the newer one's.
        timezone: IANA name of the zone in which the days of rules are counted and dates without one are read.
        memory: what the source's other pages have taught.
        absent: what the page's host answers for addresses that do not exist; it changes no reading.
        lesson: also give back what the page teaches of its site (`Extraction.lesson`); it changes no reading.
            Only without a memory: what was learned before teaches nothing.
    """

    rules: tuple[ExtractRule, ...] = ()
    rules_at: datetime | None = None
    timezone: str = "UTC"
    memory: EncodedMemory | None = None
    absent: Absent | None = None
    lesson: bool = False

    def __post_init__(self) -> None:
        if self.lesson and self.memory is not None:
            raise ValueError("a page that is read with a memory teaches nothing")


UNGUIDED = Guidance()


def guidance_of(
    source: Source, rules_at: datetime | None = None, memory: EncodedMemory | None = None
) -> Guidance:
    """What a source's own file says about reading its pages, and what its other pages have taught."""
    return Guidance(source.extract, rules_at, source.timezone, memory)
