"""The parameters of the CDX server API (pywb's), read and checked before anything is looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import surt
from starlette.datastructures import QueryParams

from archive.catalog.cdx_reads import Span
from web.address import host_of, spell, url_in
from web.cdx_filter import Filter, field_named, read_filters
from web.moments import TIMESTAMP, from_digits
from web.problem import bad_request

MOST = 10_000  # lines an answer, and lines a page
_KNOWN = {
    *("url", "matchType", "from", "from_ts", "to", "limit", "sort", "closest", "reverse", "filter", "fl"),
    *("fields", "output", "page", "pageSize", "showNumPages", "notModified"),
}
_FLAGS = {"true": True, "1": True, "false": False, "0": False, "": False}
E = TypeVar("E", bound=StrEnum)


class Match(StrEnum):
    """Which URLs are meant."""

    EXACT = "exact"
    PREFIX = "prefix"
    HOST = "host"
    DOMAIN = "domain"


class Sort(StrEnum):
    """Order of the lines."""

    DEFAULT = "default"
    REVERSE = "reverse"
    CLOSEST = "closest"


class Output(StrEnum):
    """How a line is written."""

    CDXJ = "cdxj"
    JSON = "json"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class CdxQuery:
    """One question to the index.

    Attributes:
        url: in the archive's spelling, with the scheme that was given, or http.
        closest: the moment to which the closest lines come first.
        page: from 0; None without pages. `page_size` in lines.
        count: only the number of pages is asked for.
    """

    url: str
    match: Match
    span: Span
    sort: Sort
    closest: datetime | None
    limit: int
    filters: tuple[Filter, ...]
    fields: tuple[str, ...] | None
    output: Output
    page: int | None
    page_size: int
    count: bool


def read_query(given: QueryParams) -> CdxQuery:
    """The question in a query string; raises Problem (400), naming the parameter and what is allowed."""
    unknown = [name for name in given if name not in _KNOWN]
    if unknown:
        raise bad_request(f"parameter {unknown[0][:40]!r} is unknown; allowed: {', '.join(sorted(_KNOWN))}")
    url, match = _url(given)
    closest = _moment(given, "closest")
    sort = _choice(given, "sort", Sort, Sort.DEFAULT)
    if _flag(given, "reverse"):
        sort = Sort.REVERSE
    if closest is not None:
        sort = Sort.CLOSEST
    elif sort is Sort.CLOSEST:
        raise bad_request(f"sort=closest needs closest=; allowed: {TIMESTAMP}")
    span = Span(_moment(given, "from", "from_ts"), _moment(given, "to", up=True), _flag(given, "notModified"))
    names = given.get("fields") or given.get("fl")
    return CdxQuery(
        url,
        match,
        span,
        sort,
        closest,
        _number(given, "limit", MOST, 1, MOST),
        tuple(read_filters(given.getlist("filter"))),
        tuple(field_named(name) for name in names.split(",")) if names else None,
        _choice(given, "output", Output, Output.CDXJ),
        _number(given, "page", 0, 0, MOST) if "page" in given else None,
        _number(given, "pageSize", 1000, 1, MOST),
        _flag(given, "showNumPages"),
    )


def _url(given: QueryParams) -> tuple[str, Match]:
    text = given.get("url", "").strip()
    if not text:
        raise bad_request("url= is missing; allowed: an address, with or without http:// or https://")
    match = _choice(given, "matchType", Match, Match.EXACT)
    if "matchType" not in given:
        if text.startswith("*."):
            text, match = text[2:], Match.DOMAIN
        elif text.endswith("*"):
            text, match = text[:-1], Match.PREFIX
    absolute = re.match(r"[a-z][a-z0-9+.-]*:/", text, re.IGNORECASE)
    return url_in(text if absolute else f"http://{text}"), match


def variants(url: str) -> list[str]:
    """The spellings of a URL that share its sort key: http and https, `www.` or not, a slash at the end."""
    key = surt.surt(url)
    rest = url.partition("://")[2]
    bare = rest.removeprefix("www.")
    spelled = {}
    for scheme in ("http", "https"):
        for name in (rest, bare, f"www.{bare}"):
            for tail in (name, name.rstrip("/"), f"{name}/"):
                found = spell(f"{scheme}://{tail}")
                if surt.surt(found) == key:
                    spelled[found] = True
    return list(spelled)


def sort_keys(query: CdxQuery) -> tuple[str, ...]:
    """The sort key (SURT) that is meant; for a prefix, host or domain, what its keys begin with."""
    key = surt.surt(query.url)
    host = key.partition(")")[0]
    match query.match:
        case Match.EXACT:
            return (key,)
        case Match.HOST:
            return (f"{host})",)
        case Match.DOMAIN:
            return (f"{host})", f"{host},")
        case Match.PREFIX:  # SURT drops a slash at the end, which a prefix means
            return (key + ("/" if query.url.endswith("/") and not key.endswith("/") else ""),)


def part_of(query: CdxQuery) -> str:
    """Text that stands in every URL that a prefix, host or domain match can mean."""
    return host_of(query.url).removeprefix("www.")


def _moment(given: QueryParams, *names: str, up: bool = False) -> datetime | None:
    name = next((name for name in names if given.get(name)), None)
    if name is None:
        return None
    try:
        return from_digits(given[name], up=up)
    except ValueError as error:
        raise bad_request(f"{name}: {error}; allowed: {TIMESTAMP}") from error


def _number(given: QueryParams, name: str, default: int, least: int, most: int) -> int:
    text = given.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
        raise bad_request(f"{name}: {text[:40]!r}; allowed: a number from {least} to {most}")
    return int(text)


def _flag(given: QueryParams, name: str) -> bool:
    text = given.get(name, "").lower()
    if text not in _FLAGS:
        raise bad_request(f"{name}: {text[:40]!r}; allowed: true or false")
    return _FLAGS[text]


def _choice(given: QueryParams, name: str, kind: type[E], default: E) -> E:
    text = given.get(name, "")
    try:
        return kind(text) if text else default
    except ValueError as error:
        raise bad_request(f"{name}: {text[:40]!r}; allowed: {', '.join(kind)}") from error
