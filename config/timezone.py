"""Names of time zones in the IANA database."""

from __future__ import annotations

import zoneinfo
from typing import Annotated

from pydantic import AfterValidator

from config.problems import closest, refuse


def check_timezone(name: str) -> str:
    """`name`, if it is a zone of the IANA time zone database.

    Raises:
        ValueError: it is not, or is spelled in another case.
    """
    zones = sorted(zoneinfo.available_timezones())
    if name not in zones:
        meant = closest(name, zones) or closest(name, [zone.rpartition("/")[2] for zone in zones])
        meant = next((zone for zone in zones if meant and zone.rpartition("/")[2] == meant), meant)
        raise refuse(
            "is no time zone", allowed="a name such as UTC or Europe/Berlin (IANA database)", suggestion=meant
        )
    return name


TimezoneName = Annotated[str, AfterValidator(check_timezone)]
