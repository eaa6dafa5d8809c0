"""The element of a picture's box that names who made the picture: told by class, tag and place."""

from __future__ import annotations

import re
from itertools import chain, islice

import lxml.html

from pipelines.attributes import saying
from pipelines.paragraphs import squeeze

MAX_CREDIT = 200  # characters; longer is a caption
MAX_LOOKED_AT = 300  # elements of a box; the boxes of real pictures hold a tenth of it
_MAX_UNNAMED = 100  # characters of a credit that only its tag and place tell
_MAX_UNNAMED_WORDS = 12

# Says of itself, anywhere near a picture, that it is a credit: also as part of a longer word ("imageCredit").
_CERTAIN = saying(
    r"credit|copyright|copywrite|photographer|fotograf(?!(?:ia|ía)s?(?:$|[\s_-]))|photographe"
    r"|(?:image|img|photo|picture|foto|bild|media|figure|caption)[-_]{0,2}"
    r"(?:source|author|autore?|auteur|rights|byline|by|agency|quelle|nachweis|rechte|urheber|owner)"
    r"|(?:^|[\s_-])(?:bildrechte|urheber|auteursrecht|derechos|crédits?|créditos?|kreditering|fotógraf[oa])"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
# Says so only inside a caption or figure; elsewhere it is the article's author or source.
_INSIDE = saying(
    r"(?:^|[\s_-])(?:source|sources|quelle|fuente|fonte|bron|author|autor(?:a|in)?|autore|auteur|byline|by"
    r"|agency|agence|agencia|agenzia|agentur|rights|rechte|holder|owner|creator|firma)(?:$|[\s_-])"
    r"|(?<=[a-z])(?:Source|Author|Byline|Agency|Rights)(?![a-z])",
)
_TAGS = ("small", "cite")  # the end of a caption in one of these is a credit without any class
_ENDS_SENTENCE = re.compile(r"[.!?…:|)\]”\"»。]\s*$")
_ATTRIBUTES = ("class", "id", "itemprop", "data-testid", "data-component")
_SILENT = ("script", "style", "button", "noscript", "svg", "template")
_READ_OUT = saying(r"sr-only|visually-?hidden|screen-reader")


def credit_element(box: lxml.html.HtmlElement, holder: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    """The element with the credit: in the caption first, then elsewhere in the picture's box.

    Args:
        box: holds one picture and what belongs to it.
        holder: the caption's element in it; the box itself if nothing else says that it is one.
    """
    wrapping = {holder, *holder.iterancestors()}
    inside = list(islice(holder.iterdescendants(), MAX_LOOKED_AT))
    known = wrapping.union(inside)
    outside = [e for e in islice(box.iterdescendants(), MAX_LOOKED_AT) if e not in known]
    in_figure = box.tag == "figure" or holder is not box
    candidates = chain(
        (e for e in inside if _says_so(e, inside=True)),
        (e for e in inside if e.tag in _TAGS and _closes(e, holder)),
        (e for e in outside if _says_so(e, inside=in_figure)),
        (e for e in outside if e.tag in _TAGS and holder is not box and _is_name(shown_text(e))),
    )
    return next((e for e in candidates if 0 < len(shown_text(e)) <= MAX_CREDIT), None)


def beside(box: lxml.html.HtmlElement) -> str | None:
    """The text of a credit's element right after a picture's box; None if none stands there."""
    following = box.getnext()
    if following is None or squeeze(box.tail or "") or not isinstance(following.tag, str):
        return None
    if not _CERTAIN(hints(following)) or following.find(".//img") is not None:
        return None
    text = shown_text(following)
    return text if len(text) <= MAX_CREDIT else None


def hints(element: lxml.html.HtmlElement) -> str:
    """What an element's attributes say that it is."""
    return " ".join(element.get(key) or "" for key in _ATTRIBUTES)


def shown_text(element: lxml.html.HtmlElement, without: lxml.html.HtmlElement | None = None) -> str:
    """The text of an element without scripts, buttons and what is only read out to the blind.

    `without` names an element inside whose text is left out too.
    """
    said: list[str] = []
    left: list[lxml.html.HtmlElement | str] = [element]  # to be read, the next one last
    while left:
        node = left.pop()
        if isinstance(node, str):
            said.append(node)
            continue
        if node is not element and node.tail:
            left.append(node.tail)
        if node is without or node.tag in _SILENT or ((kind := node.get("class")) and _READ_OUT(kind)):
            continue
        if node.text:
            said.append(node.text)
        left.extend(reversed(node))
    return squeeze(" ".join(said))


def _says_so(element: lxml.html.HtmlElement, *, inside: bool) -> bool:
    if not isinstance(element.tag, str) or element.tag in ("img", "picture", "source", *_SILENT):
        return False
    said = hints(element)
    return bool(_CERTAIN(said) or (inside and _INSIDE(said)))


def _closes(element: lxml.html.HtmlElement, holder: lxml.html.HtmlElement) -> bool:
    """Whether an element is the last of a caption, with words before it, and reads as a name.

    A `cite` in the middle of a sentence, or that ends one, is the title of a work.
    """
    text = shown_text(element)
    before = shown_text(holder, without=element)
    if not before or not _is_name(text) or not shown_text(holder).endswith(text):
        return False
    return element.tag == "small" or bool(_ENDS_SENTENCE.search(before))


def _is_name(text: str) -> bool:
    if len(text) > _MAX_UNNAMED or len(text.split()) > _MAX_UNNAMED_WORDS or not text:
        return False
    return not text[0].islower() and not re.search(r"\w{3}[.!?…]$", text)
