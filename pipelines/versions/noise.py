"""What changes on a source's pages without anybody editing the article (pure).

Two kinds. Counters name themselves: a short line with a number and a word such as "views" or "minutes ago" is
never compared. The rest is learned from what happened: a paragraph or picture that came or went in several
articles of a source within days is furniture of its pages, and a value that came and went again and again
in one article flaps (urlwatch's `compared_versions`, NewsDiffs' guard against flapping, without a person
setting them). What is learned is forgotten when it has not happened for a while.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from archive.digest import sha256_hex
from archive.rows import FlapRow
from pipelines.fields.notes import is_note

WINDOW = timedelta(days=14)
FURNITURE_ARTICLES = 3  # articles of a source in which a value came or went within the window
FLAPS = 4  # times that a value came or went in one article within the window: twice there and back
MOST_LEARNED = 40  # values of one change; more is another text, not a flap
COUNTER_WORDS = 14  # no longer line is a counter
LABEL_WORDS = 4  # that stand beside a counter: "Updated", "Share this story"
FURNITURE_WORDS = 40  # no longer paragraph is furniture
REFRESH = timedelta(days=1)  # how stale the memory of a noise may be before it is written again

_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*\s?[kKmM]?\b")
_UNITS = (
    r"sec(?:ond)?s?|min(?:ute)?s?|hrs?|hours?|days?|weeks?|months?|sekunden?|minuten?|stunden?|tag(?:en?)?|wochen?"
    r"|monat(?:en?)?|secondes?|heures?|jours?|semaines?|mois|segundos?|minutos?|horas?|días?|dias?|semanas?|meses"
    r"|second[oi]|minut[oi]|or[ea]|giorn[oi]|settiman[ae]|mes[ei]|uur|dagen|weken|maanden|timer|dager|dagar|timmar"
    r"|minutter|minuter|godzin\w*|dni|минут\w*|час\w*|дн\w*|д[еє]н\w*|хвилин\w*|годин\w*|saat|dakika|gün"
)
# "5 minutes ago", "vor 5 Minuten", "il y a 5 minutes", "hace 5 minutos", "5分前".
_RELATIVE = re.compile(
    rf"\d+\+?\s*(?:{_UNITS})\b.{{0,12}}\b(?:ago|fa|atrás|geleden|siden|sedan|temu|назад|тому|önce)\b"
    rf"|\b(?:vor|il y a|hace|há|for)\s+(?:\w+\s+)?\d+\s*(?:{_UNITS})\b"
    r"|\b(?:an?|one) (?:minute|hour|day|week) ago\b|\bjust now\b"
    r"|\d+\s*(?:秒|分|分钟|小时|小時|時間|天|日)前|\d+\s*(?:분|시간|일) ?전",
    re.IGNORECASE,
)
# "1,234 views", "Kommentare (12)".
_COUNTED = (
    r"views?|reads?|shares?|comments?|likes?|reactions?|retweets?"
    r"|aufrufe|kommentare?|leserkommentare|vues?|commentaires?|partages?|lectures|visitas|comentarios?|lecturas"
    r"|commenti|visualizzazioni|condivisioni|visualizações|comentários|reacties|kommentarer|visningar|komentarzy?"
    r"|wyświetleń|просмотр\w*|комментари\w*|yorum|görüntülenme|閲覧|コメント|评论|阅读|댓글|조회"
)
_COUNTER = re.compile(
    rf"\d[\d.,\s]*[kKmM]?\+?\s*(?:{_COUNTED})(?!\w)|(?<!\w)(?:{_COUNTED})\s*[:(]?\s*\d[\d.,]*[kKmM]?\)?",
    re.IGNORECASE,
)
# "3 min read", "Lesezeit: 3 Minuten".
_READ = r"read|lesezeit|de lecture|de lectura|di lettura|de leitura|leestijd"
_TIME = (
    r"lesezeit|reading time|read time|temps de lecture|tiempo de lectura|tempo di lettura|tempo de leitura"
    r"|leestijd"
)
_READING = re.compile(
    rf"\d+[\s-]*min(?:ute)?[snr]?\.?[\s-]*(?:{_READ})\b|(?:{_TIME})\D{{0,12}}\d+\s*\w*", re.IGNORECASE
)
# "Fri, 02 Jan 2015 09:30:40 +0000", "Zuletzt aktualisiert: 2. Januar 2015, 10:55 Uhr": only such words.
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_OF_TIME = (
    frozenset(  # the first letters of months, days, zones, and of "updated on ... at" in some languages
        """
    jan feb fev fév mar mär apr avr abr may mai mag mei jun jui giu jul lug aug aoû ago sep set oct okt
    ott out nov dec dez déc dic mon tue wed thu fri sat sun die mit don fre sam son lun gio gia mer mie
    mié jue vie sáb sab dom vri zat zon woe maa din am pm uhr gmt utc est edt cst cdt mst mdt pst pdt
    bst cet ces ist et pt at on um le il el de den der dal del las alle upd pub pos mod akt zul ver sta
    act mis ult últ agg bij gep a p m z t h
    """.split()  # noqa: SIM905 - a hundred words read better so
    )
)


class Field(StrEnum):
    """What a value that flaps is a value of."""

    PARAGRAPH = "paragraph"
    PICTURE = "picture"
    TITLE = "title"
    BYLINE = "byline"
    DATE = "date"
    CAPTION = "caption"
    WALL = "wall"


# What may be furniture of pages; the rest belongs to its article and can only flap there.
_FURNITURE = frozenset({Field.PARAGRAPH, Field.PICTURE})


@dataclass(frozen=True, slots=True)
class Value:
    """A value that came or went."""

    field: Field
    value: str


def steady(paragraph: str) -> str | None:
    """A paragraph without what changes by itself; None if it is nothing but a counter or the time since.

    A long paragraph stays as it is. In a short sentence only "5 minutes ago" is hidden: "He won by 9 votes."
    is no counter, and a line that comes or goes is a change whatever it tells of.
    """
    if len(paragraph.split()) > COUNTER_WORDS:
        return paragraph
    if _CLOCK.search(paragraph) and all(word[:3] in _OF_TIME for word in _LETTERS.findall(paragraph.lower())):
        return None
    timeless = _RELATIVE.sub(" ~ ", paragraph)
    sentence = paragraph.endswith((".", "!", "?", "。"))
    bare = timeless if sentence else _COUNTER.sub(" ~ ", _READING.sub(" ~ ", timeless))
    if "~" in bare and len(_LETTERS.findall(bare)) <= (LABEL_WORDS // 2 if sentence else LABEL_WORDS):
        return None
    return " ".join(timeless.split())


def is_teaser(paragraph: str) -> bool:
    """Whether a short paragraph trails off, as beginnings of other stories do, which rotate on many pages."""
    return len(paragraph.split()) <= FURNITURE_WORDS and paragraph.endswith(("...", "…"))


def key_of(value: Value, article_id: str) -> str:
    """The key under which changes of a value are counted; of a furniture's numbers, all are one."""
    if value.field is Field.PARAGRAPH:
        return _digest(value.field, _NUMBER.sub("#", value.value))
    if value.field is Field.PICTURE:
        return _digest(value.field, value.value)
    return _digest(value.field, f"{article_id} {value.value}")


