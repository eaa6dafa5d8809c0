"""The name of the extractor, for whoever compares what was read without reading a page himself."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.metadata import version

from config.extract_rule import rules_digest, rules_on
from pipelines.guidance import Guidance

EXTRACTOR_VERSION = "4"


def extractor_id(guidance: Guidance, captured_at: datetime) -> str:
    """The name of the extractor with what guides it; articles are only compared under one."""
    rules = rules_on(guidance.rules, guidance.rules_at or captured_at, guidance.timezone)
    zone = "" if guidance.timezone == "UTC" else f"+zone-{guidance.timezone}"
    memory = guidance.memory.label if guidance.memory else "none"
    return (
        f"dateline-{EXTRACTOR_VERSION}+trafilatura-{_trafilatura()}"
        f"+rules-{rules_digest(rules)}{zone}+memory-{memory}"
    )


@cache
def _trafilatura() -> str:
    return version("trafilatura")
