"""The Harbour Courier: modern markup with JSON-LD, OpenGraph, figures with captions and credits."""

from __future__ import annotations

import json
from typing import Any

from cli.demo_site.stories import Picture, Story
from cli.demo_site.view import View, esc, figures_at, stylesheet


def home(view: View) -> str:
    """The front page: every standing article as a card."""
    cards = "".join(_card(view, story) for story in view.stories())
    return _page(view, view.site.title, f'<div class="cards">{cards}</div>', _head_links())


def section(view: View, key: str) -> str:
    """One section's front page."""
    cards = "".join(_card(view, story) for story in view.stories(key))
    title = f"{view.site.sections[key]} | {view.site.title}"
    return _page(view, title, f'<div class="cards">{cards}</div>', _head_links())


def article(view: View, story: Story) -> str:
    """One article, with what search engines and social networks are told about it."""
    parts = [_figure(view, picture) for picture in figures_at(story, 0)]
    for number, paragraph in enumerate(story.paragraphs, 1):
        parts.append(f"<p>{esc(paragraph)}</p>")
        parts += [_figure(view, picture) for picture in figures_at(story, number)]
    names = " and ".join(f'<span class="author">{esc(name)}</span>' for name in story.byline)
    when = f'<time datetime="{story.published.isoformat()}">{story.published:%d %B %Y, %H:%M} GMT</time>'
    standfirst = f'<p class="standfirst">{esc(story.standfirst)}</p>\n' if story.standfirst else ""
    body = f"""<article>
<h1>{esc(story.title)}</h1>
{standfirst}<p class="byline">By {names} · {when}</p>
<div class="article-body">
{"".join(part + chr(10) for part in parts)}</div>
</article>"""
    return _page(view, f"{story.title} | {view.site.title}", body, _head_article(view, story), story)


def _head_links() -> str:
    return '<link rel="alternate" type="application/rss+xml" title="All news" href="/feed.xml">'


def _head_article(view: View, story: Story) -> str:
    lead = view.url(view.media(story.pictures[0], 1200)) if story.pictures else ""
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": view.url(story.path),
        "headline": story.title,
        "description": story.description,
        "inLanguage": story.language,
        "datePublished": story.published.isoformat(),
        "dateModified": (story.modified or story.published).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in story.byline],
        "publisher": {"@type": "NewsMediaOrganization", "name": view.site.title},
        "image": [{"@type": "ImageObject", "url": lead, "width": 1200, "height": 800}],
    }
    # "</" would end the script element, whatever JSON thinks of it.
    ld_json = json.dumps(facts, ensure_ascii=False).replace("</", "<\\/")
    return f"""<link rel="canonical" href="{view.url(story.path)}">
<meta name="description" content="{esc(story.description)}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="{esc(view.site.title)}">
<meta property="og:title" content="{esc(story.title)}">
<meta property="og:description" content="{esc(story.description)}">
<meta property="og:url" content="{view.url(story.path)}">
<meta property="og:image" content="{lead}">
<meta property="article:published_time" content="{story.published.isoformat()}">
<script type="application/ld+json">{ld_json}</script>"""


def _figure(view: View, picture: Picture) -> str:
    sizes = ", ".join(f"{view.media(picture, width)} {width}w" for width in (480, 800, 1200))
    return f"""<figure><img src="{view.media(picture, 800)}" srcset="{sizes}"
 sizes="(max-width: 820px) 100vw, 720px" width="1200" height="800" alt=""><figcaption>{esc(picture.caption)}
<span class="credit">Photograph: {esc(picture.credit)}</span></figcaption></figure>"""


def _card(view: View, story: Story) -> str:
    image = f'<img src="{view.media(story.pictures[0], 480)}" width="480" height="320" alt="" loading="lazy">'
    return f"""<div class="card"><a href="{story.path}">{image if story.pictures else ""}</a>
<h3><a href="{story.path}">{esc(story.title)}</a></h3><p>{esc(story.description)}</p></div>
"""


def _page(view: View, title: str, body: str, head: str, story: Story | None = None) -> str:
    links = "".join(f'<a href="/{key}">{esc(name)}</a>' for key, name in view.site.sections.items())
    banner, words = view.advertisement()
    related = "".join(
        f'<li><a href="{other.path}">{esc(other.title)}</a></li>' for other in view.related(story)
    )
    return f"""<!DOCTYPE html>
<html lang="{view.site.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="csrf-token" content="{view.token()}">
<title>{esc(title)}</title>
{head}
<style>{stylesheet("harbour")}</style>
</head>
<body data-request="{view.count}">
<header class="top"><h2><a href="/">{esc(view.site.title)}</a></h2>
<p>{esc(view.site.motto)}</p><nav>{links}</nav></header>
<main>
{body}
<aside>
<section class="ad"><h3>Advertisement</h3>
<a href="/ads/go?{view.token()}"><img src="{banner}" width="728" height="90" alt=""></a>
<p>{esc(words)}</p></section>
<section class="related"><h3>More to read</h3><ul>{related}</ul></section>
<section class="poll"><h3>Today's question</h3><p>{esc(view.chance.choice(view.site.polls))}</p>
<p>{view.readers()} answers so far</p></section>
</aside>
</main>
<footer>© {esc(view.site.title)} · {view.readers()} people are reading now · page {view.token()}</footer>
</body>
</html>
"""
