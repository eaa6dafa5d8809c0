"""robots.txt as policy (RFC 9309): a status and a body in, what may be fetched out (pure, over protego).

2xx: the rules of the first 500 KiB. 4xx, and redirects without end: everything is allowed (2.3.1.2, 2.3.1.3).
5xx, no answer, TLS error: nothing is allowed (2.3.1.4), unless a good copy not older than a day is at hand.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from protego import Protego

MAX_ROBOTS_BYTES = 500 * 1024  # RFC 9309, 2.5
LAST_GOOD_FOR = timedelta(hours=24)  # RFC 9309, 2.4
MAX_CRAWL_DELAY = 60.0  # seconds; longer ones would leave a night's pages unfetched

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_USER_AGENT_LINE = re.compile(r"(?im)^[ \t]*user[- ]?agent[ \t]*[:\t ][ \t]*([^\r\n#]*)")
_PRODUCT = re.compile(r"[A-Za-z_-]+")
_COMPATIBLE = re.compile(r"\(compatible;\s*([A-Za-z_-]+)", re.IGNORECASE)


class RobotsReason(StrEnum):
    """Reasons of the outcome `skipped` that robots.txt gives."""

    ROBOTS = "robots"  # a rule says no
    UNREACHABLE = "robots_unreachable"  # the rules could not be had


@dataclass(frozen=True, slots=True)
class RobotsPolicy:
    """What a host's robots.txt allows.

    Attributes:
        reason: why something is refused, if it is.
        note: how the policy came about, for the log, e.g. `404: all allowed`.
    """

    reason: RobotsReason
    note: str
    _rules: Protego | None = field(default=None, repr=False)
    _all: bool = True  # answer where there are no rules

    def allows(self, url: str, user_agent: str) -> bool:
        """Whether `user_agent` (its product token, or the whole header) may fetch `url`."""
        if self._rules is None:
            return self._all
        try:
            return bool(self._rules.can_fetch(url, _quoted_token(user_agent)))
        except ValueError as error:  # a URL that urllib cannot split
            raise ValueError(f"robots.txt cannot be asked about {url[:200]!r}: {error}") from error

    def crawl_delay(self, user_agent: str) -> float | None:
        """Seconds between requests that the host asks for, at most 60; None if it asks for none."""
        if self._rules is None:
            return None
        delay = self._rules.crawl_delay(_quoted_token(user_agent))  # protego ignores negative, inf and NaN
        return None if delay is None else min(float(delay), MAX_CRAWL_DELAY)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The `Sitemap:` lines as found, which may be relative or nonsense; each once."""
        return () if self._rules is None else tuple(dict.fromkeys(self._rules.sitemaps))


def robots_policy(
    status: int | None,
    body: bytes | None,
    *,
    failure: str | None = None,
    last_good: bytes | None = None,
    last_good_age: timedelta | None = None,
) -> RobotsPolicy:
    """Make a policy of what asking for robots.txt brought.

    Args:
        status: status of the last response (after redirects); None if there was none.
        body: its decoded payload.
        failure: why there is no whole response, e.g. `timeout`, `tls`; None if there is.
        last_good: body of the last 2xx answer from this host, if it is still at hand.
        last_good_age: its age.
    """
    if failure is None and status is not None:
        if 200 <= status < 300:  # noqa: PLR2004 - HTTP's class of success
            return RobotsPolicy(RobotsReason.ROBOTS, f"{status}: rules read", parse_robots(body or b""))
        if status == 304 and last_good is not None:  # noqa: PLR2004 - Not Modified: the copy is fresh
            return RobotsPolicy(RobotsReason.ROBOTS, "304: last good copy holds", parse_robots(last_good))
        if 300 <= status < 500:  # noqa: PLR2004 - HTTP's classes of redirects and client errors
            return RobotsPolicy(RobotsReason.ROBOTS, f"{status}: all allowed")
    trouble = failure or f"status {status}"
    if last_good is not None and last_good_age is not None and last_good_age <= LAST_GOOD_FOR:
        return RobotsPolicy(RobotsReason.ROBOTS, f"{trouble}: last good copy used", parse_robots(last_good))
    return RobotsPolicy(RobotsReason.UNREACHABLE, f"{trouble}: nothing allowed", _all=False)


def parse_robots(body: bytes) -> Protego:
    """Read rules out of whatever a server sends as robots.txt; a line cut off at 500 KiB does not count."""
    if len(body) > MAX_ROBOTS_BYTES:
        body = body[:MAX_ROBOTS_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    encoding = "utf-8"
    for bom, name in _BOMS:
        if body.startswith(bom):
            body, encoding = body[len(bom) :], name
            break
    text = body.decode(encoding, "replace").replace("\x00", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Protego.parse(_USER_AGENT_LINE.sub(_quote_group, text))


def product_token(user_agent: str) -> str:
    """The name by which robots.txt addresses a crawler (RFC 9309, 2.2.1), lower-case.

    `Dateline/0.1 (+https://example.org/)` and `Mozilla/5.0 (compatible; Dateline/0.1)` are both `dateline`.
    """
    found = _COMPATIBLE.search(user_agent)
    token = found[1] if found else (m[0] if (m := _PRODUCT.match(user_agent.strip())) else "")
    return token.lower()


def _quoted_token(user_agent: str) -> str:
    return f"<{product_token(user_agent)}>"


def _quote_group(line: re.Match[str]) -> str:
    """Write a User-agent line so that protego, which finds parts of names, matches whole ones only."""
    value = line[1].strip()
    if value == "*" or value.startswith(("* ", "*\t")):
        return "User-agent: *"
    name = _PRODUCT.match(value.strip("*"))
    return f"User-agent: <{name[0].lower() if name else ''}>"
