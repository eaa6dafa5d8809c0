"""A browser, our two origins, an unprotected copy of replay, and traps where the live web would be.

Chromium is told that every name and every port but ours is a trap (`--host-resolver-rules`), so that whatever
a page asks for outside of its replay is counted where it arrives: at a trap, or at the API.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from operator import ne
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright

from archive.exchange import Exchange
from archive.opening import Archive
from config.settings import WebSettings
from tests.archive.material import exchange
from tests.web.browser_hostile import Trick
from tests.web.browser_servers import FRAME, MARK, PLANT, Counter, Trap, Unprotected, serve_within
from tests.web.visitor import archive_with
from web.app import api_app, replay_app
from web.origins import Origins, replay_path
from web.replay_missing import MISSING

WEB = "/web/20260329120000mp_"
COOKIE, STORED = "planted-cookie", "planted-storage"
QUIET = "networkidle"  # playwright's: half a second without a request
ATTEMPTS, ATTEMPT = 3, 90.0  # seconds
PATIENCE, CLICK = 20_000, 8_000  # milliseconds
# Seconds until a click shows, where it must be caught and where it may lead to nothing; and of rest after it.
CAUGHT_WITHIN, SHOWN_WITHIN, REST = 20.0, 3.0, 0.5
STATE = """async () => JSON.stringify([{...localStorage}, (await indexedDB.databases()).map(d => d.name),
    await caches.keys(), (await navigator.serviceWorker.getRegistrations()).length])"""
AT_ONCE = 8  # pages
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-default-apps"),
    *("--autoplay-policy=no-user-gesture-required", "--webrtc-ip-handling-policy=default"),
)


def browser_path() -> str:
    """The browser that `make browser` finds or installs."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise FileNotFoundError(f"none of {', '.join(NAMES)} is on the PATH: run `make browser`")


def host_of(number: int) -> str:
    return f"n{number}.live.example"


@dataclass(frozen=True)
class Seen:
    """What one visit to one capture did, besides being shown; all is 0 where replay holds.

    Attributes:
        api: requests that arrived at the API, or were sent to it.
        live: connections, requests and packets that arrived in the live web, and requests sent there.
        outside: requests to the replay origin for anything but captures.
        scripts: what scripts said.
        state: cookies set, stored or read, and storage read or written.
        workers: service workers, by the browser's word or by the requests that fetch them.
        left: top-level navigation, windows, dialogs and messages to the page that frames it.
    """

    api: int = 0
    live: int = 0
    outside: int = 0
    scripts: int = 0
    state: int = 0
    workers: int = 0
    left: int = 0

    @property
    def caught(self) -> bool:
        return self != Seen()


Arrived = tuple[int, int, int, int]


@dataclass
class Bed:
    """Everything that runs while captures are opened."""

    browser: Browser
    origins: Origins
    control: str
    api: Counter
    shown: Mapping[str, Counter]  # by origin: replay, and its unprotected copy
    traps: list[Trap]  # by the number of the row; the last is everybody else's

    async def visit(self, number: int, origin: str, *, framed: bool, click: bool) -> Seen:
        """Open one capture, wait until it is quiet, click where it wants to be clicked, and look.

        A busy Chromium now and then never answers a new context again: then another one is tried.
        """
        before = self.arrived(number, origin)  # of all attempts: what the first let out counts
        for _ in range(ATTEMPTS - 1):
            with suppress(TimeoutError):
                async with asyncio.timeout(ATTEMPT):
                    return await self._visited(number, origin, before, framed=framed, click=click)
        async with asyncio.timeout(ATTEMPT):
            return await self._visited(number, origin, before, framed=framed, click=click)

    def arrived(self, number: int, origin: str) -> Arrived:
        """Requests of a row so far: at the API, in its live web, outside of captures, by service workers."""
        host = host_of(number)
        mine = [line for line in self.shown[origin].asked if host in line]
        return (
            sum(host in line for line in self.api.asked),
            len(self.traps[number].asked),
            sum("/web/" not in line for line in mine),
            sum(line.startswith("worker") for line in mine),
        )

    async def _visited(self, number: int, origin: str, before: Arrived, *, framed: bool, click: bool) -> Seen:
        place = f"{origin}{WEB}/http://{host_of(number)}/page"
        context = await self.browser.new_context()
        try:
            keeper = await context.new_page()  # stays open: another page may see what it stores later
            with suppress(Error):  # Chromium gives up the first load of a new context now and then
                await keeper.goto(f"{origin}{PLANT}")
            if not keeper.url.endswith(PLANT):
                await keeper.goto(f"{origin}{PLANT}")
            await context.add_cookies([{"name": "planted", "value": COOKIE, "url": origin}])
            await keeper.evaluate("value => { localStorage.planted = value }", STORED)
            stored = await _stored(keeper)
            visit = _Visit(
                self, number, origin, before, f"{self.origins.api}{FRAME}?{place}" if framed else place
            )
            visit.listen(context)
            await visit.open(await context.new_page(), click=click)
            return replace(visit.seen(), state=visit.read + sum(map(ne, stored, await _stored(keeper))))
        finally:
            await context.close()


