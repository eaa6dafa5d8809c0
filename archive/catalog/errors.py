"""Database errors as one clear line with the right exit status, never with a password in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa

from config.errors import DatelineError, ServiceUnreachable

T = TypeVar("T")


class CatalogUnreachable(ServiceUnreachable):
    """The database did not answer or refused us; nothing was acknowledged.

    Attributes:
        cut: the connection was lost under a transaction: a restart of the server looks like this, and a new
            connection may work.
    """

    def __init__(self, message: str, *, cut: bool = False) -> None:
        super().__init__(message)
        self.cut = cut


class CatalogDamagedError(DatelineError):
    """The database is not what we wrote; the bucket can rebuild it."""


class CatalogUnfinished(DatelineError):  # noqa: N818 - named for what it says
    """A rebuild has begun and is not done: what the catalog says is not the truth yet."""


# What the drivers say, and what a person should do about it.
_HINTS = (
    ("password authentication failed", "check user and password in `catalog`"),
    ("no password supplied", "add a password to `catalog` or set PGPASSWORD"),
    ("does not exist", "create the database, or correct its name in `catalog`"),
    ("connection refused", "is PostgreSQL running there?"),
    ("could not translate host name", "check the host in `catalog`"),
    ("failed to resolve host", "check the host in `catalog`"),
    ("unable to open database file", "check that the folder exists and may be written"),
    ("readonly database", "make the file and its folder writable"),
    ("disk is full", "free some space; what was not acknowledged stays in the spool"),
    ("database is locked", "another process has held the writer's lock for too long"),
)
_DAMAGED = ("malformed", "not a database", "disk image")


@contextmanager
def clear_errors(address: str) -> Iterator[None]:
    """Turn driver errors into CatalogUnreachable or CatalogDamagedError, naming the (masked) `address`."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.DatabaseError) as error:
        if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.DataError):
            raise
        said = " ".join(str(error.orig or error).split())
        if any(word in said for word in _DAMAGED):
            raise CatalogDamagedError(
                f"catalog {address} is damaged ({said}); run `dateline rebuild`"
            ) from error
        hint = next((hint for words, hint in _HINTS if words in said.lower()), "see the database's own log")
        raise CatalogUnreachable(
            f"catalog {address} cannot be used: {said}; {hint}", cut=error.connection_invalidated
        ) from error


def once_more_if_cut(transaction: Callable[[], T]) -> T:
    """Run a transaction that may be repeated, and repeat it once if its connection was cut."""
    try:
        return transaction()
    except CatalogUnreachable as error:
        if not error.cut:
            raise
        return transaction()
