"""What a task gave or raised arrives as it was, also errors whose classes make their message themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from archive.pools.answer import answered, result_of
from archive.stores.store import ObjectCollision, ObjectLocked, ObjectNotFound, StoreUnreachable
from config.problems import ConfigProblems, Problem


class Unmakeable(Exception):  # noqa: N818 - what it is
    """Its class cannot make it again from its message."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first}, {second}")


def fail(error: Exception) -> None:
    raise error


def test_a_result_arrives() -> None:
    assert result_of(answered(lambda: {"a": (1, b"2")})) == {"a": (1, b"2")}


@pytest.mark.parametrize(
    "error",
    [
        ObjectNotFound("a/key", "file:///store"),
        ObjectCollision("a/key", "file:///store", expected="this", actual="that"),
        ObjectLocked("a/key", "file:///store", datetime(2026, 3, 29, tzinfo=UTC)),
        StoreUnreachable("it does not answer"),
        ConfigProblems([Problem("wrong", key="store")]),
        KeyError("key"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_arrives_as_it_was(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        result_of(answered(partial(fail, error)))
    assert (str(caught.value), vars(caught.value)) == (str(error), vars(error))


def test_what_cannot_be_made_again_says_what_it_was() -> None:
    with pytest.raises(RuntimeError, match="Unmakeable: one, two"):
        result_of(answered(partial(fail, Unmakeable("one", "two"))))
    with pytest.raises(Exception, match=r"pickle|local object"):
        result_of(answered(lambda: lambda: None))
