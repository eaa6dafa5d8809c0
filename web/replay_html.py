"""Pages for replay: written anew from a list of what may be in them, with every address led to the archive.

What is not on the lists does not come out: scripts, handlers, forms, frames, plug-ins, SVG, MathML, comments.
The parsed tree is serialised by our own hand: tags and attributes come from the lists, and all text is
escaped, so that a browser's parser finds nothing in it that ours has not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from html import escape
from itertools import islice

from lxml import etree

from web import replay_pictures
from web.replay_css import LARGEST_STYLE, replay_css
from web.replay_tree import Allowance, parse_page
from web.replay_url import Replayed, is_data

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
_PICTURES = {("video", "poster"), ("body", "background"), ("table", "background"),
             ("td", "background"), ("th", "background")}  # fmt: skip
_STYLE_RELATIONS = {"stylesheet", "icon", "apple-touch-icon"}
_REFRESH = re.compile(r"\s*[\d.]*[\s;,]*(?:url\s*=\s*)?[\"']?([^\"']*)", re.IGNORECASE)
_DOCTYPE, _PROLOGUE = re.compile(r"<!doctype\b", re.IGNORECASE), 4096
MISSING = "data-dateline-missing"  # names the style sheet that is not archived
LOOKED_UP = 1000  # addresses of one page; what is beyond is taken for missing
LARGEST_STYLE_ATTRIBUTE = 100_000  # characters
_FRAMES = {"iframe", "frame", "embed"}
_SENT_ON = '<p>This page sent its readers on to <a href="{}">another one</a>.</p>'


Archived = Callable[[Collection[str]], Collection[str]]  # which of these addresses the archive shows


def replay_html(
    text: str, replayed: Replayed, archived: Archived | None = None, allowance: Allowance | None = None
) -> str:
    """A page as it may be shown; an empty page if there is no markup to be read.

    Args:
        text: the page as characters.
        replayed: rewrites its addresses; a `<base>` in the page is followed.
        archived: asked once, about style sheets and pictures. A style sheet that is not archived is marked
            as missing, and of a picture's sizes those that are archived are offered; without it, all are.
        allowance: what the page may cost; that of `web/replay_tree.py` by default.

    Raises TooCostlyError for a page that costs more.
    """
    allowance = allowance or Allowance()
    tree = parse_page(text, allowance)
    if tree is None:
        return "<!DOCTYPE html><html><head><title></title></head><body></body></html>"
    base = next((str(each.get("href")) for each in tree.iter("base") if each.get("href")), None)
    page = _Page(replayed.below(base) if base else replayed, allowance)
    if archived is not None:
        page.look_up(tree, archived)
    # Without it, quirks mode as it was.
    doctype = "<!DOCTYPE html>" if _DOCTYPE.search(text[:_PROLOGUE]) else ""
    return doctype + "".join(page.written(tree))


class _Page:
    """Writes one page."""

    def __init__(self, replayed: Replayed, allowance: Allowance) -> None:
        self._replayed, self._allowance = replayed, allowance
        self._known: frozenset[str] | None = None  # None: nobody looked, and all may be there

    def look_up(self, tree: etree._Element, archived: Archived) -> None:
        """Find out what is archived of what the page is shown with."""
        wanted = dict.fromkeys(islice(self._wanted(tree), LOOKED_UP))
        self._known = frozenset(archived(wanted)) if wanted else frozenset()

    def _wanted(self, tree: etree._Element) -> Iterator[str]:
        for element in tree.iter("link", *replay_pictures.TAGS):
            self._allowance.check()
            linked = [element.get("href") or ""] if _is_sheet(element) else []
            offered = linked if element.tag == "link" else replay_pictures.addresses(element, self._replayed)
            for address in offered:
                if (url := self._replayed.absolute(address)) is not None:
                    yield url

    def _has(self, address: str) -> bool:
        return self._known is None or is_data(address) or self._replayed.absolute(address) in self._known

    def written(self, tree: etree._Element) -> Iterator[str]:
        """The page, piece by piece; without recursion, because pages nest as deep as they like."""
        walk = etree.iterwalk(tree, events=("start", "end"))
        skipped: etree._Element | None = None
        for event, element in walk:
            if skipped is not None:
                if event == "end" and element is skipped:
                    skipped = None
                    yield _text(element.tail)
                continue
            tag = _name(element)
            if event == "start":
                self._allowance.check()
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

    def _start(self, element: etree._Element, tag: str) -> str:
        if tag not in _KEPT:
            return _text(element.text)
        pairs = self._linked(element) if tag == "link" else self._attributes(element, tag)
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in pairs if value is not None)
        if tag == "style":
            sheet = element.text or ""
            written = replay_css(sheet, self._replayed) if len(sheet) <= LARGEST_STYLE else ""
            return f"<style{attributes}>{written}"
        refreshes = "".join(self._refreshes(element)) if tag == "body" else ""
        return f"<{tag}{attributes}>{refreshes}{_text(element.text)}"

    def _attributes(self, element: etree._Element, tag: str) -> Iterator[tuple[str, str | None]]:
        picture = tag in replay_pictures.TAGS
        offered = replay_pictures.shown(element, self._replayed, self._has) if picture else {}
        for name, value in element.attrib.items():
            if not (picture and name in {"src", "srcset"}):
                yield str(name), self._value(tag, str(name), str(value))
        yield from offered.items()
        if tag in {"audio", "video"}:
            yield "preload", "none"

    def _linked(self, element: etree._Element) -> Iterator[tuple[str, str | None]]:
        """Of a `<link>`: a style sheet that is not archived is named, so that nothing asks for it."""
        missing = _is_sheet(element) and not self._has(element.get("href") or "")
        for name, value in self._attributes(element, "link"):
            if not (missing and name == "href"):
                yield name, value
        if missing:
            yield MISSING, self._replayed.absolute(element.get("href") or "")

    def _value(self, tag: str, name: str, value: str) -> str | None:
        """What an attribute may say; None if it goes."""
        made: str | None = None
        if (tag, name) in _LINKS or (tag == "link" and name == "href"):
            made = self._replayed.link(value)
        elif (tag, name) in _PICTURES:
            made = self._replayed.picture(value)
        elif name == "style":
            made = replay_css(value, self._replayed) if len(value) <= LARGEST_STYLE_ATTRIBUTE else None
        elif tag == "link" and name == "rel":
            made = " ".join(_relations(value))
        elif tag == "meta":
            made = value if name in {"name", "content"} else None
        elif name in _ATTRIBUTES or (name == "type" and tag in {"ol", "ul", "li", "source"}):
            made = value
        return made

    def _useful(self, element: etree._Element, tag: str) -> bool:
        if tag == "link":
            address = self._replayed.absolute(element.get("href") or "")
            return bool(_relations(element.get("rel") or "")) and bool(element.get("href")) and bool(address)
        return (element.get("name") or "").lower() == "viewport"

    def _instead(self, element: etree._Element, tag: str) -> str:
        """A frame becomes a link to what it showed."""
        address = (element.get("src") or "") if tag in _FRAMES else ""
        place = self._replayed.link(address) if address.strip() else None
        if place is None:
            return ""
        return f'<a href="{escape(place)}">[frame]</a>'

    def _refreshes(self, within: etree._Element) -> Iterator[str]:
        """A page that sent its readers on by `<meta>` says so, since a sandboxed page cannot."""
        for meta in within.getroottree().getroot().iter("meta"):
            if (meta.get("http-equiv") or "").strip().lower() == "refresh":
                found = _REFRESH.match(meta.get("content") or "")
                place = self._replayed.link(found[1]) if found and found[1].strip() else None
                if place is not None:
                    yield _SENT_ON.format(escape(place))


def _relations(value: str) -> list[str]:
    """Those that are kept; an alternative style sheet stays one, or it would be applied."""
    said = set(value.lower().split())
    kept = said & _STYLE_RELATIONS
    return sorted(kept | (said & {"alternate"} if "stylesheet" in kept else set()))


def _name(element: etree._Element) -> str:
    return _RENAMED.get(element.tag, element.tag)


def _is_sheet(element: etree._Element) -> bool:
    return element.tag == "link" and "stylesheet" in (element.get("rel") or "").lower().split()


def _text(text: str | None) -> str:
    return escape(text or "", quote=False)
