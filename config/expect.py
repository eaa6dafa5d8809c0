"""What a healthy night of a source looks like, where its file says so."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from config.part import Part
from config.problems import closest, refuse
from config.units import Seconds

FAILURE_CLASSES = (
    *("dns", "refused", "tls", "timeout", "disconnect", "http_403", "http_404", "http_429", "http_5xx"),
    *("empty", "parse", "challenge", "wall", "truncated", "robots", "other"),
)
"""What keeps a page from being read, in classes; `crawler.watch.failures` sorts every reason into one."""


def _check_classes(shares: dict[str, float]) -> dict[str, float]:
    allowed = ", ".join(FAILURE_CLASSES)
    for name in shares:
        if name not in FAILURE_CLASSES:
            meant = closest(f"http_{name}" if name.isdigit() else name, FAILURE_CLASSES)
            raise refuse(f"names {name!r}, which is no class of failure", allowed=allowed, suggestion=meant)
    return shares


Share = Annotated[float, Field(ge=0, le=1)]
Failures = Annotated[dict[str, Share], AfterValidator(_check_classes)]


class ArticlesPerNight(Part):
    """How many articles a night should bring."""

    min: int | None = Field(
        default=None, ge=0, description="Fewer new articles than this in a night raise an alarm."
    )
    max: int | None = Field(
        default=None, ge=0, description="More new articles than this in a night raise an alarm."
    )

    @model_validator(mode="after")
    def _in_order(self) -> ArticlesPerNight:
        if self.min is not None and self.max is not None and self.max < self.min:
            raise refuse("is less than min", allowed=f"{self.min} or more", at=("max",))
        return self


class Expect(Part):
    """What a healthy night looks like; a night that is otherwise raises an alarm."""

    articles_per_night: ArticlesPerNight = Field(
        default=ArticlesPerNight(), description="How many articles a night should bring."
    )
    text: Share | None = Field(
        default=None, description="The least share of pages that should be read as articles, from 0 to 1."
    )
    title: Share | None = Field(
        default=None, description="The least share of new articles that should have a title, from 0 to 1."
    )
    date: Share | None = Field(
        default=None, description="The least share of new articles that should have a date, from 0 to 1."
    )
    picture: Share | None = Field(
        default=None, description="The least share of new articles that should have a picture, from 0 to 1."
    )
    freshness: Seconds | None = Field(
        default=None,
        gt=0,
        description="How old the newest article may be at the end of a night, such as 2d.",
    )
    quarantined: Share = Field(
        default=0.2, description="The largest share of the pages that came that may be quarantined."
    )
    failed: Share | None = Field(
        default=None, description="The largest share of the pages asked for that may fail, from 0 to 1."
    )
    failures: Failures = Field(
        default={},
        description="The same by class of failure, such as {dns: 0, http_403: 0.05, challenge: 0.1}.",
    )
    learned: bool = Field(
        default=True, description="Whether a night is also compared with the source's own past."
    )
