"""Corrections and editors' notes: what the paper says about its own article."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pipelines import json_ld
from pipelines.article_place import Place
from pipelines.attributes import saying
from pipelines.metadata import Metadata
from pipelines.page import Page
from pipelines.paragraphs import fold, squeeze

MAX_NOTE = 1500  # characters
MAX_NOTES = 20
MAX_LOOKED_AT = 3000  # elements

# A paragraph that begins so, with a colon or a stop after it.
_LABELS = (
    r"corrections?(?: and clarifications?)?|clarifications?|editor(?:'s|’s|s'|s’|ial)? notes?|update note"
    r"|errat(?:um|a)|korrektur(?:hinweis)?|korrigendum|richtigstellung|berichtigung"
    r"|(?:anmerkung|hinweis)(?: der redaktion)?|anm\. ?d\. ?red\.?"
    r"|rectificatif|rectification|correctif|note de la rédaction|ndlr|précision"
    r"|correcci[óo]n|fe de (?:errores|erratas)|rectificaci[óo]n|nota (?:del editor|de la redacci[óo]n)"
    r"|aclaraci[óo]n|rettifica|errata corrige|nota della redazione|precisazione|ndr"
    r"|correção|nota (?:da redação|do editor)|esclarecimento"
    r"|correctie|rectificatie|noot van de redactie|sprostowanie|od redakcji|rättelse|rettelse|presisering"
    r"|oikaisu|helyesbítés|oprava|düzeltme|editörün notu|исправление|поправка|уточнение|от редакции"
    r"|виправлення|від редакції|koreksi|ralat|catatan redaksi"
)
_LABELLED = re.compile(rf"^[\s*•·(\[+–—-]*(?:{_LABELS})\b\s*(?:[:：.)\]–—-]|\(|,? \d)", re.IGNORECASE)
_EAST_ASIAN = re.compile(
    r"^[\s※＊*【\[（(■▲]*"
    r"(?:訂正|お詫びと訂正|編集部注|更正|编者按|編者按|编者注|정정|바로잡습니다|편집자 ?주)"
)
# What needs no label: said only of the article itself.
_SENTENCE = re.compile(
    r"^[\s*•·(\[–—-]*"
    r"(?:(?:this|the) (?:article|story|post|report|piece|headline|column) (?:was|has been)"
    r" (?:\w+ )?(?:amended|corrected|updated to|clarified|edited|changed to)"
    r"|(?:an|a previous|the) ?(?:earlier|previous)? version of (?:this|the) (?:article|story|post|report)"
    r"|(?:in (?:einer|der) )(?:früheren|vorherigen|ersten|ursprünglichen) (?:version|fassung)"
    r"|dieser (?:artikel|text|beitrag) wurde (?:\w+ ){0,6}(?:korrigiert|berichtigt|präzisiert|geändert)"
    r"|une (?:version (?:précédente|antérieure)|première version) de (?:cet|l)"
    r"|cet article a été (?:modifié|corrigé)"
    r"|una versi[óo]n (?:anterior|previa) de est|este art[íi]culo (?:ha sido|fue) (?:corregido|modificado)"
    r"|una versione precedente di questo|uma versão anterior dest|een eerdere versie van dit"
    r"|en tidigare version av|en tidligere versjon av|en tidligere version af|aiempi versio"
    r"|w poprzedniej wersji"
    r"|в (?:предыдущей|более ранней) версии|bu haberin önceki)",
    re.IGNORECASE,
)
_BOX = saying(
    r"(?:^|[\s_-])(?:corrections?|correction-?note|editors?-?note|editor-?note|erratum|errata|clarification|korrektur"
    r"|rectificatif|rettifica|rattelse|rettelse)(?:$|[\s_-])",
    re.IGNORECASE,
)


def notes(page: Page, metadata: Metadata, place: Place, paragraphs: Sequence[str]) -> tuple[str, ...]:
    """Corrections and editors' notes, each once; they stay in the text where they stand there.

    Args:
        page: with its elements in place; boxes of the article that say that they are a correction count too.
        metadata: schema.org's `correction` is read from its JSON-LD.
        place: of the article in the page.
        paragraphs: of the article.
    """
    found = [*_stated(metadata), *filter(is_note, paragraphs), *_boxes(page, place)]
    distinct: dict[str, str] = {}
    for text in found:
        folded = fold(text)
        if folded and len(text) <= MAX_NOTE and not any(folded in known for known in distinct):
            distinct[folded] = text
    return tuple(distinct.values())[:MAX_NOTES]


def is_note(paragraph: str) -> bool:
    """Whether a paragraph speaks of the article that it stands in: by its label, or in its first words."""
    return any(pattern.match(paragraph) for pattern in (_LABELLED, _EAST_ASIAN, _SENTENCE))


def _stated(metadata: Metadata) -> Iterator[str]:
    for item in json_ld.items(metadata.article.get("correction")):
        text = json_ld.text(item.get("text") if isinstance(item, dict) else item)
        if text and not text.startswith("http"):
            yield text


def _boxes(page: Page, place: Place) -> Iterator[str]:
    for element in islice(page.tree.iter("p", "div", "section", "aside"), MAX_LOOKED_AT):
        at = place.order.get(element, -1)
        near = place.heading or place.first
        if near <= at <= place.last + len(place.container) and _BOX(
            f"{element.get('class') or ''} {element.get('id') or ''}"
        ):
            text = squeeze(element.text_content())
            if len(text.split()) > 3:  # noqa: PLR2004 - a bare label, or a link to the page of corrections
                yield text
