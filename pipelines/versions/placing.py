"""Which article a page shows, out of those that its addresses and words speak for (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.article import Article
from pipelines.history import Past
from pipelines.versions.identity import Shown, Tie, agree, is_alias, same_stable_part, tie


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a page belongs.

    Attributes:
        past: of the article that it shows; None if it is a new one.
        url: the article's address from now on.
        tie: how the page's own address is tied to it; None for a new article.
        left: an article whose own address led to this page, which shows something else: it is not there.
        adopted: addresses of another identity of the same article, which are this one's from now on.
    """

    past: Past | None
    url: str
    tie: Tie | None = None
    left: Past | None = None
    adopted: tuple[str, ...] = ()


def place(
    article: Article, urls: Sequence[str], own: Past | None, led: Sequence[Past], related: Sequence[Past]
) -> Placed:
    """Decide which article a page shows.

    Args:
        article: as read; its `url` is the page's own address.
        urls: the address asked for and every hop's; the last is the page's own.
        own: the article that has the page's own address in its history.
        led: the articles of the addresses before it, in order.
        related: articles that the page names, that name the page, or that say the same; likeliest first.
    """
    placed = _placed(article, urls, own, led, related)
    content = placed.past.content if placed.past else None
    if content is not None and content.variant is not None and article.variant is None:
        # So far only its AMP or print page was known: the article goes on under its own.
        return replace(placed, url=article.url, tie=Tie.MOVED)
    return placed


def _placed(
    article: Article, urls: Sequence[str], own: Past | None, led: Sequence[Past], related: Sequence[Past]
) -> Placed:
    here = Shown(article.url, article.canonical_url, article.title, article.text)
    # An old address that has come to lead to another story says nothing of the article that has moved on.
    asked = next(
        (p for p in led if p.article.url in urls and (own is None or p.article.id != own.article.id)), None
    )
    if own is not None:
        return _at_known_address(here, urls, own, asked)
    if asked is not None:
        kind = tie(here, shown(asked), led=True)
        if kind is None and same_stable_part(here.url, asked.article.url):
            kind = Tie.MOVED  # rewritten, and under another headline
        if kind is None:
            return Placed(None, article.url, left=asked)
        return Placed(asked, _url(kind, here, asked), kind)
    for past in related:
        if (kind := tie(here, shown(past))) is not None:
            return Placed(past, _url(kind, here, past), kind)
    return Placed(None, article.url)


def shown(past: Past) -> Shown:
    """What an article showed last, at its present address."""
    content = past.content or past.newest
    text = past.state.text if past.state else None
    return Shown(past.article.url, content.canonical_url, content.title or "", text or "")


def _at_known_address(here: Shown, urls: Sequence[str], own: Past, asked: Past | None) -> Placed:
    if asked is not None:
        if not agree(here, shown(asked)):
            return Placed(None, here.url, left=asked)
        # Two identities turn out to be one: the older goes on, with all the addresses of this way.
        older = min((asked, own), key=lambda past: (past.article.first_captured_at, past.article.id))
        kind = _kind(here, older, urls)
        return Placed(older, _url(kind, here, older), kind, adopted=tuple(urls))
    kind = _kind(here, own, urls)
    return Placed(own, _url(kind, here, own), kind)


def _kind(here: Shown, past: Past, urls: Sequence[str]) -> Tie:
    """A known address is another spelling, unless the article's present one led to it or named it."""
    if here.url == past.article.url:
        return Tie.SAME
    if is_alias(here.url, past.article.url):
        return Tie.ALIAS
    named = shown(past).canonical_url
    moved = past.article.url in urls or (named is not None and is_alias(named, here.url))
    return Tie.MOVED if moved else Tie.ALIAS


def _url(kind: Tie, here: Shown, past: Past) -> str:
    return here.url if kind is Tie.MOVED else past.article.url
