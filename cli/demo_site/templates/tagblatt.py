"""Das Tagblatt am See: a bare old template. No JSON-LD, no OpenGraph, dates without a zone, captions in divs.

The feed is named on the home page only. Some pages are sent as windows-1252 under the label iso-8859-1, which
is what browsers make of it (WHATWG Encoding, section 4.2), and a few hundred real newspapers do the same.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from cli.demo_site.nights import DISALLOWED_PATH
from cli.demo_site.stories import Picture, Story
from cli.demo_site.view import View, esc, figures_at, stylesheet


def is_latin(path: str) -> bool:
    """Whether this page is sent in the old encoding: the articles about Wirtschaft and Kultur."""
    return path.endswith(".html") and not path.startswith("/lokales/")


def home(view: View) -> str:
    """The front page: all standing articles, and a draft that robots.txt forbids."""
    draft = (
        f'<div class="teaser"><a href="{DISALLOWED_PATH}">Leserbriefe (Entwurf für die Redaktion)</a></div>'
    )
    feed = '<link rel="alternate" type="application/atom+xml" title="Neueste Artikel" href="/neu.atom">\n'
    return _page(view, view.site.title, _teasers(view, None) + draft, "utf-8", head=feed)


def section(view: View, key: str) -> str:
    """One section's list."""
    title = f"{view.site.sections[key]} - {view.site.title}"
    return _page(view, title, f"<h2>{esc(view.site.sections[key])}</h2>{_teasers(view, key)}", "utf-8")


def article(view: View, story: Story) -> str:
    """One article."""
    local = story.published.astimezone(ZoneInfo(view.site.timezone))
    parts = [f'<p class="lead">{esc(story.paragraphs[0])}</p>']
    pictures = [*figures_at(story, 0), *figures_at(story, 1)]
    parts += [_picture(view, picture) for picture in pictures]
    for number, paragraph in enumerate(story.paragraphs[1:], 2):
        parts.append(f"<p>{esc(paragraph)}</p>")
        parts += [_picture(view, picture) for picture in figures_at(story, number)]
    body = f"""<h1>{esc(story.title)}</h1>
<div class="datum">{local:%d.%m.%Y, %H:%M} Uhr | Von
<span class="autor">{esc(" und ".join(story.byline))}</span></div>
<div class="artikeltext">
{"".join(part + chr(10) for part in parts)}</div>"""
    charset = "iso-8859-1" if is_latin(story.path) else "utf-8"
    return _page(view, f"{story.title} - {view.site.title}", body, charset, story)


def _picture(view: View, picture: Picture) -> str:
    return f"""<div class="bild"><img src="{view.media(picture, 800)}" width="800" height="533" alt="">
<div class="legende">{esc(picture.caption)}</div><div class="bildautor">{esc(picture.credit)}</div></div>"""


def _teasers(view: View, key: str | None) -> str:
    return "".join(
        f'<div class="teaser"><a href="{story.path}">{esc(story.title)}</a><br>{esc(story.description)}</div>'
        for story in view.stories(key)
    )


def _page(
    view: View, title: str, body: str, charset: str, story: Story | None = None, *, head: str = ""
) -> str:
    menu = "".join(f'<a href="/{key}/">{esc(name)}</a>' for key, name in view.site.sections.items())
    banner, words = view.advertisement()
    more = "".join(f'<li><a href="{other.path}">{esc(other.title)}</a></li>' for other in view.related(story))
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{esc(title)}</title>
{head}<style type="text/css">{stylesheet("tagblatt")}</style>
</head>
<body>
<div id="seite">
<div id="kopf"><a href="/">{esc(view.site.title)}</a><span>{esc(view.site.motto)}</span></div>
<div id="menu"><a href="/">Start</a>{menu}</div>
<div id="sidebar">
<div class="werbung">Anzeige<br><img src="{banner}" width="728" height="90" alt=""><br>{esc(words)}</div>
<p><b>Umfrage:</b> {esc(view.chance.choice(view.site.polls))} ({view.readers()} Stimmen)</p>
<p><b>Auch gelesen</b></p><ul>{more}</ul>
</div>
<div id="links">
{body}
</div>
<div id="fuss">Zugriffe heute: {view.readers()} | Sitzung {view.token()} | {esc(view.site.title)}</div>
</div>
</body>
</html>
"""
