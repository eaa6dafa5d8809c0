"""The language of searches (pure): words, "phrases", begin*, -not, OR, brackets and field:value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from archive.search.expression import EVERY, AllOf, AnyOf, Expression, Facet, InCluster, Not, Phrase
from archive.search.spans import after, first_of
from archive.search.words import phrase_of
from archive.version import EventKind
from config.errors import ConfigError

LONGEST = 1_000  # characters of a query
MOST_TERMS = 64
DEEPEST = 8  # brackets in brackets
NEW = "new"  # beside the kinds of events: the first version of an article
EVENTS = (NEW, *(str(kind) for kind in EventKind))
HAS = ("picture", "text")
FIELDS = ("source", "lang", "event", "has", "cluster", "title", "since", "until")

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ID = re.compile(r"[0-9a-f]{32}")
_LEXEME = re.compile(
    r"""(?P<open>\() | (?P<close>\)) | (?P<minus>-(?=[^\s)])) | "(?P<quoted>[^"]*)"(?P<star>\*?)
      | (?P<field>[A-Za-z]+):(?:"(?P<named>[^"]*)"|(?P<value>[^\s()"]+)) | (?P<word>[^\s()"]+)""",
    re.VERBOSE,
)


class QueryError(ConfigError):
    """A query that cannot be understood; the message says what is wrong and what is allowed."""


@dataclass(frozen=True, slots=True)
class Query:
    """One search.

    Attributes:
        expression: what a version must match.
        since: captured then or later. until: captured before then.
    """

    expression: Expression
    since: datetime | None = None
    until: datetime | None = None


class _Sign(Enum):
    OPEN = auto()
    CLOSE = auto()
    MINUS = auto()
    OR = auto()


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    value: str


_Lexeme = _Sign | _Named | Phrase


def parse(text: str, filters: Mapping[str, str] | None = None) -> Query:
    """Read a query; `filters` are fields that were given beside it, as `{"source": "example-times"}`.

    Nothing at all means every version. Raises QueryError.
    """
    if len(text) > LONGEST:
        raise QueryError(f"the query has {len(text):,} characters; allowed: {LONGEST:,}")
    written = list(_lexemes(text))
    if text.strip() and not written:
        raise QueryError(f"{text[:40]!r} has no letters or digits that could be searched for")
    given = [_Named(name, value) for name, value in (filters or {}).items()]
    if len(written) > MOST_TERMS:
        raise QueryError(f"the query has {len(written)} parts; allowed: {MOST_TERMS}")
    # What is given beside the query holds for all of it, also for both sides of an OR.
    (rest, spans), (beside, more) = _spans_of(written), _spans_of(given)
    if twice := spans.keys() & more.keys():
        raise QueryError(f"{min(twice)}: stands in the query and beside it; allowed: once")
    since, until = ((spans | more).get(name) for name in ("since", "until"))
    if since and until and since >= until:
        raise QueryError("since: is not before until:; allowed: a span of time with something in it")
    parser = _Parser(rest)
    found = parser.alternatives(0)
    if parser.left:
        raise QueryError("a bracket is closed that was never opened; allowed: ( before each )")
    parts = [*([found] if found else []), *(_field(each) for each in beside if isinstance(each, _Named))]
    return Query(_all(parts) if parts else Facet(EVERY), since, until)


def _lexemes(text: str) -> Iterator[_Lexeme]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _LEXEME.match(text, at)
        if found is None:
            raise QueryError(f'a " has no other one after it: {text[at:][:40]}; allowed: "a phrase"')
        at = found.end()
        match found.lastgroup:
            case "open":
                yield _Sign.OPEN
            case "close":
                yield _Sign.CLOSE
            case "minus":
                yield _Sign.MINUS
            case "word" if found["word"] == "OR":
                yield _Sign.OR
            case "word":
                yield from _word(found["word"])
            case "named" | "value":
                yield _Named(found["field"].lower(), found["named"] or found["value"] or "")
            case _:
                yield _phrase(found["quoted"], begun=bool(found["star"]))


def _word(text: str) -> Iterator[Phrase]:
    if phrase_of(text)[0]:  # a dash between words is none
        yield _phrase(text.removesuffix("*"), begun=text.endswith("*"))


def _phrase(text: str, *, begun: bool = False, title: bool = False) -> Phrase:
    words, half = phrase_of(text)
    if not words:
        raise QueryError(f"{text[:40]!r} has no letters or digits that could be searched for")
    if begun and len(words[-1]) == 1 and words[-1].isascii():
        raise QueryError(f"{text[:40]}*: allowed: a beginning of two letters or more")
    return Phrase(words, begun or half, title)


def _spans_of(lexemes: Sequence[_Lexeme]) -> tuple[list[_Lexeme], dict[str, datetime]]:
    """Take `since:` and `until:` out, which hold for the whole search; the rest, and their moments."""
    found: dict[str, datetime] = {}
    rest: list[_Lexeme] = []
    for n, each in enumerate(lexemes):
        if not (isinstance(each, _Named) and each.name in {"since", "until"}):
            rest.append(each)
            continue
        if n and lexemes[n - 1] in {_Sign.MINUS, _Sign.OR}:
            raise QueryError(f"{each.name}: holds for the whole search; allowed: without - or OR before")
        if each.name in found:
            raise QueryError(f"{each.name}: stands twice; allowed: once")
        try:
            found[each.name] = first_of(each.value) if each.name == "since" else after(each.value)
        except ValueError as error:
            raise QueryError(f"{each.name}: {error}") from None
    return rest, found


def _all(parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


class _Parser:
    """Recursive descent over the parts of one query."""

    def __init__(self, lexemes: list[_Lexeme]) -> None:
        self._lexemes, self._at = lexemes, 0

    @property
    def left(self) -> bool:
        return self._at < len(self._lexemes)

    def alternatives(self, depth: int) -> Expression | None:
        """Parts with OR between them, up to the end or a closing bracket; None if there are none."""
        if depth > DEEPEST:
            raise QueryError(f"brackets stand in brackets; allowed: at most {DEEPEST} deep")
        choices: list[list[Expression]] = [[]]
        while self.left and self._lexemes[self._at] is not _Sign.CLOSE:
            if self._lexemes[self._at] is _Sign.OR:
                self._at += 1
                choices.append([])
            else:
                choices[-1].append(self._part(depth))
        if len(choices) > 1 and not all(choices):
            raise QueryError('OR stands at an end; allowed: one OR another ("or" in quotes is a word)')
        made = [_all(each) for each in choices if each]
        return None if not made else made[0] if len(made) == 1 else AnyOf(tuple(made))

    def _part(self, depth: int) -> Expression:
        lexeme = self._lexemes[self._at]
        self._at += 1
        match lexeme:
            case _Sign.MINUS:
                return Not(self._part(depth)) if self.left else self._refuse_end("-")
            case _Sign.OPEN:
                inside = self.alternatives(depth + 1)
                if not self.left:
                    raise QueryError("a bracket is opened and not closed; allowed: ) after each (")
                self._at += 1
                return inside or self._refuse_end("( )")
            case _Named():
                return _field(lexeme)
            case Phrase():
                return lexeme
        return self._refuse_end(str(lexeme))

    def _refuse_end(self, what: str) -> Expression:
        raise QueryError(f"{what} has nothing behind or in it; allowed: a word, a phrase or a field")


def _field(given: _Named) -> Expression:
    value = given.value.strip()
    match given.name:
        case "title":
            return _phrase(value.removesuffix("*"), begun=value.endswith("*"), title=True)
        case "source":
            return Facet(f"source:{_checked(given, _NAME, 'the name of a source, such as example-times')}")
        case "lang":
            return Facet(f"lang:{_checked(given, _LANGUAGE, 'an ISO 639 code such as de')}")
        case "cluster":
            return InCluster(_checked(given, _ID, "the id of a cluster: 32 hexadecimal digits"))
        case "event":
            return Facet(f"event:{_one_of(given, EVENTS)}")
        case "has":
            return Facet(f"has:{_one_of(given, HAS)}")
    raise QueryError(
        f"field {given.name[:20]!r} is unknown; allowed: {', '.join(FIELDS)} (in quotes, "
        f'"{given.name[:20]}:" is a word like any other)'
    )


def _checked(given: _Named, shape: re.Pattern[str], allowed: str) -> str:
    if not shape.fullmatch(given.value):
        raise QueryError(f"{given.name}:{given.value[:40]!r}; allowed: {allowed}")
    return given.value


def _one_of(given: _Named, allowed: tuple[str, ...]) -> str:
    if given.value not in allowed:
        raise QueryError(f"{given.name}:{given.value[:40]!r}; allowed: {', '.join(allowed)}")
    return given.value
