"""What the class, id and role of a box say about what it holds: one bit for each family of words."""

from __future__ import annotations

import re
from functools import lru_cache

# Families of words that the templates of news sites in many languages use; none is a site's own.
FAMILIES: dict[str, str] = {
    "related": r"relat|recommend|recirc|more-?(?:from|on|stories|news|in)|read-?(?:more|next|also|on)"
    r"|also-?(?:read|like)|up-?next|next-|most-|popular|trending|latest|teas|promo|card|outbrain|taboola"
    r"|onward|further|see-?also|verwandt|mehr|weiter|similar|list|feed|river|collection",
    "comment": r"comment|disqus|respond|reply|kommentar|discussion|livefyre|coral",
    "picture": r"caption|credit|legend|figure|photo|image|img|picture|gallery|media|slide|carousel|video"
    r"|bild|foto|thumb|player|embed|copyright|source",
    "author": r"author|by-?line|bio(?:$|[\s_-])|contributor|autor|writer|journalist|profile|avatar|about-",
    "meta": r"meta|date|time|publish|updated|info|kicker|category|section-name|label|eyebrow"
    r"|breadcrumb|rubric",
    "tags": r"(?:^|[\s_-])tags?(?:$|[\s_-])|topics?|keyword|taxonomy",
    "share": r"share|sharing|social|follow|facebook|whatsapp|sns|addthis",
    "signup": r"newsletter|subscri|sign-?up|signin|login|register|paywall|regwall|donat|member|offer|cta"
    r"|call-?to|abo(?:-|$)|prompt|inscription|registration|support",
    "advertisement": r"^(?:ads?|adslot)$|advert|sponsor|banner|dfp|gpt|commercial|werbung|anzeige"
    r"|public[ií][td]|pubblicit|reklam|annons",
    "side": r"side-?bar|aside|rail|(?:^|[\s_-])side|right-?col|widget|secondary|complement|infobox|factbox"
    r"|box(?:$|[\s_-])",
    "article": r"article|story|post|entry|content|body|text|artikel|articulo|beitrag|main|prose|rich",
    "body": r"(?:article|story|post|entry|content|text|artikel|main)[-_]*(?:body|text|content|main|copy"
    r"|paragraph|inner)|articlebody|storybody|body-?(?:text|copy|content)|paragraph|prose|rich-?text",
    "lead": r"lead|intro|summary|standfirst|(?:^|[\s_-])dek|deck|sub-?title|sub-?head|abstract|teaser|excerpt"
    r"|chapeau|sapo|vorspann|description|bajada|entradilla|lede|sottotitolo|ingress|sumario|kicker"
    r"|highlights?|bullets?",
    "hidden": r"hidden|hide|collapsed|sr-only|visually|screen-reader|noprint|print-only|invisible|offscreen"
    r"|modal|overlay|popup|pop-up|cookie|consent|gdpr|notice|tooltip",
}
NAMES = tuple(FAMILIES)

_MAX_SAID = 400  # characters of attributes that are read
_MAX_WORD = 24  # letters; longer ones are made by machines
_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in FAMILIES.values())
# Words that mean something else with the next one: "article-body", "read-more".
_FIRST = frozenset(
    (
        *("about", "abo", "also", "article", "artikel", "body", "by", "call", "content", "entry", "inline"),
        *("main", "more", "most", "next", "paragraph", "pop", "post", "read", "rich", "right", "screen"),
        *("section", "see", "side", "sign", "skip", "sr", "story", "sub", "text", "up"),
    )
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[^\W\d_]+")


@lru_cache(maxsize=16384)  # the boxes of some hundred templates
def said(attributes: str) -> int:
    """The families that the attributes of a box speak of, bit i for `NAMES[i]`.

    Attributes are looked at word by word and in pairs of words ("article-body"), however they are joined.
    """
    words = [word for word in _WORD.findall(attributes[:_MAX_SAID]) if len(word) <= _MAX_WORD]
    bits = 0
    for index, word in enumerate(words):
        bits |= _spoken(word)
        if index and words[index - 1].lower() in _FIRST:
            bits |= _spoken(f"{words[index - 1]}-{word}")
    return bits


@lru_cache(maxsize=65536)
def _spoken(word: str) -> int:
    """The families of one word, or of two joined by a hyphen; the words of pages are few and recur."""
    return sum(1 << bit for bit, pattern in enumerate(_PATTERNS) if pattern.search(word))
