"""Pages for replay: written anew from a list of what may be in them, with every address led to the archive.

What is not on the lists does not come out: scripts, handlers, forms, frames, plug-ins, SVG, MathML, comments.
The parsed tree is serialised by our own hand: tags and attributes come from the lists, and all text is
escaped, so that a browser's parser finds nothing in it that ours has not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from lxml import etree, html

from web.replay_css import replay_css
from web.replay_url import Replayed

_VOID = {"area", "br", "col", "hr", "img", "link", "source", "track", "wbr", "meta"}
_ELEMENTS = """
    html head title body style a abbr acronym address article aside audio b bdi bdo big blockquote
    caption center cite code colgroup data dd del details dfn dir div dl dt em figcaption figure font
    footer h1 h2 h3 h4 h5 h6 header hgroup i ins kbd label legend li main map mark menu meter nav ol p
    picture pre progress q rp rt ruby s samp search section small span strike strong sub summary sup
    table tbody td tfoot th thead time tr tt u ul var video
"""
# These go with all that is in them; of every other unknown element only the tags go.
_WITH_CONTENT = """
    script svg math template iframe embed noembed noframes base param select textarea input datalist
    frame
"""
_PLAIN = """
    class id title alt lang dir width height align valign bgcolor border cellpadding cellspacing colspan
    rowspan headers scope summary span start value reversed datetime hidden role size color face clear
    noshade media sizes controls loop open label kind srclang default usemap shape coords min max low
    high optimum abbr name
