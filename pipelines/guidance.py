"""What is known of a source before a page of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from config.source import Source
from pipelines.rules import Rule


@dataclass(frozen=True, slots=True)
class Guidance:
    """How pages of one source are to be read. What changes a reading is named in its extractor id.

    Attributes:
        rules: the source's rules, all of them; those of the day are applied.
        rules_at: the moment whose rules are applied; None for that of the capture. To compare an older
            capture with a newer one, read it with the newer one's.
        timezone: IANA name of the zone in which dates without one are read.
    """

    rules: tuple[Rule, ...] = ()
    rules_at: datetime | None = None
    timezone: str = "UTC"


UNGUIDED = Guidance()


def guidance_of(source: Source, rules_at: datetime | None = None) -> Guidance:
    """What a source's own file says about reading its pages."""
    return Guidance(source.extract, rules_at, source.timezone)
