"""`filter=[!][=|~]field:text` of the CDX server API, as pywb reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from web.problem import bad_request

FIELDS = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length", "offset", "filename")
_OTHER_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
_MOST_FILTERS = 10
_LONGEST = 200  # characters a filter
_QUANTIFIERS, _CHOICES = 2, 4  # so matching is at worst quadratic in the length of a value, a few times over
_TAME = f"at most {_QUANTIFIERS} of * + ? {{}}, none behind a group, {_CHOICES} of |, no (?...) or \\1"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter, ready to use."""

    field: str
    matches: Callable[[str], bool]
    negated: bool

    def keeps(self, line: Mapping[str, str]) -> bool:
        """Whether a line stays."""
        return self.matches(line.get(self.field, "")) != self.negated


def field_named(name: str) -> str:
    """A field by its name or by one of its other names; raises Problem (400)."""
    field = _OTHER_NAMES.get(name, name)
    if field not in FIELDS:
        raise bad_request(f"field {name[:40]!r} is unknown; allowed: {', '.join((*FIELDS, *_OTHER_NAMES))}")
    return field


def read_filters(texts: list[str]) -> list[Filter]:
    """The filters of a request, all of which must hold; raises Problem (400)."""
    if len(texts) > _MOST_FILTERS:
        raise bad_request(f"{len(texts)} filters; allowed: at most {_MOST_FILTERS}")
    return [_read(text) for text in texts]


def _read(text: str) -> Filter:
    if len(text) > _LONGEST:
        raise bad_request(f"a filter has {len(text)} characters; allowed: at most {_LONGEST}")
    negated = text.startswith("!")
    rest = text.removeprefix("!")
    how = rest[:1] if rest[:1] in {"=", "~"} else ""
    name, colon, wanted = rest.removeprefix(how).partition(":")
    if not colon:
        raise bad_request(f"filter {text!r} names no field; allowed: [!][=|~]field:text, such as =status:200")
    field = field_named(name)
    if how == "~":
        return Filter(field, _regex(wanted), negated)
    if how == "=":
        return Filter(field, lambda value: value == wanted, negated)
    return Filter(field, lambda value: wanted in value, negated)


def _regex(text: str) -> Callable[[str], bool]:
    """A match from the start, of an expression that cannot take for ever."""
    bare = re.sub(r"\\[^0-9]", "_", text)  # what is escaped is no operator
    wild = re.search(r"\)\s*[*+?{]|\(\?|\\[0-9]", bare)
    if wild or len(re.findall(r"[*+?{]", bare)) > _QUANTIFIERS or bare.count("|") > _CHOICES:
        raise bad_request(f"regular expression {text!r} could take too long; allowed: {_TAME}")
    try:
        compiled = re.compile(text)
    except re.error as error:
        raise bad_request(f"regular expression {text!r}: {error}") from error
    return lambda value: compiled.match(value) is not None
