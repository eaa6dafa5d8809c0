"""Work over an archive on all processors of a Ray cluster; Ray itself comes from `crawler.engines.ray`."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, TypeVar

from archive.opening import Archive, open_again
from archive.pools.answer import answered, result_of
from archive.pools.pool import PoolError, name_of
from config.cluster_settings import ClusterSettings
from config.settings import load_settings
from crawler.engines.ray import WORDS, WORKER, connect

T = TypeVar("T")
R = TypeVar("R")

_WAITING = 2  # items for each processor beside the one that it works on
_TRIES = 3  # more, for what was lost with a process or a machine


class RayPool:
    """A `Pool` of the cluster that this machine is part of.

    Each machine opens the archive with its own settings, as its fetchers do.
    """

    def __init__(self, cluster: ClusterSettings, count: int | None = None) -> None:
        """Connect; `count`: how many tasks at a time, None for one a processor.

        Raises ConfigError if Ray is not installed, ServiceUnreachable if the cluster does not answer,
        PoolError if it has no machine for this.
        """
        with redirect_stdout(sys.stderr):  # Ray tells there of machines that it has lost
            self._ray = connect(cluster)
            places = int(self._ray.cluster_resources().get(WORKER, 0))
        if not places:
            self._ray.shutdown()
            raise PoolError(
                f"no machine of the cluster at {cluster.address} takes work over the archive: start "
                "`dateline cluster up` of this release there, or say --workers 1"
            )
        self.size = count or places
        # What fails of itself fails again; what was lost with its machine is done elsewhere.
        options = {"num_cpus": 0, "resources": {WORKER: 1}, "max_retries": _TRIES, "retry_exceptions": False}
        self._remote = self._ray.remote(**options)(_carry_out)
        self._closed = False

    def map(
        self, task: Callable[[Archive, T], R], items: Iterable[T], *, waiting: int | None = None
    ) -> Iterator[R]:
        most = self.size + (_WAITING * self.size if waiting is None else waiting)
        left, ahead = iter(items), deque[tuple[T, Any]]()
        try:
            while True:
                new = islice(left, most - len(ahead))
                ahead.extend((item, self._submit(task, item)) for item in new)
                if not ahead:
                    return
                item, reference = ahead.popleft()
                result: R = result_of(self._answer(task, item, reference))
                yield result
        finally:
            for _, reference in ahead:
                self._ray.cancel(reference)

    def _submit(self, task: Callable[[Archive, T], R], item: T) -> Any:
        if self._closed:
            raise PoolError("the pool of the cluster is closed")
        return self._remote.remote(task, item)

    def _answer(self, task: Callable[[Archive, T], R], item: T, reference: Any) -> bytes:
        try:
            with redirect_stdout(sys.stderr):
                answer: bytes = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            raise PoolError(
                f"{name_of(task, item)} was lost with its process or machine {_TRIES + 1} times: "
                f"{str(error).strip().splitlines()[0]}; look at `dateline cluster status`"
            ) from error
        return answer

    def close(self) -> None:
        """Leave the cluster, which goes on."""
        if not self._closed:
            self._closed = True
            self._ray.shutdown()


def _carry_out(task: Callable[[Archive, T], R], item: T) -> bytes:
    """What the task gives, or what it raises: that is the caller's, and none of Ray's own errors."""
    return answered(lambda: task(_archive(), item))


@cache
def _archive() -> Archive:
    """The archive of this machine's settings, opened once in each of its processes."""
    words = os.environ.get(WORDS, "").splitlines()
    named = dict(pairwise(words)).get("--config")
    return open_again(load_settings(None if named is None else Path(named)))
