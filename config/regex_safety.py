r"""Tells whether a regular expression can backtrack without bound on a hostile URL.

Python's `re` tries every way to split a text between repeats. When a repeat stands inside a repeat and one
text can be split between their rounds in several ways, as in `(a+)+$`, the ways double with every
character (https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS). A repeated
group is let through only if its rounds can be told apart:

- it has a fixed length (`(?:\d\d)+`), or
- it holds one repeat, and one character beside it that nothing else in the group matches
  (`(?:[a-z-]+/)+`), or
- it is a choice between fixed texts that start differently (`(?:ab|cd)+`).

Everything else inside a repeat is refused, as are more than two repeats of "any character": each of them
multiplies the time by the length of the URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# The parser of `re` itself, so that we judge exactly what will run; it is private but stable since 3.11.
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

LONGEST_PATTERN = 500
MOST_WILDCARDS = 2

_ASCII = 128  # all other characters count as one more
_EVERYTHING = frozenset(range(_ASCII + 1))
_REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}
_SINGLE = {sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN}
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}

Items = Sequence[tuple[Any, Any]]


def why_unsafe(pattern: str) -> str | None:
    """Why `pattern` could take endless time, or None if it can't.

    Raises:
        re.error: it is no regular expression.
    """
    if len(pattern) > LONGEST_PATTERN:
        return f"is longer than {LONGEST_PATTERN} characters"
    try:
        items = list(_parser.parse(pattern))
        re.compile(pattern)  # finds what the parser alone does not, such as look-behinds of no fixed width
    except RecursionError:
        return "is nested too deep"
    if any(not _rounds_are_distinct(list(body)) for body in _repeated_groups(items)):
        return "repeats a group that can match the same text in several ways (catastrophic backtracking)"
    if sum(_is_wildcard(body) for body in _open_repeats(items)) > MOST_WILDCARDS:
        return f"has more than {MOST_WILDCARDS} repeats of any character, such as .*"
    return None


def _inner(op: Any, argument: Any) -> list[Items]:
    """The sequences directly inside one item."""
    bodies: Iterable[Any] = ()
    if op in _REPEATS:
        bodies = [argument[2]]
    elif op is sre.SUBPATTERN:
        bodies = [argument[3]]
    elif op in {sre.ASSERT, sre.ASSERT_NOT}:
        bodies = [argument[1]]
    elif op is sre.ATOMIC_GROUP:
        bodies = [argument]
    elif op is sre.BRANCH:
        bodies = argument[1]
    elif op is sre.GROUPREF_EXISTS:
        bodies = [branch for branch in argument[1:] if branch is not None]
    return [list(body) for body in bodies]


def _walk(items: Items) -> Iterable[tuple[Any, Any]]:
    for op, argument in items:
        yield op, argument
        for inner in _inner(op, argument):
            yield from _walk(inner)


def _repeated_groups(items: Items) -> Iterable[Items]:
    """Bodies that can run more than once and are more than one character long."""
    for op, argument in _walk(items):
        if op in _REPEATS and argument[1] > 1 and not _is_single(argument[2]):
            yield list(argument[2])


def _open_repeats(items: Items) -> Iterable[Items]:
    """Bodies of the repeats without an upper bound."""
    for op, argument in _walk(items):
        if op in _REPEATS and argument[1] is sre.MAXREPEAT:
            yield list(argument[2])


def _is_single(body: Items) -> bool:
    return len(body) == 1 and body[0][0] in _SINGLE


def _is_wildcard(body: Items) -> bool:
    """Whether one round of `body` matches (nearly) any character, `/` included."""
    return _is_single(body) and {ord(mark) for mark in "/-a0"} <= _characters(*body[0])


def _rounds_are_distinct(body: Items) -> bool:
    """Whether a repeated `body` can divide a text into its rounds in one way only."""
    flat = _flatten(body)
    if all(op in _SINGLE or op is sre.AT for op, _ in flat):
        return True
    if len(flat) == 1 and flat[0][0] is sre.BRANCH:
        return _starts_differ([_flatten(list(branch)) for branch in flat[0][1][1]])
    repeats = [(op, argument) for op, argument in flat if op in _REPEATS]
    others = [(op, argument) for op, argument in flat if op not in _REPEATS]
    if len(repeats) != 1 or any(op not in _SINGLE for op, _ in others) or not others:
        return False
    repeated = list(repeats[0][1][2])
    if not _is_single(repeated):
        return False
    sets = [_characters(*repeated[0]), *(_characters(op, argument) for op, argument in others)]
    return any(all(not mark & other for other in sets if other is not mark) for mark in sets[1:])


def _flatten(body: Items) -> Items:
    """`body` without its groups' brackets."""
    flat: list[tuple[Any, Any]] = []
    for op, argument in body:
        flat.extend(_flatten(list(argument[3])) if op is sre.SUBPATTERN else [(op, argument)])
    return flat


def _starts_differ(branches: list[Items]) -> bool:
    """Whether all branches are fixed texts and no two can start with the same character."""
    seen: set[int] = set()
    for branch in branches:
        if not branch or any(op not in _SINGLE for op, _ in branch):
            return False
        first = _characters(*branch[0])
        if seen & first:
            return False
        seen |= first
    return True


def _characters(op: Any, argument: Any) -> frozenset[int]:
    """The ASCII characters (and one for all others) that a single-character item can match, in any case."""
    if op is sre.LITERAL:
        found = {min(argument, _ASCII)}
    elif op is sre.NOT_LITERAL:
        found = set(_EVERYTHING - {argument})
    elif op is sre.ANY:
        found = set(_EVERYTHING)
    else:
        found = set()
        for kind, detail in argument:
            if kind is sre.LITERAL:
                found.add(min(detail, _ASCII))
            elif kind is sre.RANGE:
                found.update(min(point, _ASCII) for point in range(detail[0], min(detail[1], _ASCII) + 1))
            elif kind is sre.CATEGORY:
                test = re.compile(_CATEGORIES[detail])
                found.update(point for point in range(_ASCII) if test.match(chr(point)))
                found.add(_ASCII)
        if argument[0][0] is sre.NEGATE:
            found = set(_EVERYTHING - found) | {_ASCII}
    return frozenset(found | {ord(chr(point).swapcase()) for point in found if point < _ASCII})