async def _stored(keeper: Page) -> tuple[str, str]:
    """The cookies, and all that is stored at an origin."""
    cookies = sorted((each["name"], each["value"]) for each in await keeper.context.cookies())
    return str(cookies), str(await keeper.evaluate(STATE))


_INSIDE = ("data:", "about:", "blob:", "chrome-extension:")  # never leave the browser


class _Visit:
    """Collects what one visit does, by the browser's word and by the servers'."""

    def __init__(self, bed: Bed, number: int, origin: str, before: Arrived, top: str) -> None:
        self._bed, self._number, self._origin, self._top = bed, number, origin, top
        self._before = before
        self._requests: list[str] = []
        self._said: list[str] = []
        self._workers = self._left = self._navigations = 0
        self._clicked = False
        self._stirred = asyncio.Event()  # set by whatever happens
        self.troubles: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._ask(request.url))
        context.on("requestfinished", lambda _: self._stirred.set())
        context.on("console", lambda message: self._hear(message.text))
        context.on("serviceworker", lambda _: self._count("workers"))
        context.on("page", self._opened)

    def _ask(self, url: str) -> None:
        self._requests.append(url)
        self._stirred.set()

    def _hear(self, text: str) -> None:
        self._stirred.set()
        if text.startswith(MARK):
            self._said.append(text)

    def _count(self, what: str) -> None:
        self._stirred.set()
        if what == "workers":
            self._workers += 1
        else:
            self._left += 1

    def _opened(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._ask(socket.url))
        page.on("worker", lambda _: self._said.append("a worker"))
        page.on("dialog", lambda dialog: (self._count("left"), asyncio.ensure_future(dialog.dismiss())))
        page.on("popup", lambda _: self._count("left"))
        page.on(
            "framenavigated", lambda frame: self._navigated(frame.url) if frame == page.main_frame else None
        )

    def _navigated(self, url: str) -> None:
        """The main frame is somewhere: once where it was sent, and once more in the archive after a click."""
        self._stirred.set()
        self._navigations += 1
        inside = url.startswith(f"{self._origin}/web/") or url == self._top
        framed_and_gone = self._top.startswith(self._bed.origins.api) and url != self._top
        allowed = 2 if self._clicked else 1
        if not inside or framed_and_gone or self._navigations > allowed:
            self._left += 1

    async def open(self, page: Page, *, click: bool) -> None:
        await self._quiet(page.goto(self._top, wait_until="load", timeout=PATIENCE))
        await self._quiet(page.wait_for_load_state(QUIET, timeout=PATIENCE))
        if not click:
            return
        for frame in page.frames:
            place_to_click = frame.locator("#go")
            if await place_to_click.count():
                self._clicked = True
                self._stirred.clear()
                await self._quiet(place_to_click.first.click(timeout=CLICK, no_wait_after=True))
                await self._rested()
                await self._quiet(page.wait_for_load_state(QUIET, timeout=PATIENCE))
                return

    async def _rested(self) -> None:
        """Until something came of a click, then nothing more: the page that was clicked is idle already."""
        within = CAUGHT_WITHIN if self._origin == self._bed.control else SHOWN_WITHIN
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE / 1000):
                while await asyncio.wait_for(self._stirred.wait(), within):
                    self._stirred.clear()
                    within = REST

    async def _quiet(self, waiting: Awaitable[object]) -> None:
        """Wait; a page that is saved, that never rests or that went elsewhere is looked at all the same."""
        try:
            await waiting
        except Error as error:
            self.troubles.append(str(error).partition("\n")[0])

    def seen(self) -> Seen:
        api, live, outside, workers = (
            now - then
            for now, then in zip(self._bed.arrived(self._number, self._origin), self._before, strict=True)
        )
        for url in self._requests:
            if url == self._top or url.startswith((f"{self._origin}/web/", *_INSIDE)):
                continue
            if url.startswith(self._bed.origins.api):
                api += 1
            elif url.startswith(self._origin):
                outside += 1
            else:
                live += 1
        return Seen(api, live, outside, len(self._said), workers=self._workers + workers, left=self._left)

    @property
    def read(self) -> int:
        """What scripts told of what was planted."""
        return sum(COOKIE in said or STORED in said for said in self._said)


