"""What a page says of itself in JSON-LD (schema.org): found, parsed leniently, flattened."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import lxml.html

from pipelines.paragraphs import squeeze

Node = dict[str, Any]

MAX_SCRIPT = 4_000_000  # characters; larger blocks are data dumps, not descriptions
MAX_NODES = 2000
MAX_NESTING = 8
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart", "subjectOf")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)+|(?://\s*\]\]>|\]\]>|-->)\s*;?\s*$", re.DOTALL
)
_OPENS_WRAPPING, _CLOSES_WRAPPING = frozenset("</"), frozenset(">;")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_UNFIT = re.compile("[\0\ud800-\udfff]")  # `\u0000`, `\ud800`: JSON may say them, no database takes them
_TAG = re.compile(r"<[^<>]{1,500}>")
_ARTICLE = re.compile(r"(?:article|blogposting|liveblogposting|socialmediaposting|report|review)$")


def nodes(tree: lxml.html.HtmlElement) -> tuple[Node, ...]:
    """Every typed object of the page's JSON-LD, containers opened, in document order. Never raises."""
    found: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = script.text or ""
        if len(text) <= MAX_SCRIPT:
            found.extend(_flatten(_load(text), 0))
        if len(found) >= MAX_NODES:
            break
    return tuple(found[:MAX_NODES])


def _load(text: str) -> Any:
    text = text.strip()
    if text[:1] in _OPENS_WRAPPING or text[-1:] in _CLOSES_WRAPPING:
        text = _WRAPPING.sub("", text).strip()
    text = text.rstrip(";")
    for mended in (str, partial(_TRAILING_COMMA.sub, r"\1"), html.unescape):
        try:
            # strict=False: raw line breaks inside strings are common
            return json.loads(mended(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _flatten(value: Any, depth: int) -> Iterator[Node]:
    if depth > MAX_NESTING:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for key in _HOLDERS:
            if isinstance(value.get(key), (dict, list)):
                yield from _flatten(value[key], depth + 1)


def types(node: Node) -> tuple[str, ...]:
    """The node's types in lower case, without a schema.org prefix."""
    given = node.get("@type")
    if isinstance(given, str):
        return (_type(given),)
    return tuple(_type(name) for name in given if isinstance(name, str)) if isinstance(given, list) else ()


def _type(name: str) -> str:
    return name.replace(":", "/").replace("#", "/").rpartition("/")[2].lower()


def article(found: tuple[Node, ...]) -> Node | None:
    """The node that describes the page's article: the first of an article type with a headline."""
    articles = [node for node in found if any(_ARTICLE.search(name) for name in types(node))]
    named = [node for node in articles if text(node.get("headline")) or node.get("datePublished")]
    return next(iter(named or articles), None)


def text(value: Any) -> str | None:
    """A string value as plain text (entities and tags undone); the first one of a list; else None."""
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    return squeeze(_TAG.sub(" ", html.unescape(html.unescape(_UNFIT.sub("", value))))) or None


def items(value: Any) -> list[Any]:
    """A value that may be one thing or a list of things, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def resolve(value: Any, found: tuple[Node, ...]) -> Any:
    """Follow a bare `{"@id": …}` reference to the node with that id."""
    if isinstance(value, dict) and "@id" in value and not value.get("name") and not value.get("url"):
        return next((node for node in found if node.get("@id") == value["@id"] and node is not value), value)
    return value
