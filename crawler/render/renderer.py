"""Browsers for one run: started when first needed, one page at a time each, ended when they misbehave."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from archive.clock import Clock
from archive.exchange import Exchange
from config.render import Render
from crawler.render import processes
from crawler.render.chromium import FLAGS, chromium_path, sandboxed
from crawler.render.visit import GRACE, HEIGHT, WIDTH, FetchPart, TooLargeError, Visit
from pipelines.rendering import NotRendered, Rendering

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

log = structlog.get_logger()

BROWSERS = 2
MOST_MEMORY = 1 << 30  # bytes of one browser with all its processes
PAGES_PER_BROWSER = 100  # a fresh one gives back what the libraries keep
_LOOK_SECONDS = 0.25  # between two looks at the memory
_START_SECONDS = 30.0


class Renderer:
    """Shows pages; to be used in one event loop, closed at the end."""

    def __init__(self, user_agent: str, clock: Clock, *, most_memory: int = MOST_MEMORY) -> None:
        self._user_agent, self._clock, self._most_memory = user_agent, clock, most_memory
        self._playwright: Playwright | None = None
        self._starting = asyncio.Lock()
        self._idle: list[_Chromium] = []
        self._room = asyncio.Semaphore(BROWSERS)

    async def render(self, exchange: Exchange, wanted: Render, fetch: FetchPart) -> Rendering | NotRendered:
        """The page of an exchange after its scripts ran.

        Args:
            exchange: what was fetched and is archived; the browser is given this and asks for no document.
            wanted: how the source wants it.
            fetch: asks for what the page needs, through all guards.

        Raises what `fetch` raises that is no fault of the web.
        """
        async with self._room:
            try:
                async with asyncio.timeout(_START_SECONDS):
                    chromium = self._idle.pop() if self._idle else await self._start()
            except Exception as error:  # noqa: BLE001 - Playwright has many, and the page can be read again
                log.error("no browser could be started", error=str(error))  # noqa: TRY400
                return NotRendered("render_crashed")
            visit = Visit(exchange, wanted, fetch)
            try:
                result = await self._shown(chromium, visit)
            except BaseException:
                await chromium.kill()
                raise
            if isinstance(result, NotRendered) or chromium.pages >= PAGES_PER_BROWSER:
                await chromium.kill()
            else:
                self._idle.append(chromium)
            if visit.fault is not None:
                raise visit.fault
            if visit.budget.refused:
                log.debug("parts of a page were refused", url=exchange.url, count=visit.budget.refused)
            return result

    async def _shown(self, chromium: _Chromium, visit: Visit) -> Rendering | NotRendered:
        from playwright.async_api import Error  # noqa: PLC0415 - the extra need not be installed

        watch = asyncio.create_task(chromium.watch(self._most_memory))
        try:
            async with asyncio.timeout(visit.wanted.timeout + 4 * GRACE):
                dom, picture = await chromium.show(visit, self._user_agent)
        except TooLargeError:
            return NotRendered("render_too_large")
        except TimeoutError:
            return NotRendered("render_timeout")
        except Error as error:
            if chromium.grew:
                return NotRendered("render_memory")
            log.info("a page broke its browser", url=visit.exchange.url, error=str(error).partition("\n")[0])
            return NotRendered("render_crashed")
        finally:
            watch.cancel()
        return Rendering(dom, picture, chromium.engine, self._clock.now())

    async def _start(self) -> _Chromium:
        from playwright.async_api import async_playwright  # noqa: PLC0415 - the extra need not be installed

        async with self._starting:
            if self._playwright is None:
                self._playwright = await async_playwright().start()
        word = f"--dateline-render={uuid4().hex}"
        browser = await self._playwright.chromium.launch(
            executable_path=chromium_path(),
            args=[*FLAGS, word],
            chromium_sandbox=sandboxed(),
            handle_sigint=False,  # a run that is asked to stop finishes its pages
            handle_sigterm=False,
            handle_sighup=False,
        )
        return _Chromium(browser, await asyncio.to_thread(processes.process_with, word))

    async def close(self) -> None:
        """End all browsers."""
        for chromium in self._idle:
            await chromium.kill()
        self._idle.clear()
        if self._playwright is not None:
            playwright, self._playwright = self._playwright, None
            with suppress(TimeoutError):  # its process ends with ours at the latest
                async with asyncio.timeout(GRACE):
                    await playwright.stop()


class _Chromium:
    """One browser."""

    def __init__(self, browser: Browser, process: int | None) -> None:
        self._browser, self._process = browser, process
        self.engine = f"Chromium {browser.version}"
        self.pages = 0
        self.grew = False

    async def show(self, visit: Visit, user_agent: str) -> tuple[bytes, bytes | None]:
        """Show a page in a profile of its own, which is thrown away."""
        self.pages += 1
        context = await self._browser.new_context(
            user_agent=user_agent,
            viewport={"width": WIDTH, "height": HEIGHT},
            service_workers="block",
            accept_downloads=False,
        )
        context.set_default_timeout(0)  # the visit has deadlines of its own
        shown = await visit.show(context)
        async with asyncio.timeout(GRACE):
            await context.close()
        return shown

    async def watch(self, most: int) -> None:
        """Kill the browser when it takes more memory than `most` bytes."""
        while self._process is not None:
            await asyncio.sleep(_LOOK_SECONDS)
            if await asyncio.to_thread(processes.memory_of, self._process) > most:
                self.grew = True
                processes.end(self._process)
                return

    async def kill(self) -> None:
        """End it, whatever it is doing."""
        from playwright.async_api import Error  # noqa: PLC0415 - the extra need not be installed

        if self._process is not None:
            processes.end(self._process)
        with suppress(Error, TimeoutError):
            async with asyncio.timeout(GRACE):
                await self._browser.close()
