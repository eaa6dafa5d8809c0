"""Runs coroutines inside the one reactor that a process can have."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
from scrapy.utils.reactor import install_reactor

from crawler.allocator import use_one_arena

log = structlog.get_logger()
T = TypeVar("T")

# Container objects made, less those that went, before the collector looks at the youngest (CPython: 700).
_COLLECT_AFTER = 10_000


def run_in_reactor(main: Callable[[], Coroutine[Any, Any, T]], *, on_stop: Callable[[], None]) -> T:
    """Run `main` in the asyncio reactor and give back its result, or raise what it raised.

    SIGTERM and the first Ctrl-C call `on_stop`, so that what is in flight ends and is acknowledged; a second
    Ctrl-C ends the process at once. Can be called once in a process: a reactor does not start again.
    """
    use_one_arena()
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor as installed  # noqa: PLC0415 - before, it would install another

    reactor: Any = installed  # its interface is zope's, which type checkers misread

    # What the program consists of lives as long as it does: the collector would look through all of it again
    # and again, which took some hundredths of what a page costs.
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])

    outcome: list[T] = []
    failure: list[BaseException] = []

    async def go() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop_once, loop, number, on_stop)
        try:
            outcome.append(await main())
        except BaseException as error:  # noqa: BLE001 - raised again outside the reactor
            failure.append(error)
        finally:
            reactor.stop()

    reactor.callWhenRunning(lambda: asyncio.ensure_future(go()))
    reactor.run(installSignalHandlers=False)
    if failure:
        raise failure[0]
    return outcome[0]


def _stop_once(loop: asyncio.AbstractEventLoop, number: int, on_stop: Callable[[], None]) -> None:
    loop.remove_signal_handler(number)
    on_stop()
    log.debug("stopping: what is in flight ends", signal=signal.Signals(number).name)
