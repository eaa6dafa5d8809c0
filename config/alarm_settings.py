"""Whom alarms are sent to, and when; addresses by reference only."""

from __future__ import annotations

import os
import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator

from config.part import Part
from config.problems import refuse
from config.timezone import TimezoneName

REFERENCES = "${VARIABLE}, or file:/path/to/address; what they hold is an address of Apprise's"

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)")
_LARGEST_FILE = 16_384


def _check_reference(reference: str) -> str:
    if _VARIABLE.fullmatch(reference):
        return reference
    if not reference.startswith("file:"):
        raise refuse("holds the address itself, which must not stand here", allowed=REFERENCES)
    if not Path(reference.removeprefix("file:")).is_absolute():
        raise refuse("names a file by a relative path", allowed=REFERENCES)
    return reference


def _check_hours(hours: str) -> str:
    found = _HOURS.fullmatch(hours)
    if found is None or found.group(1, 2) == found.group(3, 4):
        raise refuse("is no span of hours", allowed="from and until, such as 22:00-07:00")
    return hours


def split_list(value: object) -> object:
    """A list written in a variable: `${DESK}, ${NIGHT}`."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


Reference = Annotated[str, AfterValidator(_check_reference)]
Hours = Annotated[str, AfterValidator(_check_hours)]


class AlarmSettings(Part):
    """Settings under `alarms`.

    Attributes:
        to: whom messages are sent to: references to addresses of Apprise's. They are read when a message is
            sent, and stand in no setting, row or log.
        severity: the least that is sent; all alarms are kept.
        quiet: hours in which nothing is sent, such as `22:00-07:00`; what comes then is sent after them.
        timezone: of these hours.
    """

    to: Annotated[tuple[Reference, ...], BeforeValidator(split_list)] = ()
    severity: Literal["warning", "error"] = "warning"
    quiet: Hours | None = None
    timezone: TimezoneName = "UTC"

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        """From when until when nothing is sent, on the clocks of `timezone`."""
        found = _HOURS.fullmatch(self.quiet) if self.quiet is not None else None
        if found is None:
            return None
        return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))


def read_address(reference: str) -> str:
    """The address that a reference stands for.

    Raises:
        ValueError: its variable is not set, or its file is empty or cannot be read; never with the address.
    """
    name = _VARIABLE.fullmatch(reference)
    if name is not None:
        if not (address := os.environ.get(name[1], "").strip()):
            raise ValueError(f"{reference}: the variable {name[1]} is not set")
        return address
    path = Path(reference.removeprefix("file:"))
    try:
        with path.open("rb") as stream:
            address = stream.read(_LARGEST_FILE).decode().strip()
    except OSError as error:
        raise ValueError(f"{reference} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{reference} holds no text") from None
    if not address:
        raise ValueError(f"{reference} is empty")
    return address
