"""Reads pages with several extractors in turn, page by page, and writes what each found and its CPU time.

    python bench/extract_readers.py READER,READER,... < PAGES.jsonl > ROWS.jsonl

Run by `extract_articles.py`, once in our environment and once in the peers' (`make bench-peers`). Each reader
gets the page's bytes; the first pages are read once before time is taken, so that no model's loading counts.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import logging
import re
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

Row = dict[str, Any]
WARM = 8  # pages


def dateline() -> Callable[[bytes, str], Row]:
    """Ours, as `dateline extract --batch` reads a page."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from datetime import UTC, datetime

    from pipelines.batch import PageRow, as_prediction
    from pipelines.extract import extract

    def read(body: bytes, url: str) -> Row:
        extraction = extract(
            body, url=url, content_type="text/html", content_encoding=None,
            captured_at=datetime.now(UTC),
        )  # fmt: skip
        return as_prediction(PageRow("", url), extraction)

    return read


def trafilatura(**options: bool) -> Callable[[], Callable[[bytes, str], Row]]:
    """Trafilatura with its metadata, in one of its modes."""

    def load() -> Callable[[bytes, str], Row]:
        import trafilatura as library

        def read(body: bytes, url: str) -> Row:
            found = library.bare_extraction(
                body, url=url, with_metadata=True, include_comments=False, **options
            )
            if found is None:
                return {}
            authors = [name.strip() for name in (found.author or "").split(";") if name.strip()]
            images = [{"url": found.image}] if found.image else []
            return {
                "text": found.text,
                "title": found.title,
                "authors": authors,
                "date": found.date,
                "images": images,
            }

        return read

    return load


def newspaper4k() -> Callable[[bytes, str], Row]:
    """newspaper4k."""
    import newspaper

    def read(body: bytes, url: str) -> Row:
        found = newspaper.article(url, input_html=body.decode("utf-8", "replace"), fetch_images=False)
        date = found.publish_date.isoformat() if found.publish_date else None
        images = [{"url": found.top_image}] if found.top_image else []
        return {
            "text": found.text,
            "title": found.title,
            "authors": found.authors,
            "date": date,
            "images": images,
        }

    return read


def news_please() -> Callable[[bytes, str], Row]:
    """news-please."""
    from newsplease import NewsPlease

    def read(body: bytes, url: str) -> Row:
        found = NewsPlease.from_html(body.decode("utf-8", "replace"), url=url, fetch_images=False)
        date = found.date_publish.isoformat() if found.date_publish else None
        images = [{"url": found.image_url}] if found.image_url else []
        return {
            "text": found.maintext,
            "title": found.title,
            "authors": found.authors,
            "date": date,
            "images": images,
        }

    return read


def readability_lxml() -> Callable[[bytes, str], Row]:
    """readability-lxml; its HTML as text, block by block."""
    import lxml.html
    from readability import Document

    def read(body: bytes, _url: str) -> Row:
        document = Document(body)
        tree = lxml.html.fromstring(document.summary())
        for element in tree.iter("p", "div", "li", "br", "h1", "h2", "h3", "h4", "blockquote"):
            element.tail = "\n" + (element.tail or "")
        return {"text": tree.text_content(), "title": document.short_title()}

    return read


def resiliparse() -> Callable[[bytes, str], Row]:
    """Resiliparse's main content."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def read(body: bytes, _url: str) -> Row:
        tree = HTMLTree.parse(body.decode("utf-8", "replace"))
        return {"text": extract_plain_text(tree, main_content=True, alt_texts=False), "title": tree.title}

    return read


READERS: dict[str, Callable[[], Callable[[bytes, str], Row]]] = {
    "dateline": dateline,
    "trafilatura standard": trafilatura(),
    "trafilatura fast": trafilatura(fast=True),
    "trafilatura precision": trafilatura(favor_precision=True),
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "readability-lxml": readability_lxml,
    "resiliparse": resiliparse,
}


def guarded(read: Callable[[bytes, str], Row], body: bytes, url: str) -> tuple[Row, float]:
    """(what was read, seconds of CPU); a page that breaks a reader is one that it finds nothing on."""
    began = time.process_time()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            found = read(body, url)
    except Exception as error:  # noqa: BLE001 - the reader is the thing measured, and its failure is a result
        found = {"error": re.sub(r"\s+", " ", repr(error))[:200]}
    return found, time.process_time() - began


def main() -> None:
    """Read all pages with all readers."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    readers = {name: READERS[name]() for name in sys.argv[1].split(",")}
    pages = [json.loads(line) for line in sys.stdin]
    bodies = [gzip.decompress(Path(page["path"]).read_bytes()) for page in pages]
    for page, body in list(zip(pages, bodies, strict=True))[:WARM]:
        for read in readers.values():
            guarded(read, body, page["url"])
    for page, body in zip(pages, bodies, strict=True):
        for name, read in readers.items():
            found, seconds = guarded(read, body, page["url"])
            print(json.dumps(found | {"reader": name, "html": page["html"], "seconds": seconds}, default=str))


if __name__ == "__main__":
    main()
