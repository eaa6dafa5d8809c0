"""The smaller sections of the settings: S3, crawl, schedule, web, log."""

from __future__ import annotations

import json
import os
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from config.network_settings import CaFile
from config.part import Part
from config.problems import refuse
from config.units import Bytes, Places, Seconds, WindowDays
from config.web_address import WebAddress

MIB = 1024**2
SHORTEST_TOKEN = 16  # characters


def _usable_cpus() -> int:
    """Processors that this process may use; fewer than the machine's in most containers."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _split(value: Any) -> Any:
    """A list written in a variable: `1, 3, 7`."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def from_json(value: Any) -> Any:
    """A list written in a variable: `[{"source": "example-times", "embargo": "7d"}]`."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise refuse(f"is no JSON: {error}", allowed="a list of rules, in a variable as JSON") from None


def _check_ladder(days: tuple[float, ...]) -> tuple[float, ...]:
    if any(day <= 0 for day in days) or list(days) != sorted(set(days)):
        raise refuse("is no ladder of looks", allowed="days above 0, each longer than the one before")
    return days


def _check_origin(address: str) -> str:
    if urlsplit(address).path not in {"", "/"} or "?" in address:
        raise refuse(
            "is more than an origin", allowed="http:// or https://, a host, perhaps a port, and no path"
        )
    return address.rstrip("/")


def _check_token(secret: SecretStr) -> SecretStr:
    token = secret.get_secret_value()
    if len(token) < SHORTEST_TOKEN or not (token.isascii() and token.isprintable()) or " " in token:
        allowed = f"at least {SHORTEST_TOKEN} printable ASCII characters without spaces"
        raise refuse("is no token", allowed=allowed)
    return secret


WebOrigin = Annotated[WebAddress, AfterValidator(_check_origin)]
CorsOrigin = WebOrigin | Literal["*"]
Token = Annotated[SecretStr, AfterValidator(_check_token)]
Ladder = Annotated[tuple[float, ...], BeforeValidator(_split), AfterValidator(_check_ladder)]


class S3Settings(Part):
    """Settings under `s3`; credentials come from the usual AWS chain, never from here.

    Attributes:
        endpoint: address of a service other than Amazon's.
        region: its region; that of the AWS chain if None.
    """

    endpoint: WebAddress | None = None
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")] | None = None


class ReplicaS3Settings(S3Settings):
    """Settings under `replica_s3`: as those of `s3`, for the store that `replica` names.

    Attributes:
        profile: of the AWS configuration, where the replica has credentials of its own.
    """

    profile: Annotated[str, Field(pattern=r"^[^\s\[\]]{1,128}$")] | None = None


class CrawlSettings(Part):
    """Settings under `crawl`.

    Attributes:
        window: pages being fetched at once, those included that wait for their host; `auto`: it grows with
            the sources of a crawl.
        held_bytes: bytes of pages that may be in flight between the network and the archive, about.
        processes: processes that crawl side by side for one run, each some of its sites.
        workers: processes that extract, of each of these.
        worker_memory: bytes of memory that one may use.
        extract_timeout: seconds for one page.
        segment_bytes, segment_seconds: when a segment is sealed and committed at the latest.
        revisit: days after an article's first capture or last change at which it is looked at again.
    """

    window: Places = "auto"
    held_bytes: Bytes = Field(default=64 * MIB, ge=MIB)
    processes: int = Field(default=1, ge=1, le=1024)
    workers: int = Field(default_factory=_usable_cpus, ge=1, le=1024)
    worker_memory: Bytes = Field(default=360 * MIB, ge=128 * MIB)
    extract_timeout: Seconds = Field(default=30.0, gt=0)
    segment_bytes: Bytes = Field(default=256 * MIB, gt=0)
    segment_seconds: Seconds = Field(default=60.0, gt=0)
    revisit: Ladder = (
        *(15 / 1440, 1 / 24, 3 / 24, 8 / 24),
        *(1.0, 3.0, 7.0, 30.0),
    )


class ScheduleSettings(Part):
    """Settings under `schedule`.

    Attributes:
        grace_hours: a slot missed by no more than this is caught up.
        tick: seconds between two looks at what is due.
    """

    grace_hours: float = Field(default=24.0, ge=0)
    tick: Seconds = Field(default=30.0, gt=0)


class AccessRule(Part):
    """One rule under `web.access`: for captures of a source, of addresses with a prefix, of both, or all.

    Attributes:
        source: name of a source; None: any.
        prefix: what an address begins with; None: any.
        access: `allow`, `block` (answered with 451), or `exclude` (as if it were not archived).
        embargo: seconds that must have passed since a capture was made before it is shown.
    """

    source: str | None = None
    prefix: WebAddress | None = None
    access: Literal["allow", "block", "exclude"] = "allow"
    embargo: Seconds | None = None

    @model_validator(mode="after")
    def _means_something(self) -> AccessRule:
        if self.embargo is not None and self.access != "allow":
            raise refuse("has no meaning here", allowed="an embargo with access: allow", at=("embargo",))
        return self


class DuplicatesSettings(Part):
    """Settings under `duplicates`.

    Attributes:
        window: days between two articles within which copies are looked for; None: ever.
    """

    window: WindowDays = 30


class WebSettings(Part):
    """Settings under `web`.

    Attributes:
        host: address to listen on.
        port: of the API.
        replay_port: of replay, which is an origin of its own, so that archived pages never share one with us.
        origin, replay_origin: the addresses under which readers reach both; None: host and port as they are.
        token: what a reader must show, if set.
        operator_token: what must be shown to pause a source, have it run now or preview it; None: no orders.
        access: who may see what; the first rule that fits a capture wins, and without one it is shown.
        rate: requests a minute to the API that one client may make; 0: as many as it likes.
        cors: origins of other sites whose pages may read the API; `*`: of all.
    """

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")] = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    replay_port: int = Field(default=8081, ge=1, le=65535)
    origin: WebOrigin | None = None
    replay_origin: WebOrigin | None = None
    token: Token | None = None
    operator_token: Token | None = None
    access: Annotated[tuple[AccessRule, ...], BeforeValidator(from_json)] = ()
    rate: int = Field(default=600, ge=0, le=1_000_000)
    cors: Annotated[tuple[CorsOrigin, ...], BeforeValidator(from_json)] = ()

    @model_validator(mode="after")
    def _two_origins(self) -> WebSettings:
        allowed = "another one: archived pages must not share an origin with the API"
        if self.port == self.replay_port:
            raise refuse("is web.port too", allowed=allowed, at=("replay_port",))
        if self.origin is not None and self.origin == self.replay_origin:
            raise refuse("is web.origin too", allowed=allowed, at=("replay_origin",))
        return self


def _check_policy(oid: str) -> str:
    if not re.fullmatch(r"[0-2](\.(0|[1-9][0-9]*))+", oid):
        raise refuse("is no object identifier", allowed="numbers with dots, such as 1.3.6.1.4.1.601.10.3.1")
    return oid


class EvidenceSettings(Part):
    """Settings under `evidence`.

    Attributes:
        authority: address of a time-stamping authority (RFC 3161) that `dateline stamp` asks.
        authority_ca_file: the certificates that its signature must lead to; not those of its web server.
        authority_policy: object identifier of the policy that a stamp must be made under; any if None.
    """

    authority: WebAddress | None = None
    authority_ca_file: CaFile | None = None
    authority_policy: Annotated[str, AfterValidator(_check_policy)] | None = None

    @model_validator(mode="after")
    def _whom_to_trust(self) -> EvidenceSettings:
        if self.authority is not None and self.authority_ca_file is None:
            allowed = (
                "a file with the authority's root certificate in PEM form: without it a stamp proves nothing"
            )
            raise refuse("is missing", allowed=allowed, at=("authority_ca_file",))
        return self


class LogSettings(Part):
    """Settings under `log`.

    Attributes:
        level: the least important messages still written.
        format: lines for people, or one JSON object a line.
    """

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"
