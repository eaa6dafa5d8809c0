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
from web.replay_missing import KINDS, MISSING, STYLE, MissingPart, mark, missing
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
LOOKED_UP = 1000  # addresses of one page; of style sheets, what is beyond is taken for missing
LARGEST_STYLE_ATTRIBUTE = 100_000  # characters
_FRAMES = {"iframe", "frame", "embed"}
_PARTS = {"img", "video", "audio"}  # an `amp-img` is an `img` by then
_ROOM = ("class", "id", "width", "height", "align", "hidden")  # what gives a part its size and place
_SENT_ON = '<p>This page sent its readers on to <a href="{}">another one</a>.</p>'


Archived = Callable[[Collection[str]], Collection[str]]  # which of these addresses the archive shows


def replay_html(
    text: str, replayed: Replayed, archived: Archived | None = None, allowance: Allowance | None = None
) -> str:
    """A page as it may be shown; an empty page if there is no markup to be read.

    Args:
        text: the page as characters.
        replayed: rewrites its addresses; a `<base>` in the page is followed.
        archived: asked once, about style sheets, pictures, videos and sounds. Of a picture's sizes those
            that are archived are offered; what is not archived at all is marked. Without it, all may be.
        allowance: what the page may cost; that of `web/replay_tree.py` by default.

    Raises TooCostlyError for a page that costs more.
    """
    allowance = allowance or Allowance()
    tree = parse_page(text, allowance)
    if tree is None:
        return "<!DOCTYPE html><html><head><title></title></head><body></body></html>"
    page = _page(tree, replayed, archived, allowance)
    # Without it, quirks mode as it was.
    doctype = "<!DOCTYPE html>" if _DOCTYPE.search(text[:_PROLOGUE]) else ""
    return doctype + "".join(page.written(tree))


def missing_parts(
    text: str, replayed: Replayed, archived: Archived, allowance: Allowance | None = None
) -> list[MissingPart]:
    """What a page is shown without, each address once, in the page's order; otherwise as `replay_html`."""
    allowance = allowance or Allowance()
    tree = parse_page(text, allowance)
    if tree is None:
        return []
    page = _page(tree, replayed, archived, allowance)
    found = (page.missing(element) for element in tree.iter("link", *KINDS))
    return list(dict.fromkeys(part for part in found if part is not None))


def _page(tree: etree._Element, replayed: Replayed, archived: Archived | None, allowance: Allowance) -> _Page:
    base = next((str(each.get("href")) for each in tree.iter("base") if each.get("href")), None)
    page = _Page(replayed.below(base) if base else replayed, allowance)
    if archived is not None:
        page.look_up(tree, archived)
    return page


class _Page:
    """Writes one page."""

    def __init__(self, replayed: Replayed, allowance: Allowance) -> None:
        self._replayed, self._allowance = replayed, allowance
        self._known: frozenset[str] | None = None  # None: nobody looked, and all may be there
        self._lacking: frozenset[str] = frozenset()  # what was looked for, and is not there

    def look_up(self, tree: etree._Element, archived: Archived) -> None:
        """Find out what is archived of what the page is shown with."""
        wanted = dict.fromkeys(islice(self._wanted(tree), LOOKED_UP))
        self._known = frozenset(archived(wanted)) if wanted else frozenset()
        self._lacking = frozenset(wanted) - self._known

    def missing(self, element: etree._Element) -> MissingPart | None:
        """The part that an element stands for, if it is not archived."""
        self._allowance.check()
        if element.tag == "link":
            url = self._replayed.absolute(element.get("href") or "") if _is_sheet(element) else None
            return MissingPart(STYLE, url) if url in self._lacking and url is not None else None
        url = missing(element, self._replayed, self._lacks)
        return None if url is None else MissingPart(KINDS[element.tag], url)

    def _lacks(self, address: str) -> bool:
        url = self._replayed.absolute(address)
        return url is None or url in self._lacking

    def _wanted(self, tree: etree._Element) -> Iterator[str]:
        for element in tree.iter("link", *replay_pictures.TAGS, *KINDS):
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
                if (instead := self._instead(element, tag)) is not None:
                    yield instead
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

    def _instead(self, element: etree._Element, tag: str) -> str | None:
        """What stands in the place of an element and of all that is in it; None if it is written as it is.

        A part that is not archived becomes a mark, a frame a link to what it showed.
        """
        if tag in _PARTS and self._lacking and (part := self.missing(element)) is not None:
            return self._marked(element, part)
        if tag not in _GONE and (tag not in {"meta", "link"} or self._useful(element, tag)):
            return None
        address = (element.get("src") or "") if tag in _FRAMES else ""
        place = self._replayed.link(address) if address.strip() else None
        if place is None:
            return ""
        return f'<a href="{escape(place)}">[frame]</a>'

    def _marked(self, element: etree._Element, part: MissingPart) -> str:
        given = {name: self._value("img", name, element.get(name) or "") for name in _ROOM}
        marked = dict(mark(element, part.url))
        pairs = given | marked | {"style": self._value("img", "style", marked["style"])}
        return "<img" + "".join(f' {name}="{escape(value)}"' for name, value in pairs.items() if value) + ">"

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