"""
_KEPT, _GONE, _ATTRIBUTES = _VOID | set(_ELEMENTS.split()), set(_WITH_CONTENT.split()), set(_PLAIN.split())
_RENAMED = {
    "amp-img": "img",
    "form": "div",
    "fieldset": "div",
    "button": "span",
    **dict.fromkeys(("xmp", "listing", "plaintext"), "pre"),
}
_LINKS = {("a", "href"), ("area", "href"), ("audio", "src"), ("video", "src"), ("track", "src")}
_PICTURES = {("img", "src"), ("video", "poster"), ("body", "background"), ("table", "background"),
             ("td", "background"), ("th", "background"), ("source", "src")}  # fmt: skip
_LAZY = {"src": ("data-src", "data-lazy-src", "data-original"), "srcset": ("data-srcset", "data-lazy-srcset")}
_STYLE_RELATIONS = {"stylesheet", "icon", "apple-touch-icon"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_REFRESH = re.compile(r"\s*[\d.]*[\s;,]*(?:url\s*=\s*)?[\"']?([^\"']*)", re.IGNORECASE)
_DOCTYPE, _PROLOGUE = re.compile(r"<!doctype\b", re.IGNORECASE), 4096
_FRAMES = {"iframe", "frame", "embed"}
_SENT_ON = '<p>This page sent its readers on to <a href="{}">another one</a>.</p>'


def replay_html(text: str, replayed: Replayed) -> str:
    """A page as it may be shown; an empty page if there is no markup to be read.

    Args:
        text: the page as characters.
        replayed: rewrites its addresses; a `<base>` in the page is followed.
    """
    tree = _parse(text)
    if tree is None:
        return "<!DOCTYPE html><html><head><title></title></head><body></body></html>"
    base = next((str(each.get("href")) for each in tree.iter("base") if each.get("href")), None)
    page = _Page(replayed.below(base) if base else replayed)
    doctype = (
        "<!DOCTYPE html>" if _DOCTYPE.search(text[:_PROLOGUE]) else ""
    )  # without it, quirks mode as it was
    return doctype + "".join(page.written(tree))


def _parse(text: str) -> html.HtmlElement | None:
    parser = html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
        no_network=True,
        collect_ids=False,
    )
    clean = _CONTROL.sub(" ", text)
    try:
        return html.document_fromstring(clean.encode(), parser=parser) if clean.strip() else None
    except etree.ParserError:  # nothing but comments
        return None


class _Page:
    """Writes one page."""

    def __init__(self, replayed: Replayed) -> None:
        self._replayed = replayed

    def written(self, tree: html.HtmlElement) -> Iterator[str]:
        """The page, piece by piece; without recursion, because pages nest as deep as they like."""
        walk = etree.iterwalk(tree, events=("start", "end"))
        skipped: html.HtmlElement | None = None
        for event, element in walk:
            if skipped is not None:
                if event == "end" and element is skipped:
                    skipped = None
                    yield _text(element.tail)
                continue
            tag = _name(element)
            if event == "start":
                if tag in _GONE or (tag in {"meta", "link"} and not self._useful(element, tag)):
                    yield self._instead(element, tag)
                    skipped = element
                    walk.skip_subtree()
                    continue
                yield self._start(element, tag)
            else:
                if element is tree and tree.find("body") is None:
                    yield from self._refreshes(tree)
                if tag in _KEPT and tag not in _VOID:
                    yield f"</{tag}>"
                if element is not tree:
                    yield _text(element.tail)

    def _start(self, element: html.HtmlElement, tag: str) -> str:
        if tag not in _KEPT:
            return _text(element.text)
        attributes = "".join(
            f' {name}="{escape(value)}"'
            for name, value in self._attributes(element, tag)
            if value is not None
        )
        if tag == "style":
            return f"<style{attributes}>{replay_css(element.text or '', self._replayed)}"
        refreshes = "".join(self._refreshes(element)) if tag == "body" else ""
        return f"<{tag}{attributes}>{refreshes}{_text(element.text)}"

    def _attributes(self, element: html.HtmlElement, tag: str) -> Iterator[tuple[str, str | None]]:
        seen = set()
        for raw, value in element.attrib.items():
            name = str(raw).lower()
            seen.add(name)
            yield name, self._value(tag, name, str(value))
        for name, others in _LAZY.items():
            known = tag in {"img", "source"} and (not element.get(name) or _is_placeholder(element.get(name)))
            late = (
                next((element.get(other) for other in others if element.get(other)), None) if known else None
            )
            if late and name not in seen:
                yield name, self._value(tag, name, late)
        if tag in {"audio", "video"}:
            yield "preload", "none"

    def _value(self, tag: str, name: str, value: str) -> str | None:
        """What an attribute may say; None if it goes."""
        made: str | None = None
        if (tag, name) in _LINKS or (tag == "link" and name == "href"):
            made = self._replayed.link(value)
        elif (tag, name) in _PICTURES:
            made = self._replayed.picture(value)
        elif name == "srcset" and tag in {"img", "source"}:
            made = self._replayed.pictures(value)
        elif name == "style":
            made = replay_css(value, self._replayed)
        elif tag == "link" and name == "rel":
            made = " ".join(sorted(_STYLE_RELATIONS & set(value.lower().split())))
        elif tag == "meta":
            made = value if name in {"name", "content"} else None
        elif name in _ATTRIBUTES or (name == "type" and tag in {"ol", "ul", "li", "source"}):
            made = value
        return made

    def _useful(self, element: html.HtmlElement, tag: str) -> bool:
        if tag == "link":
            relations = set((element.get("rel") or "").lower().split())
            return (
                bool(relations & _STYLE_RELATIONS)
                and self._replayed.link(element.get("href") or "#") is not None
            )
        return (element.get("name") or "").lower() == "viewport"

    def _instead(self, element: html.HtmlElement, tag: str) -> str:
        """A frame becomes a link to what it showed."""
        address = (element.get("src") or "") if tag in _FRAMES else ""
        place = self._replayed.link(address) if address.strip() else None
        if place is None:
            return ""
        return f'<a href="{escape(place)}">[frame]</a>'

    def _refreshes(self, within: html.HtmlElement) -> Iterator[str]:
        """A page that sent its readers on by `<meta>` says so, since a sandboxed page cannot."""
        for meta in within.getroottree().getroot().iter("meta"):
            if (meta.get("http-equiv") or "").strip().lower() == "refresh":
                found = _REFRESH.match(meta.get("content") or "")
                place = self._replayed.link(found[1]) if found and found[1].strip() else None
                if place is not None:
                    yield _SENT_ON.format(escape(place))


def _name(element: html.HtmlElement) -> str:
    tag = element.tag.lower() if isinstance(element.tag, str) else ""
    return _RENAMED.get(tag, tag)


def _is_placeholder(address: str | None) -> bool:
    return (address or "").lstrip().lower().startswith("data:")


def _text(text: str | None) -> str:
    return escape(text or "", quote=False)
