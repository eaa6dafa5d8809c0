"""Renders a template as an answer. Everything is escaped, and nothing runs that is not ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.views.source_files import SourceFiles
from web.guard import OWN_HEADERS
from web.moments import digits
from web.origins import Origins
from web.pages.assets import assets
from web.pages.charts import bars
from web.pages.wording import FOUND_BY, STEPS, event_text, outcome_text, reason_text, step_text

_RIGHT_TO_LEFT = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi")
)
_TEMPLATES = Path(__file__).parent / "templates"
_STEPS = {name: at for at, name in enumerate(STEPS)}
NONE = "\N{EN DASH}"  # stands where nothing is known


@dataclass(frozen=True, slots=True)
class Shown:
    """What every page is rendered with."""

    origins: Origins
    files: SourceFiles

    def page(
        self,
        request: Request,
        template: str,
        context: Mapping[str, object],
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        """A template as an answer, with the headers of our own pages."""
        request.scope[OWN_HEADERS] = page_headers(self.origins)
        text = (
            environment()
            .get_template(template)
            .render(
                origins=self.origins,
                source_title=self.files.titles(),
                here=request.url.path,
                **context,
            )
        )
        # Lone surrogates come out of broken pages and are in no encoding.
        return HTMLResponse(text.encode("utf-8", "replace"), status)


def page_headers(origins: Origins) -> Mapping[str, str]:
    """Nothing comes from elsewhere but replayed pages in a frame; no script that stands in a page runs."""
    policy = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        f"frame-src {origins.replay}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        # Nothing of an address reaches another site; but with `no-referrer`, browsers send our own forms with
        # `Origin: null` (Fetch, 3.2), and orders are refused.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }


@cache
def environment() -> Environment:
    """The templates with their filters."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "moment": moment,
        "clock": clock,
        "day": day,
        "iso": iso,
        "date_of": lambda at: f"{at.astimezone(UTC):%Y-%m-%d}" if at else None,
        "digits": digits,
        "event": event_text,
        "outcome": outcome_text,
        "reason": reason_text,
        "found_by": lambda name: FOUND_BY.get(name, name),
        "web_url": web_url,
        "address": address,
        "number": lambda count: f"{count:,}",
        "bytes": size,
        "share": lambda part: f"{part:.0%}",
        "part": lambda part: NONE if part is None else f"{part:.1%}",
        "duration": duration,
        "micros": micros,
        "step": step_text,
        "in_order": lambda steps: sorted(steps, key=lambda each: _STEPS.get(each.name, len(_STEPS))),
        "bars": bars,
    }
    made.globals |= {
        "asset": lambda name: assets()[name].path,
        "direction": direction,
        "query": query,
    }
    return made


def query(**chosen: object) -> str:
    """The query of an address: what is chosen, a list as its name again and again; nothing for nothing."""
    return urlencode({name: said for name, said in chosen.items() if said not in (None, "")}, doseq=True)


def direction(language: str | None) -> str:
    """Value of `dir` for a text: what its first strong letter says where the language is unknown."""
    if not language:
        return "auto"
    return "rtl" if language.lower().partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def moment(at: datetime | None) -> str:
    """A moment to the minute, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else NONE


def clock(at: datetime | None) -> str:
    """The time of day alone, in UTC."""
    return f"{at.astimezone(UTC):%H:%M}" if at else NONE


def day(at: date | str | None) -> str:
    """A day in words: Sunday 22 March 2026."""
    if at is None:
        return NONE
    given = date.fromisoformat(at) if isinstance(at, str) else at
    return f"{given:%A} {given.day} {given:%B %Y}"


def iso(at: datetime | None) -> str:
    """For `<time datetime>`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""


def web_url(url: str) -> str | None:
    """An address that may be linked to: http or https; None for any other."""
    try:
        return url if urlsplit(url).scheme.lower() in {"http", "https"} else None
    except ValueError:
        return None


def address(url: str) -> str:
    """An address as it stands behind a path of ours."""
    return quote(url, safe="%:/?@!$&'()*+,;=~[]")


def size(count: int) -> str:
    """Bytes for people."""
    for unit, many in (("MB", 1_000_000), ("kB", 1000)):
        if count >= many:
            return f"{count / many:.1f} {unit}"
    return f"{count} bytes"


def micros(count: int) -> str:
    """A number of microseconds for people: three digits at most, below a minute."""
    if count < 1000:  # noqa: PLR2004 - a millisecond
        return f"{count} µs"
    if count < 1_000_000:  # noqa: PLR2004 - a second
        return f"{count / 1000:.3g} ms" if count < 999_500 else "1 s"  # noqa: PLR2004 - rounds up
    return f"{count / 1_000_000:.3g} s" if count < 59_500_000 else duration(count / 1_000_000)  # noqa: PLR2004


def duration(seconds: float | None) -> str:
    """A length of time for people."""
    if seconds is None:
        return NONE
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"  # noqa: PLR2004
