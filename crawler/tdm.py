"""The file in which a site reserves text and data mining (pure): `/.well-known/tdmrep.json`.

A JSON array of rules with `location`, a path pattern as in robots.txt, and `tdm-reservation`, 0 or 1. The
first rule that fits an address is the one that counts. Source: TDM Reservation Protocol, W3C community group
report, 2024, "TDM File on the Origin Server".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from protego import Protego

TDM_PATH = "/.well-known/tdmrep.json"
MAX_TDM_BYTES = 500 * 1024  # as of robots.txt
MOST_RULES = 1000

_PATTERN = re.compile(r"[/*][^\s#\x00-\x1f\x7f]{0,2000}")
_RESERVED = {0: False, 1: True, "0": False, "1": True}
_ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class TdmRules:
    """What a site's file says; without rules it says nothing."""

    rules: tuple[tuple[Protego, bool], ...] = ()

    def reserves(self, url: str) -> bool | None:
        """Whether mining is reserved for an address; None if the file does not say."""
        return next((said for pattern, said in self.rules if not pattern.can_fetch(url, _ANYBODY)), None)


def parse_tdm(body: bytes) -> TdmRules:
    """Read what a server sends as the file; what is no rule is passed over, what is no JSON has none."""
    try:
        found = json.loads(body[:MAX_TDM_BYTES].decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return TdmRules()
    entries = found if isinstance(found, list) else [found]
    rules = (_rule(entry) for entry in entries[:MOST_RULES])
    return TdmRules(tuple(rule for rule in rules if rule is not None))


def _rule(entry: object) -> tuple[Protego, bool] | None:
    if not isinstance(entry, dict):
        return None
    location, value = entry.get("location"), entry.get("tdm-reservation")
    if not isinstance(location, str) or not _PATTERN.fullmatch(location):
        return None
    if not isinstance(value, int | str) or value not in _RESERVED:
        return None
    # Their patterns are those of robots.txt, so its reader matches them, in linear time.
    return Protego.parse(f"User-agent: *\nDisallow: {location}"), _RESERVED[value]
