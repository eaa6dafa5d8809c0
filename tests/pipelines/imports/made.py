"""WARC files as others might write them, good and bad, and an archive to import them into."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from archive.catalog import lookup, versions
from archive.clock import ShiftedClock
from archive.opening import Archive, open_archive
from archive.rows import VersionRow
from config.settings import Settings, load_settings
from config.source import Source
from pipelines.imports.progress import ImportProgress
from pipelines.imports.run import ImportSummary, import_files

NOW = datetime(2026, 4, 10, 12, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
SITE = "https://news.example/"
STORY = f"{SITE}2026/bridge"
SOURCE = Source(name="example", homepage=SITE)
SENTENCES = (
    "The town council decided on Monday evening that the old bridge over the Wend will close for repairs.",
    "Work is to begin in April and will take about two years, according to the head of the building office.",
    "Until then, cyclists may still use the northern lane from six in the morning till ten at night.",
    "Shopkeepers on both banks fear for their trade and ask for a ferry in the summer months.",
)


def page(*sentences: str, title: str = "Old bridge to close for two years", picture: str = "") -> bytes:
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences or SENTENCES)
    figure = (
        f'<figure><img src="{picture}" width="800" height="600"><figcaption>The bridge.</figcaption></figure>'
    )
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><article><h1>{title}</h1>'
        f"{figure if picture else ''}{text}</article></body></html>"
    ).encode()


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def http(body: bytes = b"", *fields: str, status: str = "200 OK", mime: str = "text/html") -> bytes:
    lines = (f"HTTP/1.1 {status}", *([f"Content-Type: {mime}"] if mime else []), *fields)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode() + body


def warc_date(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def record(
    kind: str = "response",
    url: str = STORY,
    block: bytes = b"",
    *,
    at: datetime = NOON,
    length: int | None = None,
    version: str = "WARC/1.0",
    **more: str | None,
) -> bytes:
    """One record; `more` names fields with _ for -, and None leaves one out."""
    fields: dict[str, str | None] = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{kind} {url} {at} {block!r}')}>",
        "WARC-Date": warc_date(at),
        "WARC-Target-URI": url,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block) if length is None else length),
    }
    spelled = {name.lower(): name for name in fields}
    for name, value in more.items():
        dashed = name.replace("_", "-")
        fields[spelled.get(dashed.lower(), dashed)] = value
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"{version}\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def gz(*records: bytes) -> bytes:
    return b"".join(gzip.compress(one, mtime=0) for one in records)


@dataclass
class House:
    """An archive in a folder, and imports into it."""

    folder: Path
    settings: Settings

    @classmethod
    def build(cls, folder: Path) -> House:
        folder.mkdir(exist_ok=True)
        config = folder / "dateline.yaml"
        config.write_text(
            f"store: {(folder / 'store').as_uri()}\ncatalog: sqlite:///{folder}/catalog.db\nspool: spool\n"
            "sources: sources\ncrawl: {workers: 1}\n"
        )
        return cls(folder, load_settings(config))

    @contextmanager
    def open(self) -> Iterator[Archive]:
        archive = open_archive(self.settings)
        try:
            yield archive
        finally:
            archive.close()

    def write(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def take(self, *paths: Path, sources: Iterable[Source] = (SOURCE,), at: datetime = NOW) -> ImportSummary:
        with self.open() as archive:
            clock = ShiftedClock(at)
            return import_files(paths, self.settings, archive, sources, clock, progress=ImportProgress())

    def versions(self, url: str = STORY) -> list[VersionRow]:
        with self.open() as archive:
            article = lookup.article_of(archive.catalog, url)
            return versions.versions_of(archive.catalog, article.id) if article else []

    def events(self, url: str = STORY) -> list[tuple[int, str]]:
        with self.open() as archive:
            article = lookup.article_of(archive.catalog, url)
            assert article is not None
            return [(event.number, event.kind) for event in versions.events_of(archive.catalog, article.id)]


def days(number: float) -> timedelta:
    return timedelta(days=number)
