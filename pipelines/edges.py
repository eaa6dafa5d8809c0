"""What stands right before the first and after the last sentence of an article and is not its text."""
# ruff: noqa: RUF001, RUF002 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from pipelines.byline import split_names
from pipelines.paragraphs import fold

LONGEST = 1000  # characters of a paragraph that is looked at
LINE = 90  # characters of a line of dates, names or rights
_MONTH = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|okt|oct|nov|dez|dec|ene|abr|ago|set|dic|gen|mag|giu"
    r"|lug|ott|févr|avr|août|déc|janv"
    r"|maj|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек)\w{0,8}\.?"
)
_DATE = re.compile(
    rf"\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}|\d{{1,2}}\.?(?:st|nd|rd"
    rf"|th)?(?: de)? {_MONTH}(?: de)?,? \d{{4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{4}}[年년]\s?\d{{1,2}}[月월]\s?\d{{1,2}}[日일]"
    rf"|\b\d{{1,2}}:\d{{2}} ?(?:[ap]\.?m\b|uhr\b)",
    re.IGNORECASE,
)
_MAX_WORDS_BESIDE_DATE = 6
_READING_TIME = re.compile(
    r"(?:(?:estimated )?(?:reading time|lesedauer|lesezeit|temps de lecture|tempo de leitura"
    r"|tempo di lettura|tiempo de lectura|leestijd|lästid|czas czytania)"
    r"\s*[:：]?\s*(?:\w+ )?\d+\s*\w*\.?|\d+[- ]?min(?:ute)?s?\.? (?:read|lesezeit|lesedauer|de lecture"
    r"|de lectura|leestijd))",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    r"(?:(?:copyright|©|\(c\))[\s©]*.{0,70}\d{4}|©|copyright).*|.*all rights reserved\W*", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<![ap]\.m)[.!?”\"»]$", re.IGNORECASE)
_BY = re.compile(r"(?:by|von|par|por|di|da|av|af|door|od|автор:?|autore?:?|text:?|von:)\s+\S", re.IGNORECASE)


def trim(
    paragraphs: Sequence[str], *, headline: str | None, byline: Sequence[str], others: AbstractSet[str]
) -> list[str]:
    """The paragraphs without menus, date lines, names and rights at both ends; what stands between stays.

    Args:
        paragraphs: in order.
        headline: a first line that only sets a kicker before it is not text.
        byline: the article's people; lines that only name them are not text.
        others: folded texts of the page's links and `h1`: a line that is nothing but a link, before the first
            and after the last paragraph, belongs to a menu or to a list of further stories.
    """
    names = frozenset(fold(name) for name in byline)
    title = fold(headline or "")

    def is_edge(paragraph: str) -> bool:
        return len(paragraph) <= LONGEST and (
            fold(paragraph) in others
            or _is_kicker(paragraph, title)
            or (len(paragraph) <= LINE and _is_line(paragraph, names))
        )

    first = next((i for i, paragraph in enumerate(paragraphs) if not is_edge(paragraph)), None)
    if first is None:
        return list(paragraphs)
    last = next(i for i in range(len(paragraphs) - 1, -1, -1) if not is_edge(paragraphs[i]))
    return list(paragraphs[first : last + 1])


def _is_kicker(paragraph: str, title: str) -> bool:
    """A line that ends in the headline: "Migration – The headline itself"."""
    folded = fold(paragraph)
    return len(title.split()) > 3 and len(folded) <= len(title) + LINE and folded.endswith(title)  # noqa: PLR2004


def is_dated(line: str) -> bool:
    """Whether a line is nothing but a date with a few words, a reading time, or whose the rights are."""
    if len(line) > LINE:
        return False
    if _READING_TIME.fullmatch(line.strip()) or _RIGHTS.fullmatch(line):
        return True
    words = len(_DATE.sub("", line).split())
    return bool(_DATE.search(line)) and words <= _MAX_WORDS_BESIDE_DATE and not _SENTENCE_END.search(line)


def is_byline(line: str) -> bool:
    """Whether a line begins as those that name authors do."""
    return len(line) <= LINE and bool(_BY.match(line))


def _is_line(line: str, names: AbstractSet[str]) -> bool:
    if is_dated(line):
        return True
    people = [fold(name) for name in split_names(line)]
    named = bool(people) and bool(names) and all(name in names for name in people)
    return named and (bool(_BY.match(line)) or fold(line) in names or len(people) > 1)
