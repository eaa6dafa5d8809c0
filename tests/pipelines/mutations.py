"""The same page an hour later: its furniture has changed, its article has not.

Three mutations, each made by a seed alone, of any page as bytes: advertisements (in the frame and between
paragraphs), lists of related links and teasers, counters with clocks, tokens and time stamps. They go where
content systems put them, never into scripts, comments or the middle of a sentence. Only ASCII is put in, so
that a page in any of the web's encodings stays what it is.
"""
# ruff: noqa: E501 - markup is easier to read unbroken

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_HIDDEN = re.compile(
    rb"<script\b.*?</script\s*>|<style\b.*?</style\s*>|<noscript\b.*?</noscript\s*>|<template\b.*?</template\s*>"
    rb"|<textarea\b.*?</textarea\s*>|<!--.*?-->|<head\b.*?</head\s*>",
    re.DOTALL | re.IGNORECASE,
)
_BODY = re.compile(rb"<body\b[^>]*>", re.IGNORECASE)
_BODY_END = re.compile(rb"</body\s*>", re.IGNORECASE)
_HEADER_END = re.compile(rb"</header\s*>", re.IGNORECASE)
_FOOTER = re.compile(rb"<footer\b", re.IGNORECASE)
_ARTICLE_END = re.compile(rb"</article\s*>", re.IGNORECASE)
_BETWEEN_PARAGRAPHS = re.compile(rb"(?<=</p>)(?=\s*<p[\s>])", re.IGNORECASE)
_LISTED = re.compile(rb"(<li\b[^<>]*>\s*<a\s[^<>]*>)([^<>]{25,150})(</a>\s*</li>)", re.IGNORECASE)
_COUNT = re.compile(
    rb"(<(?:span|b|em|strong|div)\s[^<>]*class=[\"'][^\"'<>]*(?:count|views|shares|likes|comments-?num)[^\"'<>]*[\"'][^<>]*>\s*)"
    rb"\d{1,7}(?=\s*</)",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    rb"((?:nonce|csrf|token|session|request-?id|build-?id)[\w-]*[\"']?\s*[=:]\s*[\"'])[\w+/=-]{8,}(?=[\"'])",
    re.IGNORECASE,
)

_SUBJECTS = (
    "Harbour",
    "Council",
    "School",
    "Ferry",
    "Museum",
    "Orchard",
    "Library",
    "Station",
    "Choir",
    "Market",
)
_VERBS = ("opens", "waits for", "says no to", "looks back at", "saves", "wins over", "moves to", "celebrates")
_OBJECTS = (
    "a quiet spring",
    "its oldest boat",
    "new neighbours",
    "the long bridge",
    "a late guest",
    "its garden",
)


def mutated(page: bytes, kind: str, seed: int) -> bytes:
    """The page with other furniture; `kind` is a name in `KINDS`."""
    return KINDS[kind](page, random.Random(f"{kind}-{seed}"))


def _advertisements(page: bytes, rng: random.Random) -> bytes:
    """Slots at the top, above the footer, at the end, and one or two between paragraphs."""
    places = [*_at_edges(page), *_some(rng, _places(_BETWEEN_PARAGRAPHS, page), rng.randint(1, 2))]
    return _put(page, [(place, _slot(rng)) for place in places])


def _slot(rng: random.Random) -> bytes:
    number, label = (
        rng.randrange(10**6),
        rng.choice(("Advertisement", "Anzeige", "Ad", "Publicidad", "")).encode(),
    )
    return rng.choice(
        (
            b'<div class="ad-slot" id="ad-%d"><span class="ad-label">%b</span><iframe src="https://ads.example/%d" width="300"'
            b' height="250"></iframe></div>' % (number, label, number),
            b'<aside class="advertisement" data-slot="%d"><p>%b</p><a href="https://ads.example/c/%d"><img src="https://ads.'
            b'example/%d.gif" alt=""></a></aside>' % (number, label, number, number),
            b'<div id="banner_%d" class="ad ad--wide"><script>window.ads=window.ads||[];ads.push(%d)</script></div>'
            % (number, number),
        )
    )


