"""El Mirador: responsive pictures (`picture`, `srcset`, lazy loading), no JSON-LD.

It also has the consent wall that stands in front of one article for a night.
"""

from __future__ import annotations

from cli.demo_site.stories import Picture, Story
from cli.demo_site.view import View, esc, figures_at, stylesheet

# What stands in `src` until a script has put the picture there: a transparent pixel.
_PLACEHOLDER = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


# Lazy loading as many sites do it: the real address waits in data attributes until a script moves it.
_SCRIPT = """document.querySelectorAll('[data-srcset]').forEach(e=>{e.srcset=e.dataset.srcset});
document.querySelectorAll('img[data-src]').forEach(e=>{e.src=e.dataset.src});"""


def home(view: View) -> str:
    """The front page."""
    return _page(view, view.site.title, _list(view, None), _feed_link())


def section(view: View, key: str) -> str:
    """One section's front page."""
    return _page(view, f"{view.site.sections[key]} · {view.site.title}", _list(view, key), _feed_link())


def article(view: View, story: Story) -> str:
    """One article."""
    parts = [_figure(view, picture, lazy=False) for picture in figures_at(story, 0)]
    for number, paragraph in enumerate(story.paragraphs, 1):
        parts.append(f"<p>{esc(paragraph)}</p>")
        parts += [_figure(view, picture, lazy=True) for picture in figures_at(story, number)]
        if number == len(story.paragraphs) // 2:
            parts.append(_advertisement(view))
    when = f'<time datetime="{story.published.isoformat()}">{story.published:%d/%m/%Y · %H:%M}</time>'
    related = "".join(
        f'<li><a href="{other.path}">{esc(other.title)}</a></li>' for other in view.related(story)
    )
    standfirst = f'<p class="entradilla">{esc(story.standfirst)}</p>\n' if story.standfirst else ""
    body = f"""<main class="cuerpo"><article>
<h1>{esc(story.title)}</h1>
{standfirst}<p class="firma"><span class="autor">{esc(" y ".join(story.byline))}</span> · {when}</p>
<div class="texto" itemprop="articleBody">
{"".join(part + chr(10) for part in parts)}</div>
</article>
<div class="relacionadas"><b>Le puede interesar</b><ul>{related}</ul></div></main>"""
    head = f"""<link rel="canonical" href="{view.url(story.path)}">
<meta name="description" content="{esc(story.description)}">
<meta name="author" content="{esc(", ".join(story.byline))}">
<meta property="og:title" content="{esc(story.title)}">
<meta property="article:published_time" content="{story.published.isoformat()}">"""
    return _page(view, f"{story.title} · {view.site.title}", body, head, story.language)


def consent_wall(view: View) -> str:
    """What stands in front of an article until the reader agrees: status 200, and no article."""
    body = f"""<div class="muro consent-wall" id="cmp-container" role="dialog" aria-modal="true">
<h1>Su privacidad es importante</h1>
<p>El Mirador y sus {view.chance.randrange(140, 900)} socios utilizan cookies y tecnologías similares
para guardar y leer información en su dispositivo.
Para continuar leyendo debe aceptar el uso de cookies o suscribirse.</p>
<form method="post" action="/consent?back={view.token()}">
<button name="consent" value="all">Aceptar todo y continuar</button>
<button name="consent" value="manage">Configurar cookies</button></form>
<p>Política de privacidad · Política de cookies</p></div>"""
    robots = '<meta name="robots" content="noindex">'
    return _document(view, f"Configuración de privacidad · {view.site.title}", body, robots, "es")


def _feed_link() -> str:
    return '<link rel="alternate" type="application/feed+json" title="El Mirador" href="/feed.json">'


def _figure(view: View, picture: Picture, *, lazy: bool) -> str:
    """The lead picture loads at once; the others wait for a script, with a `noscript` copy."""
    webp, jpg = (
        ", ".join(f"{view.media(picture, width, suffix)} {width}w" for width in (480, 800, 1200))
        for suffix in ("webp", "jpg")
    )
    data = "data-" if lazy else ""
    plain = f'<img src="{view.media(picture, 1200)}" width="1200" height="800" alt="">'
    small = view.media(picture, 800)
    waiting = f'src="{_PLACEHOLDER}" data-src="{small}"' if lazy else f'src="{small}"'
    fallback = f"<noscript>{plain}</noscript>" if lazy else ""
    return f"""<figure><picture><source type="image/webp" {data}srcset="{webp}">
<img {waiting} {data}srcset="{jpg}" width="1200" height="800" alt=""></picture>{fallback}
<figcaption>{esc(picture.caption)} <small>{esc(picture.credit)}</small></figcaption></figure>"""


def _advertisement(view: View) -> str:
    banner, words = view.advertisement()
    return f"""<aside class="publicidad"><small>PUBLICIDAD</small>
<img src="{banner}" width="728" height="90" alt="">
<p>{esc(words)}</p></aside>"""


def _list(view: View, key: str | None) -> str:
    return "".join(
        ['<div class="lista">']
        + [
            f"""<div><a href="{story.path}">
<img src="{view.media(story.pictures[0], 480)}" width="480" height="320" alt="">
<h2>{esc(story.title)}</h2></a><p>{esc(story.description)}</p></div>
"""
            for story in view.stories(key)
        ]
        + ["</div>", f'<div class="cuerpo">{_advertisement(view)}</div>']
    )


def _page(view: View, title: str, body: str, head: str, language: str | None = None) -> str:
    menu = "".join(f'<a href="/{key}/">{esc(name)}</a>' for key, name in view.site.sections.items())
    poll = esc(view.chance.choice(view.site.polls))
    whole = f"""<div class="cabecera"><a href="/"><b>{esc(view.site.title)}</b></a>
<i>{esc(view.site.motto)}</i></div>
<nav class="menu">{menu}</nav>
{body}
<footer>{poll} {view.readers()} votos · {view.readers()} lectores ahora · {view.token()}</footer>
<script>{_SCRIPT}</script>"""
    return _document(view, title, whole, head, language or view.site.language)


def _document(view: View, title: str, body: str, head: str, language: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="page-token" content="{view.token()}">
<title>{esc(title)}</title>
{head}
<style>{stylesheet("mirador")}</style>
</head>
<body>
{body}
</body>
</html>
"""
