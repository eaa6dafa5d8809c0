"""A source: a site that we promised to watch, as one YAML file describes it."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from config.cron import Cron
from config.expect import Expect
from config.extract_rule import ExtractRule
from config.login import Login
from config.part import Part
from config.problems import refuse
from config.quota import Quota
from config.regex_safety import why_unsafe
from config.render import Render
from config.timezone import TimezoneName
from config.timing import Timing
from config.units import KeepDays, LookBudget, Seconds
from config.web_address import WebAddress

NAME_PATTERN = r"[a-z0-9][a-z0-9-]*"
LONGEST_NAME = 64

_MOST_ADDRESSES = 500


def is_source_name(name: object) -> bool:
    """Whether `name` can be a source's."""
    return isinstance(name, str) and len(name) <= LONGEST_NAME and bool(re.fullmatch(NAME_PATTERN, name))


def _check_name(name: str) -> str:
    if not is_source_name(name):
        meant = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_NAME]
        allowed = f"small letters a-z, digits and -, starting with a letter or digit, at most {LONGEST_NAME}"
        raise refuse("is no name for a source", allowed=allowed, suggestion=meant or None)
    return name


def _check_language(tag: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", tag):
        raise refuse("is no language tag", allowed="a BCP 47 tag such as en, de or pt-BR")
    return tag


def _check_pattern(pattern: str) -> str:
    allowed = "a regular expression of Python's re, searched for anywhere in the URL"
    try:
        unsafe = why_unsafe(pattern)
    except (re.error, OverflowError) as error:
        raise refuse(f"is no regular expression: {error}", allowed=allowed) from None
    if unsafe is not None:
        raise refuse(unsafe, allowed=f"{allowed}; no repeat inside a repeat, such as [^/]+ in place of (.+)+")
    return pattern


Name = Annotated[
    str,
    AfterValidator(_check_name),
    WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$", "maxLength": LONGEST_NAME}),
]
Pattern = Annotated[
    str, AfterValidator(_check_pattern), WithJsonSchema({"type": "string", "format": "regex"})
]
Language = Annotated[str, AfterValidator(_check_language)]
Addresses = Annotated[tuple[WebAddress, ...], Field(max_length=_MOST_ADDRESSES)]


class Articles(Part):
    """Which addresses are articles."""

    allow: tuple[Pattern, ...] = Field(
        default=(),
        description="Regular expressions; with any, only a URL in which one is found can be an article.",
    )
    deny: tuple[Pattern, ...] = Field(
        default=(), description="Regular expressions; a URL in which one is found is no article."
    )


class Discover(Part):
    """Where new articles are found; what is left out is looked for on the home page and in robots.txt."""

    feeds: Addresses = Field(default=(), description="Addresses of RSS, Atom or JSON feeds.")
    sitemaps: Addresses = Field(
        default=(), description="Addresses of sitemaps, news sitemaps or their indexes."
    )
    sections: Addresses = Field(default=(), description="Addresses of pages that link to new articles.")
    articles: Articles = Field(default=Articles(), description="Which addresses are articles.")
    front: bool = Field(
        default=True, description="Whether the homepage is kept each run for what it leads with."
    )
    max_urls: int = Field(default=5000, ge=1, le=1_000_000, description="The most URLs taken up in one run.")


class Politeness(Part):
    """How gently the site is asked, where it should differ from the settings."""

    delay: Seconds | None = Field(
        default=None,
        description="Seconds between two requests to one host, such as 5s; the settings' if empty.",
    )
    concurrency: int | None = Field(
        default=None, ge=1, le=64, description="Requests in flight to one host; the settings' if empty."
    )


class Images(Part):
    """What to do with an article's pictures."""

    enabled: bool = Field(default=True, description="Whether pictures are archived.")
    max: int = Field(default=20, ge=0, le=1000, description="The most pictures of one article.")


class Capture(Part):
    """What is archived with a page, besides the page and its pictures."""

    css: bool = Field(
        default=False, description="Whether style sheets are archived with a page's new versions."
    )


class Judge(Part):
    """How it is told whether a page is an article."""

    probe: bool = Field(
        default=True,
        description="Whether one address that cannot exist is asked for in each run, to know such an answer.",
    )


class SourceNetwork(Part):
    """What the source may reach."""

    allow_private: bool = Field(
        default=False, description="Whether it may be on a private address, such as a test server at home."
    )


class Revisit(Part):
    """How much is spent on looking at known pages again."""

    budget: LookBudget = Field(
        default=0.5,
        description="Looks at known pages a run: a number, or as 50% the share of the requests that fit, at "
        "the delay, between two of its schedule's times.",
    )


class Policy(Part):
    """What of the source's captures is kept, how long, and when an article is gone."""

    keep: Literal["all", "changed", "changed+daily"] = Field(
        default="all",
        description="all; changed: bytes of pages that only were unchanged go at compaction; changed+daily: "
        "one a local day and article stays.",
    )
    expire: KeepDays = Field(
        default=None, description="After how many days captures are deleted, such as 90d; never if empty."
    )
    gone_nights: int = Field(
        default=2,
        ge=2,
        le=30,
        description="On how many nights a page must be missing before its article counts as removed.",
    )
    noarchive: Literal["honour", "ignore"] = Field(
        default="honour", description="What a page's noarchive (in its head or in a header) means to us."
    )
    tdm_reservation: Literal["honour", "ignore"] = Field(
        default="ignore", description="What a reservation of text and data mining (TDMRep) means to us."
    )


class Source(Part):
    """A site that we promised to watch. Only `name` and `homepage` are required."""

    name: Name = Field(description="Short name, the same as the file's without .yaml.")
    title: str = Field(
        default="",
        validate_default=True,
        max_length=200,
        description="The name people know it by; the short name if empty.",
    )
    homepage: WebAddress = Field(description="Address of the site's first page.")
    timezone: TimezoneName = Field(
        default="UTC",
        description="Time zone of the schedule and of dates without one, such as Europe/Berlin.",
    )
    enabled: bool = Field(default=True, description="Whether the schedule crawls it.")
    extends: Name | None = Field(
        default=None, description="A source or a base of `defaults.yaml` that says what this file does not."
    )
    group: Name | None = Field(
        default=None,
        description="A group of `defaults.yaml`, which says what else holds, and how many go at once.",
    )
    language: Language | None = Field(
        default=None,
        description="Language of its articles (BCP 47), such as en or pt-BR; found out if empty.",
    )
    discover: Discover = Field(default=Discover(), description="Where new articles are found.")
    schedule: Cron = Field(
        default="0 2 * * *",
        description="When it is crawled, in its time zone: minute, hour, day of month, month, day of week.",
    )
    timing: Timing = Field(
        default=Timing(), description="When a slot really begins, and how long a run may take."
    )
    politeness: Politeness = Field(default=Politeness(), description="How gently the site is asked.")
    quota: Quota = Field(default=Quota(), description="How much may be fetched and stored.")
    extract: tuple[ExtractRule, ...] = Field(
        default=(), max_length=100, description="Dated rules for reading its pages; no two on the same day."
    )
    images: Images = Field(default=Images(), description="Whether and how many pictures are archived.")
    capture: Capture = Field(
        default=Capture(), description="What is archived with a page, besides its pictures."
    )
    render: Render = Field(
        default=Render(enabled=False),
        description="Whether a browser shows its pages before they are read: true, false, or how.",
    )
    judge: Judge = Field(default=Judge(), description="How it is told whether a page is an article.")
    login: Login = Field(
        default=Login(), description="What is sent to the site so that it lets us in; secrets by reference."
    )
    network: SourceNetwork = Field(default=SourceNetwork(), description="Which addresses it may reach.")
    revisit: Revisit = Field(default=Revisit(), description="How much looking again may cost.")
    policy: Policy = Field(default=Policy(), description="How long what it brings is kept.")
    expect: Expect = Field(default=Expect(), description="What a healthy night looks like.")

    @field_validator("title", mode="after")
    @classmethod
    def _title_or_name(cls, title: str, info: ValidationInfo) -> str:
        return title.strip() or str(info.data.get("name", ""))

    @field_validator("extract", mode="after")
    @classmethod
    def _one_rule_a_day(cls, rules: tuple[ExtractRule, ...]) -> tuple[ExtractRule, ...]:
        for (first_at, first), (second_at, second) in combinations(enumerate(rules), 2):
            if first.overlaps(second):
                what = f"overlaps extract[{first_at}] ({second}, and {first})"
                allowed = "rules that share no day: end the older one with until"
                raise refuse(what, allowed=allowed, at=(second_at,))
        return rules