def _related(page: bytes, rng: random.Random) -> bytes:
    """Other stories in the lists that there are, and one list more: after the article, above the footer, at the end."""
    listed = set(_places(_LISTED, page))
    others = _LISTED.sub(
        lambda found: found[1] + _headline(rng) + found[3] if found.start() in listed else found[0], page
    )
    places = [*_places(_ARTICLE_END, others)[-1:], *_at_edges(others)[1:]]
    return _put(others, [(place, _list(rng)) for place in _some(rng, places, 1)])


def _list(rng: random.Random) -> bytes:
    lines = [_headline(rng) for _ in range(rng.randint(3, 8))]
    heading = rng.choice(
        ("More stories", "Most read", "Related", "Mehr zum Thema", "Lo m&aacute;s visto")
    ).encode()
    links = [(b"/n/%d/%b" % (rng.randrange(10**6), line.lower().replace(b" ", b"-")), line) for line in lines]
    if rng.random() < 0.5:
        items = b"".join(b'<li><a href="%b">%b</a></li>' % link for link in links)
        return b'<aside class="related"><h3>%b</h3><ul>%b</ul></aside>' % (heading, items)
    cards = b"".join(
        b'<article class="teaser"><a href="%b"><img src="/t/%d.jpg" alt=""><h4>%b</h4></a><time>%d:%02d</time></article>'
        % (address, rng.randrange(10**6), line, rng.randrange(24), rng.randrange(60))
        for address, line in links
    )
    return b'<section class="most-read"><h3>%b</h3>%b</section>' % (heading, cards)


def _headline(rng: random.Random) -> bytes:
    return " ".join(rng.choice(words) for words in (_SUBJECTS, _VERBS, _OBJECTS)).encode()


def _counters(page: bytes, rng: random.Random) -> bytes:
    """Other counts, tokens and times where there are some, and a clock, counts and time stamps besides."""
    counted = _COUNT.sub(lambda found: found[1] + b"%d" % rng.randrange(10**5), page)
    tokens = _TOKEN.sub(lambda found: found[1] + b"%032x" % rng.getrandbits(128), counted)
    clock = b"%02d:%02d:%02d" % (rng.randrange(24), rng.randrange(60), rng.randrange(60))
    edges = _at_edges(tokens)
    pieces = (
        b'<div class="today"><span>Sunday, 22 November 2026</span> <span class="clock">%b</span></div>'
        % clock,
        b'<ul class="share"><li class="share-count">%d</li><li class="view-count">%d views</li></ul>'
        % (rng.randrange(10**4), rng.randrange(10**6)),
        b"<!-- rendered %b in %d ms by node-%d -->" % (clock, rng.randrange(900), rng.randrange(40)),
    )
    return _put(tokens, list(zip(edges, pieces, strict=False)))


KINDS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "advertisements": _advertisements,
    "related": _related,
    "counters": _counters,
}


def _at_edges(page: bytes) -> list[int]:
    """Under the site's header (or where the body begins), above its footer, and where the body ends."""
    top = _places(_HEADER_END, page, after=True)[:1] or _places(_BODY, page, after=True)[:1]
    bottom = _places(_FOOTER, page)[-1:]
    return [*top, *bottom, *_places(_BODY_END, page)[-1:]]


def _places(pattern: re.Pattern[bytes], page: bytes, *, after: bool = False) -> list[int]:
    """Where a pattern stands in what is shown."""
    hidden = [found.span() for found in _HIDDEN.finditer(page)]
    found = [match.end() if after else match.start() for match in pattern.finditer(page)]
    return [place for place in found if not any(start < place < end for start, end in hidden)]


def _some(rng: random.Random, places: Sequence[int], count: int) -> list[int]:
    return rng.sample(list(places), min(count, len(places)))


def _put(page: bytes, pieces: Sequence[tuple[int, bytes]]) -> bytes:
    for place, piece in sorted(pieces, reverse=True):
        page = page[:place] + piece + page[place:]
    return page
