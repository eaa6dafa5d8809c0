"""What a page says of itself in `<meta>`, `<link>` and JSON-LD, collected once for the deciders."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines import json_ld
from pipelines.json_ld import Node
from pipelines.page import Page
from pipelines.paragraphs import fold, squeeze

MAX_VALUE = 10_000  # characters of a meta value; more is an attack or a data dump


@dataclass(frozen=True, slots=True)
class Metadata:
    """The page's own statements, unjudged.

    Attributes:
        meta: (name or property or itemprop in lower case, value) in document order.
        nodes: all JSON-LD nodes; `article`: the one that describes the article, or an empty one.
    """

    meta: tuple[tuple[str, str], ...]
    nodes: tuple[Node, ...]
    article: Node

    def first(self, *names: str) -> str | None:
        """The first value of the first of these names that has one."""
        for wanted in names:
            for name, value in self.meta:
                if name == wanted:
                    return value
        return None

    def all(self, *names: str) -> tuple[str, ...]:
        """Every value of these names, in document order."""
        return tuple(value for name, value in self.meta if name in names)


def read_metadata(page: Page) -> Metadata:
    """Collect the statements of a page. Never raises."""
    meta: list[tuple[str, str]] = []
    for element in page.tree.iter("meta"):
        value = squeeze((element.get("content") or "")[:MAX_VALUE])
        if not value:
            continue
        keys = (element.get(k) for k in ("property", "name", "itemprop", "http-equiv"))
        meta.extend((key.strip().lower(), value) for key in keys if key)
    nodes = json_ld.nodes(page.tree)
    return Metadata(tuple(meta), nodes, json_ld.article(nodes) or {})


def site_name(metadata: Metadata) -> str | None:
    """The site's name: OpenGraph, then the JSON-LD publisher or site, then the application's name."""
    publisher = json_ld.resolve(metadata.article.get("publisher"), metadata.nodes)
    site = next((n for n in metadata.nodes if "website" in json_ld.types(n)), {})
    return (
        metadata.first("og:site_name")
        or json_ld.text(publisher)
        or json_ld.text(site.get("name"))
        or metadata.first("application-name", "apple-mobile-web-app-title")
    )


def site_names(page: Page, metadata: Metadata) -> tuple[str, ...]:
    """What the site may be called: by the page's own word, and by its host and the labels of it."""
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    stated = (site_name(metadata), metadata.first("application-name"), host, f"www.{host}")
    labels = (label for label in host.split(".")[:-1] if len(label) > 1)
    return tuple(dict.fromkeys(name for name in (*stated, *labels) if name))


def description(metadata: Metadata) -> str | None:
    """The page's summary of itself."""
    return json_ld.text(
        metadata.first("og:description", "description", "twitter:description")
    ) or json_ld.text(metadata.article.get("description"))


def canonical_url(page: Page, metadata: Metadata) -> str | None:
    """`link rel=canonical`, then `og:url`, absolute; a site's home is not believed for an article."""
    links = (
        link.get("href")
        for link in page.tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    )
    for reference in (*links, metadata.first("og:url")):
        address = page.absolute(reference)
        if address is None:
            continue
        is_home = urlsplit(address).path in ("", "/") and not urlsplit(address).query
        if not is_home or urlsplit(page.url).path in ("", "/"):
            return address.partition("#")[0] if "#!" not in address else address
    return None


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names say the same, whatever their case, punctuation and spacing."""
    return bool(one and other) and fold(one or "").replace(" ", "") == fold(other or "").replace(" ", "")