def learnable(values: Iterable[Value]) -> tuple[Value, ...]:
    """Those values of a change from which noise may be learned: none of a change of very many."""
    short = [
        value
        for value in values
        if value.field is not Field.PARAGRAPH
        or (len(value.value.split()) <= FURNITURE_WORDS and not is_note(value.value))
    ]
    paragraphs = sum(value.field is Field.PARAGRAPH for value in short)
    if paragraphs > MOST_LEARNED:
        short = [value for value in short if value.field is not Field.PARAGRAPH]
    return tuple(dict.fromkeys(short))


def noisy(
    values: Collection[Value], known: Mapping[str, Sequence[FlapRow]], article_id: str, now: datetime
) -> frozenset[Value]:
    """Which of these values are noise by now.

    Args:
        values: that came or went in this look.
        known: earlier changes by key, of all articles of the source.
        article_id: of the article looked at.
        now: moment of the look.
    """
    return frozenset(
        value
        for value in values
        if _is_noise(value, known.get(key_of(value, article_id), ()), article_id, now)
    )


def counted(
    values: Collection[Value],
    known: Mapping[str, Sequence[FlapRow]],
    article_id: str,
    source: str,
    now: datetime,
) -> tuple[FlapRow, ...]:
    """The rows that remember this look's changes, one a key."""
    rows: dict[str, FlapRow] = {}
    for value in values:
        key = key_of(value, article_id)
        mine = next((row for row in known.get(key, ()) if row.article_id == article_id), None)
        if key in rows:
            continue
        if mine is None or now - mine.last_at > WINDOW:
            mine = FlapRow(
                source=source, key=key, article_id=article_id, changes=0, first_at=now, last_at=now
            )
        rows[key] = replace(mine, changes=mine.changes + 1, last_at=max(now, mine.last_at))
    return tuple(rows.values())


def stale(rows: Iterable[FlapRow], known: Mapping[str, Sequence[FlapRow]]) -> tuple[FlapRow, ...]:
    """Of the rows of a look that was nothing but noise, those worth writing: the memory would fade."""
    newest = {key: max((row.last_at for row in those), default=None) for key, those in known.items()}
    return tuple(
        row for row in rows if (last := newest.get(row.key)) is None or row.last_at - last >= REFRESH
    )


def _is_noise(value: Value, rows: Sequence[FlapRow], article_id: str, now: datetime) -> bool:
    recent = [row for row in rows if now - row.last_at <= WINDOW]
    mine = next((row.changes for row in recent if row.article_id == article_id), 0)
    if value.field in _FURNITURE:
        others = {row.article_id for row in recent} | {article_id}
        if len(others) >= FURNITURE_ARTICLES:
            return True
    # Numbers of one line that rise are news; only what returns to a value flaps.
    masked = value.field is Field.PARAGRAPH and _NUMBER.search(value.value) is not None
    return mine >= FLAPS and not masked


def _digest(field: Field, value: str) -> str:
    return sha256_hex(f"{field}\n{value}".encode("utf-8", "surrogatepass"))[:32]
