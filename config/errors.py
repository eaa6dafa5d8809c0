"""The error tree of the whole house; every error carries the exit status it ends a command with.

DatelineError            1  the archive or a run is not as promised
├── ConfigError          2  wrong usage or configuration
├── ServiceUnreachable   3  a store, database or other service did not answer, or refused us
└── (rooms add their own below these)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

E = TypeVar("E", bound=BaseException)


class DatelineError(Exception):
    """Something is not as promised; the message says what, where, and what to do next."""

    exit_status: ClassVar[int] = 1

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Pickled as it is, not by a call of a class that makes the message of other arguments."""
        return _made_again, (type(self), self.args, self.__dict__)


class ConfigError(DatelineError):
    """Wrong usage or configuration: the message names the file, key, value and what is allowed."""

    exit_status: ClassVar[int] = 2


class ServiceUnreachable(DatelineError):  # noqa: N818 - named for what it says at the prompt
    """A service (store, database) did not answer or refused us; nothing was acknowledged."""

    exit_status: ClassVar[int] = 3


def _made_again(kind: type[E], args: tuple[object, ...], facts: dict[str, Any]) -> E:
    error = kind.__new__(kind, *args)
    error.__dict__.update(facts)
    return error
