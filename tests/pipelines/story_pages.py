"""Whole stories in the templates of three content systems, in five languages; all of it is made up."""
# ruff: noqa: E501 - markup is easier to read unbroken

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from tests.pipelines.gate_stories import ABOUT, BRIEFS, HEADLINES, SECTIONS, SENTENCES, SITE
from tests.pipelines.gate_words import LANGUAGES


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A page and what a reader reads on it."""

    name: str
    url: str
    markup: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> bytes:
        return self.markup.encode()


def stories() -> Iterator[StoryPage]:
    """Every template with every language and two headlines."""
    for language in LANGUAGES:
        for number in range(2):
            lines = (*SENTENCES[language], BRIEFS[language], *ABOUT[language][number][1:])
            turned = lines[number:] + lines[:number]
            for template, made in _TEMPLATES.items():
                name = f"{template}-{language}-{number}"
                url = f"https://www.{template}.example/{language}/2026/03/{number}"
                yield StoryPage(name, url, made(language, HEADLINES[language][number], turned), turned)


def _head(language: str, headline: str, more: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(headline)} | '
        f"{SITE[language]}</title>{more}</head>"
    )


def _magazine(language: str, headline: str, lines: tuple[str, ...]) -> str:
    """A frame with menus, JSON-LD that agrees, a figure, a side column, a footer."""
    node = {"@type": "NewsArticle", "headline": headline, "datePublished": "2026-03-02T08:00:00Z"}
    told = f'<script type="application/ld+json">{json.dumps(node)}</script><meta property="og:title" content="{escape(headline)}">'
    menu = "".join(f'<li><a href="/c{i}/">{name}</a></li>' for i, name in enumerate(SECTIONS[language]))
    others = "".join(
        f'<li><a href="/s{i}">{escape(h)}</a></li>' for i, h in enumerate(HEADLINES[language][4:])
    )
    text = "".join(f"<p>{escape(line)}</p>\n" for line in lines)
    return (
        f"{_head(language, headline, told)}<body><header><a href='/'>{SITE[language]}</a><nav><ul>{menu}</ul></nav></header>"
        f"<main><article><h1>{escape(headline)}</h1><figure><img src='/m/lead.jpg' alt=''></figure>{text}</article></main>"
        f"<aside class='more'><ul>{others}</ul></aside><footer><p>© 2026 {SITE[language]}</p></footer></body></html>"
    )


def _boxes(language: str, headline: str, lines: tuple[str, ...]) -> str:
    """Nothing but `div` around the paragraphs, with counters and a token beside them."""
    menu = "".join(f'<span><a href="/c{i}/">{name}</a></span> ' for i, name in enumerate(SECTIONS[language]))
    text = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        f'{_head(language, headline)}<body><div class="top">{menu}</div><div class="wrap"><div class="story" data-token="a1b2c3d4e5">'
        f'<h1>{escape(headline)}</h1><div class="meta"><time datetime="2026-03-02T09:30:00+01:00">2.3.2026</time> '
        f'<span class="share-count">12</span></div><div class="body">{text}</div></div></div>'
        f'<div class="bottom">© {SITE[language]}</div></body></html>'
    )


def _log(language: str, headline: str, lines: tuple[str, ...]) -> str:
    """A plain page of a small site."""
    text = "\n".join(f"<p>{escape(line)}</p>" for line in lines)
    return f"{_head(language, headline)}<body><h1>{escape(headline)}</h1>\n{text}\n<p><a href='/'>{SITE[language]}</a></p></body></html>"


_TEMPLATES = {"magazine": _magazine, "boxes": _boxes, "log": _log}
