"""`dateline extract`: what the pipeline reads out of a page, or of many; nothing is archived."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from cli import moments
from cli.article import typed_url
from cli.known_memory import NoMemory, known_memory
from cli.options import settings_of
from cli.output import AsJson, counted, moment, plain, print_json, reporter
from cli.printable import printable
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.article import Article
    from config.settings import Settings
    from pipelines.extraction import Extraction
    from pipelines.guidance import Guidance

_STDIN = "-"
_GZIP = b"\x1f\x8b"  # RFC 1952, 2.3.1


def extract(
    context: typer.Context,
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE|-]", help="A page's HTML (gzipped or not); - is stdin.")
    ] = None,
    *,
    url: Annotated[str | None, typer.Option(metavar="URL", help="The page's address.")] = None,
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Apply the extract rules of this source.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the page was captured; now if left out.")
    ] = None,
    batch: Annotated[
        Path | None, typer.Option(metavar="PAGES.jsonl", help="Read many pages: a line has html and url.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PREDICTIONS.jsonl", help="With --batch: the file to write.")
    ] = None,
    root: Annotated[
        list[Path] | None, typer.Option(metavar="FOLDER", help="With --batch: where html paths start.")
    ] = None,
    no_memory: NoMemory = False,
    as_json: AsJson = False,
) -> None:
    """Show what the pipeline reads out of a page; nothing is fetched and nothing is archived.

    With --source, as a crawl of that source would read it: with its rules, and with what the archive has
    learned from its other pages, if there is an archive; which memory that is goes to stderr.

    With --batch, each line of PAGES.jsonl is {"html": a path or the page itself, "url": its address}, and
    each line written has html, text, title, authors, date, images and the outcome. Relative paths start
    at the folder of PAGES.jsonl, then at each --root.
    """
    captured_at = datetime.now(UTC) if at is None else moments.latest(at, "--at")
    if batch is not None:
        if file is not None or url is not None or out is None or as_json:
            raise ConfigError(
                "--batch PAGES.jsonl takes --out, --root, --source, --no-memory and --at, and nothing else"
            )
        settings = settings_of(context)
        roots = (batch.absolute().parent, *(root or []))
        _extract_batch(
            batch,
            out,
            settings,
            roots=roots,
            guidance=_guidance(settings, source, with_memory=not no_memory),
            at=captured_at,
        )
        return
    if file is None or url is None or out is not None or root:
        raise ConfigError("name a page and its address: FILE --url URL (or many: --batch PAGES.jsonl --out)")
    settings, address = settings_of(context), typed_url(url)
    guidance = _guidance(settings, source, with_memory=not no_memory)
    found = _extract_one(file, address, settings, guidance, captured_at)
    if as_json:
        print_json(_as_json(address, found))
    else:
        _print_extraction(found)


def _guidance(settings: Settings, name: str | None, *, with_memory: bool) -> Guidance:
    """What is known of a source by its file and, with a memory, by its other pages; says which on stderr."""
    from pipelines.guidance import UNGUIDED, guidance_of

    if name is None:
        return UNGUIDED
    from cli.choose import choose_sources
    from config.load_sources import load_sources

    source = choose_sources(load_sources(settings.sources), [name], settings.sources)[name]
    known = known_memory(settings, name) if with_memory else None
    if known is None:
        return guidance_of(source)
    print(f"read with {known}; --no-memory reads without", file=sys.stderr)
    return guidance_of(source, memory=known.memory)


def _extract_one(
    file: str, url: str, settings: Settings, guidance: Guidance, captured_at: datetime
) -> Extraction:
    from pipelines.batch import PageRow, load_page
    from pipelines.workers import Workers

    page = _from_stdin() if file == _STDIN else load_page(PageRow(str(Path(file).absolute()), url), [Path()])
    crawl = settings.crawl

    async def in_a_worker() -> Extraction:
        with Workers(1, crawl.worker_memory, crawl.extract_timeout) as workers:
            return await workers.extract(
                page,
                url=url,
                content_type="text/html",
                content_encoding=None,
                guidance=guidance,
                captured_at=captured_at,
            )

    return asyncio.run(in_a_worker())


def _from_stdin() -> bytes:
    from archive.content_coding import ContentCodingError, decode_body
    from pipelines.page import MAX_DECODED

    data = sys.stdin.buffer.read()
    if data[:2] != _GZIP:
        return data
    try:
        return decode_body(data, "gzip", MAX_DECODED)
    except ContentCodingError as error:
        raise ConfigError(f"stdin: {error}") from error


def _as_json(url: str, found: Extraction) -> dict[str, Any]:
    article: dict[str, Any] = {} if found.article is None else plain(found.article)
    return {"url": url, "outcome": str(found.outcome or "archived"), "encoding": found.encoding} | article


def _print_extraction(found: Extraction) -> None:
    print(f"outcome: {found.outcome or 'archived'}")
    if found.article is not None:
        for line in _article_lines(found.article):
            print(printable(line))


def _article_lines(article: Article) -> Iterator[str]:
    facts = {
        "title": article.title,
        "standfirst": article.standfirst,
        "byline": ", ".join(article.byline),
        "agency": ", ".join(article.agency),
        "published": _published(article),
        "modified": moment(article.modified_at),
        "section": article.section,
        "tags": ", ".join(article.tags),
        "language": article.language,
        "canonical": article.canonical_url,
        "site": article.site_name,
        "paywalled": {None: None, True: "yes", False: "no"}[article.paywalled],
        "variant": article.variant,
        "charset": article.charset,
        "extractor": article.extractor,
    }
    yield from (f"{name}: {value or '-'}" for name, value in facts.items())
    yield from (f"note: {note}" for note in article.notes)
    yield ""
    yield article.text
    if article.asides:
        yield "\nbeside the text:"
        yield from (f"  {line}" for line in article.asides)
    for image in article.images:
        said = " · ".join(part for part in (image.caption, image.credit) if part)
        yield f"\npicture: {image.url}" + (f"\n         {said}" if said else "")


def _published(article: Article) -> str:
    sure = f" ({article.published_confidence})" if article.published_confidence else ""
    return moment(article.published_at) + sure


def _extract_batch(
    batch: Path,
    out: Path,
    settings: Settings,
    *,
    roots: Sequence[Path],
    guidance: Guidance,
    at: datetime,
) -> None:
    from archive.whole_file import whole_file
    from pipelines.batch import extract_lines

    with _lines(batch) as lines:
        total = sum(1 for line in lines if line.strip())
    outcomes: Counter[str] = Counter()
    show = reporter("extracted")
    with _lines(batch) as lines, whole_file(out) as stream:
        rows = extract_lines(
            lines,
            roots=roots,
            count=settings.crawl.workers,
            memory_bytes=settings.crawl.worker_memory,
            timeout_seconds=settings.crawl.extract_timeout,
            guidance=guidance,
            captured_at=at,
        )
        for row in rows:
            stream.write(json.dumps(row).encode() + b"\n")
            outcomes[row["outcome"]] += 1
            show(outcomes.total(), total)
    print(f"{counted(outcomes.total(), 'page')} in {out}", file=sys.stderr)
    for outcome, count in outcomes.most_common():
        print(f"{count:>8,}  {outcome}", file=sys.stderr)


@contextmanager
def _lines(path: Path) -> Iterator[TextIO]:
    """The lines of a file, unzipped if its name ends in .gz. Raises ConfigError if it cannot be read."""
    try:
        with path.open("rb") as raw:
            unzipped = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            yield io.TextIOWrapper(unzipped, encoding="utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ConfigError(f"--batch {path}: {getattr(error, 'strerror', None) or error}") from error
