"""The error tree of the whole house; every error carries the exit status it ends a command with.

DatelineError            1  the archive or a run is not as promised
├── ConfigError          2  wrong usage or configuration
├── ServiceUnreachable   3  a store, database or other service did not answer, or refused us
└── (rooms add their own below these)
"""

from __future__ import annotations

from typing import ClassVar


class DatelineError(Exception):
    """Something is not as promised; the message says what, where, and what to do next."""

    exit_status: ClassVar[int] = 1


class ConfigError(DatelineError):
    """Wrong usage or configuration: the message names the file, key, value and what is allowed."""

    exit_status: ClassVar[int] = 2


class ServiceUnreachable(DatelineError):  # noqa: N818 - named for what it says at the prompt
    """A service (store, database) did not answer or refused us; nothing was acknowledged."""

    exit_status: ClassVar[int] = 3
