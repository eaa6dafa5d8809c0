"""An archive over HTTP: `/api/v1` of its service is asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import TypeAdapter, ValidationError

from archive.catalog.ledger_reads import LedgerChoice
from archive.views.answers import AlarmList, FrontHistory, RunList, SourceDetail, SourceList
from archive.views.article import ArticleView
from archive.views.clusters import StoryList
from archive.views.compare import Comparison
from archive.views.front_hours import FrontDay
from archive.views.fronts import Fronts
from archive.views.lookup import Found
from archive.views.pictures import PictureView, Wall
from archive.views.previews import PreviewView
from archive.views.saved import Saved, SavedFinds, SavedList
from archive.views.search import Results
from archive.views.sources import RunView
from archive.views.today import Today
from config.version import dateline_version
from dateline.asked import Search
from dateline.errors import (
    ArchiveError,
    Failed,
    NoArchive,
    NotArchived,
    NotShown,
    TokenNeeded,
    TooOften,
    Unreachable,
    WrongQuestion,
)

T = TypeVar("T")
Given = Mapping[str, str | int | None]

PREFIX = "/api/v1"
_SECONDS = 60.0  # for one answer


class RemoteArchive:
    """The back end over a service's API, with the eyes of a reader: its access rules hold.

    Where the service asks for patience (429), it is waited for up to `patience` seconds a question.
    """

    def __init__(
        self,
        address: str,
        token: str | None = None,
        *,
        patience: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if urlsplit(address).scheme not in {"http", "https"}:
            raise NoArchive(f"{address[:80]!r} is no web address", "give one such as http://127.0.0.1:8080")
        self._origin = address.rstrip("/").removesuffix(PREFIX)
        headers = {"User-Agent": f"dateline-python/{dateline_version()}", "Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(headers=headers, timeout=_SECONDS)
        self._patience, self._sleep = patience, sleep

    @property
    def place(self) -> str:
        return self._origin

    def search(self, asked: Search, limit: int, cursor: str | None) -> Results:
        given = {"q": asked.words, "versions": str(asked.which), "sort": str(asked.order)}
        return self._get(Results, "/search", {**given, **asked.filters, "limit": limit, "cursor": cursor})

    def look_up(self, url: str) -> Found:
        return self._get(Found, "/lookup", {"url": url})

    def article(self, article_id: str, number: int | None, at: datetime | None) -> ArticleView | None:
        if number is not None:
            return self._maybe(ArticleView, f"/articles/{article_id}/versions/{number}")
        return self._maybe(ArticleView, f"/articles/{article_id}", {"at": _digits(at)})

    def compare(self, article_id: str, before: int | None, after: int | None) -> Comparison | None:
        return self._maybe(Comparison, f"/articles/{article_id}/diff", {"before": before, "after": after})

    def night(self, night: date | None) -> Today:
        return self._get(Today, "/today", {"night": night.isoformat() if night else None})

    def sources(self) -> SourceList:
        return self._get(SourceList, "/sources")

    def source(self, name: str) -> SourceDetail | None:
        return self._maybe(SourceDetail, f"/sources/{name}")

    def preview(self, name: str) -> PreviewView | None:
        return self._maybe(PreviewView, f"/sources/{name}/preview")

    def runs(self, limit: int, cursor: str | None) -> RunList:
        return self._get(RunList, "/runs", {"limit": limit, "cursor": cursor})

    def run(self, run_id: str, chosen: LedgerChoice, after: int) -> RunView | None:
        given = {"source": chosen.source, "outcome": chosen.outcome, "reason": chosen.reason, "after": after}
        return self._maybe(RunView, f"/runs/{quote(run_id, safe='')}", given)

    def alarms(self, limit: int, cursor: str | None) -> AlarmList:
        return self._get(AlarmList, "/alarms", {"limit": limit, "cursor": cursor})

    def stories(
        self, since: datetime | None, source: str | None, limit: int, cursor: str | None
    ) -> StoryList:
        given = {"since": _digits(since), "source": source, "limit": limit, "cursor": cursor}
        return self._get(StoryList, "/clusters", given)

    def fronts(self, at: datetime | None) -> Fronts:
        return self._get(Fronts, "/fronts", {"at": _digits(at)})

    def front(self, source: str, url: str | None, at: datetime | None) -> FrontHistory | None:
        return self._maybe(FrontHistory, f"/fronts/{source}", {"url": url, "at": _digits(at)})

    def front_hours(self, day: date | None, sources: Sequence[str]) -> FrontDay:
        given = {"day": day.isoformat() if day else None, "sources": ",".join(sources) or None}
        return self._get(FrontDay, "/front-hours", given)

    def pictures(self, day: date | None, source: str | None) -> Wall:
        return self._get(Wall, "/pictures", {"day": day.isoformat() if day else None, "source": source})

    def picture(self, sha256: str) -> PictureView | None:
        return self._maybe(PictureView, f"/pictures/{sha256}")

    def searches(self) -> tuple[Saved, ...]:
        return self._get(SavedList, "/searches").searches

    def finds(self, search: str, limit: int, cursor: str | None) -> SavedFinds | None:
        return self._maybe(SavedFinds, f"/searches/{search}", {"limit": limit, "cursor": cursor})

    def close(self) -> None:
        self._http.close()

    def _maybe(self, kind: type[T], path: str, given: Given | None = None) -> T | None:
        try:
            return self._get(kind, path, given)
        except NotArchived:
            return None

    def _get(self, kind: type[T], path: str, given: Given | None = None) -> T:
        answer = self._answer(
            path, {name: value for name, value in (given or {}).items() if value is not None}
        )
        of: Any = kind
        try:
            found: T = _adapter(of).validate_json(answer.content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise Failed(
                f"{self._origin}{PREFIX}{path} answers what this release does not know ({where})",
                f"install the release that answers there; here is {dateline_version()}",
            ) from error
        return found

    def _answer(self, path: str, given: Mapping[str, str | int]) -> httpx.Response:
        waited = 0.0
        while True:
            answer = self._ask(path, given)
            if answer.status_code == HTTPStatus.OK:
                return answer
            error = _error_of(answer, self._origin)
            if not isinstance(error, TooOften) or waited + error.seconds > self._patience:
                raise error
            self._sleep(error.seconds)
            waited += error.seconds

    def _ask(self, path: str, given: Mapping[str, str | int]) -> httpx.Response:
        try:
            return self._http.get(f"{self._origin}{PREFIX}{path}", params=dict(given))
        except httpx.InvalidURL as error:
            raise NoArchive(
                f"{self._origin}: {error}", "give an address such as http://127.0.0.1:8080"
            ) from error
        except httpx.HTTPError as error:
            raise Unreachable(
                f"{self._origin} does not answer ({type(error).__name__}: {error})",
                "look whether `dateline serve` or `dateline web` runs there, and ask again",
            ) from error


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _digits(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y%m%d%H%M%S}".rjust(14, "0")


_ERRORS: Mapping[int, tuple[type[ArchiveError], str]] = {
    400: (WrongQuestion, "mend it and ask again"),
    401: (TokenNeeded, "give token= what the setting web.token says there"),
    404: (NotArchived, "look_up(url) tells what is known of an address"),
    421: (NoArchive, "ask under the address that web.origin says there"),
    451: (NotShown, "there is nothing to be done here: whoever keeps the archive decided so"),
    503: (Unreachable, "ask again in a minute"),
}


def _error_of(answer: httpx.Response, origin: str) -> ArchiveError:
    """What an answer that is none says, as an error (RFC 9457)."""
    status, said = answer.status_code, _detail(answer)
    if said is None:
        next_ = "give the address of a Dateline service, such as its web.origin"
        return NoArchive(f"{origin} answers {status} without problem details", next_)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        seconds = answer.headers.get("retry-after", "")
        wait = float(seconds) if seconds.isascii() and seconds.isdigit() else 60.0
        return TooOften(said, f"ask again in {wait:.0f} seconds, or with more patience=", wait)
    if status in _ERRORS:
        kind, next_ = _ERRORS[status]
        return kind(said, next_)
    return Failed(f"{origin} answers {status}: {said}", "its log tells why")


def _detail(answer: httpx.Response) -> str | None:
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    try:
        found = json.loads(answer.content)
    except ValueError:
        return None
    return str(found.get("detail", found.get("title", ""))) if isinstance(found, dict) else None
