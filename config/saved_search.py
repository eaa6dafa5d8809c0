"""One saved search: what is asked, and whom its finds are told to."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from config.alarm_settings import Reference, split_list
from config.part import Part
from config.problems import refuse

FILTERS = ("source", "lang", "event", "has", "cluster")
"""Fields of a search that may be given beside its words."""


class SavedSearch(Part):
    """One search under `searches`.

    Attributes:
        name: by which it is known; unique. Its finds are kept under it.
        query: what is asked, in the language of searches.
        source, lang, event, has, cluster: fields that hold for all of it, as beside any search.
        to: whom its finds are told to: references as in `alarms.to`; None: those of `alarms.to`.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    query: Annotated[str, Field(max_length=1000)] = ""
    source: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")] | None = None
    lang: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    event: str | None = None
    has: str | None = None
    cluster: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    to: Annotated[tuple[Reference, ...], BeforeValidator(split_list)] | None = None

    @property
    def filters(self) -> dict[str, str]:
        """The fields that were given beside the words."""
        return {name: value for name in FILTERS if (value := getattr(self, name)) is not None}

    @model_validator(mode="after")
    def _asks_something(self) -> SavedSearch:
        if not self.query.strip() and not self.filters:
            allowed = f"words, or one of {', '.join(FILTERS)}"
            raise refuse("asks for nothing, which every version would answer", allowed=allowed, at=("query",))
        return self


def unique_names(searches: tuple[SavedSearch, ...]) -> tuple[SavedSearch, ...]:
    """The searches; refuses a name that stands twice."""
    names = [each.name for each in searches]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise refuse(f"has two searches named {twice}", allowed="each name once")
    return searches
