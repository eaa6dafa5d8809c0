"""What readers may see (pure): rules by source or address, embargoes; the first rule that fits wins.

The words are those of pywb's access control: `allow`, `block` (451: there is something, but not for you),
`exclude` (as if it were not archived). An embargo excludes captures until they are old enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.catalog.visible import EVERYTHING, NOTHING, Visible
from archive.clock import Clock
from archive.rows import CaptureRow
from config.settings import AccessRule


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of the settings, at the moment of a request."""

    rules: Sequence[AccessRule]
    clock: Clock

    def visible(self, url: str) -> Visible:
        """Which captures of this address may be seen."""
        now = self.clock.now()
        by_source: dict[str, datetime] = {}
        for rule in self.rules:
            if rule.prefix is not None and not url.startswith(rule.prefix):
                continue
            if rule.source is None:
                return Visible(_until(rule, now), tuple(by_source.items()))
            by_source.setdefault(rule.source, _until(rule, now))
        return Visible(EVERYTHING, tuple(by_source.items()))

    def shows(self, capture: CaptureRow) -> bool:
        """Whether this capture may be seen."""
        return self.visible(capture.url).shows(capture.source, capture.at)

    def blocks(self, capture: CaptureRow) -> bool:
        """Whether a capture that may not be seen is told of (451) and not denied (404)."""
        return self.tells(capture.source, capture.url)

    def sees(self, source: str, url: str, at: datetime) -> bool:
        """Whether what was captured of this address then may be seen; what views ask (`Sight`)."""
        return not self.rules or self.visible(url).shows(source, at)

    def tells(self, source: str, url: str) -> bool:
        """Whether something of this address that may not be seen is told of."""
        fitting = (rule for rule in self.rules if _fits(rule, source, url))
        rule = next(fitting, None)
        return rule is not None and rule.access == "block"


def _fits(rule: AccessRule, source: str, url: str) -> bool:
    by_source = rule.source is None or rule.source == source
    return by_source and (rule.prefix is None or url.startswith(rule.prefix))


def _until(rule: AccessRule, now: datetime) -> datetime:
    """The moment up to which captures are seen under a rule."""
    if rule.access != "allow":
        return NOTHING
    return EVERYTHING if rule.embargo is None else now - timedelta(seconds=rule.embargo)
