"""Pages that stand in an article's place, and articles that speak of such pages: kinds by languages by shapes.

Two shapes: a page of its own (`bare`), and one inside the site's usual frame (`framed`: navigation, headlines
of other stories, footer), as content systems make them. All names, words and stories are made up.
"""
# ruff: noqa: E501 - markup is easier to read unbroken

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape

from tests.pipelines.gate_stories import ABOUT, BRIEFS, CORRECTION, HEADLINES, SECTIONS, SENTENCES, SITE
from tests.pipelines.gate_words import LANGUAGES, WORDS
from tests.pipelines.gate_words_again import AGAIN
from tests.pipelines.gate_words_fourth import FOURTH
from tests.pipelines.gate_words_third import THIRD

URL = "https://www.harbour-post.example/2026/03/lantern-festival"


@dataclass(frozen=True, slots=True)
class GatePage:
    """A page for the gate.

    Attributes:
        reasons: the reasons that name it rightly; empty for an article.
        headers: of the response, besides `Content-Type`.
    """

    kind: str
    language: str
    shape: str
    body: str
    reasons: frozenset[str] = frozenset()
    headers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.language}-{self.shape}"


def _p(*lines: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _document(language: str, title: str, body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"{head}</head><body>{body}</body></html>"
    )


def _teasers(language: str, count: int = 6) -> str:
    cards = "".join(
        f'<li class="card"><a href="/2026/03/s{i}"><h3>{escape(HEADLINES[language][i])}</h3></a></li>'
        for i in range(count)
    )
    return f'<aside class="more"><ul>{cards}</ul></aside>'


def _framed(language: str, title: str, main: str, head: str = "", before_end: str = "") -> str:
    """The site's usual frame around `main`."""
    site = SITE[language]
    nav = "".join(f'<li><a href="/c{i}/">{name}</a></li>' for i, name in enumerate(SECTIONS[language]))
    return _document(
        language,
        f"{title} | {site}" if title else site,
        f'<header><a href="/" class="logo">{site}</a><nav><ul>{nav}</ul></nav></header>'
        f"<main>{main}</main>{_teasers(language)}"
        f'<footer><p>© 2026 {site}</p><a href="/imprint">i</a><a href="/privacy">p</a></footer>{before_end}',
        head,
    )


def _said(kind: str, language: str, *, wrap: str = "p") -> tuple[str, str]:
    """A kind's title, and its lines as markup with a button."""
    title, *lines, button = WORDS[kind][language]
    body = "".join(f"<{wrap}>{escape(line)}</{wrap}>" for line in lines)
    return title, f"<h1>{escape(title)}</h1>{body}<button>{escape(button)}</button>"


_FORMS = {
    "captcha": '<form method="post"><img src="/puzzle.png" alt=""><input name="answer"></form>',
    "challenge": '<form id="challenge-form" method="post"><input type="hidden" name="t"></form>'
    "<script>setTimeout(function () { document.forms[0].submit() }, 4000)</script>",
    "login": '<form method="post" action="/session"><input type="email"><input type="password"></form>',
    "age_gate": '<form><input name="day"><input name="month"><input name="year"></form>',
    "no_results": '<form action="/search"><input type="search" name="q"></form>',
}


def _notice(kind: str) -> Callable[[str], tuple[str, str]]:
    """A page that says one thing: bare with paragraphs, framed with div elements."""

    def pages(language: str) -> tuple[str, str]:
        form = _FORMS.get(kind, "")
        title, plain = _said(kind, language)
        _, boxed = _said(kind, language, wrap="div")
        site = SITE[language]
        inside = f'<div class="notice">{boxed}{form}</div>'
        return _document(language, title or site, plain + form), _framed(language, title, inside)

    return pages


def _consent_full(language: str) -> tuple[str, str]:
    title, said = _said("consent", language)
    wall = f'<div id="cmp" role="dialog">{said}<a href="/privacy">…</a></div>'
    long = f'<div class="purposes"><div>{said}</div><ul>{"".join(f"<li>{n}</li>" for n in SECTIONS[language])}</ul></div>'
    return _document(language, title, wall), _document(language, SITE[language], long)


def _story_head(language: str, *, paid: bool = False) -> str:
    node = {
        "@type": "NewsArticle",
        "headline": HEADLINES[language][0],
        "datePublished": "2026-03-02T08:00:00Z",
    }
    if paid:
        node["isAccessibleForFree"] = "False"
    return f'<meta property="og:type" content="article"><script type="application/ld+json">{json.dumps(node)}</script>'


def _behind(kind: str, shown: int) -> Callable[[str], tuple[str, str]]:
    """The first sentences of a story, and then what must be done to read on."""

    def pages(language: str) -> tuple[str, str]:
        headline = HEADLINES[language][0]
        _, *lines, button = WORDS[kind][language]
        offer = f'<div class="offer"><h2>{escape(lines[0])}</h2>{_p(*lines[1:])}<a href="/offer">{button}</a></div>'
        start = f"<article><h1>{escape(headline)}</h1>{_p(*SENTENCES[language][:shown])}{offer}</article>"
        more = f"<article><h1>{escape(headline)}</h1>{_p(*SENTENCES[language][: shown + 1])}</article>{offer}"
        return (
            _document(language, f"{headline} - {SITE[language]}", start, _story_head(language, paid=True)),
            _framed(language, headline, more, _story_head(language)),
        )

    return pages


def _consent_modal(language: str) -> tuple[str, str]:
    headline = HEADLINES[language][0]
    _, said = _said("consent", language, wrap="div")
    teaser = f"<article><h1>{escape(headline)}</h1>{_p(SENTENCES[language][1])}</article>"
    modal = f'<div class="overlay" role="dialog" aria-modal="true">{said}</div>'
    return (
        _document(language, headline, modal + teaser, _story_head(language)),
        _framed(language, headline, teaser, before_end=modal),
    )


def _cards(language: str, *, teased: bool) -> str:
    lines = SENTENCES[language] + SENTENCES[language][:2]
    return "".join(
        f'<article class="card"><h2><a href="/2026/03/s{i}">{escape(headline)}</a></h2>'
        f'<time datetime="2026-03-0{i + 1}">0{i + 1}.03.2026</time>'
        f"{_p(lines[i]) if teased else ''}</article>"
        for i, headline in enumerate(HEADLINES[language])
    )


def _home(language: str) -> tuple[str, str]:
    site = SITE[language]
    head = '<meta property="og:type" content="website"><link rel="canonical" href="/">'
    return (
        _framed(language, "", f"<h1>{site}</h1>{_cards(language, teased=True)}", head),
        _framed(language, "", f'<div class="river">{_cards(language, teased=True)}</div>'),
    )


def _section(language: str) -> tuple[str, str]:
    name = SECTIONS[language][3]
    head = '<meta property="og:type" content="website"><link rel="next" href="?page=2">'
    return (
        _framed(language, name, f"<h1>{name}</h1>{_cards(language, teased=True)}", head),
        _framed(language, name, f"<h1>{name}</h1>{_cards(language, teased=False)}"),
    )


def _tag(language: str) -> tuple[str, str]:
    rows = "".join(
        f'<div class="row"><div class="when">{9 + i}:00</div><a href="/2026/03/s{i}">{escape(headline)}</a>'
        f'<div class="lead">{escape(SENTENCES[language][i % 6])} <a href="/2026/03/s{i}">→</a></div></div>'
        for i, headline in enumerate(HEADLINES[language])
    )
    node = {"@type": "CollectionPage", "name": "#harbour"}
    ld = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    return _framed(language, "#harbour", f"<h1>#harbour</h1>{rows}", ld), _framed(language, "harbour", rows)


def _no_script(language: str) -> tuple[str, str]:
    title, first, second, _ = WORDS["no_script"][language]
    state = json.dumps({"props": {"pageProps": {}}, "page": "/story/[slug]", "buildId": "a1"})
    app = f'<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{state}</script>'
    return (
        _document(language, title, f'<noscript>{_p(first, second)}</noscript><div id="root"></div><script src="/a.js"></script>'),
        _document(language, title, f"{app}<noscript>{first}</noscript>"),
    )  # fmt: skip


def _media(language: str) -> tuple[str, str]:
    title, count, first, play = WORDS["media"][language]
    pictures = "".join(f'<figure><img src="/p{i}.jpg" alt=""></figure>' for i in range(12))
    return (
        _framed(language, title, f"<h1>{escape(title)}</h1><p>{count}</p>{pictures}<p>{first}</p>"),
        _framed(
            language, title, f'<h1>{escape(title)}</h1><video src="/v.mp4"></video><button>{play}</button>'
        ),
    )


def _cut(language: str) -> tuple[str, str]:
    """A body that ends inside a tag, and one that ends inside a sentence with its containers open."""
    headline = HEADLINES[language][1]
    story = f'<article class="story"><h1>{escape(headline)}</h1><div class="text">{_p(*SENTENCES[language])}</div></article>'
    whole = _framed(language, headline, story, _story_head(language))
    in_tag = whole.index('class="more"') + 4
    in_sentence = whole.index(escape(SENTENCES[language][3])) + 20
    return whole[:in_tag], whole[:in_sentence]


_WALL = frozenset({"challenge"})
_LIST = frozenset({"listing", "front_page", "no_text", "too_little_text"})
KINDS: dict[str, tuple[Callable[[str], tuple[str, str]], frozenset[str]]] = {
    "challenge": (_notice("challenge"), _WALL),
    "captcha": (_notice("captcha"), _WALL),
    "blocked": (_notice("blocked"), _WALL),
    "consent_full": (_consent_full, frozenset({"consent_wall"})),
    "consent_tcf": (_notice("consent"), frozenset({"consent_wall"})),
    "consent_modal": (_consent_modal, frozenset({"consent_wall"})),
    "login": (_notice("login"), frozenset({"login_wall"})),
    "paywall": (_behind("paywall", 2), frozenset({"paywall_stub"})),
    "registration": (_behind("registration", 1), frozenset({"paywall_stub", "login_wall"})),
    "not_found": (_notice("not_found"), frozenset({"soft_404"})),
    "expired": (_notice("expired"), frozenset({"soft_404"})),
    "no_results": (_notice("no_results"), frozenset({"soft_404", "listing"})),
    "home": (_home, _LIST),
    "section": (_section, _LIST),
    "tag": (_tag, _LIST),
    "no_script": (_no_script, frozenset({"needs_javascript", "no_text"})),
    "maintenance": (_notice("maintenance"), frozenset({"error_page"})),
    "proxy_error": (_notice("proxy_error"), frozenset({"error_page"})),
    "geo_block": (_notice("geo_block"), frozenset({"geo_block"})),
    "age_gate": (_notice("age_gate"), frozenset({"age_gate"})),
    "cookies_required": (_notice("cookies_required"), frozenset({"challenge"})),
    "rate_limit": (_notice("rate_limit"), frozenset({"rate_limit"})),
    "parked": (_notice("parked"), frozenset({"parked_domain"})),
    "media_only": (_media, frozenset({"no_text", "too_little_text"})),
    "truncated": (_cut, frozenset({"truncated"})),
}
HEADERS = {
    "challenge": ("cf-mitigated: challenge",),
    "captcha": ("x-amzn-waf-action: captcha",),
}


@cache
def walls() -> tuple[GatePage, ...]:
    """What must be stopped. Headers are kept apart: the gate must do without them."""
    return tuple(
        GatePage(kind, language, shape, body, reasons, HEADERS.get(kind, ()))
        for kind, (pages, reasons) in KINDS.items()
        for language in LANGUAGES
        for shape, body in zip(("bare", "framed"), pages(language), strict=True)
    )


@cache
def reworded() -> tuple[GatePage, ...]:
    """Notices in words that the gate's phrases were not written after."""
    found = []
    for kind, languages in AGAIN.items():
        for language, (title, *lines, button) in languages.items():
            body = f"<main><h1>{escape(title)}</h1>{_p(*lines)}{_FORMS.get(kind, '')}<button>{button}</button></main>"
            reasons = KINDS["consent_tcf" if kind == "consent" else kind][1]
            found.append(GatePage(kind, language, "reworded", _document(language, title, body), reasons))
    return tuple(found)


_THIRD_REASONS = {
    "consent": KINDS["consent_tcf"][1],
    "paywall": frozenset({"paywall_stub", "login_wall"}),
    "region": KINDS["geo_block"][1],
    "javascript": KINDS["no_script"][1],
    "adblock": frozenset({"ad_blocker"}),
}


def third_hand() -> tuple[GatePage, ...]:
    """Notices after which the gate was mended; of 60 it stopped 43 before."""
    return _in_other_words(THIRD, "third")


def fourth_hand() -> tuple[GatePage, ...]:
    """Notices that were not looked at meanwhile."""
    return _in_other_words(FOURTH, "fourth")


def _in_other_words(words: dict[str, dict[str, tuple[str, ...]]], shape: str) -> tuple[GatePage, ...]:
    found = []
    for kind, languages in words.items():
        for language, (title, *lines, button) in languages.items():
            body = f"<main><h1>{escape(title)}</h1>{_p(*lines)}{_FORMS.get(kind, '')}<button>{button}</button></main>"
            reasons = _THIRD_REASONS.get(kind) or KINDS[kind][1]
            found.append(GatePage(kind, language, shape, _document(language, title, body), reasons))
    return tuple(found)


@cache
def articles() -> tuple[GatePage, ...]:
    """What must pass: articles about such pages, briefs, corrections, live tickers, whole stories with an offer."""
    return tuple(page for language in LANGUAGES for page in _articles(language))


def _articles(language: str) -> Iterator[GatePage]:
    rest = SENTENCES[language]
    for number, (headline, *lines) in enumerate(ABOUT[language]):
        for kind, text in (("about", (*lines, *rest)), ("about_briefly", (*lines, *rest[:2]))):
            yield from _both(f"{kind}_{number}", language, headline, _p(*text))
    headline = HEADLINES[language][3]
    yield from _both("brief", language, headline, _p(BRIEFS[language]))
    yield from _both("correction", language, headline, _p(BRIEFS[language], CORRECTION[language]))
    whole = (*rest, BRIEFS[language], *ABOUT[language][3][1:])
    _, *offer, button = WORDS["paywall"][language]
    box = f'<div class="offer">{_p(*offer)}<a href="/offer">{button}</a></div>'
    yield from _both("whole_with_offer", language, headline, _p(*whole) + box)
    _, asked = _said("consent", language, wrap="div")
    yield from _both(
        "whole_with_banner", language, headline, _p(*whole), after=f'<div id="cmp">{asked}</div>'
    )
    yield from _both("whole_with_login", language, headline, _p(*rest), after=_FORMS["login"])
    entries = "".join(f"<section><h2>{9 + i}:15</h2>{_p(line)}</section>" for i, line in enumerate(rest))
    yield from _both("ticker", language, headline, entries)
    listed = "".join(
        f"<h2>{i + 1}. {escape(h)}</h2>{_p(rest[i])}" for i, h in enumerate(HEADLINES[language][:5])
    )
    yield from _both("roundup", language, headline, listed)


def _both(kind: str, language: str, headline: str, text: str, after: str = "") -> Iterator[GatePage]:
    story = f"<article><h1>{escape(headline)}</h1>{text}</article>"
    yield GatePage(kind, language, "bare", _document(language, headline, story + after))
    framed = _framed(language, headline, story, _story_head(language), before_end=after)
    yield GatePage(kind, language, "framed", framed)
