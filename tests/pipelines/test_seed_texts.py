"""Two news texts as a reader sees them, put into pages of many shapes, come back as clean paragraphs."""
# ruff: noqa: E501 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import html
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.extract import extract

CORPUS = Path(os.environ.get("DATELINE_CORPUS", Path(__file__).parents[2] / ".." / "shared" / "corpus"))
SEEDS = sorted((CORPUS / ".." / "seeds").glob("*.txt"))

pytestmark = pytest.mark.skipif(not SEEDS, reason=f"no seed texts beside the corpus at {CORPUS}")


@dataclass(frozen=True)
class Seed:
    """A text taken apart: hard line breaks kept in the raw paragraphs, joined in what is expected."""

    headline: str
    raw: tuple[str, ...]

    @property
    def captions(self) -> list[str]:
        return [p for p in self.raw if "Image:" in p]

    @property
    def expected(self) -> str:
        wanted = [
            p for p in self.raw
            if p not in self.captions
            and p != self.headline
            and not p.endswith("Read more")
            and p != "Leave a Comment"
        ]  # fmt: skip
        return "\n\n".join(" ".join(p.split()) for p in wanted)

    @property
    def expected_captions(self) -> list[tuple[str | None, str | None]]:
        if not self.captions:
            return [(None, None)]
        return [(" ".join(p.partition("Image:")[0].split()), "Daily NK") for p in self.captions]


def read_seed(path: Path) -> Seed:
    blocks = [b.strip() for b in path.read_text("utf-8").split("\n\n") if b.strip()]
    return Seed(" ".join(blocks[0].split()), tuple(blocks[1:]))


Box = Callable[[int, str], str]


def figure(n: int, caption: str) -> str:
    return f'<figure><img src="/media/{n}.jpg" width="800" height="500"><figcaption>{caption}</figcaption></figure>'


def wordpress(n: int, caption: str) -> str:
    return (
        f'<div id="attachment_{n}" style="width: 610px" class="wp-caption aligncenter"><a href="/media/{n}.jpg">'
        f'<img class="size-full" src="/media/{n}.jpg" width="600" height="400"></a>'
        f'<p class="wp-caption-text">{caption}</p></div>'
    )


def caption_paragraph(n: int, caption: str) -> str:
    return f'<p><img src="/media/{n}.jpg"></p>\n<p class="caption">{caption}</p>'


def plain_paragraph(n: int, caption: str) -> str:
    return f'<p><img src="/media/{n}.jpg" alt=""></p>\n<p>{caption}</p>'


def same_paragraph(n: int, caption: str) -> str:
    return f'<p><img src="/media/{n}.jpg" alt=""><br>\n{caption}</p>'


def boxed_division(n: int, caption: str) -> str:
    return f'<div class="photo-left"><img src="/media/{n}.jpg"><div>{caption}</div></div>'


def table_box(n: int, caption: str) -> str:
    return f'<table align="right"><tr><td><img src="/media/{n}.jpg"></td></tr><tr><td><small>{caption}</small></td></tr></table>'


def lazy_figure(n: int, caption: str) -> str:
    text, _, credit = caption.partition("Image:")
    end = f'<span class="credit">Image: {credit}</span>' if credit else ""
    return (
        f'<figure class="media"><picture><source srcset="/media/{n}-400.webp 400w, /media/{n}-1200.webp 1200w">'
        f'<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/media/{n}-400.jpg"></picture>'
        f"<figcaption>{text} {end}</figcaption></figure>"
    )


def credit_above(n: int, caption: str) -> str:
    return f'<div><p>{caption}</p>\n<p><img src="/media/{n}.jpg"></p></div>'


def paragraphs_of(seed: Seed, box: Box, wrap: Callable[[str], str]) -> str:
    parts, pictures = [], 0
    if not seed.captions:
        parts.append('<figure><img src="/media/lead.jpg" alt=""></figure>')
    for block in seed.raw:
        escaped = html.escape(block, quote=False)
        if block in seed.captions:
            parts.append(box(pictures, escaped))
            pictures += 1
        else:
            parts.append(wrap(escaped))
    return "\n".join(parts)


def modern(seed: Seed, box: Box) -> str:
    body = paragraphs_of(seed, box, lambda p: f"<p>{p}</p>")
    return f"""<!doctype html><html lang="en"><head><title>{seed.headline} | The Example</title>
    <meta property="og:site_name" content="The Example"><meta property="og:title" content="{seed.headline}"></head>
    <body><header><a href="/"><img src="/logo.png" alt="logo" width="300" height="200"></a><nav><a href="/w">World</a></nav></header>
    <main><article><h1>{seed.headline}</h1><p class="byline">By Ann Smith</p>{body}</article>
    <aside class="related"><h2>Related</h2><a href="/other"><img src="/o.jpg">Another story of the day</a></aside></main>
    <footer>© The Example</footer></body></html>"""


def tables(seed: Seed, box: Box) -> str:
    body = paragraphs_of(seed, box, lambda p: f"<p><font face=arial>{p}</font>")
    return f"""<html><head><title>The Example - {seed.headline}</title></head><body bgcolor=white><table width=900><tr>
    <td width=150><a href="/"><img src="/banner.gif"></a><br><a href="/n">News</a><br><a href="/s">Sport</a></td>
    <td><h1>{seed.headline}</h1>{body}</td></tr></table></body></html>"""


def divisions(seed: Seed, box: Box) -> str:
    body = paragraphs_of(seed, box, lambda p: f'<div class="x1f{len(p) % 7}">{p}</div>')
    return f"""<!doctype html><html><head><title>{seed.headline}</title></head><body><div id="app"><div class="a9">
    <a href="/">Home</a> <a href="/world">World</a></div><div class="b7"><h1>{seed.headline}</h1><div class="c3">{body}</div></div>
    <div class="d2"><a href="/1">One more story from elsewhere</a> <a href="/2">And yet another story</a></div></div></body></html>"""


def breaks(seed: Seed, box: Box) -> str:
    parts, pictures = [], 0
    for block in seed.raw:
        escaped = html.escape(block, quote=False)
        if block in seed.captions:
            parts.append(box(pictures, escaped))
            pictures += 1
        else:
            parts.append(escaped.replace("\n", "<br>\n") + "<br><br>")
    if not seed.captions:
        parts.insert(0, '<img src="/media/lead.jpg">')
    return f"""<html><head><title>{seed.headline}</title></head><body><div class="header">The Example</div>
    <h1>{seed.headline}</h1><div class="story">{"".join(parts)}</div><div class="footer">Contact us</div></body></html>"""


BOXES = [
    figure, wordpress, caption_paragraph, plain_paragraph, same_paragraph, boxed_division, table_box, lazy_figure, credit_above,
]  # fmt: skip
SHAPES = [modern, tables, divisions, breaks]


@pytest.mark.parametrize("box", BOXES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("path", SEEDS, ids=lambda p: p.stem[:3])
def test_seed_text_comes_back_clean(path: Path, shape: Callable[[Seed, Box], str], box: Box) -> None:
    seed = read_seed(path)
    result = extract(
        shape(seed, box).encode(),
        url="https://www.example.org/2018/story",
        content_type="text/html; charset=utf-8",
        content_encoding=None,
        captured_at=datetime(2018, 4, 1, tzinfo=UTC),
    )
    assert result.article is not None
    assert result.article.title == seed.headline
    assert result.article.text == seed.expected
    assert [(i.caption, i.credit) for i in result.article.images] == seed.expected_captions
