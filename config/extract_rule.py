"""Rules for reading a source's pages, dated because layouts change; they have the last word."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from cssselect import HTMLTranslator, SelectorError
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.part import Part
from config.problems import refuse

LONGEST_SELECTOR = 300
_MOST_SELECTORS = 100
# `meta[property="x"]@content`: an @ that only a name follows is never part of a selector.
_ATTRIBUTE = re.compile(r"(?P<selector>.+)@(?P<attribute>[A-Za-z_][\w:.-]*)", re.DOTALL)
_ANY_ORDER = ("drop", "keep")  # fields in which the order of selectors changes nothing


def split_attribute(value: str) -> tuple[str, str | None]:
    """A selector, and the attribute that is taken of what it matches: `time.pub@datetime`; None: its text."""
    found = _ATTRIBUTE.fullmatch(value)
    return (value, None) if found is None else (found["selector"], found["attribute"])


def _check_selector(selector: str) -> str:
    allowed = "a CSS selector such as .newsletter or div#related > ul"
    if len(selector) > LONGEST_SELECTOR:
        raise refuse("is too long for a selector", allowed=f"at most {LONGEST_SELECTOR} characters")
    try:
        HTMLTranslator().css_to_xpath(selector)
    except (SelectorError, ValueError) as error:
        raise refuse(f"is no CSS selector that can be used: {error}", allowed=allowed) from None
    return selector


def _check_value(value: str) -> str:
    _check_selector(split_attribute(value)[0])
    return value


def _read_date(value: Any) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError as error:
        raise refuse(f"is no date: {error}", allowed="a date such as 2026-01-31") from None
    raise refuse("is no date", allowed="a date such as 2026-01-31")


Selector = Annotated[str, AfterValidator(_check_selector)]
Value = Annotated[str, AfterValidator(_check_value)]
Selectors = Annotated[tuple[Selector, ...], Field(max_length=_MOST_SELECTORS)]
Values = Annotated[tuple[Value, ...], Field(max_length=_MOST_SELECTORS)]
Day = Annotated[date, BeforeValidator(_read_date)]


class ExtractRule(Part):
    """How to read pages captured in a span of days: an old capture is read with the rules of its day.

    What a rule names is believed before anything that was learned; where its selectors match nothing on a
    page, the page is read as without them. `selector@attribute` takes an attribute in place of the text.
    """

    since: Day | None = Field(
        default=None, description="First day of this rule in the source's time zone, such as 2026-01-01."
    )
    until: Day | None = Field(
        default=None, description="Last day of this rule (included), in the source's time zone."
    )
    drop: Selectors = Field(
        default=(), description="CSS selectors of parts of the page that are not the article."
    )
    keep: Selectors = Field(
        default=(), description="CSS selectors of parts whose text belongs to the article in any case."
    )
    text: Selectors = Field(
        default=(), description="CSS selectors of the elements that hold the article's text, all of it."
    )
    title: Values = Field(
        default=(), description="CSS selectors of the headline; the first that gives words counts."
    )
    byline: Values = Field(default=(), description="CSS selectors of who wrote it; every match is read.")
    date: Values = Field(
        default=(), description="CSS selectors of when it was published; the first that gives a date counts."
    )
    images: Values = Field(
        default=(),
        description="CSS selectors of its pictures, or of elements around them; in page order.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.since > self.until:
            allowed = f"{self.since} or later, as the rule starts on that day"
            raise refuse("ends before it starts", allowed=allowed, at=("until",))
        return self

    def covers(self, day: Day) -> bool:
        """Whether the rule is valid on `day` (the first and the last day included)."""
        return (self.since or date.min) <= day <= (self.until or date.max)

    def overlaps(self, other: ExtractRule) -> bool:
        """Whether some day has both rules."""
        return max(self.since or date.min, other.since or date.min) <= min(
            self.until or date.max, other.until or date.max
        )

    def does(self) -> dict[str, tuple[str, ...]]:
        """What the rule says, by field; fields that say nothing are left out, and its days."""
        names = (name for name in type(self).model_fields if name not in ("since", "until"))
        return {name: selectors for name in names if (selectors := getattr(self, name))}

    def __str__(self) -> str:
        return f"{self.since or 'the beginning'} to {self.until or 'now'}"


def rules_on(rules: Sequence[ExtractRule], at: datetime, timezone: str) -> tuple[ExtractRule, ...]:
    """The rules in force at a moment (aware), by the day that it is then in the source's time zone."""
    day = at.astimezone(ZoneInfo(timezone)).date()
    return tuple(rule for rule in rules if rule.covers(day))


def rules_digest(rules: Sequence[ExtractRule]) -> str:
    """12 hex digits that change when these rules, all in force together, read a page otherwise.

    `none` if they say nothing. Their days are not part of it: closing an old rule changes nothing on its own
    days.
    """
    said: dict[str, list[str]] = {}
    for rule in rules:
        for name, selectors in rule.does().items():
            said.setdefault(name, []).extend(selectors)
    if not said:
        return "none"
    distinct = {
        name: sorted(set(selectors)) if name in _ANY_ORDER else list(dict.fromkeys(selectors))
        for name, selectors in said.items()
    }
    canonical = json.dumps(distinct, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
