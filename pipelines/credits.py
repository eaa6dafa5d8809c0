"""The credit in a picture's caption: who made the picture, split from what it shows."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re

from pipelines.paragraphs import squeeze

MAX_CREDIT_LINE = 90  # characters of a line that is a credit as a whole
MAX_PLAIN = 300  # characters of a plain paragraph that is taken for a caption

_AGENCY = (
    r"(?:getty(?: images)?|afp|reuters|ap(?: photo)?|associated press|epa(?:-efe)?|dpa|apa|efe|ansa"
    r"|imago(?: images)?|alamy"
    r"|shutterstock|istock|xinhua|yonhap|kyodo|jiji|keystone|scanpix|ntb|tt|ritzau|belga|anp|pap|lusa|tass"
    r"|tass|bloomberg"
    r"|pa(?: wire| media)?|wikimedia(?: commons)?|unsplash|flickr|picture alliance|zuma(?: press)?"
    r"|sipa(?: usa)?|rex|upi)"
)
_LABEL = (
    r"(?:(?:image|photo(?:graph|graphy|grapher)?|picture|pic|illustration|graphic|screenshot"
    r"|video)s?(?:[ /](?:credits?|source|courtesy))?"
    r"|(?:photo|image|picture)s? (?:courtesy(?: of)?|by|from|via)|photograph(?:ed)? by|illustration by"
    r"|courtesy(?: of)?|credits?|source"
    r"|fotos?|bild(?:er|quelle|nachweis)?|quelle|grafik|fotocredit|copyright|crédits?(?: photos?)?"
    r"|photo d['’]illustration|image d['’]illustration"
    r"|fuente|crédito|fotografía|imagen|fonte|imagem|foto di|fot\.?|zdjęcie|źródło|kuva|billede|bilde|фото"
    r"|источник"
    r"|写真|撮影|提供|사진|출처|图片来源|图|圖)"
)
# A label begins a sentence or a bracket: "the photo by the door" is none.
_START = r"(?:[(\[]\s*|(?:^|(?<=[\s.;,|/–—„“”\"'’!?。]))(?=[^a-z]))"
_UPPER = r"(?=[^a-zß-ÿ\W])"
_WITH_BY = (
    r"(?i:photo(?:graph(?:ed|y)?)?s?|images?|picture|illustration|foto|bild) (?:by|By|BY|von|di|de|par|av) "
)
_CREDIT_TAILS = (
    re.compile(rf"{_START}{_WITH_BY}{_UPPER}(?P<name>[^:]{{2,100}}?)[)\]]*\.?$"),
    re.compile(rf"{_START}(?i:{_LABEL})\s*[:：=＝]\s*(?P<name>[^\s:]+(?:\s+[^\s:]+){{0,9}}?)[)\]]*\.?$"),
    re.compile(r"[\s|(\[]*(?:©|\(c\)|copyright)\s*(?P<name>[^©]{2,100}?)[)\]]*\.?$", re.IGNORECASE),
    re.compile(rf"\s*[(\[](?P<name>[^()\[\]]{{0,60}}\b{_AGENCY}\b[^()\[\]]{{0,60}})[)\]]\.?$", re.IGNORECASE),
    re.compile(rf"(?<=[.!?”\"’»])\s*(?P<name>[^.!?]{{0,70}}\b{_AGENCY})\.?$", re.IGNORECASE),
    re.compile(r"\s*\((?:photo|image|picture|foto|bild)s?\s+(?P<name>[^()]{2,80})\)\.?$", re.IGNORECASE),
)
# A label with a colon, or a photographer named: what makes a plain paragraph a caption beyond doubt.
_CERTAIN = _CREDIT_TAILS[:3]
_BARE_AGENCIES = re.compile(
    rf"(?:[^.:!?]{{0,40}}[\s/,|])?{_AGENCY}(?:[\s/,|]+[^.:!?]{{0,40}})?", re.IGNORECASE
)
_LEADING = re.compile(rf"^[(\[]?(?:{_LABEL}\s*(?:[:：]|\.\.\.|…)\s*)+", re.IGNORECASE)
_LEFT_OVER = re.compile(rf"{_START}(?i:{_LABEL})\s*[:：]?\s*$")


def split_credit(text: str) -> tuple[str | None, str | None]:
    """(caption, credit) of a caption's text: "The harbour at dawn. Photo: A. Smith/AFP" → its two parts."""
    text = squeeze(text)
    for pattern in _CREDIT_TAILS:
        if match := pattern.search(text):
            caption = text[: match.start()].rstrip(" |–—-(;,/")
            return caption or None, credit_name(match["name"])
    return text or None, None


def without_label(caption: str) -> str | None:
    """What is left of a caption whose credit was taken out: no label ("Photo:") and no sign before it."""
    text = _LEFT_OVER.sub("", squeeze(caption)) if caption.rstrip()[-1:] in ":：" else squeeze(caption)
    return re.sub(r"[(\[]\s*[)\]]", "", text).rstrip(" |–—-(/[") or None


def is_credited(text: str) -> bool:
    """Whether a plain paragraph is a caption beyond doubt: short, and ending in a labelled credit."""
    return len(text) <= MAX_PLAIN and text[:1] not in '“„«"' and any(p.search(text) for p in _CERTAIN)


def is_credit(text: str) -> bool:
    """Whether a line is nothing but a credit: labelled ("Photo: A. Smith"), or the name of an agency."""
    return len(text) <= MAX_CREDIT_LINE and bool(
        split_credit(text)[0] is None or _BARE_AGENCIES.fullmatch(text.strip(" ()[]©"))
    )


def credit_name(text: str | None) -> str | None:
    """The name in a credit: no label ("Photo:"), no brackets, no ©; None if nothing is left."""
    return _LEADING.sub("", squeeze(text or "")).strip(" .,;:|–—-()[]©/") or None
