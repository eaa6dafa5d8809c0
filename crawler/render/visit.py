"""One page in a browser: its response goes in, what it asks for goes through us, its DOM comes out."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from archive.exchange import Exchange
from config.render import Render
from crawler.render.traffic import Answer, Budget, answer_of, refusal
from pipelines.page import MAX_DECODED

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Page, Route

log = structlog.get_logger()

# (address, what it is for) → the answer, through all guards; None if it cannot be had.
FetchPart = Callable[[str, str], Awaitable[Exchange | None]]

GRACE = 10.0  # seconds to take the DOM of a page that never rests
SETTLED = 0.5  # seconds without a request after which a page is at rest
WIDTH, HEIGHT = 1280, 1600  # of the window, in CSS pixels
TALLEST = 8000  # CSS pixels of a screenshot
LARGEST_PICTURE = 16 << 20  # bytes of a screenshot

_IDLE = "() => new Promise(done => requestIdleCallback(() => done(0), {timeout: 2000}))"
# In a world of its own the page's scripts cannot change what these mean.
_DOM = f"""(() => {{
  const type = document.doctype ? '<!DOCTYPE html>\\n' : '';
  const html = document.documentElement ? document.documentElement.outerHTML : '';
  return html.length > {MAX_DECODED} ? null : type + html;
}})()"""


class TooLargeError(Exception):
    """The page's DOM is larger than a page may be."""


@dataclass  # without slots: Playwright hangs something on the object whose method it calls
class Visit:
    """A page under way. `fault` is what fetching raised that is no fault of the web."""

    exchange: Exchange
    wanted: Render
    fetch: FetchPart
    budget: Budget = field(default_factory=Budget)
    fault: BaseException | None = None
    _document: Answer | None = None
    _open: int = 0
    _quiet_since: float = 0.0

    async def show(self, context: BrowserContext) -> tuple[bytes, bytes | None]:
        """Open the page, wait as the source says, and take DOM and screenshot.

        Raises TimeoutError for a page of which nothing can be had any more, TooLargeError, and Playwright's
        errors if the browser is gone.
        """
        self._document = answer_of(self.exchange, MAX_DECODED)
        page = await context.new_page()
        context.on("page", lambda other: None if other is page else asyncio.ensure_future(_close(other)))
        await context.route("**/*", self._route)
        await context.route_web_socket("**/*", lambda socket: asyncio.ensure_future(socket.close()))
        with suppress(TimeoutError):  # many pages never rest; what they show by then is what there is
            async with asyncio.timeout(self.wanted.timeout):
                await self._open_page(page)
        async with asyncio.timeout(GRACE):
            session = await context.new_cdp_session(page)
            dom = await _dom(session)
        return dom, await self._picture(session) if self.wanted.screenshot else None

    async def _open_page(self, page: Page) -> None:
        from playwright.async_api import Error  # noqa: PLC0415 - the extra need not be installed

        loop = asyncio.get_running_loop()
        self._quiet_since = loop.time()
        with suppress(Error):  # a load that the page itself breaks off still leaves a document, but no "load"
            await page.goto(self.exchange.url, wait_until="commit", timeout=0)
        wait = self.wanted.wait
        if isinstance(wait, str):
            with suppress(Error):  # the page may navigate or never show it
                await page.wait_for_selector(f"css={wait}", state="attached", timeout=0)
        elif wait is not None:
            await asyncio.sleep(wait)
        else:
            with suppress(Error):  # the page may break whatever it is asked with
                await self._rest(page)

    async def _rest(self, page: Page) -> None:
        """Wait until nothing has been asked for in a while, and the page has nothing to do either.

        A busy machine may take longer over a script than a page at rest is quiet, so the page is asked too.
        """
        loop = asyncio.get_running_loop()
        while True:
            left = SETTLED - (loop.time() - self._quiet_since)
            if self._open or left > 0:
                await asyncio.sleep(max(left, SETTLED / 5))
                continue
            before = self._quiet_since
            await page.evaluate(_IDLE)
            if (self._open, self._quiet_since) == (0, before):
                return

    async def _route(self, route: Route) -> None:
        """Answer one request of the page, or refuse it."""
        from playwright.async_api import Error  # noqa: PLC0415 - the extra need not be installed

        loop = asyncio.get_running_loop()
        self._open += 1
        try:
            with suppress(Error):  # the page is closed already
                await self._answer(route)
        except Exception as error:  # noqa: BLE001 - Playwright would only log it; `Renderer` raises it
            self.fault = self.fault or error
        finally:
            self._open -= 1
            self._quiet_since = loop.time()

    async def _answer(self, route: Route) -> None:
        request = route.request
        if request.is_navigation_request():
            document, self._document = self._document, None
            if document is None:  # frames, and wherever a script would lead the page
                await route.abort("aborted")  # any other word would put an error in the page's place
            else:
                await _fulfill(route, document)
            return
        kind, address = request.resource_type, request.url
        why = refusal(kind, request.method, address, self.budget, with_pictures=self.wanted.screenshot)
        answer = None
        if why is None:
            self.budget.requests -= 1
            exchange = await self.fetch(address.partition("#")[0], kind)
            answer = answer_of(exchange, self.budget.bytes) if exchange is not None else None
        if answer is None:
            self.budget.refused += 1
            await route.abort("blockedbyclient")
        else:
            self.budget.bytes -= len(answer.body)
            await _fulfill(route, answer)

    async def _picture(self, session: CDPSession) -> bytes | None:
        """A PNG of the page from its top; None if the browser does not give one in time."""
        from playwright.async_api import Error  # noqa: PLC0415 - the extra need not be installed

        try:
            async with asyncio.timeout(2 * GRACE):
                metrics = await session.send("Page.getLayoutMetrics")
                height = max(1, min(TALLEST, int(metrics["cssContentSize"]["height"])))
                clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
                taken = await session.send(
                    "Page.captureScreenshot", {"format": "png", "clip": clip, "captureBeyondViewport": True}
                )
        except (TimeoutError, Error) as error:
            log.info("no screenshot", url=self.exchange.url, reason=str(error) or "it took too long")
            return None
        picture = base64.b64decode(taken["data"])
        return picture if len(picture) <= LARGEST_PICTURE else None


async def _fulfill(route: Route, answer: Answer) -> None:
    await route.fulfill(status=answer.status, headers=answer.headers, body=answer.body)


async def _dom(session: CDPSession) -> bytes:
    """The document as it stands, read in a world of its own."""
    tree = await session.send("Page.getFrameTree")
    world = await session.send(
        "Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "dateline"}
    )
    said = await session.send(
        "Runtime.evaluate",
        {"contextId": world["executionContextId"], "expression": _DOM, "returnByValue": True},
    )
    text = said["result"].get("value")
    if text is None:
        raise TooLargeError(f"the DOM has more than {MAX_DECODED} characters")
    # Scripts may write halves of characters, which no encoding has.
    return str(text).encode("utf-8", "replace")


async def _close(page: Page) -> None:
    """Windows that a page opens are none of ours."""
    from playwright.async_api import Error  # noqa: PLC0415 - the extra need not be installed

    with suppress(Error):
        await page.close()
