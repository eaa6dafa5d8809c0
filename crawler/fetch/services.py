"""What the download handler works with, handed to Scrapy through its settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from archive.phases import Phases
from crawler.fetch.client import HttpClient
from crawler.fetch.recorder import Recorder

SERVICES_SETTING: Final = "DATELINE_SERVICES"


@dataclass(frozen=True, slots=True)
class FetchServices:
    """Stands under `DATELINE_SERVICES` in the Scrapy settings; `phases` counts how long exchanges take."""

    client: HttpClient
    recorder: Recorder
    phases: Phases = field(default_factory=Phases)

    def __deepcopy__(self, memo: dict[int, Any]) -> FetchServices:
        """The same services: Scrapy copies settings deeply for each crawler, and these are live objects."""
        return self
