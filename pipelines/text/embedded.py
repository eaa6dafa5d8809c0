"""Articles of pages that show nothing until scripts have run: the text waits in the page's state.

Frameworks that render in the browser carry what they will show as JSON (Next's `__NEXT_DATA__`, Nuxt's state,
the caches of query libraries), and the article in it mostly as a piece of HTML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import lxml.etree
import lxml.html

from pipelines.text.blocks import segment
from pipelines.text.features import is_texty

MIN_TEXT = 600  # characters of an article's string; shorter ones are teasers
MIN_PARAGRAPHS = 3
MAX_SCRIPT = 8 << 20  # characters of a script that are looked at

_STRING = re.compile(rf'"((?:[^"\\]|\\.){{{MIN_TEXT},}}+)"', re.DOTALL)
_MARKUP = re.compile(r"<(?:p|br|div)\b[^<>]*>", re.IGNORECASE)
_HEADINGS = frozenset({"h2", "h3", "h4"})


def embedded_paragraphs(tree: lxml.html.HtmlElement) -> list[str]:
    """The paragraphs of the longest piece of HTML among the strings of the page's scripts; [] without one."""
    found = max(_markup(tree), key=len, default="")
    if not found:
        return []
    try:
        root = lxml.html.document_fromstring(f"<html><body>{found}</body></html>")
    except (lxml.etree.ParserError, ValueError):
        return []
    blocks = segment(root)
    if sum(map(is_texty, blocks)) < MIN_PARAGRAPHS:
        return []
    return [block.text for block in blocks if is_texty(block) or block.box.tag in _HEADINGS]


def _markup(tree: lxml.html.HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if script.get("type") != "application/ld+json":
            for value in _strings((script.text or "")[:MAX_SCRIPT]):
                inner = list(_strings(value))  # of JSON in a string, as streamed pages carry it
                yield from filter(_is_article, inner or [value])


def _strings(source: str) -> Iterator[str]:
    """The long strings of a piece of JavaScript or JSON, without their escapes."""
    for match in _STRING.finditer(source):
        try:
            value = json.loads(f'"{match[1]}"', strict=False)
        except ValueError:
            continue
        yield value


def _is_article(value: str) -> bool:
    return value.count("<") >= MIN_PARAGRAPHS and len(_MARKUP.findall(value)) >= MIN_PARAGRAPHS
