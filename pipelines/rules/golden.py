"""Golden cases through the real extractor: what is read in them, against what is to be read (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.article import Article
from config.extract_rule import rules_on
from config.golden_case import Expected, GoldenCase
from config.source import Source
from pipelines.extract import extract
from pipelines.extraction import Extraction
from pipelines.guidance import guidance_of
from pipelines.memory.site_memory import EncodedMemory
from pipelines.state import text_digest

# Of what a rule says, the expectations that would notice if it said it no more.
_TELLING = {
    "text": ("text", "text_sha256", "contains", "lacks"),
    "keep": ("text", "text_sha256", "contains"),
    "title": ("title",),
    "byline": ("byline",),
    "date": ("date",),
    "images": ("images",),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a golden case that is read otherwise than expected."""

    field: str
    expected: object
    found: object


def read_golden(
    source: Source, case: GoldenCase, page: bytes, memory: EncodedMemory | None = None
) -> Extraction:
    """What the extractor reads in a case's page, with the source's rules and nothing that was learned.

    With a `memory`, what a crawl would read.
    """
    return extract(
        page,
        url=case.url,
        content_type=case.content_type,
        content_encoding=None,
        captured_at=case.captured_at,
        guidance=guidance_of(source, memory=memory),
    )


def differences(expected: Expected, extraction: Extraction) -> tuple[Difference, ...]:
    """Where a reading is not as expected; a page that is no article differs in `outcome`."""
    article = extraction.article
    if article is None:
        return (Difference("outcome", "an article", extraction.reason),)
    return tuple(_differing(expected, article))


def _differing(expected: Expected, article: Article) -> Iterator[Difference]:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("title", expected.title, article.title),
        ("byline", expected.byline, article.byline),
        ("date", expected.date, article.published_at),
        ("text", expected.text, article.text),
        ("text_sha256", expected.text_sha256, text_digest(article.text)),
        ("images", expected.images, tuple(image.url for image in article.images)),
    )
    for field, wanted, found in pairs:
        if wanted is not None and wanted != found:
            yield Difference(field, wanted, found)
    for words in expected.contains:
        if words not in article.text:
            yield Difference("contains", words, None)
    for words in expected.lacks:
        if words in article.text:
            yield Difference("lacks", None, words)


def expectation(article: Article) -> dict[str, object]:
    """What is read today as what is to be read, in the shape of the file."""
    return {
        "title": article.title,
        "byline": list(article.byline),
        **({"date": _moment(article.published_at)} if article.published_at else {}),
        "text": article.text,
        "images": [image.url for image in article.images],
    }


def uncovered(source: Source, cases: Iterable[GoldenCase]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """(index of a rule, fields of it that no case would notice) for each rule that has such fields.

    `drop` needs no case: what is dropped is not read, whatever the rest.
    """
    by_rule: dict[int, set[str]] = {index: set() for index in range(len(source.extract))}
    for case in cases:
        in_force = rules_on(source.extract, case.captured_at, source.timezone)
        for index, rule in enumerate(source.extract):
            if rule in in_force:
                by_rule[index] |= _expected_in(case.expect)
    found = []
    for index, rule in enumerate(source.extract):
        fields = tuple(
            field for field in rule.does() if field in _TELLING and by_rule[index].isdisjoint(_TELLING[field])
        )
        if fields:
            found.append((index, fields))
    return tuple(found)


def _expected_in(expected: Expected) -> set[str]:
    values: Sequence[tuple[str, object]] = tuple(expected)
    return {name for name, value in values if value is not None and value != ()}


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
