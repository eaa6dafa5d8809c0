"""Cron expressions of five fields, as crontab(5) reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, WithJsonSchema

from config.problems import refuse

FIELDS = ("minute 0-59", "hour 0-23", "day of month 1-31", "month 1-12", "day of week 0-7")
ALLOWED = f"five fields: {', '.join(FIELDS)} (such as 0 2 * * *)"

_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def check_cron(expression: str) -> str:
    """`expression` with single spaces.

    Raises:
        ValueError: it has not five fields, a field is out of range, or it never comes.
    """
    fields = expression.split()
    if expression.strip().lower() in _NICKNAMES:
        meant = _NICKNAMES[expression.strip().lower()]
        raise refuse("is a nickname, not five fields", allowed=ALLOWED, suggestion=meant)
    if len(fields) != len(FIELDS):
        meant_fields = " ".join(fields[1:]) if len(fields) == len(FIELDS) + 1 else None
        raise refuse(f"has {len(fields)} fields, not five", allowed=ALLOWED, suggestion=meant_fields)
    for index, (text, meaning) in enumerate(zip(fields, FIELDS, strict=True)):
        alone = ["*"] * len(FIELDS)
        alone[index] = text
        if not _is_cron(" ".join(alone)):
            raise refuse(f"has a wrong field {text!r} for {meaning}", allowed=ALLOWED)
    normal = " ".join(fields)
    if not _is_cron(normal):
        raise refuse("never comes", allowed="a day that its month has")
    return normal


def _is_cron(expression: str) -> bool:
    try:
        next(CronSim(expression, _ANY_DAY))
    except (CronSimError, StopIteration):
        return False
    return True


Cron = Annotated[
    str, AfterValidator(check_cron), WithJsonSchema({"type": "string", "pattern": r"^\S+( +\S+){4}$"})
]
