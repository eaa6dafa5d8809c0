"""Whether a link looks like an article's, from its address and its text alone (pure; no site is named here).

Signs are counted, not learned: each is a habit of news sites' addresses that holds across publishers and
languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

THRESHOLD = 2

# Path segments that lead to lists, services and media rather than to an article.
_ELSEWHERE = """
    tag tags topic topics thema themen tema temas sujet category categories categoria categorie kategorie
    rubrik rubrique section sections archive archives archiv page hashtag search suche buscar recherche
    author authors autor autores auteur autore byline contributor contributors profile profiles people person
    staff team masthead user users member members
    login signin sign-in logout register signup sign-up account my-account subscribe subscription
    subscriptions abo abonnement membership donate donation newsletter newsletters
    shop store cart checkout shopping deals coupons sweepstakes contests classifieds jobs careers
    video videos audio podcast podcasts live livestream watch gallery galleries photos slideshow radio tv show
    shows program programs schedule comics games puzzles crossword crosswords horoscope horoscopes
    about about-us contact contact-us kontakt contacto impressum imprint legal privacy privacy-policy terms
    terms-of-service terms-of-use terms-and-conditions cookies cookie-policy help faq support
    customer-service press ethics corrections advertise advertising advertise-with-us
    weather wetter traffic closings obituaries events calendar e-edition eedition epaper
    rss feed feeds sitemap share intent wp-admin wp-login.php wp-content cdn-cgi
"""
_FILES = """
    pdf jpg jpeg png gif webp svg ico mp3 m4a mp4 mov avi zip gz xml rss atom json css js txt
    doc docx xls xlsx
"""
_ARTICLES = "article articles artikel articulo story stories nyheter noticia noticias news-story"
_ELSEWHERE_SEGMENTS = frozenset(_ELSEWHERE.split())
_FILE_EXTENSIONS = frozenset(_FILES.split())
_ARTICLE_SEGMENTS = frozenset(_ARTICLES.split())
_DATE_PATH = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]?\d{1,2})?(?:/|-|$)")
_LONG_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_HEX_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|(?<![0-9a-z])[0-9a-f]{16,}(?![0-9a-z])")
_WORD = re.compile(r"[^\W\d_]{2,}")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")  # Thai, kana, Chinese characters
_UNSPACED_PER_WORD = 2
_LONGEST_EXTENSION = 5
_NEVER = -9


@dataclass(frozen=True, slots=True)
class _Words:
    """How many words say what."""

    few: int  # up to so many: against
    some: int  # from so many on: for
    many: int  # from so many on: more so

    def signs(self, count: int) -> int:
        return (count >= self.some) + (count >= self.many) - (count <= self.few)


_IN_SLUG = _Words(few=-1, some=4, many=5)
_IN_TEXT = _Words(few=3, some=5, many=8)
_LONG_SLUG = 7
_SHALLOW = 2  # path segments


def looks_like_article(url: str, anchor_text: str | None) -> bool:
    """Guess whether a link leads to an article.

    Args:
        url: absolute.
        anchor_text: the words of the link; None or "" if it has none, which is then no sign.
    """
    return article_score(url, anchor_text) >= THRESHOLD


def article_score(url: str, anchor_text: str | None) -> int:
    """Signs for an article less signs against; from `THRESHOLD` on it looks like one."""
    try:
        parts = urlsplit(url.lower())
    except ValueError:
        return _NEVER
    path = unquote(parts.path)
    segments = [segment for segment in path.split("/") if segment]
    if not segments or parts.scheme not in {"http", "https"}:
        return _NEVER
    stem, dot, extension = segments[-1].rpartition(".")
    if dot and extension in _FILE_EXTENSIONS:
        return _NEVER
    if dot and extension.isalpha() and len(extension) <= _LONGEST_EXTENSION:
        segments[-1] = stem
    return _slug_signs(segments) + _place_signs(path, segments) + _text_signs(anchor_text)


def _slug_signs(segments: list[str]) -> int:
    """The slug is the wordiest of the last two segments: some sites put an id behind it."""
    words = max(len(_WORD.findall(segment)) for segment in segments[-2:])
    shallow = words <= 1 and len(segments) <= _SHALLOW
    return _IN_SLUG.signs(words) + (words >= _LONG_SLUG) - shallow


def _place_signs(path: str, segments: list[str]) -> int:
    dated = _DATE_PATH.search(path) is not None
    score = 2 if dated else 0
    score += 1 if dated and len(_WORD.findall(segments[-1])) > 1 else 0
    score += 2 if _LONG_NUMBER.search(path) or _HEX_ID.search(path) else 0
    score += 1 if _ARTICLE_SEGMENTS.intersection(segments) else 0
    return score - (3 if _ELSEWHERE_SEGMENTS.intersection(segments) else 0)


def _text_signs(anchor_text: str | None) -> int:
    text = anchor_text or ""
    words = max(len(_WORD.findall(text)), len(_UNSPACED.findall(text)) // _UNSPACED_PER_WORD)
    return _IN_TEXT.signs(words) if words else 0
