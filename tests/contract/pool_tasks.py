"""Tasks that the tests give to pools; processes import them from here."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from archive.opening import FORMAT_KEY, Archive
from archive.stores.store import ObjectCollision

BAD = 7


class Unsendable(Exception):  # noqa: N818 - what it is
    """An exception whose class cannot make it again."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")


def look(archive: Archive, number: int) -> tuple[int, int, int]:
    """What came in, which process did it, and the size of an object."""
    return number, os.getpid(), len(archive.store.read(FORMAT_KEY))


def collide(archive: Archive, number: int) -> int:
    del archive
    if number == BAD:
        raise ObjectCollision("a/key", "a store", expected="this", actual="that")
    return number


def fail_strangely(archive: Archive, number: int) -> int:
    del archive, number
    raise Unsendable("one", "another")


def give_what_cannot_be_sent(archive: Archive, number: int) -> object:
    del archive
    return lambda: number


def die(archive: Archive, number: int) -> int:
    del archive
    if number == BAD:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_once(archive: Archive, number: int, *, mark: Path) -> int:
    del archive
    if number == BAD and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number
