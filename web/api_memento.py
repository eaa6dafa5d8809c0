"""Memento (RFC 7089): TimeGate, TimeMaps, and raw captures."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urljoin

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from archive.opening import Archive
from archive.reader import read_exchange
from web.address import spell, target_of
from web.capture_head import PREFIX, original_headers
from web.holdings import Holdings
from web.memento import LINK_FORMAT, LINK_JSON, Memento, link, link_header
from web.moments import HTTP_DATE, TIMESTAMP, from_digits, from_http_date, http_date
from web.origins import JSON, LINK, RAW, REPLAY, Origins
from web.problem import Problem, bad_request, let_go

TIMEMAP_PAGE = 1000  # mementos
_LATEST = datetime.max.replace(tzinfo=UTC)
_MODIFIED = re.compile(r"(\d{4,14})([a-z]{2}_)?", re.ASCII)


class MementoApi:
    """The endpoints of RFC 7089 over one archive."""

    def __init__(self, archive: Archive, holdings: Holdings, origins: Origins, *, page: int) -> None:
        self._archive, self._holdings, self._origins, self._page = archive, holdings, origins, page

    def timegate(self, request: Request) -> Response:
        """302 to the memento closest to `Accept-Datetime`; without it, to the most recent one."""
        url = target_of(request.scope, 1)
        wanted = request.headers.get("accept-datetime")
        try:
            at = _LATEST if wanted is None else from_http_date(wanted)
        except ValueError as error:
            raise bad_request(f"Accept-Datetime: {error}; allowed: {HTTP_DATE}") from error
        found = self._holdings.memento(url, at)
        headers = {
            "Location": self._origins.memento(url, found.capture.at),
            "Vary": "accept-datetime",
            "Link": link_header(found, self._origins),
        }
        return Response(status_code=HTTPStatus.FOUND, headers=headers)

    def memento(self, request: Request) -> Response:
        """`id_`: the closest capture as it was archived; without a modifier, the way to its replay."""
        at, modifier = moment_of(request)
        url = target_of(request.scope, 2)
        if modifier == REPLAY:
            raise Problem(
                HTTPStatus.NOT_FOUND,
                f"captures are replayed at {self._origins.replay}, and never at this origin",
            )
        if modifier not in {RAW, ""}:
            raise bad_request(f"modifier {modifier!r} is unknown; allowed: {RAW}, {REPLAY} (replay) or none")
        found = self._holdings.memento(url, at)
        links = {"Link": link_header(found, self._origins)}
        if modifier and found.capture.at != at and (row := self._holdings.let_go(url, at)) is not None:
            raise let_go(row, self._origins.memento(found.capture.url, found.capture.at))
        if not modifier:
            return RedirectResponse(self._origins.replayed(url, at), HTTPStatus.FOUND, links)
        return self._raw(found, links["Link"])

    def timemap(self, request: Request) -> Response:
        """The mementos of a URL by time, in pages; `/timemap/<form>/<14 digits>/<url>` is a later page."""
        form = request.path_params["form"]
        if form not in {LINK, JSON}:
            raise bad_request(f"TimeMap {form[:20]!r} is unknown; allowed: {LINK} or {JSON}")
        rest = request.path_params["rest"]
        page = re.match(r"(\d{4,14})/", rest, re.ASCII)
        since = _moment(page[1]) if page else None
        url = target_of(request.scope, 3 if page else 2)
        moments = self._holdings.moments(url, since, self._page + 1)
        following = moments[self._page] if len(moments) > self._page else None
        write = _link_timemap if form == LINK else _json_timemap
        body = write(self._origins, url, since, moments[: self._page], following)
        return Response(body, media_type=LINK_FORMAT if form == LINK else LINK_JSON)

    def _raw(self, found: Memento, links: str) -> Response:
        capture = found.capture
        exchange = read_exchange(self._archive.store, capture)
        # Codes that carry no body, or that no client knows, would make another message of it.
        usable = 200 <= capture.status < 600 and capture.status not in {204, 205}  # noqa: PLR2004
        answer = Response(exchange.body, capture.status if usable else HTTPStatus.OK)
        del answer.headers["content-length"]
        fields = [
            *original_headers(exchange),
            (f"{PREFIX}Status", str(capture.status)),
            ("Content-Length", str(len(exchange.body))),
            ("Memento-Datetime", http_date(capture.at)),
            ("Content-Location", self._origins.memento(capture.url, capture.at)),
            ("Link", links),
        ]
        location = exchange.header("Location")
        if location and 300 <= capture.status < 400:  # noqa: PLR2004 - redirects
            fields += _moved(capture.url, location, capture.at, self._origins)
        if capture.truncated:
            fields.append(("X-Archive-Truncated", capture.truncated))
        answer.raw_headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in fields]
        return answer


def _moved(url: str, location: str, at: datetime, origins: Origins) -> list[tuple[str, str]]:
    try:
        target = spell(urljoin(url, location))
    except ValueError:
        return []  # it led nowhere; the original stands under its other name
    return [("Location", origins.memento(target, at))]


def moment_of(request: Request) -> tuple[datetime, str]:
    """The moment and the modifier of `/web/<digits><modifier>/…`; raises Problem (400)."""
    text = request.path_params["when"]
    found = _MODIFIED.fullmatch(text)
    if found is None:
        raise bad_request(
            f"{text[:40]!r} is no moment; allowed: {TIMESTAMP}, then {RAW}, {REPLAY} or nothing"
        )
    return _moment(found[1]), found[2] or ""


def _moment(text: str) -> datetime:
    try:
        return from_digits(text)
    except ValueError as error:
        raise bad_request(f"{error}; allowed: {TIMESTAMP}") from error


def _link_timemap(
    origins: Origins, url: str, since: datetime | None, moments: list[datetime], following: datetime | None
) -> str:
    """RFC 7089, 5: one link a line."""
    bounds = {"from": http_date(moments[0]), "until": http_date(moments[-1])}
    lines = [
        link(url, "original"),
        link(origins.timegate(url), "timegate"),
        link(origins.timemap(LINK, url, since), "self", type=LINK_FORMAT, **bounds),
    ]
    if following is not None:
        later = {"type": LINK_FORMAT, "from": http_date(following)}
        lines.append(link(origins.timemap(LINK, url, following), "timemap", **later))
    for at in moments:
        first = "first " if since is None and at == moments[0] else ""
        last = "last " if following is None and at == moments[-1] else ""
        lines.append(link(origins.memento(url, at), f"{first}{last}memento", datetime=http_date(at)))
    return ",\n".join(lines) + "\n"


def _json_timemap(
    origins: Origins, url: str, since: datetime | None, moments: list[datetime], following: datetime | None
) -> str:
    """The JSON form that Memento aggregators write, with the moments as RFC 3339."""
    mementos = [{"datetime": f"{at:%Y-%m-%dT%H:%M:%SZ}", "uri": origins.memento(url, at)} for at in moments]
    bounds: dict[str, object] = {}
    if since is None:
        bounds["first"] = mementos[0]
    if following is None:
        bounds["last"] = mementos[-1]
    pages = {} if following is None else {"pages": {"next": {"uri": origins.timemap(JSON, url, following)}}}
    document = {
        "original_uri": url,
        "self": origins.timemap(JSON, url, since),
        "timegate_uri": origins.timegate(url),
        "timemap_uri": {
            "link_format": origins.timemap(LINK, url),
            "json_format": origins.timemap(JSON, url),
        },
        "mementos": {"list": mementos, **bounds},
        **pages,
    }
    return json.dumps(document, indent=1) + "\n"
