"""Which answer each address of the demo gets: a pure function of site, night, path and chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

from cli.demo_site import feeds
from cli.demo_site.nights import DISALLOWED_PATH, DISALLOWED_SITE
from cli.demo_site.pictures import MEDIA_TYPES, banner, picture
from cli.demo_site.stories import PlannedStory
from cli.demo_site.templates import harbour, mirador, tagblatt
from cli.demo_site.view import View, esc

_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """One response before it is put on the wire.

    Attributes:
        steady: the same bytes all night, so that it may carry validators and be answered with 304.
    """

    status: int
    media_type: str
    body: bytes
    location: str | None = None
    steady: bool = False


_TEMPLATES: Mapping[str, ModuleType] = {
    "harbour-courier": harbour,
    "tagblatt-am-see": tagblatt,
    "el-mirador": mirador,
}

_ROBOTS: Mapping[str, str] = {
    "harbour-courier": "User-agent: *\nDisallow: /ads/\n\nSitemap: {base}/news-sitemap.xml\n",
    "tagblatt-am-see": "# Willkommen\nUser-agent: *\nDisallow: /intern/\nDisallow: /ads/\n",
    "el-mirador": "User-agent: *\nAllow: /\nDisallow: /ads/\n",
}

_FEEDS: Mapping[tuple[str, str], tuple[str, Callable[[View], str | bytes]]] = {
    ("harbour-courier", "/feed.xml"): ("application/rss+xml; charset=utf-8", feeds.rss),
    ("harbour-courier", "/news-sitemap.xml"): ("application/xml", feeds.news_sitemap),
    ("tagblatt-am-see", "/neu.atom"): ("application/atom+xml", feeds.atom),
    ("el-mirador", "/feed.json"): ("application/feed+json", feeds.json_feed),
    ("el-mirador", "/sitemap.xml"): ("application/xml", feeds.sitemap_index),
    ("el-mirador", "/sitemap-secciones.xml"): ("application/xml", feeds.section_sitemap),
    ("el-mirador", "/sitemap-articulos.xml.gz"): ("application/gzip", feeds.article_sitemap_gz),
}


def answer(view: View, path: str) -> Answer:
    """The answer of `view.site` to GET `path` (without query)."""
    name = view.site.name
    if path == "/robots.txt":
        return Answer(200, "text/plain", _ROBOTS[name].format(base=view.base).encode(), steady=True)
    if (name, path) in _FEEDS:
        media_type, draw = _FEEDS[name, path]
        body = draw(view)
        return Answer(200, media_type, body.encode() if isinstance(body, str) else body, steady=True)
    if path.startswith(("/media/", "/ads/")):
        return _media(path) or _missing(view)
    return _list(view, path) or _article(view, path) or _missing(view)


def _list(view: View, path: str) -> Answer | None:
    """The front page, a section's, or the page that robots.txt forbids."""
    template = _TEMPLATES[view.site.name]
    if path == "/":
        return Answer(200, _HTML, template.home(view).encode())
    if path.strip("/") in view.site.sections:
        return Answer(200, _HTML, template.section(view, path.strip("/")).encode())
    if view.site.name == DISALLOWED_SITE and path == DISALLOWED_PATH:
        return Answer(200, _HTML, b"<!DOCTYPE html><title>Entwurf</title><p>Hier darf kein Crawler lesen.")
    return None


def _article(view: View, path: str) -> Answer | None:
    for planned in view.site.stories:
        if planned.old_address == path:
            return Answer(301, _HTML, b"", location=view.url(planned.path))
    planned_here = view.site.planned(path)
    if planned_here is None:
        return None
    if planned_here.broken == view.night:
        return Answer(500, _HTML, b"<!DOCTYPE html><title>Server error</title><h1>Something went wrong</h1>")
    if planned_here.walled == view.night:
        return Answer(200, _HTML, mirador.consent_wall(view).encode())
    return _standing(view, planned_here)


def _standing(view: View, planned: PlannedStory) -> Answer | None:
    story = planned.on(view.night)
    if story is None:
        return None
    html: str = _TEMPLATES[view.site.name].article(view, story)
    if view.site.name == "tagblatt-am-see" and tagblatt.is_latin(planned.path):
        # No charset in the header: the page's own meta element says it.
        return Answer(200, "text/html", html.encode("cp1252"))
    return Answer(200, _HTML, html.encode())


def _media(path: str) -> Answer | None:
    folder, _, file = path.lstrip("/").partition("/")
    stem, _, suffix = file.rpartition(".")
    if folder == "ads":
        return Answer(200, "image/png", banner(int(stem) % 64)) if stem.isdecimal() else None
    name, _, width = stem.rpartition("-")
    try:
        return Answer(200, MEDIA_TYPES[suffix], picture(name, int(width), suffix), steady=True)
    except (KeyError, ValueError):
        return None


def _missing(view: View) -> Answer:
    title = esc(view.site.title)
    body = f"<!DOCTYPE html><title>404 | {title}</title><h1>404</h1><p>{title}: {view.token()}</p>"
    return Answer(404, _HTML, body.encode())
