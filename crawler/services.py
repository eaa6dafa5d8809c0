"""What a running crawl works with, made once by `crawler.run`."""

from __future__ import annotations

from dataclasses import dataclass

from archive.clock import Clock
from archive.known_payloads import KnownPayloads
from archive.opening import Archive
from config.settings import Settings
from crawler.acknowledge import Acknowledger
from crawler.limits import Limits
from crawler.progress import Progress
from crawler.recording import RunRecorder
from pipelines.flow import Flow
from pipelines.foreseen import Foreseen
from pipelines.workers import Workers


@dataclass(slots=True)
class Services:
    """What a crawl works with."""

    settings: Settings
    archive: Archive
    clock: Clock
    workers: Workers
    flow: Flow
    recorder: RunRecorder
    acknowledger: Acknowledger
    progress: Progress
    limits: Limits
    payloads: KnownPayloads
    foreseen: Foreseen
