"""Feeds and sitemaps of the demo: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1, sitemaps.org and Google News."""

from __future__ import annotations

import gzip
import json
from email.utils import format_datetime

from cli.demo_site.stories import Story
from cli.demo_site.view import View, esc

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_ATOM_LENGTH = 5


def rss(view: View) -> str:
    """All standing articles, newest first."""
    items = "".join(
        f"""<item><title>{esc(story.title)}</title><link>{view.url(story.path)}</link>
<guid isPermaLink="true">{view.url(story.path)}</guid><pubDate>{format_datetime(story.published)}</pubDate>
<description>{esc(story.description)}</description></item>
"""
        for story in view.stories()
    )
    return f"""{_XML}<rss version="2.0"><channel><title>{esc(view.site.title)}</title>
<link>{view.url("/")}</link><description>{esc(view.site.motto)}</description><language>{view.site.language}</language>
{items}</channel></rss>
"""


def news_sitemap(view: View) -> str:
    """Google's news sitemap: publication, date and title of each standing article."""
    entries = "".join(
        f"""<url><loc>{view.url(story.path)}</loc><lastmod>{_changed(story)}</lastmod><news:news><news:publication>
<news:name>{esc(view.site.title)}</news:name><news:language>{story.language}</news:language></news:publication>
<news:publication_date>{story.published.isoformat()}</news:publication_date>
<news:title>{esc(story.title)}</news:title></news:news></url>
"""
        for story in view.stories()
    )
    news = "http://www.google.com/schemas/sitemap-news/0.9"
    return f'{_XML}<urlset xmlns="{_SITEMAP}" xmlns:news="{news}">\n{entries}</urlset>\n'


def atom(view: View) -> str:
    """The newest few articles; the older ones are found on the section pages alone."""
    stories = view.stories()[:_ATOM_LENGTH]
    entries = "".join(
        f"""<entry><id>{view.url(story.path)}</id><title>{esc(story.title)}</title>
<link rel="alternate" href="{view.url(story.path)}"/><published>{story.published.isoformat()}</published>
<updated>{_changed(story)}</updated><summary>{esc(story.description)}</summary></entry>
"""
        for story in stories
    )
    return f"""{_XML}<feed xmlns="http://www.w3.org/2005/Atom"><id>{view.url("/")}</id><title>{esc(view.site.title)}</title>
<author><name>Redaktion</name></author>
<link rel="self" href="{view.url("/neu.atom")}"/><updated>{stories[0].published.isoformat()}</updated>
{entries}</feed>
"""


def json_feed(view: View) -> str:
    """All standing articles; one is still listed under its old address, which redirects."""
    items = []
    for story in view.stories():
        planned = view.site.planned(story.path)
        listed = (planned.old_address if planned else None) or story.path
        items.append(
            {
                "id": view.url(story.path),
                "url": view.url(listed),
                "title": story.title,
                "summary": story.description,
                "date_published": story.published.isoformat(),
                "language": story.language,
                "authors": [{"name": name} for name in story.byline],
            }
        )
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": view.site.title,
        "home_page_url": view.url("/"),
        "feed_url": view.url("/feed.json"),
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def sitemap_index(view: View) -> str:
    """Two children: the sections, plain, and the articles, gzipped."""
    children = "".join(
        f"<sitemap><loc>{view.url(path)}</loc></sitemap>\n"
        for path in ("/sitemap-secciones.xml", "/sitemap-articulos.xml.gz")
    )
    return f'{_XML}<sitemapindex xmlns="{_SITEMAP}">\n{children}</sitemapindex>\n'


def section_sitemap(view: View) -> str:
    """The section pages."""
    entries = "".join(f"<url><loc>{view.url(f'/{key}/')}</loc></url>\n" for key in view.site.sections)
    return f'{_XML}<urlset xmlns="{_SITEMAP}">\n{entries}</urlset>\n'


def article_sitemap_gz(view: View) -> bytes:
    """The articles, gzipped as a file (not as a Content-Encoding), the same bytes each time."""
    entries = "".join(
        f"<url><loc>{view.url(story.path)}</loc><lastmod>{_changed(story)}</lastmod></url>\n"
        for story in view.stories()
    )
    xml = f'{_XML}<urlset xmlns="{_SITEMAP}">\n{entries}</urlset>\n'
    return gzip.compress(xml.encode(), mtime=0)


def _changed(story: Story) -> str:
    return (story.modified or story.published).isoformat()
