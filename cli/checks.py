"""The checks of `dateline doctor`: each looks at one thing and says what to do if it is not right."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sqlite3
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from config.errors import DatelineError, ServiceUnreachable

if TYPE_CHECKING:
    from config.settings import Settings

Level = Literal["ok", "warn", "fail", "unreachable"]

_LIBRARIES = ("scrapy", "aiohttp", "trafilatura", "lxml", "fastwarc", "sqlalchemy", "boto3", "pillow")
_SQLITE_FIXED = (3, 51, 3)  # https://www.sqlite.org/wal.html#walresetbug
_RELEASED = datetime(2026, 1, 1, tzinfo=UTC)  # no clock that is right shows an earlier moment
_AHEAD = timedelta(minutes=5)
_SQLITE = "sqlite:///"
_PROXY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """What was found: a sentence, and what to do next where something should be done."""

    name: str
    level: Level
    found: str
    next: str = ""


def check_python() -> Check:
    """Python and the libraries that everything leans on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    found = f"{platform.python_implementation()} {platform.python_version()} on {sys.platform}; {libraries}"
    return Check("python", "ok", found)


def check_sqlite(settings: Settings) -> Check:
    """SQLite's version, and the bug of its write-ahead log."""
    found = f"SQLite {sqlite3.sqlite_version}"
    if not settings.catalog.startswith("sqlite"):
        return Check("sqlite", "ok", f"{found}, not used: the catalog is PostgreSQL")
    if sqlite3.sqlite_version_info < _SQLITE_FIXED:
        found += (
            " has the known bug of write-ahead logs that two connections reset at once (mended in 3.51.3); "
            "it cannot happen here: only the holder of the writer's lock checkpoints"
        )
    return Check("sqlite", "ok", found)


def check_store(settings: Settings) -> Check:
    """The store by doing: write, read back, be refused an overwrite, delete."""
    from archive.stores.open import open_store

    try:
        store = open_store(settings.store, endpoint=settings.s3.endpoint, region=settings.s3.region)
        store.check()
        left = store.unfinished()
    except DatelineError as error:
        return _failed("store", error)
    found = f"{store.address} takes, keeps and gives back, and honours If-None-Match"
    if left.count:
        found += f"; {left.count} unfinished puts lie there, of processes at work or killed today"
    if left.expires is not None and store.address.startswith("s3:"):
        rule = "a lifecycle rule aborts" if left.expires else "no lifecycle rule aborts"
        found += f"; {rule} unfinished uploads" + ("" if left.expires else ", each start does")
    return Check("store", "ok", found)


def check_replica(settings: Settings) -> Check:
    """The replica by doing, as the store."""
    from archive.opening import open_replica

    try:
        replica = open_replica(settings)
        if replica is None:
            return Check("replica", "ok", "none: `replica` names a second store, which repairs the first")
        replica.check()
    except DatelineError as error:
        return _failed("replica", error)
    return Check("replica", "ok", f"{replica.address} takes, keeps and gives back, and honours If-None-Match")


def check_catalog(settings: Settings) -> Check:
    """The catalog, and whether the clock is behind what it holds."""
    from archive.catalog import journal_state, rebuilding
    from archive.catalog.catalog import Catalog

    if settings.catalog.startswith(_SQLITE):
        file = Path(settings.catalog.removeprefix(_SQLITE))
        if not file.exists():
            return Check("catalog", "ok", f"{file} does not exist yet; the first crawl makes it")
    try:
        catalog = Catalog.open(settings.catalog)
        newest = journal_state.newest(catalog)
        begun = rebuilding.unfinished(catalog)
        catalog.close()
    except DatelineError as error:
        return _failed("catalog", error)
    if begun is not None:
        found = f"{catalog.address}: a rebuild began at {begun.started_at:%Y-%m-%d %H:%M} UTC and is not done"
        return Check("catalog", "fail", found, "`dateline rebuild` goes on with it")
    holds = f"newest entry of {newest:%Y-%m-%d %H:%M} UTC" if newest else "empty"
    if newest is not None and newest > datetime.now(UTC) + _AHEAD:
        return Check(
            "catalog",
            "warn",
            f"{catalog.address}: {holds}, which is in the future",
            "set this machine's clock",
        )
    return Check("catalog", "ok", f"{catalog.address}: {holds}")


def check_clock() -> Check:
    """Whether this machine's clock can be right."""
    now = datetime.now(UTC)
    found = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now < _RELEASED:
        return Check(
            "clock", "fail", f"{found} is before this release was made", "set the clock, or run an NTP client"
        )
    return Check("clock", "ok", found)


def check_spool(settings: Settings) -> Check:
    """Whether open segments can be written, and have room."""
    folder = settings.spool
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as probe:
            probe.write(b"probe")
            probe.flush()
            os.fsync(probe.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        what = f"{folder} cannot be written: {error.strerror or error}"
        return Check("spool", "fail", what, "free some space or fix its rights, or set `spool`")
    found = f"{folder} can be written, {free / 1024**3:.1f} GiB free"
    needed = 2 * settings.crawl.segment_bytes  # one of captures and one derived, both open
    if free < needed:
        advice = f"free some: two open segments may need {needed / 1024**3:.1f} GiB (crawl.segment_bytes)"
        return Check("spool", "warn", found, advice)
    return Check("spool", "ok", found)


def check_contact(settings: Settings) -> Check:
    """Whether sites can reach whoever runs this crawler."""
    agent = f"user agent: {settings.network.user_agent}"
    if settings.network.contact_is_default:
        return Check(
            "contact",
            "warn",
            agent,
            "set network.contact to a page or mail address where sites can reach you",
        )
    return Check("contact", "ok", agent)


def check_proxy(settings: Settings) -> Check:
    """Whether the proxy takes connections, if there is one."""
    if settings.network.proxy is None:
        return Check("proxy", "ok", "none: pages are fetched directly")
    parts = urlsplit(settings.network.proxy.get_secret_value())
    where = f"{parts.hostname}:{parts.port}"
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), _PROXY_SECONDS).close()
    except OSError as error:
        return Check("proxy", "unreachable", f"{where}: {error}", "start it, or correct network.proxy")
    return Check("proxy", "ok", f"{where} takes connections")


def check_sources(settings: Settings) -> Check:
    """Whether the source files are right."""
    from config.load_sources import SourceErrors, load_sources

    try:
        found = load_sources(settings.sources)
    except SourceErrors as error:
        return Check("sources", "fail", str(error), "correct the files; `dateline sources check` looks again")
    enabled = sum(source.enabled for source in found)
    text = f"{len(found)} in {settings.sources}, {enabled} enabled"
    if not enabled:
        return Check("sources", "warn", text, "set `enabled: true` in the file of each source to watch")
    return Check("sources", "ok", text)


def _failed(name: str, error: DatelineError) -> Check:
    level: Level = "unreachable" if isinstance(error, ServiceUnreachable) else "fail"
    return Check(name, level, str(error))