def filled(trick: Trick, number: int, api: str, udp: int) -> Exchange:
    """The capture of a row, its tokens filled in."""
    host = host_of(number)
    worker = f"{WEB}/http://{host}/sw.js"
    tokens = {"@api@": f"{api}/cdx?url={host}", "@live@": f"http://{host}", "@host@": host}
    tokens |= {"@sw@": worker, "@udp@": str(udp)}

    def fill(text: str) -> str:
        for token, meant in tokens.items():
            text = text.replace(token, meant)
        return text

    body = trick.body
    if isinstance(body, str):
        body = fill(body).encode()
    elif body[:2] == b"\xff\xfe":
        body = fill(body.decode("utf-16-le")).encode("utf-16-le")
    kind = (f"Content-Type: {trick.mime}",) if trick.mime else ()
    headers = tuple(fill(line) for line in (*kind, *trick.headers))
    return exchange(f"http://{host}/page", body, status=trick.status, headers=headers)


def service_worker(number: int) -> Exchange:
    body = f"console.log('{MARK} service worker');onfetch=e=>0"
    kind = ("Content-Type: text/javascript", "Service-Worker-Allowed: /")
    return exchange(f"http://{host_of(number)}/sw.js", body.encode(), headers=kind)


@asynccontextmanager
async def bed(folder: Path, tricks: Sequence[Trick]) -> AsyncIterator[Bed]:
    """Archive the tricks, serve them in both ways, set the traps, and start the browser."""
    async with AsyncExitStack() as stack:
        api_socket, replay_socket, control_socket = (
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)
        )
        ports = [each.getsockname()[1] for each in (api_socket, replay_socket, control_socket)]
        origins = Origins(*(f"http://127.0.0.1:{port}" for port in ports[:2]))
        traps, trap_ports, udp = await _traps(stack, len(tricks) + 1)
        captures = [filled(trick, number, origins.api, udp) for number, trick in enumerate(tricks)]
        captures += [service_worker(number) for number, trick in enumerate(tricks) if "sw" in str(trick.body)]
        archive, _ = archive_with(folder, captures)
        stack.callback(archive.close)
        settings = WebSettings()
        api = Counter(api_app(archive, settings, origins))
        replay = Counter(replay_app(archive, settings, origins))
        control = Counter(Unprotected(archive))
        for app, listening in ((api, api_socket), (replay, replay_socket), (control, control_socket)):
            serve_within(stack, app, listening)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path=browser_path(),
            args=[*FLAGS, _rules(ports, trap_ports)],
            ignore_default_args=["--disable-background-networking"],  # it would hide what preconnects
        )
        stack.push_async_callback(browser.close)
        at = f"http://127.0.0.1:{ports[2]}"
        yield Bed(browser, origins, at, api, {origins.replay: replay, at: control}, traps)


def _rules(ours: Sequence[int], traps: Sequence[int]) -> str:
    """Ours are where they are; each row has its own live web; everything else is the last trap."""
    rules = [f"MAP 127.0.0.1:{port} 127.0.0.1:{port}" for port in ours]
    for number, port in enumerate(traps[:-1]):
        rules += [f"MAP {prefix}{host_of(number)} 127.0.0.1:{port}" for prefix in ("", "*.")]
    return f"--host-resolver-rules={','.join((*rules, f'MAP * 127.0.0.1:{traps[-1]}'))}"


async def _traps(stack: AsyncExitStack, count: int) -> tuple[list[Trap], list[int], int]:
    traps, ports = [Trap() for _ in range(count)], []
    for trap in traps:
        server = await asyncio.start_server(trap.answer, "127.0.0.1", 0)
        stack.callback(server.close)
        ports.append(server.sockets[0].getsockname()[1])
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: traps[-1], ("127.0.0.1", 0))
    stack.callback(transport.close)
    return traps, ports, transport.get_extra_info("sockname")[1]


async def look(archive: Archive, url: str, at: datetime, selector: str, *names: str) -> dict[str, str]:
    """Computed styles of an element of a replayed page, and the style sheets that are said to be missing."""
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        serve_within(
            stack, replay_app(archive, WebSettings(), Origins("http://127.0.0.1:1", address)), listening
        )
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        stack.push_async_callback(browser.close)
        page = await browser.new_page()
        await page.goto(f"{address}{replay_path(url, at)}", wait_until="load")
        element = page.locator(selector)
        styles = await element.evaluate("(e, names) => names.map(n => getComputedStyle(e)[n])", list(names))
        missing = page.locator(f"[{MISSING}]")
        said = [str(await each.get_attribute(MISSING)) for each in await missing.all()]
        return dict(zip(names, styles, strict=True)) | {"missing": " ".join(said)}
