"""The people who wrote an article, out of what the page names as its authors."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pipelines import json_ld
from pipelines.json_ld import Node
from pipelines.metadata import Metadata, same_name, site_name
from pipelines.paragraphs import squeeze

MAX_NAME = 80  # characters; longer is a sentence
MAX_WORDS = 6
MAX_PEOPLE = 30

_META = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl")

# "By" and its like, with what often stands before it.
_BY = re.compile(
    r"^(?:(?:written|words|story|text|texte?|reported|analysis|opinion|posted|published|photos?)\s+)?"
    r"(?:by|von|vom|par|por|di|da|av|af|door|przez|od|текст|автор|autor(?:in|es|a)?|author|от"
    r"|oleh)\s*[:：]?\s+",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s*(?:;|\||/|\s&\s|,|、|\b(?:and|und|et|y|e|og|och|en|i|и|dan)\b(?=\s))\s*", re.IGNORECASE
)
_ROLE = re.compile(
    r"\b(?:correspondent|reporter|editor|staff|writer|bureau|desk|journalist|korrespondent(?:in)?"
    r"|redakteur(?:in)?"
    r"|redaktion|columnist|contributor|producer|newsroom|team|journaliste|envoyé|corresponsal|redacción"
    r"|redazione"
    r"|redaktor|admin|administrator|webmaster|nachrichten|guest|author)\b",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(
    r"\s+(?:in|at|for|for the|aus|à|en|reports? from)\s+[A-ZÀ-Þ].*$|\s*[(\[].*$|\s+[–—-]\s+.*$"
)
_EAST_ASIAN_ROLE = re.compile(r"\s*(?:기자|특파원|記者|记者|論説委員|編集委員)(?:\s.*)?$")
_HANDLE = re.compile(r"@\w+|https?://\S+|\S+@\S+\.\w+")
# Agencies of the news trade; as a whole name only.
_AGENCIES = re.compile(
    r"(?:the )?(?:associated press|ap|ap news|reuters|thomson reuters|afp|agence france-?presse|dpa|apa"
    r"|sda|keystone-sda"
    r"|ansa|efe|tass|тасс|interfax|интерфакс|xinhua|kyodo(?: news)?|jiji(?: press)?|yonhap|pa|pa media"
    r"|press association"
    r"|upi|ntb|tt|ritzau|belga|anp|pap|ctk|čtk|mti|lusa|europa press|aap|cp|the canadian press"
    r"|bloomberg(?: news)?"
    r"|epd|kna|sid|ots|antara|bernama|pti|ians|ani|共同通信|時事通信"
    r"|時事|연합뉴스|新华社|中央社)(?: .{0,12}(?:news )?agency)?",
    re.IGNORECASE,
)


def is_agency(name: str) -> bool:
    """Whether a name is that of a news agency."""
    return bool(_AGENCIES.fullmatch(name.strip(" .,")))


def byline(metadata: Metadata, shown: Callable[[], str | None]) -> tuple[str, ...]:
    """People in order, without "By", roles, agencies and the site itself.

    Where no person is named anywhere, the organisation that the page gives as its author stands.

    Args:
        metadata: JSON-LD authors are believed first, then each kind of `<meta>`.
        shown: finds the byline in the page's text, names separated by `;`; asked only where it is needed.
    """
    site = site_name(metadata)
    organisations: list[str] = []
    for values in _stated(metadata, shown):
        names = list(dict.fromkeys(name for value in values for name in split_names(value)))
        people = [n for n in names if not is_agency(n) and not _is_site(n, site) and not _ROLE.search(n)]
        if people:
            return tuple(_fullest(people))[:MAX_PEOPLE]
        organisations.extend(names)
    return tuple(dict.fromkeys(organisations))[:1]


def _stated(metadata: Metadata, shown: Callable[[], str | None]) -> Iterator[Sequence[str]]:
    yield _from_ld(metadata)
    for name in _META:
        yield metadata.all(name)
    found = shown()
    yield [found] if found else []


def split_names(value: str) -> list[str]:
    """The names in one author string, e.g. `By A. Smith in Rome, Bo Li and AFP` → A. Smith, Bo Li, AFP."""
    value = _HANDLE.sub("", squeeze(value))
    value = _BY.sub("", value.strip(" ,;|:-–—"))
    names = []
    for part in _AND.split(value):
        name = _EAST_ASIAN_ROLE.sub("", _AFTER_NAME.sub("", _BY.sub("", part))).strip(" ,;|:*·•-–—")
        if name and len(name) <= MAX_NAME and len(name.split()) <= MAX_WORDS and not name.isdigit():
            names.append(name)
    return names


def _from_ld(metadata: Metadata) -> list[str]:
    node = metadata.article
    names: list[str] = []
    for key in ("author", "creator"):
        for item in json_ld.items(node.get(key)):
            names.extend(_name(json_ld.resolve(item, metadata.nodes)))
        if names:
            break
    return names


def _name(author: Any) -> list[str]:
    if isinstance(author, str):
        return [] if author.startswith("http") else [json_ld.text(author) or ""]
    if not isinstance(author, dict):
        return []
    found = [name for item in json_ld.items(author.get("name")) if (name := json_ld.text(item))]
    return found or _name_parts(author)


def _name_parts(author: Node) -> list[str]:
    parts = [json_ld.text(author.get(key)) for key in ("givenName", "additionalName", "familyName")]
    joined = " ".join(part for part in parts if part)
    return [joined] if joined else []


def _is_site(name: str, site: str | None) -> bool:
    return same_name(re.sub(r"\.\w{2,3}$", "", name), site) or same_name(name, site)


def _fullest(names: list[str]) -> list[str]:
    """Without names that are only part of another one given."""
    return [n for n in names if not any(n != m and f" {n} " in f" {m} " for m in names)]
