"""What is wrong in a file or a variable, as data and as one line to read; the errors that carry it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticCustomError

from config.errors import ConfigError

Loc = tuple[str | int, ...]

REFUSED = "refused"  # the pydantic error type of everything that we refuse ourselves

_LONGEST_VALUE = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the configuration.

    Attributes:
        file: the YAML file; None if an environment variable (or nothing that was written) is to blame.
        line: line in the file, from 1; None where no line is to blame.
        variable: name of the environment variable, in place of file and line.
        key: dotted key such as `discover.feeds[0]`; empty for the file as a whole.
        value: what stood there, as shown (secrets masked, long text cut); None if nothing did.
        message: what is wrong.
        allowed: what would be right; empty if the message says it all.
        suggestion: the value or key that was probably meant; None without a good guess.
    """

    message: str
    file: Path | None = None
    line: int | None = None
    variable: str | None = None
    key: str = ""
    value: str | None = None
    allowed: str = ""
    suggestion: str | None = None

    def __str__(self) -> str:
        parts = [part for part in (self.where, self.key) if part]
        if self.value is not None:
            parts.append(f"value {self.value}")
        text = ": ".join([*parts, self.message])
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.suggestion is not None:
            text += f"; did you mean {self.suggestion}?"
        return text

    @property
    def where(self) -> str:
        """`path:line`, the path alone, or the name of the variable."""
        if self.variable is not None:
            return self.variable
        if self.file is None:
            return ""
        return str(self.file) if self.line is None else f"{self.file}:{self.line}"


class ConfigProblems(ConfigError):  # noqa: N818 - it holds many
    """Everything that is wrong in what was read, in one error: a line for each problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def refuse(
    what: str, *, allowed: str = "", suggestion: str | None = None, at: Loc = ()
) -> PydanticCustomError:
    """The error (a ValueError) that a validator raises, with what a `Problem` needs.

    Args:
        what: what is wrong with the value.
        allowed: what would be right.
        suggestion: the value that was probably meant, as it should be typed.
        at: path below the validated value if only a part of it is to blame.
    """
    context = {"what": what, "allowed": allowed, "suggestion": suggestion, "at": at}
    return PydanticCustomError(REFUSED, "{what}", context)


def closest(word: str, candidates: Sequence[str]) -> str | None:
    """The candidate that `word` is probably a misspelling of, whatever its case."""
    folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    found = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def dotted(loc: Loc) -> str:
    """`('discover', 'feeds', 0)` as `discover.feeds[0]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")


def shown(value: object) -> str:
    """A value as a message shows it: quoted text, escaped control characters, collections only named."""
    if isinstance(value, str):
        cut = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
        return repr(cut)
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing" if value is None else str(value)[:_LONGEST_VALUE]
