"""`dateline sources golden`: a page with what is read in it today, kept as what is to be read in it."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from cli.article import typed_url
from cli.known_memory import KnownMemory, known_memory
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, print_json
from config.errors import ConfigError, DatelineError

if TYPE_CHECKING:
    from archive.article import Article
    from config.golden_case import GoldenCase
    from config.source import Source

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is to be kept: its body without content coding."""

    url: str
    captured_at: datetime
    content_type: str | None
    body: bytes


def golden(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source.")],
    page: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page of the archive, or a file.")],
    *,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="The capture nearest to it; the newest if left out.")
    ] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="With FILE: the page's address.")] = None,
    case: Annotated[str | None, typer.Option(help="Name of the case; made of the address if empty.")] = None,
    pack: Annotated[bool, typer.Option("--gzip", help="Keep the page gzipped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep a page beside the source's file, with what is read in it today as what is to be read.

    Look at what it wrote: from then on `dateline sources check` says whenever a rule or the extractor reads
    something else in it. Golden cases are read without the source's memory; where a crawl, which reads with
    it, reads the page otherwise, this says so. No file is overwritten.
    """
    from cli.choose import choose_sources
    from config.load_sources import load_sources

    settings = settings_of(context)
    source = choose_sources(load_sources(settings.sources), [name], settings.sources)[name]
    moment = _moment(at)
    kept = (
        _from_file(Path(page), url, moment) if Path(page).is_file() else _archived(context, page, url, moment)
    )
    files, article = keep_page(settings.sources, source, kept, case=case, pack=pack)
    known = known_memory(settings, source.name)
    otherwise = _otherwise(source, kept, article, known) if known else ()
    if as_json:
        said = {"page": files[0], "case": files[1], "title": article.title}
        print_json(said | {"memory": known.row if known else None, "otherwise": otherwise})
        return
    print(f"{files[0]}\n{files[1]}: “{article.title}”; look at it before you rely on it")
    if otherwise:
        print(
            f"Please note: a crawl, which reads with {known}, reads {', '.join(otherwise)} otherwise. A "
            "golden case holds what rules and extractor read alone, so that it means the same everywhere."
        )


def _otherwise(source: Source, page: Page, article: Article, known: KnownMemory) -> tuple[str, ...]:
    """The fields that are read otherwise with the source's memory."""
    from config.golden_case import Expected
    from pipelines.rules.golden import differences, expectation, read_golden

    found = read_golden(source, _validated(_described(page)), page.body, known.memory)
    alone = Expected.model_validate(expectation(article))
    return tuple(difference.field for difference in differences(alone, found))


def keep_page(
    sources: Path, source: Source, page: Page, *, case: str | None = None, pack: bool = False
) -> tuple[tuple[Path, Path], Article]:
    """Write a page and its case beside the source's file; their paths, and what is read in the page today.

    Raises ConfigError if one of them is there already, DatelineError if no article is read in the page.
    """
    from config.golden_case import PACKED, PAGE, golden_folder

    text, article = _case(source, page)
    folder = golden_folder(sources, source.name)
    stem = _stem(case, page.url)
    files = (folder / f"{stem}{PACKED if pack else PAGE}", folder / f"{stem}.yaml")
    _write(files, (gzip.compress(page.body, mtime=0) if pack else page.body, text.encode()))
    return files, article


def _moment(at: str | None) -> datetime:
    from cli.moments import latest

    return datetime.now(UTC) if at is None else latest(at, "--at")


def _from_file(path: Path, url: str | None, at: datetime) -> Page:
    if url is None:
        raise ConfigError(f"{path} is a file: name the page's address with --url URL")
    try:
        return Page(typed_url(url), at.replace(microsecond=0), None, path.read_bytes())
    except OSError as error:
        raise DatelineError(f"cannot read {path}: {error.strerror}") from error


def _archived(context: typer.Context, typed: str, url: str | None, at: datetime) -> Page:
    """The capture of an address that is nearest to a moment, as it is read: rendered, if it was."""
    from archive.catalog import lookup
    from archive.content_coding import decode_body
    from archive.reader import read_exchange
    from pipelines.page import MAX_DECODED
    from pipelines.rendering import body_of, dom_of

    if url is not None:
        raise ConfigError(f"{typed} is no file, and --url is for files only")
    address = typed_url(typed)
    with archive_to_read(context) as archive:
        capture = lookup.closest_capture(archive.catalog, address, at)
        if capture is None:
            raise DatelineError(f"{address} has no capture with status 200; `dateline archive URL` makes one")
        exchange = read_exchange(archive.store, capture)
        body = body_of(exchange, dom_of(archive.store, archive.catalog, capture))
    plain = decode_body(body.data, body.content_encoding, MAX_DECODED)
    return Page(capture.url, capture.at, body.content_type, plain)


def _case(source: Source, page: Page) -> tuple[str, Article]:
    """The YAML of a case, and what is read in its page today."""
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import walk_tree

    from pipelines.rules.golden import expectation, read_golden

    data = _described(page)
    extraction = read_golden(source, _validated(data), page.body)
    if extraction.article is None:
        raise DatelineError(
            f"{page.url}: today's extractor reads no article in this page ({extraction.reason}); a golden "
            "case says what is to be read in one"
        )
    data["expect"] = expectation(extraction.article)
    walk_tree(data)  # texts of several lines stand as such
    written = StringIO()
    yaml = YAML()
    yaml.width = 4096
    yaml.dump(data, written)
    return written.getvalue(), extraction.article


def _described(page: Page) -> dict[str, object]:
    """A case that expects nothing of a page yet."""
    content_type = {"content_type": page.content_type} if page.content_type else {}
    return {
        "url": page.url,
        "captured_at": page.captured_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        **content_type,
        "expect": {},
    }


def _validated(data: dict[str, object]) -> GoldenCase:
    from config.golden_case import GoldenCase

    return GoldenCase.model_validate(data)


def _stem(case: str | None, url: str) -> str:
    """The name of the case's files."""
    if case is not None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", case) or len(case) > _LONGEST_NAME:
            raise ConfigError(f"--case {case!r}: allowed are small letters, digits and . _ -, at most 60")
        return case
    words = re.sub(r"[^a-z0-9]+", "-", urlsplit(url).path.lower()).strip("-")
    return words[-_LONGEST_NAME:].strip("-") or "home"


def _write(files: tuple[Path, ...], contents: tuple[bytes, ...]) -> None:
    if there := [path for path in files if path.exists()]:
        raise ConfigError(f"{there[0]} is there already: give the case another name with --case")
    try:
        files[0].parent.mkdir(parents=True, exist_ok=True)
        for path, content in zip(files, contents, strict=True):
            path.write_bytes(content)
    except OSError as error:
        raise DatelineError(f"cannot write {error.filename}: {error.strerror}") from error
