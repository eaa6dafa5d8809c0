"""The chains of `versions_18f` as pages: two templates of ours, whose furniture is another at each look."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import lxml.html
import yaml
from markdown_it import MarkdownIt

from archive.version import EventKind
from archive.wording.typography import plain
from tests.words import THINGS

_ADDRESS = re.compile(r"""\{\{\s*["']([^"']*)["']\s*\|\s*url\s*\}\}""")
_AUTHOR = re.compile(r"\{%\s*author\s+([\w-]+)[^%]*%\}")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_CAPTION = 25  # words of a paragraph below a picture, at most
_BYLINE = re.compile(r"by [A-Z][\w. ,-]{1,80}$|by [A-Z]\w+(?: (?:and|&) [A-Z]\w+)+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PostVersion:
    """What readers saw of a post."""

    title: str
    authors: tuple[str, ...]
    html: str  # the body
    text: str  # its words less typesetting, pictures and a line that names its authors once more
    shown: str  # the words of its figures
    named: str  # a line of the body that names the authors once more

    def changes(self, after: PostVersion) -> frozenset[EventKind]:
        """What readers see to have changed."""
        found = set()
        if plain(self.title) != plain(after.title):
            found.add(EventKind.TITLE)
        if self.text != after.text:
            found.add(EventKind.TEXT)
        if self.shown != after.shown:
            found |= {EventKind.CAPTION, EventKind.IMAGE}
        if self.authors != after.authors:
            found.add(EventKind.BYLINE)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Post:
    """A post and how it changed; `edits`: is each visible, by the corpus, and hours since the one before."""

    url: str
    day: str
    versions: tuple[PostVersion, ...]
    edits: tuple[tuple[bool, float], ...]


def posts(folder: Path) -> Iterator[Post]:
    """Every post with more than one version."""
    with gzip.open(folder / "versions_18f" / "versions.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["edits"]:
                slug = Path(row["path"]).stem
                yield Post(
                    f"https://posts.example/{slug[:10].replace('-', '/')}/{slug[11:]}/",
                    slug[:10],
                    tuple(_version(one) for one in row["versions"]),
                    tuple((e["kind"] != "markup_or_links_only", e["gap_hours"]) for e in row["edits"]),
                )


def render(version: PostVersion, template: str, furniture: int) -> bytes:
    """The page of a version as one look found it."""
    page = {"broadsheet": _broadsheet, "wire": _wire}[template](version, furniture)
    return page.encode()


def _version(row: dict[str, str]) -> PostVersion:
    front = _front(row["front_matter"])
    body = str(_markdown().render(_without_liquid(row["body_md"])))
    tree = lxml.html.fromstring(f"<div>{body}</div>")
    for silent in tree.xpath(".//style|.//script|.//iframe"):
        silent.drop_tree()
    figures = tree.xpath(".//figure|.//p[.//img]")
    figures += [
        line
        for p in figures
        if (line := p.getnext()) is not None and len(line.text_content().split()) <= _CAPTION
    ]
    shown = " ".join(figure.text_content() for figure in figures)
    pictures = " ".join(str(src) for src in tree.xpath(".//img/@src"))
    for figure in dict.fromkeys(figures):
        if figure.getparent() is not None:
            figure.drop_tree()
    bylines = [p for p in tree.iter("p") if _BYLINE.match(p.text_content().strip())][:1]
    named = " ".join(paragraph.text_content() for paragraph in bylines)
    for paragraph in bylines:
        paragraph.drop_tree()
    authors = front.get("authors") or ()
    names = (
        tuple(str(name).replace("-", " ").title() for name in authors) if isinstance(authors, list) else ()
    )
    return PostVersion(
        str(front.get("title") or ""),
        names,
        body,
        plain(" ".join(tree.text_content().split())),
        plain(f"{shown} {pictures}"),
        plain(named),
    )


def _without_liquid(markdown: str) -> str:
    """The text as its generator would have shown it: template tags are not what readers saw."""
    markdown = _ADDRESS.sub(r"\1", markdown)
    markdown = _AUTHOR.sub(lambda found: found.group(1).replace("-", " ").title(), markdown)
    return _TAG.sub("", markdown)


def _front(text: str) -> dict[str, object]:
    try:
        front = yaml.safe_load(text)
    except yaml.YAMLError:
        front = None
    if isinstance(front, dict):
        return front
    found = re.search(r"^title:\s*(.+)$", text, re.MULTILINE)
    return {"title": found.group(1).strip("\"' ") if found else ""}


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


def _headline(n: int) -> str:
    picked = [THINGS[(n * step + shift) % len(THINGS)] for step, shift in ((7, 1), (11, 5), (13, 2), (3, 9))]
    return f"The {picked[0]} and the {picked[1]}: what the {picked[2]} says about the {picked[3]}"


def _teasers(n: int, count: int, tag: str) -> str:
    return "".join(
        f'<{tag}><a href="/more/{(n * 31 + k) % 997}/">{_headline(n * 17 + k)}</a></{tag}>'
        for k in range(count)
    )


def _broadsheet(version: PostVersion, n: int) -> str:
    """A newspaper's template: metadata in JSON-LD, share bar with counters, rails, most read, newsletter."""
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": version.title,
        "datePublished": "2025-01-02T08:00:00Z",
        "author": [{"@type": "Person", "name": name} for name in version.authors],
    }
    byline = ", ".join(version.authors) or "Our correspondent"
    share = (
        f"<span>{n * 13 + 5} shares</span> <span>{n + 2} comments</span> <span>{3 + n % 4} min read</span>"
    )
    ad = f'<div class="ad">Buy {n + 1} umbrellas for the price of one</div>'
    letter = f"<h3>Get the {THINGS[n % len(THINGS)]} letter</h3><p>Every morning in your inbox.</p>"
    reader = f"<p><b>reader{n}</b> I have {n} things to say about this.</p>"
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{escape(version.title)} | The Post</title>
<meta property="og:type" content="article"><meta name="csrf" content="{n * 7919 % 99991}">
<script type="application/ld+json">{json.dumps(about)}</script><style>.x{n}{{color:red}}</style></head>
<body class="v{n}"><header><a href="/">The Post</a><nav><ul>{_teasers(n // 3, 5, "li")}</ul></nav>
<p>It is {n % 30} degrees in town</p></header>
<div class="ticker">{_headline(n + 3)} · {_headline(n + 4)}</div>
<main><article><h1>{escape(version.title)}</h1><p class="byline">By {escape(byline)}</p>
<time datetime="2025-01-02T08:00:00Z">2 January 2025</time>
<div class="share">{share}</div>
<div class="article-body">{version.html}</div>
<div class="newsletter">{letter}</div>
<section class="related"><h2>Related stories</h2><ul>{_teasers(n, 4, "li")}</ul></section></article>
<section class="comments"><h2>{n + 2} comments</h2>{reader}</section></main>
<aside><h2>Most read</h2><ol>{_teasers(n + 50, 6, "li")}</ol>{ad}</aside>
<footer><p>© The Post. Page made in {n * 3 % 100} ms for visitor {n * 104729 % 9999991}.</p></footer>
</body></html>"""


def _wire(version: PostVersion, n: int) -> str:
    """A plain template without metadata: nested divs, teasers between heading and text, and below it."""
    byline = " and ".join(version.authors)
    by = f'<div class="meta"><span class="author">{escape(byline)}</span></div>' if byline else ""
    word = THINGS[n % 20]
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{escape(version.title)}</title></head><body>
<div id="top"><div class="menu"><a href="/">Home</a> <a href="/all/">All</a>
<a href="/{word}/">{word}</a></div></div>
<div id="page"><div class="col"><h1 class="headline">{escape(version.title)}</h1>{by}
<div class="views">{n * 211 + 17:,} views</div>
<div class="content">{version.html}</div>
<div class="tags"><a href="/tag/{n}">{THINGS[(n + 7) % 20]}</a></div>
<div class="also"><h3>You may also like</h3>{_teasers(n + 9, 3, "div")}</div></div>
<div class="rail"><div class="box"><h4>Latest</h4>{_teasers(n + 70, 8, "div")}</div></div></div>
<div id="bottom">Updated {n % 50 + 2} minutes ago · <a href="/imprint">Imprint</a></div></body></html>"""
