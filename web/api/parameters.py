"""What endpoints are asked with: one model each, which checks requests and writes the document."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from archive.search.query import LONGEST
from archive.views.front_hours import MOST_SOURCES
from archive.views.paging import LONGEST as LONGEST_CURSOR
from archive.views.search import MOST, Order, Which
from web.api.endpoint import Asked
from web.moments import TIMESTAMP, from_digits

_NAME = "[a-z0-9][a-z0-9-]{0,63}"
_HEX32, _HEX64 = r"^[0-9a-f]{32}$", r"^[0-9a-f]{64}$"


def _check_moment(text: str) -> str:
    try:
        from_digits(text)
    except ValueError as error:
        raise ValueError(f"allowed: {TIMESTAMP}") from error
    return text


def _check_word(text: str) -> str:
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("allowed: text without NUL and surrogates")
    return text


def _check_written(text: object) -> object:
    if not (isinstance(text, str) and _DAY.fullmatch(text)):  # a number would be seconds since 1970
        raise ValueError("allowed: a day such as 2026-03-21")
    return text


def _check_day(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError(f"allowed: a day from {_FIRST_DAY} to {_LAST_DAY}")
    return day


Day = Annotated[date, BeforeValidator(_check_written), AfterValidator(_check_day)]
Word = Annotated[str, AfterValidator(_check_word)]
Name = Annotated[str, StringConstraints(pattern=f"^{_NAME}$")]
Names = Annotated[
    str, StringConstraints(pattern=rf"^{_NAME}(,{_NAME}){{0,{MOST_SOURCES - 1}}}$", max_length=600)
]
Id = Annotated[str, StringConstraints(pattern=_HEX32)]
Sha256 = Annotated[str, StringConstraints(pattern=_HEX64)]
RunId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
Ending = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,80}$")]
Moment = Annotated[
    str,
    AfterValidator(_check_moment),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{4}([0-9]{2}){0,5}$"}),
]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048), AfterValidator(_check_word)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_check_word)]

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)
_URL_SAMPLE = "https://www.example-times.org/world/bridge-opens"
_ARTICLE = Field(description="Id of an article.", examples=["6f1ed002ab5595859014ebf0951522d9"])


class Nothing(Asked):
    """No parameters."""


class SearchFields(Asked):
    """What is searched for; the same words mean the same in the query itself."""

    q: Word = Field(
        "",
        max_length=LONGEST,
        description='Words, "a phrase", begin*, -not, OR, brackets, field:value. Empty: everything.',
        examples=['bridge "old town" -closed'],
    )
    source: Name | None = Field(None, description="Only of this source.", examples=["example-times"])
    lang: str | None = Field(
        None, pattern=r"^[a-z]{2,3}$", description="Only in this language.", examples=["en"]
    )
    event: Text | None = Field(
        None,
        description="Only versions with an event of this kind; `new` for first versions.",
        examples=["title"],
    )
    has: Text | None = Field(None, description="`picture` or `text`.", examples=["picture"])
    cluster: Id | None = Field(None, description="Only articles of this cluster.")
    since: Text | None = Field(None, description="Captured then or later (UTC).", examples=["2026-03"])
    until: Text | None = Field(
        None, description="Captured before; of a day, that day too.", examples=["2026-03-21"]
    )
    versions: Which = Field(
        Which.STANDING,
        description="`standing`: the newest of each article; `all`; `past`: what was said then, not now.",
    )
    sort: Order = Field(Order.NEWEST, description="By time of capture, or the best match first.")

    def filters(self) -> dict[str, str]:
        """The fields that were given beside the query."""
        names = ("source", "lang", "event", "has", "cluster", "since", "until")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class SearchPage(SearchFields):
    """A page of hits."""

    limit: int = Field(20, ge=1, le=MOST, description="Hits a page.")
    cursor: Text | None = Field(None, max_length=LONGEST_CURSOR, description="`next` of the page before.")


class OneArticle(Asked):
    """An article, with the version that stood at a moment."""

    article: Id = _ARTICLE
    at: Moment | None = Field(
        None, description=f"The version that stood then: {TIMESTAMP}.", examples=["20260321"]
    )


class OneVersion(Asked):
    """One version of an article."""

    article: Id = _ARTICLE
    number: int = Field(ge=1, le=999_999_999, description="Number of the version.", examples=[1])


class TwoVersions(Asked):
    """Two versions of an article."""

    article: Id = _ARTICLE
    before: int | None = Field(
        None, ge=1, le=999_999_999, description="The earlier; the one before the later."
    )
    after: int | None = Field(
        None, ge=1, le=999_999_999, description="The later; the newest if it is missing."
    )


class Address(Asked):
    """An address on the web."""

    url: Url = Field(description="An address, as it stands in a browser.", examples=[_URL_SAMPLE])


class Night(Asked):
    """A night."""

    night: Day | None = Field(None, description="Local date of its slot; the newest if it is missing.")


class OneSource(Asked):
    """A source."""

    source: Name = Field(description="Name of a source.", examples=["example-times"])


class Limit(Asked):
    """So many of a list."""

    limit: int = Field(50, ge=1, le=500, description="At most so many.")
    cursor: Text | None = Field(None, max_length=LONGEST_CURSOR, description="`next` of the page before.")


class Ledger(Asked):
    """A run with a page of its ledger."""

    run: RunId = Field(description="Id of a run.", examples=["20260321T020000Z-9b1c"])
    source: Name | None = Field(None, description="Only addresses of this source.")
    outcome: Ending | None = Field(None, description="Only those that ended so; `waiting` for none yet.")
    reason: Ending | None = Field(None, description="Only those with this reason.")
    after: int = Field(-1, ge=-1, le=2**53, description="`following` of the page before.")


class SourcesAt(Asked):
    """Every source at a moment."""

    at: Moment | None = Field(None, description=f"A moment: {TIMESTAMP}; now if it is missing.")


class FrontAt(Asked):
    """A front page at a moment."""

    source: Name = Field(description="Name of a source.", examples=["example-times"])
    url: Url | None = Field(None, description="Of one of its pages; its home page if it is missing.")
    at: Moment | None = Field(None, description=f"A moment: {TIMESTAMP}; now if it is missing.")


class HoursOf(Asked):
    """A day of front pages."""

    day: Day | None = Field(None, description="A day (UTC); the newest if it is missing.")
    sources: Names | None = Field(
        None,
        description=f"Names of sources, with commas: at most {MOST_SOURCES}; the first ones if missing.",
        examples=["example-times,harbour-courier"],
    )


class WallOf(Asked):
    """The pictures of a day."""

    day: Day | None = Field(None, description="A day (UTC); the newest if it is missing.")
    source: Name | None = Field(None, description="Only of this source.")


class OnePicture(Asked):
    """A picture."""

    sha256: Sha256 = Field(description="Of its bytes.", examples=["9f" * 32])


class StoriesSince(Asked):
    """The newest stories."""

    since: Moment | None = Field(None, description=f"With an article captured then or later: {TIMESTAMP}.")
    source: Name | None = Field(None, description="With an article of this source.")
    limit: int = Field(50, ge=1, le=200, description="At most so many.")
    cursor: Text | None = Field(None, max_length=LONGEST_CURSOR, description="`next` of the page before.")


class OneSearch(Asked):
    """A saved search with a page of its finds."""

    search: Name = Field(description="Name of a saved search.", examples=["bridge-watch"])
    limit: int = Field(50, ge=1, le=200, description="At most so many.")
    cursor: Text | None = Field(None, max_length=LONGEST_CURSOR, description="`next` of the page before.")
