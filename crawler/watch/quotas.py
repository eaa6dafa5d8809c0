"""The alarm that a quota is used up: raised by the run that meets it, over when a run ends within it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping

from archive.catalog import watch
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.commit import Committer
from config.quota import Quota
from crawler.watch.door import AlarmDoor

QUOTA = "quota"
TELL_SECONDS = 20.0

_OF_ONE, _OF_ALL = "quota_", "quota_all_"
_SETTINGS = {
    "night_requests": ("night", "requests"),
    "night_bytes": ("night", "bytes"),
    "month_requests": ("month", "requests"),
    "month_bytes": ("month", "bytes"),
    "storage": ("storage",),
}
_UNTIL = {"night": "until the next day begins", "month": "until the next month begins"}


class QuotaAlarms:
    """The door of one run for its quotas; may be used from any thread.

    Args:
        quotas: of the run's sources by name; `""`: of all together.
        catalog: has the open alarms.
        committer: writes.
        clock: tells when.
    """

    def __init__(
        self, quotas: Mapping[str, Quota], catalog: Catalog, committer: Committer, clock: Clock
    ) -> None:
        self._door, self._quotas = AlarmDoor(), quotas
        self._catalog, self._committer, self._clock = catalog, committer, clock

    def reached(self, source: str, reason: str) -> None:
        """A source's part of the run ends for this reason; other reasons than quotas are none of ours."""
        subject = "" if reason.startswith(_OF_ALL) else source
        path = _SETTINGS.get(reason.removeprefix(_OF_ALL if subject == "" else _OF_ONE))
        if reason.startswith(_OF_ONE) and path is not None:
            self._door.raise_alarm(QUOTA, told(path, self._quotas[subject]), subject=subject)

    async def keep_telling(self) -> None:
        """Write down now and then what was said, until cancelled: nobody is to wait for the end of a run."""
        while True:
            await asyncio.sleep(TELL_SECONDS)
            await asyncio.to_thread(self._settle)

    def close(self, ended: Collection[str], why: Callable[[str], str | None]) -> None:
        """Write down what was said, and that it is over for sources that have `ended` within their quotas.

        Raises what store and catalog raise.
        """
        held = {source: why(source) or "" for source in ended}
        for source, reason in held.items():
            if not reason.startswith(_OF_ONE) or reason.startswith(_OF_ALL):
                self._door.clear_alarm(QUOTA, subject=source, message="it is within its quotas again")
        if held and not any(reason.startswith(_OF_ALL) for reason in held.values()):
            self._door.clear_alarm(QUOTA, message="all are within their quotas again")
        self._settle()

    def _settle(self) -> None:
        self._door.settle(
            lambda: watch.open_alarms(self._catalog), self._committer.commit_rows, self._clock.now()
        )


def told(path: tuple[str, ...], quota: Quota) -> str:
    """What people are told of a setting that is used up."""
    value = quota
    for name in path:
        value = getattr(value, name)
    until = _UNTIL.get(path[0], "until captures expire, or the quota is raised")
    return f"quota.{'.'.join(path)} ({value:,}) is used up: nothing more is fetched {until}"
