"""Paragraphs that belong to the page around an article, not to it: told by their words, in any site."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from pipelines.paragraphs import fold, lowered

SENTENCE = 80  # characters; what is so long is no title before "Read more"
SHORT = 200  # characters; furniture is short, and longer paragraphs are never dropped by their words alone
_REPEATED_HEADLINE_WORDS = 3  # a headline of fewer words may well be said again in the text

# A paragraph that ends by inviting to another page: "Talks resume in Vienna Read more".
_ENDS = re.compile(
    r"(?:(?<=\s)|^)(?:read (?:more|the full (?:story|article)|next)|continue reading|keep reading|see more"
    r"|learn more"
    r"|click here(?: to read more)?|mehr lesen|weiterlesen|mehr dazu|lire (?:la suite|plus|aussi)|leer más"
    r"|sigue leyendo"
    r"|leggi (?:anche|tutto|di più)|lees (?:meer|verder|ook)|läs (?:mer|också)|les (?:mer|også)"
    r"|læs (?:mere|også)|leia mais"
    r"|saiba mais|czytaj (?:dalej|więcej|także)|читать далее|читайте также|baca juga"
    r"|続きを読む|더보기|阅读更多)"
    r"\s*[.…»›>→:]*\s*$",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    r"\s*(?:read more|continue reading|read the full (?:story|article))\s*[.…»›>→]*\s*", re.IGNORECASE
)
# The last letters of all of these: most paragraphs need no pattern.
_LAST_WORDS = (
    "more", "story", "article", "next", "reading", "here", "read", "lesen", "dazu", "suite", "plus", "aussi",
    "más", "leyendo", "anche", "tutto", "più", "meer", "verder", "ook", "mer", "också", "også", "mere",
    "mais", "dalej", "więcej", "także", "далее", "также", "juga", "続きを読む", "더보기", "阅读更多",
)  # fmt: skip
_LONGEST_WORD = 12  # letters
_SIGNS = ".…»›>→:"  # that may follow them
INITIALS = frozenset("rRcC")  # of every invitation
# A paragraph that begins by pointing elsewhere: "Read more: Talks resume in Vienna".
_BEGINS = re.compile(
    r"^[\s>»→*▶►•-]*(?:read (?:more|also|next|the full \w+)|also read|see also|related(?: (?:articles?"
    r"|stor(?:y|ies)|posts?|news))?"
    r"|more on this(?: story)?|recommended|lesen sie auch|mehr zum thema|lire aussi|à lire aussi"
    r"|lea también|te puede interesar"
    r"|leggi anche|lees ook|läs också|les også|læs også|leia também|czytaj też|zobacz też|читайте также"
    r"|baca juga"
    r"|mehr zum thema|auch interessant|don[’']t miss|must read|watch(?: now| more)?"
    r"|listen(?: now)?)\s*[:：>»→|-]+\s*\S",
    re.IGNORECASE,
)
# The whole paragraph is a control, a heading of a box, or a prompt.
_WHOLE = re.compile(
    r"(?:leave|post|write|add|submit) (?:a|your) (?:comment|reply)s?|comments?(?: \(?\d+\)?)?|(?:\d+"
    r"|no) comments?(?: yet)?"
    r"|(?:view|show|see|join|read) (?:the |all )?(?:\d+ )?(?:comments?|conversation)|comments are closed"
    r"|advertisements?|adverti[sz]ing|sponsored(?: content| by .{1,40})?"
    r"|story continues below(?: advertisement)?"
    r"|article continues (?:below|after) (?:this )?ad(?:vertisement)?|continue reading|read more|read next"
    r"|see also"
    r"|share(?: (?:this|on .{2,20}|via .{2,20}|with .{2,20}))?(?: (?:article|story|post|page))?|tweet"
    r"|print(?: this)?|e-?mail this"
    r"|copy link|save(?: this)?(?: article| story)?|follow us(?: on .{2,60})?|related(?: (?:articles?"
    r"|stor(?:y|ies)|posts?|news|topics|content))?"
    r"|most (?:read|popular|viewed)|more (?:from|on) .{2,40}|recommended(?: for you)?|you (?:may"
    r"|might) (?:also )?like(?: this)?|trending(?: now)?"
    r"|loading|skip to (?:main )?content|back to top|top|sign in|log ?in|subscribe(?: now)?"
    r"|sign up(?: now)?|register(?: now)?"
    r"|all rights reserved|©.{0,80}all rights reserved"
    r"|don[’']t miss|most (?:read|popular|viewed) in .{2,30}|also read|read also|up next|watch|listen"
    r"|share this:?"
    r"|auch interessant|das könnte sie auch interessieren|passer la publicité|おすすめ情報|anzeige|werbung"
    r"|kommentare?(?: \d+)?|kommentar (?:schreiben|verfassen)|teilen|mehr zum thema|lesen sie auch"
    r"|weiterlesen"
    r"|publicité|commentaires?(?: \d+)?|laisser un commentaire|partager|lire aussi|à lire aussi"
    r"|la suite après cette publicité"
    r"|publicidad|comentarios?|deja (?:un comentario|una respuesta)|compartir|pubblicità|commenti"
    r"|condividi|lascia un commento"
    r"|advertentie|reacties|annonse|annons|reklame|reklama|реклама|комментарии|поделиться|publicidade"
    r"|deixe um comentário"
    r"|広告|コメント|関連記事|광고|댓글|관련기사|广告|评论",
    re.IGNORECASE,
)
# Asking for an address or money.
_PROMPT = re.compile(
    r"(?:sign up|subscribe|register) (?:here |now |today |free |for free )*(?:to|for|and) (?:our|the|your"
    r"|receive|get|daily|weekly|a free)"
    r"\b.{0,120}(?:newsletters?|e-?mails?|inbox|alerts?|bulletin|briefing|updates)"
    r"|(?:get|receive) .{0,80}(?:newsletter|(?:delivered |sent )?(?:straight |directly )?(?:to"
    r"|in) your inbox)"
    r"|(?:join|follow) (?:our|us on) .{0,40}(?:whatsapp|telegram|facebook|twitter|instagram|channel)"
    r"|enter your e-?mail(?: address)?|your e-?mail address will not be published|required fields are marked"
    r"|(?:please )?enable javascript|by (?:signing up|subscribing|clicking).{0,60}(?:agree|terms)"
    r"|(?:melden sie sich|jetzt) .{0,60}newsletter|newsletter (?:abonnieren|bestellen)"
    r"|abonnieren sie .{0,60}newsletter"
    r"|inscrivez-vous .{0,60}newsletter|recevez .{0,80}(?:newsletter|boîte mail)"
    r"|suscríbete .{0,60}(?:newsletter|boletín)"
    r"|iscriviti .{0,60}newsletter|support (?:our|independent) journalism",
    re.IGNORECASE,
)
_AROUND = " \t.:!…»›>→*|-–—[]()"
_QUOTES = "“„«\"'‘「"


def is_furniture(paragraph: str) -> bool:
    """Whether a paragraph, by its words alone, belongs to the page and not to the article.

    Quoted speech is never taken for it.
    """
    if len(paragraph) > SHORT or paragraph[:1] in _QUOTES:
        return False
    bare = paragraph.strip(_AROUND)
    return bool(
        _WHOLE.fullmatch(bare) or _invites(paragraph) or _BEGINS.match(paragraph) or _PROMPT.match(bare)
    )


def is_control(paragraph: str) -> bool:
    """Whether a paragraph, by its words alone, is a control, the heading of a box, or a prompt.

    Those that point to another page are not: somebody may have written them.
    """
    bare = paragraph.strip(_AROUND)
    return len(paragraph) <= SHORT and bool(_WHOLE.fullmatch(bare) or _PROMPT.match(bare))


def is_invitation(text: str) -> bool:
    """Whether a text is nothing but "Read more" and the like."""
    return bool(_INVITATION.fullmatch(text))


def _invites(paragraph: str) -> bool:
    """Whether it ends in "Read more" and the like as a control, not as the end of a sentence."""
    said = paragraph.rstrip().rstrip(_SIGNS).rstrip()
    if not lowered(said[-_LONGEST_WORD:]).endswith(_LAST_WORDS):
        return False
    match = _ENDS.search(paragraph)
    if match is None:
        return False
    control = match[0]
    before = paragraph[: match.start()].rstrip()
    return not control[0].islower() or not before or before[-1] in ".…!?:|–—-" or control[-1] in "…»›>→:"


def without_furniture(
    paragraphs: Sequence[str],
    headline: str | None,
    captions: AbstractSet[str],
    links: AbstractSet[str],
    sure: AbstractSet[str] = frozenset(),
) -> list[str]:
    """The paragraphs that are the article's: no furniture, no captions, and the headline not said again.

    Args:
        paragraphs: in order.
        headline: the article's; None if it has none.
        captions: folded texts that stand on the article's pictures.
        links: folded texts of the page's links: the title before a lone "Read more" is one of them.
        sure: paragraphs that stand where a site has nothing but text: a sentence among them that goes on to
            invite ("... in spring. Read more") is the article's own.
    """
    heading = fold(headline or "")
    anywhere = len(heading.split()) >= _REPEATED_HEADLINE_WORDS or not heading.isascii()
    kept: list[str] = []
    for paragraph in paragraphs:
        folded = fold(paragraph)
        repeated = heading and folded == heading and (anywhere or not kept)
        if is_invitation(paragraph) and kept and _is_teaser(kept[-1], links):
            kept.pop()
        own = paragraph in sure and len(paragraph) >= SENTENCE and not is_control(paragraph)
        if not repeated and folded not in captions and (own or not is_furniture(paragraph)):
            kept.append(paragraph)
    return kept


def _is_teaser(paragraph: str, links: AbstractSet[str]) -> bool:
    """Whether the paragraph before a lone "Read more" is the title of what it invites to."""
    return fold(paragraph) in links or (len(paragraph) <= SHORT and paragraph[-1] not in ".!?…:;”\"»’'。")
