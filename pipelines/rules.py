"""A source's own word on its pages: parts to leave out, dated, because layouts change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol, cast

import cssselect
import lxml.html
from lxml.cssselect import CSSSelector


class Rule(Protocol):
    """The shape of `config.source.ExtractRule`: CSS selectors dropped from captures of certain days."""

    @property
    def since(self) -> date | None:
        """First day (UTC) of capture; None for no limit."""

    @property
    def until(self) -> date | None:
        """Last day (UTC) of capture; None for no limit."""

    @property
    def drop(self) -> tuple[str, ...]:
        """CSS selectors of the elements to leave out."""


def selectors_on(rules: Sequence[Rule], at: datetime) -> tuple[str, ...]:
    """The selectors in force at a moment, in order, without repetitions."""
    day = at.date()
    chosen = (
        rule.drop
        for rule in rules
        if (rule.since is None or rule.since <= day) and (rule.until is None or day <= rule.until)
    )
    return tuple(dict.fromkeys(selector for drop in chosen for selector in drop))


def digest(selectors: Sequence[str]) -> str:
    """A short name for a list of selectors, part of the extractor id; `none` for an empty list."""
    if not selectors:
        return "none"
    return hashlib.sha256(json.dumps(list(selectors)).encode()).hexdigest()[:8]


def drop_elements(tree: lxml.html.HtmlElement, selectors: Sequence[str]) -> None:
    """Remove what the selectors match, in place; the text that follows an element stays.

    Raises:
        ValueError: names the selector that is not CSS. Source files are checked when they are loaded,
            so this is a caller's fault.
    """
    for selector in selectors:
        try:
            matches = cast("list[lxml.html.HtmlElement]", CSSSelector(selector, translator="html")(tree))
        except (cssselect.SelectorError, ValueError) as error:
            raise ValueError(f"extract rule: {selector!r} is not a CSS selector: {error}") from error
        for element in matches:
            if element.getparent() is not None:
                element.drop_tree()
