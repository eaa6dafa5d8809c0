"""The pictures that rules name, whatever box they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import lxml.html

from archive.article import ArticleImage
from pipelines.article_place import Place
from pipelines.captions import caption_of
from pipelines.image_sources import addresses
from pipelines.page import Page
from pipelines.paragraphs import squeeze
from pipelines.pictures import Picture, made, may_show, merged


def named_pictures(page: Page, place: Place, named: Sequence[lxml.html.HtmlElement | str]) -> list[Picture]:
    """The pictures in elements, and at addresses, that rules name: in order, none twice."""
    return merged(list(_each(page, place, named)))


def _each(page: Page, place: Place, named: Sequence[lxml.html.HtmlElement | str]) -> Iterator[Picture]:
    for item in named:
        if isinstance(item, str):
            yield Picture(ArticleImage(item, 0))
            continue
        for image in item.iter():
            if may_show(image) and (variants := addresses(page, image)):
                alt = squeeze(image.get("alt") or "") or None
                yield made(variants, caption_of(image), alt, place.order.get(image, 0))
