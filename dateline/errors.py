"""What can go wrong, as types; every message ends with what to do next."""

from __future__ import annotations

from config.errors import DatelineError


class ArchiveError(DatelineError):
    """Any of these.

    Attributes:
        problem: what is wrong.
        next: what to do.
    """

    def __init__(self, problem: str, next_: str) -> None:
        super().__init__(f"{problem}; {next_}")
        self.problem, self.next = problem, next_


class WrongQuestion(ArchiveError):  # noqa: N818 - these are named for what they say
    """A parameter is not allowed; the problem names it and what is."""


class NotArchived(ArchiveError):  # noqa: N818
    """Nothing like that is in the archive, or nothing that may be told of."""


class NotShown(ArchiveError):  # noqa: N818
    """There is something that is not shown: it was taken down, or a rule hides it (HTTP 451)."""


class TokenNeeded(ArchiveError):  # noqa: N818
    """The service asks for a token, or does not know the one that was given."""


class TooOften(ArchiveError):  # noqa: N818
    """The service wants to be asked less often; `seconds` until it answers again."""

    def __init__(self, problem: str, next_: str, seconds: float) -> None:
        super().__init__(problem, next_)
        self.seconds = seconds


class Unreachable(ArchiveError):  # noqa: N818
    """A service did not answer: the archive's over HTTP, its store, or its catalog."""


class NoArchive(ArchiveError):  # noqa: N818
    """There is no archive of ours: not in that place, or not at that address."""


class Failed(ArchiveError):  # noqa: N818
    """The service could not answer, or its answer cannot be read."""
