"""What a page says of itself in `<meta>`, `<link>` and JSON-LD, collected once for the deciders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines import json_ld
from pipelines.json_ld import Node
from pipelines.page import Page
from pipelines.paragraphs import fold, squeeze

MAX_VALUE = 10_000  # characters of a meta value; more is an attack or a data dump

# ISO 639-2 codes that pages use although a two-letter code exists.
_TWO_LETTERS = {
    "ara": "ar", "ces": "cs", "chi": "zh", "dan": "da", "deu": "de", "dut": "nl", "ell": "el", "eng": "en",
    "fin": "fi", "fra": "fr", "fre": "fr", "ger": "de", "heb": "he", "hin": "hi", "hun": "hu", "ind": "id",
    "ita": "it", "jpn": "ja", "kor": "ko", "nld": "nl", "nor": "no", "pol": "pl", "por": "pt", "ron": "ro",
    "rus": "ru", "spa": "es", "swe": "sv", "tur": "tr", "ukr": "uk", "vie": "vi", "zho": "zh",
    # countries mistaken for languages
    "cn": "zh", "jp": "ja", "kr": "ko", "ua": "uk", "dk": "da", "cz": "cs", "gr": "el",
}  # fmt: skip


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


def language(page: Page, metadata: Metadata, text: str) -> str | None:
    """ISO 639-1 code: what the page declares, unless its script says otherwise; None if nothing does."""
    declared = (
        page.tree.get("lang"),
        page.tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        json_ld.text(metadata.article.get("inLanguage")),
        metadata.first("content-language", "og:locale", "language", "dc.language", "inlanguage"),
        next((e.get("lang") for e in page.tree.iter("body", "article") if e.get("lang")), None),
    )
    codes = [code for value in declared if (code := language_code(value))]
    by_script = _by_script(text)
    if by_script and not any(code in by_script for code in codes):
        return by_script[0]
    return next((code for code in codes if not by_script or code in by_script), None)


def language_code(value: str | None) -> str | None:
    """The two-letter code of a language tag such as `de-AT`, `en_GB` or `deu`; None if it has none."""
    primary = re.split(r"[-_,; ]", (value or "").strip().lower())[0]
    primary = _TWO_LETTERS.get(primary, primary)
    return primary if re.fullmatch(r"[a-z]{2}", primary) else None


# Scripts that (nearly) one language of the news is written in: the pattern, and the languages it fits.
_SCRIPTS = (
    (re.compile("[\uac00-\ud7af]"), ("ko",)),
    (re.compile("[\u3040-\u30ff]"), ("ja",)),
    (re.compile("[\u4e00-\u9fff]"), ("zh", "ja")),
    (re.compile("[\u0e00-\u0e7f]"), ("th",)),
    (re.compile("[\u0370-\u03ff]"), ("el",)),
    (re.compile("[\u0590-\u05ff]"), ("he", "yi")),
)
_SHARE = 0.3  # of the characters that are neither space nor ASCII punctuation


def _by_script(text: str) -> tuple[str, ...]:
    sample = text[:4000]
    letters = sum(character.isalpha() for character in sample)
    for pattern, languages in _SCRIPTS:
        # kana mixes with kanji: a tenth of it already makes Japanese
        share = _SHARE / 3 if languages == ("ja",) else _SHARE
        if letters and len(pattern.findall(sample)) > share * letters:
            return languages
    return ()


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names say the same, whatever their case, punctuation and spacing."""
    return bool(one and other) and fold(one or "").replace(" ", "") == fold(other or "").replace(" ", "")
