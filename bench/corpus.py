"""The open corpus as pages with their own addresses (`DATELINE_CORPUS`, by default beside the repository)."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

SPLITS = ("articles", "sites")


@dataclass(frozen=True, slots=True)
class CorpusPage:
    """One saved page.

    Attributes:
        html: its path inside the corpus, which also names it to the scorer.
        url: the address it was saved from; some have a query or a fragment, some are http.
        pictures: addresses of the article's pictures and their size variants, as the gold names them.
    """

    split: str
    html: str
    url: str
    pictures: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.lower()


def corpus_folder() -> Path:
    """The corpus; raises FileNotFoundError, saying what to set, where it is absent."""
    folder = Path(os.environ.get("DATELINE_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))
    if not (folder / "splits").is_dir():
        raise FileNotFoundError(f"no corpus in {folder}: set DATELINE_CORPUS to the folder that has splits/")
    return folder.resolve()


def corpus_or_none() -> Path | None:
    """The corpus, or None after a line that says what to set: a benchmark without it is skipped."""
    try:
        return corpus_folder()
    except FileNotFoundError as absent:
        print(f"skipped: {absent}")
        return None


def corpus_pages(folder: Path) -> list[CorpusPage]:
    """All pages of both splits."""
    pages = []
    for split in SPLITS:
        with gzip.open(folder / "splits" / f"{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                pictures = tuple(url for image in row.get("images") or () for url in image.get("urls") or ())
                pages.append(CorpusPage(split, row["html"], row["url"], pictures))
    return pages


def page_bytes(folder: Path, page: CorpusPage) -> bytes:
    """The page as it was received."""
    with gzip.open(folder / page.html, "rb") as file:
        return file.read()


def address_key(url: str) -> str:
    """What two spellings of one address share: no fragment, lower host, percent-signs resolved."""
    parts = urlsplit(urldefrag(url).url)
    query = f"?{unquote(parts.query)}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc.lower()}{unquote(parts.path) or '/'}{query}"
