"""What the selectors of a source's rules find in a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import cast
from zoneinfo import ZoneInfo

import cssselect
import lxml.html
from htmldate import find_date
from lxml.cssselect import CSSSelector

from config.extract_rule import ExtractRule, split_attribute
from pipelines.dates import AHEAD, EARLIEST, credible
from pipelines.page import Page
from pipelines.paragraphs import squeeze
from pipelines.text.blocks import KEEP, ONLY, SILENT, TEXT

_LONGEST = 500  # characters of a title, a byline or a date; more, and the selector took something else
_MOST = 100  # elements of one selector
_COMPILED = 512  # selectors kept compiled


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules in force say of one page; what they say nothing of is read in the ordinary way.

    Attributes:
        marked: elements named by `text` and `keep`, as `blocks.segment` takes them.
        title: None without a rule, or if its selectors found no words; so for the others.
        byline: author strings.
        date: the string as the page gives it, and the moment.
        pictures: `img` elements or boxes around them, or addresses; in page order.
        unmatched: fields for which there are rules whose selectors found nothing here.
    """

    marked: dict[lxml.html.HtmlElement, int]
    title: str | None = None
    byline: tuple[str, ...] = ()
    date: tuple[str, datetime] | None = None
    pictures: tuple[lxml.html.HtmlElement | str, ...] = ()
    unmatched: tuple[str, ...] = ()


def apply_rules(page: Page, rules: Sequence[ExtractRule], captured_at: datetime, zone: ZoneInfo) -> Found:
    """Drop from the page, in place, what the rules drop, and find what they name.

    All of `rules` are in force; `zone` is that of dates without one. A `drop` or `keep` that finds nothing
    is no miss: often there is none.
    """
    drop_elements(page.tree, [selector for rule in rules for selector in rule.drop])
    misses: list[str] = []

    def noted(field: str, selectors: tuple[str, ...], is_found: object) -> None:
        if selectors and not is_found:
            misses.append(field)

    text, keep, title, byline, date, images = (
        tuple(selector for rule in rules for selector in getattr(rule, field))
        for field in ("text", "keep", "title", "byline", "date", "images")
    )
    holding = [element for element in _matches(page.tree, text) if squeeze(element.text_content())]
    headline = next(_values(page, title), None)
    people = tuple(_values(page, byline))
    day = _first_date(_values(page, date, dated=True), captured_at, zone)
    pictures = tuple(_pictures(page, images))
    noted("text", text, holding)
    noted("title", title, headline)
    noted("byline", byline, people)
    noted("date", date, day)
    noted("images", images, pictures)
    marked = _marked(holding, _matches(page.tree, keep))
    return Found(marked, headline, people, day, pictures, tuple(misses))


def _marked(
    holding: Iterable[lxml.html.HtmlElement], kept: Iterable[lxml.html.HtmlElement]
) -> dict[lxml.html.HtmlElement, int]:
    marked = dict.fromkeys(holding, TEXT)
    for element in kept:
        marked[element] = marked.get(element, 0) | KEEP
    for element in tuple(marked):
        for around in element.iterancestors(*SILENT):
            marked.setdefault(around, ONLY)
    return marked


def drop_elements(tree: lxml.html.HtmlElement, selectors: Iterable[str]) -> None:
    """Remove what the selectors match, in place; the text that follows an element stays.

    Raises:
        ValueError: names the selector that is not CSS. Source files are checked when they are loaded,
            so this is a caller's fault.
    """
    for selector in selectors:
        for element in _compiled(selector)(tree):
            if element.getparent() is not None:
                element.drop_tree()


@lru_cache(maxsize=_COMPILED)
def _compiled(selector: str) -> Callable[[lxml.html.HtmlElement], list[lxml.html.HtmlElement]]:
    try:
        return cast(
            "Callable[[lxml.html.HtmlElement], list[lxml.html.HtmlElement]]",
            CSSSelector(selector, translator="html"),
        )
    except (cssselect.SelectorError, ValueError) as error:
        raise ValueError(f"extract rule: {selector!r} is not a CSS selector: {error}") from error


def _matches(tree: lxml.html.HtmlElement, selectors: Iterable[str]) -> Iterator[lxml.html.HtmlElement]:
    for selector in selectors:
        yield from _compiled(selector)(tree)[:_MOST]


def _values(page: Page, selectors: Iterable[str], *, dated: bool = False) -> Iterator[str]:
    """Texts or attributes of what matches, squeezed, none empty; of a `time` its `datetime`, if `dated`."""
    for selector in selectors:
        css, attribute = split_attribute(selector)
        for element in _compiled(css)(page.tree)[:_MOST]:
            if attribute is not None:
                value = element.get(attribute) or ""
            else:
                stated = (element.get("datetime") or element.get("content")) if dated else None
                value = stated or element.text_content()
            if (value := squeeze(value)) and len(value) <= _LONGEST:
                yield value


def _first_date(values: Iterable[str], captured_at: datetime, zone: ZoneInfo) -> tuple[str, datetime] | None:
    """The first of some strings that gives a date that can be true: a stated moment, or a day in words."""
    for value in values:
        if moment := credible(value, captured_at, zone):
            return value, moment
        day = find_date(
            f"<html><body><p>{escape(value)}</p></body></html>",
            extensive_search=True,
            min_date=EARLIEST.date().isoformat(),
            max_date=(captured_at + AHEAD).date().isoformat(),
        )
        if moment := credible(day, captured_at, zone):
            return str(day), moment
    return None


def _pictures(page: Page, selectors: Sequence[str]) -> list[lxml.html.HtmlElement | str]:
    """What the selectors name as pictures, in page order, none twice."""
    found: dict[lxml.html.HtmlElement, str | None] = {}
    for selector in selectors:
        css, attribute = split_attribute(selector)
        for element in _compiled(css)(page.tree)[:_MOST]:
            if attribute is None:
                found[element] = None
            elif address := page.absolute(element.get(attribute)):
                found[element] = address
    ordered = [element for element in page.tree.iter() if element in found] if found else []
    return [found[element] or element for element in ordered]
