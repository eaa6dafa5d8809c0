"""Whether a source's pages are shown by a browser before they are read."""

from __future__ import annotations

from typing import Annotated, Any

from cssselect import HTMLTranslator, SelectorError
from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from config.part import Part
from config.problems import refuse
from config.units import Seconds, parse_duration

LONGEST_WAIT = 60.0  # seconds
LONGEST_TIMEOUT = 300.0  # seconds
LONGEST_SELECTOR = 1000  # characters


def _read_wait(value: object) -> float | str | None:
    """Seconds where it reads as a duration; else a selector."""
    allowed = f"seconds such as 2s, at most {LONGEST_WAIT:g}s, or a CSS selector such as article h1"
    if value is None:
        return None
    try:
        seconds = parse_duration(value)
    except ValueError:
        return _selector(value, allowed)
    if seconds > LONGEST_WAIT:
        raise refuse("is too long a wait", allowed=allowed)
    return seconds


def _selector(value: object, allowed: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_SELECTOR:
        raise refuse("is no wait", allowed=allowed)
    try:
        HTMLTranslator().css_to_xpath(value)
    except (SelectorError, ValueError) as error:
        raise refuse(f"is neither seconds nor a CSS selector: {error}", allowed=allowed) from None
    return value


Wait = Annotated[
    float | str | None,
    BeforeValidator(_read_wait),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}),
]


class Render(Part):
    """How its pages are shown; `render: true` is short for all defaults, and needs `dateline[render]`."""

    enabled: bool = Field(default=True, description="Whether a browser shows its pages before they are read.")
    wait: Wait = Field(
        default=None,
        description="What to wait for: seconds, or a CSS selector; until nothing loads any more if empty.",
    )
    screenshot: bool = Field(default=False, description="Whether a picture of the page is archived too.")
    timeout: Seconds = Field(
        default=45.0, gt=0, le=LONGEST_TIMEOUT, description="Seconds for one page, its scripts included."
    )

    @model_validator(mode="before")
    @classmethod
    def _switch(cls, data: Any) -> Any:
        return {"enabled": data} if isinstance(data, bool) else data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "boolean"}, handler(core_schema)]}
