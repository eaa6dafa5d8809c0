"""How much may be fetched and stored: for one source (`Quota`), and in all (`QuotaSettings`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from config.day_window import DayWindow, parse_day_window
from config.part import Part
from config.problems import refuse
from config.timezone import TimezoneName
from config.units import Bytes, parse_size

RULES = "bytes a second such as 500KiB, or with times of day: 07:00-22:00 500KiB"

_MIB = 1024**2


class Amount(Part):
    """What may be used in some time."""

    requests: int | None = Field(default=None, ge=1, description="Requests, redirects and pictures included.")
    bytes: Bytes | None = Field(default=None, gt=0, description="Bytes that came, such as 500MiB.")


class Quota(Part):
    """What a source may use; what is not fetched for it is due again in the next run."""

    night: Amount = Field(default=Amount(), description="In one day of its zone, from midnight to midnight.")
    month: Amount = Field(default=Amount(), description="In one month of its zone.")
    storage: Bytes | None = Field(
        default=None, gt=0, description="Bytes that its captures take in the archive, such as 20GiB."
    )


@dataclass(frozen=True, slots=True)
class BandwidthRule:
    """So many bytes a second, at some time of day or (None) at any."""

    window: DayWindow | None
    rate: int


def parse_bandwidth(text: str) -> BandwidthRule:
    """Read `500KiB` or `07:00-22:00 500KiB`.

    Raises:
        ValueError: it is neither.
    """
    window, _, size = text.strip().rpartition(" ") if ":" in text else ("", "", text)
    try:
        rule = BandwidthRule(parse_day_window(window) if window else None, parse_size(size))
    except ValueError:
        raise refuse("is no limit of bandwidth", allowed=RULES) from None
    if rule.rate < 1:
        raise refuse("is no limit of bandwidth", allowed=RULES)
    return rule


def _check_bandwidth(text: str) -> str:
    parse_bandwidth(text)
    return " ".join(text.split())


def _split(value: Any) -> Any:
    """A list written in a variable: `07:00-22:00 500KiB, 2MiB`."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


Bandwidth = Annotated[str, AfterValidator(_check_bandwidth), WithJsonSchema({"type": "string"})]


class QuotaSettings(Quota):
    """Settings under `quota`: what all sources together may use.

    Attributes:
        timezone: of nights, months and the times of day in `bandwidth`.
        min_free: bytes that must stay free where the spool and a local store lie; below, nothing is fetched.
        bandwidth: limits of what comes in, the first whose time of day it is counts.
    """

    timezone: TimezoneName = "UTC"
    min_free: Bytes = 512 * _MIB
    bandwidth: Annotated[tuple[Bandwidth, ...], BeforeValidator(_split)] = ()

    def rate_at(self, local: datetime) -> int | None:
        """Bytes a second at a wall-clock time of `timezone`; None: as fast as may be."""
        rules = map(parse_bandwidth, self.bandwidth)
        fitting = (rule for rule in rules if rule.window is None or rule.window.covers(local))
        return next((rule.rate for rule in fitting), None)
