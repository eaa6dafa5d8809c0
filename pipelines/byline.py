"""The people who wrote an article, out of what the page names as its authors."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pipelines import json_ld
from pipelines.json_ld import Node
from pipelines.metadata import Metadata, same_name, site_names
from pipelines.page import Page
from pipelines.paragraphs import fold, squeeze

MAX_NAME = 80  # characters; longer is a sentence
MAX_WORDS = 6
MAX_PEOPLE = 30

_META = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl")

# "By" and its like in other scripts and, with a colon, in other orders.
BY_ABROAD = (
    r"بقلم|كتبت?|إعداد|نویسنده|نوشته|گزارش از|מאת|लेखक|लेखिका|द्वारा|(?:เขียน)?โดย|ผู้เขียน|yaz(?:ar|an)|tác giả"
    r"|της|του|γράφ(?:ει|ουν)(?: [ηο])?|συντάκτ(?:ης|ρια)"
)
EAST_ASIAN_BY = re.compile(
    r"^[【\[(（\s]*(?:(?:作者|撰文|取材・文|文|글)\s*[:：／/・=＝]|(?:本报|本報)?(?:记者|記者)[:：／/・=＝\s])\s*"
)
# "By" and its like, with what often stands before it.
_BY = re.compile(
    r"^(?:(?:written|words|story|text|texte?|reported|analysis|opinion|posted|published|photos?)\s+)?"
    r"(?:by|von|vom|par|por|di|da|av|af|door|przez|od|текст|автор|autor(?:in|es|a)?|author|от"
    rf"|oleh|{BY_ABROAD})\s*[:：]?\s+",
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
_NO_NAME = re.compile(
    r"follow(?:ing)?|folgen|seguir|suivre|segui|volgen|følg|följ|obserwuj|by|von|par", re.IGNORECASE
)
_CREDIT = re.compile(r"\W*(?:image|photo|picture|foto|bild)s?\s*[:：/]", re.IGNORECASE)  # of a picture
_DOMAIN = re.compile(r"\.\w{2,4}$")
_ACCOUNT = re.compile(r"/(?:admin\w*|webmaster|editors?|redaktion|redaccion|redazione|newsroom|desk)/?$")
_KOREAN = re.compile(
    r"([가-힣]{2,4})\s*(?:선임기자|기자|특파원)(?![가-힣])"
)  # towns may stand before the name
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


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote an article.

    Attributes:
        people: in order, without "By", roles and places; where nobody else is named, the site itself.
        agencies: news agencies that the byline names, in order.
    """

    people: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


def byline(page: Page, metadata: Metadata, shown: Sequence[Callable[[], str | None]]) -> Byline:
    """People and agencies in order, out of the first statement that names a person.

    Where no person is named anywhere the agencies stand alone; where there are none either, the first
    organisation that the page gives as its author stands among the people.

    Args:
        page: its address tells the site's names.
        metadata: JSON-LD authors are believed first, then each kind of `<meta>`.
        shown: each finds a byline in the page's text, names separated by `;`; asked in turn, only where it
            is needed.
    """
    return _decided(site_names(page, metadata), _stated(metadata, shown))


def byline_of(page: Page, metadata: Metadata, values: Sequence[str]) -> Byline:
    """People and agencies, in order, that author strings name."""
    return _decided(site_names(page, metadata), [(values, ())])


def _decided(site: Sequence[str], statements: Iterable[tuple[Sequence[str], Sequence[str]]]) -> Byline:
    unnamed = Byline()
    refused: set[str] = set()  # organisations under whatever name the next statement repeats them
    for persons, others in statements:
        names = _distinct(persons)
        refused.update(fold(name) for name in _distinct(others))
        people = [n for n in names if _is_person(n, site) and fold(n) not in refused]
        organisations = _distinct([*persons, *others])
        agencies = tuple(_distinct([name for name in organisations if is_agency(name)]))
        if people:
            return Byline(tuple(_fullest(people))[:MAX_PEOPLE], agencies)
        if organisations and unnamed == Byline():
            unnamed = Byline((), agencies) if agencies else Byline(tuple(organisations[:1]))
    return unnamed


def _is_person(name: str, site: Sequence[str]) -> bool:
    return not (is_agency(name) or _is_site(name, site) or _ROLE.search(name))


def _distinct(values: Sequence[str]) -> list[str]:
    """The names in author strings, each once, whatever its case and punctuation."""
    return list(
        {fold(name): name for value in reversed(values) for name in reversed(split_names(value))}.values()
    )[::-1]


def _stated(
    metadata: Metadata, shown: Sequence[Callable[[], str | None]]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """(author strings, those known to name an organisation) of each place that states some."""
    yield _from_ld(metadata)
    for name in _META:
        yield [value for value in metadata.all(name) if not _CREDIT.match(value)], ()
    for find in shown:
        found = find()
        yield ([found] if found else []), ()


def split_names(value: str) -> list[str]:
    """The names in one author string, e.g. `By A. Smith in Rome, Bo Li and AFP` → A. Smith, Bo Li, AFP."""
    value = _HANDLE.sub("", squeeze(value))
    if korean := _KOREAN.findall(value):
        return korean
    value = EAST_ASIAN_BY.sub("", _BY.sub("", value.strip(" ,;|:-–—")))
    names = []
    for part in _AND.split(value):
        name = _EAST_ASIAN_ROLE.sub("", _AFTER_NAME.sub("", _BY.sub("", part))).strip(" ,;|:*·•-–—")
        if (
            name
            and len(name) <= MAX_NAME
            and len(name.split()) <= MAX_WORDS
            and not name.isdigit()
            and not _NO_NAME.fullmatch(name)
        ):
            names.append(name)
    return names


def _from_ld(metadata: Metadata) -> tuple[list[str], list[str]]:
    node = metadata.article
    people: list[str] = []
    organisations: list[str] = []
    for key in ("author", "creator"):
        for item in json_ld.items(node.get(key)):
            author = json_ld.resolve(item, metadata.nodes)
            (organisations if _is_organisation(author) else people).extend(_name(author))
        if people or organisations:
            break
    return people, organisations


def _is_organisation(author: Any) -> bool:
    """Said by its type, or by the address of an account that several people write with."""
    if not isinstance(author, dict):
        return False
    kinds = json_ld.types(author)
    if "person" not in kinds and any(kind.endswith("organization") for kind in kinds):
        return True
    address = json_ld.text(author.get("url")) or json_ld.text(author.get("@id")) or ""
    return bool(_ACCOUNT.search(urlsplit(address).path)) if address.startswith("http") else False


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


def _is_site(name: str, site: Sequence[str]) -> bool:
    """Whether a name is the site's, with or without its domain, or is what its domain abbreviates."""
    initials = "".join(word[0] for word in name.split())
    for other in site:
        bare = _DOMAIN.sub("", other)
        if any(same_name(one, two) for one in (name, _DOMAIN.sub("", name)) for two in (other, bare)):
            return True
        if len(initials) > 1 and same_name(initials, bare):
            return True
    return False


def _fullest(names: list[str]) -> list[str]:
    """Without names that are only part of another one given."""
    return [n for n in names if not any(n != m and f" {n} " in f" {m} " for m in names)]
