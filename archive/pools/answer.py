"""What became of a task, as bytes from the process that did it to the one that waits."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class _Answer:
    result: Any = None
    error: Exception | None = None


def answered(work: Callable[[], object]) -> bytes:
    """Do the work; the bytes say what it gave or what it raised, also where that cannot be pickled."""
    try:
        return pickle.dumps(_Answer(work()))
    except Exception as error:  # noqa: BLE001 - raised again where the result is waited for
        return pickle.dumps(_Answer(error=_portable(error)))


def result_of(answer: bytes) -> Any:
    """What the work gave; raises what it raised."""
    told: _Answer = pickle.loads(answer)  # noqa: S301 - from a process of ours
    if told.error is not None:
        raise told.error
    return told.result


def _portable(error: Exception) -> Exception:
    """The error itself, or in its place what it says if it cannot be made again at the other end."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever its class raises
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
