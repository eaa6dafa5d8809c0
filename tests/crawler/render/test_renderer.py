"""The browser under hostile pages: it reaches nothing but by us, ends in time, and the next page is shown."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from archive.clock import SystemClock
from archive.exchange import Exchange
from config.render import Render
from config.settings import NetworkSettings
from crawler.fetch.client import HttpClient
from crawler.fetch.errors import FetchError
from crawler.fetch.request import FetchRequest
from crawler.render.renderer import Renderer
from crawler.render.traffic import MOST_REQUESTS
from pipelines.rendering import NotRendered, Rendering

PAGE = "http://shell.example/2026/03/page"
AT = datetime(2026, 3, 20, 2, tzinfo=UTC)
SOON = Render(timeout=60.0)  # what ends by itself does so sooner


def page(body: str, *headers: str, url: str = PAGE) -> Exchange:
    lines = ("HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", *headers, "", "")
    return Exchange(url, AT, b"", "\r\n".join(lines).encode(), 200, body.encode())


@dataclass
class Trap(asyncio.DatagramProtocol):
    """Whatever arrives here has come out of the browser."""

    arrived: list[str] = field(default_factory=list)

    async def answer(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.arrived.append("connection")
        writer.close()

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - asyncio's names
        self.arrived.append(f"packet of {len(data)} bytes")


@asynccontextmanager
async def trapped() -> AsyncIterator[tuple[Trap, int, int]]:
    """A trap with a TCP port (on both families where there are both) and a UDP port of this machine."""
    trap = Trap()
    server = await asyncio.start_server(trap.answer, "0.0.0.0", 0)
    port = server.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: trap, ("0.0.0.0", 0))
    try:
        yield trap, port, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()
        server.close()
        await server.wait_closed()


async def nothing(_url: str, _kind: str) -> Exchange | None:
    return None


def through_the_guards(
    client: HttpClient, asked: list[str]
) -> Callable[[str, str], Awaitable[Exchange | None]]:
    """Parts as the crawl fetches them: by our client, for a source that may reach public addresses only."""

    async def fetch(url: str, _kind: str) -> Exchange | None:
        asked.append(url)
        try:
            return await client.fetch(FetchRequest(url, max_bytes=1 << 20))
        except FetchError:
            return None

    return fetch


def shown(
    *pages: tuple[Exchange, Render],
    fetch: Callable[[str, str], Awaitable[Exchange | None]] = nothing,
    memory: int = 1 << 30,
) -> list[Rendering | NotRendered]:
    """What becomes of these pages, one after the other in one renderer."""

    async def show() -> list[Rendering | NotRendered]:
        renderer = Renderer("Dateline/0 (+https://example.org/)", SystemClock(), most_memory=memory)
        try:
            return [await renderer.render(exchange, wanted, fetch) for exchange, wanted in pages]
        finally:
            await renderer.close()

    return asyncio.run(show())


# What a script does to get at an address; @ is the address without its scheme, UDP the trap's other port.
TRICKS = """
const hosts = ['127.0.0.1:PORT', 'localhost:PORT', '[::1]:PORT', '0.0.0.0:PORT', '2130706433:PORT',
  '[::ffff:127.0.0.1]:PORT', '169.254.169.254'];
const make = (tag, set) => { const e = document.createElement(tag); Object.assign(e, set); document.body.append(e); return e };
for (const host of hosts) for (const scheme of ['http', 'https']) {
  const url = scheme + '://' + host + '/inside';
  const attempts = [
    () => fetch(url, {mode: 'no-cors'}), () => fetch(url, {method: 'POST', body: 'x', mode: 'no-cors'}),
    () => { const x = new XMLHttpRequest(); x.open('GET', url); x.send() },
    () => new WebSocket(url.replace('http', 'ws')), () => new EventSource(url), () => navigator.sendBeacon(url, 'x'),
    () => make('img', {src: url}), () => make('script', {src: url}), () => make('iframe', {src: url}),
    () => make('object', {data: url}), () => make('embed', {src: url}), () => make('video', {src: url}),
    () => make('link', {rel: 'preconnect', href: url}), () => make('link', {rel: 'dns-prefetch', href: url}),
    () => make('link', {rel: 'prefetch', href: url}), () => make('link', {rel: 'stylesheet', href: url}),
    () => make('link', {rel: 'manifest', href: url}), () => make('link', {rel: 'icon', href: url}),
    () => make('a', {href: 'https://shell.example/', ping: url}).click(),
    () => make('style', {textContent: '@import url(' + url + '); body { background: url(' + url + ') }'}),
    () => import(url), () => window.open(url), () => new WebTransport(url),
    () => new Worker(URL.createObjectURL(new Blob([`fetch('${url}',{mode:'no-cors'});new WebSocket('${url.replace('http', 'ws')}')`]))),
    () => new SharedWorker(URL.createObjectURL(new Blob([`fetch('${url}',{mode:'no-cors'});importScripts('${url}')`]))),
    () => { const f = make('form', {action: url, method: 'post', target: '_blank'}); f.submit() },
    () => { const f = make('iframe', {srcdoc: `<script>fetch('${url}');new WebSocket('${url.replace('http', 'ws')}')<\\/script>`}) },
    () => { const s = make('script', {type: 'speculationrules'}); s.textContent = JSON.stringify({prerender: [{urls: [url]}]}); document.head.append(s) },
  ];
  for (const attempt of attempts) { try { const p = attempt(); if (p && p.catch) p.catch(() => 0) } catch (e) {} }
}
try {
  const peer = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:UDP'}, {urls: 'turn:127.0.0.1:PORT?transport=tcp', username: 'u', credential: 'c'}]});
  peer.createDataChannel('x'); peer.createOffer().then(offer => peer.setLocalDescription(offer));
} catch (e) {}
navigator.serviceWorker && navigator.serviceWorker.register('/sw.js').then(() => document.body.append('WORKER ' + 'REGISTERED'), () => 0);
for (const file of ['file:///etc/passwd', 'view-source:file:///etc/passwd', 'chrome://version', 'devtools://devtools']) {
  try { make('iframe', {src: file}); make('img', {src: file}); fetch(file).then(a => a.text()).then(t => document.body.append(t)).catch(() => 0) } catch (e) {}
}
setTimeout(() => { try { location = 'http://127.0.0.1:PORT/left' } catch (e) {} }, 1500);
"""  # noqa: E501 - a script


def test_nothing_inside_is_reached_whatever_a_page_tries() -> None:
    asked: list[str] = []

    async def visit() -> tuple[list[str], Rendering | NotRendered]:
        async with trapped() as (trap, port, udp):
            client = HttpClient(NetworkSettings())
            renderer = Renderer("Dateline/0 (+https://example.org/)", SystemClock())
            script = TRICKS.replace("PORT", str(port)).replace("UDP", str(udp))
            hostile = page(
                f"<p>before</p><script>{script}</script><p>after</p>",
                f"Link: <http://127.0.0.1:{port}/>; rel=preconnect",
            )
            try:
                made = await renderer.render(
                    hostile, Render(wait=3.0, screenshot=True), through_the_guards(client, asked)
                )
            finally:
                await renderer.close()
                await client.close()
            return trap.arrived, made

    arrived, made = asyncio.run(visit())
    assert arrived == []
    assert isinstance(made, Rendering)
    assert b"<p>before</p>" in made.dom
    assert b"root:" not in made.dom
    assert b"WORKER REGISTERED" not in made.dom
    assert any("/inside" in url for url in asked)  # the attempts were made, and our guards refused them
    assert all(url.startswith("http") for url in asked)
    assert len(asked) <= MOST_REQUESTS
    assert not any(url.endswith("/left") for url in asked)


def test_the_trap_catches_what_comes_out() -> None:
    """The walls are what holds: without them the same browser's connection arrives."""

    async def connect() -> list[str]:
        async with trapped() as (trap, port, udp):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            await writer.drain()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                out.sendto(b"abc", ("127.0.0.1", udp))
            async with asyncio.timeout(60):
                while len(trap.arrived) < 2:  # noqa: ASYNC110 - a trap tells nobody
                    await asyncio.sleep(0.01)
            writer.close()
            return sorted(trap.arrived)

    assert asyncio.run(connect()) == ["connection", "packet of 3 bytes"]


FILL = "let a=[];setInterval(()=>{for(let i=0;i<60;i++)a.push(new Uint8Array(1e7).fill(1))},1)"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("<p>a</p><script>while (true) {}</script>", "render_timeout", id="an endless loop"),
        pytest.param(f"<p>a</p><script>{FILL}</script>", "render_memory", id="memory without end"),
        pytest.param(
            "<script>const s = document.createElement('script'); s.type = 'x'; s.text = 'x'.repeat(4e7);"
            "document.head.append(s)</script>",
            "render_too_large",
            id="a DOM too large",
        ),
    ],
)
def test_a_page_that_cannot_be_had_has_its_reason_and_the_next_one_is_shown(body: str, reason: str) -> None:
    wanted = Render(timeout=2.0) if reason == "render_timeout" else Render(timeout=60.0)
    memory = (600 if reason == "render_memory" else 2000) << 20
    first, second = shown((page(body), wanted), (page("<p>next</p>"), SOON), memory=memory)
    assert first == NotRendered(reason)
    assert isinstance(second, Rendering)
    assert second.dom == b"<html><head></head><body><p>next</p></body></html>"


LATE = "<p>x</p><script>setTimeout(() => document.body.append(document.createElement('hr')), %d)</script>"
STORE = "document.cookie = 'seen=1'; localStorage.seen = '1'; document.body.append('first')"
LOOK = "document.body.append('[' + document.cookie + '|' + (localStorage.seen || '') + ']')"
AGAIN = "setInterval(() => fetch('/' + Math.random()).catch(() => 0), 20); document.body.append('made')"
# what is done -> the script, how long it may take, what stands in the DOM then
MADE: dict[str, tuple[str, Render, bytes]] = {
    "once": ("document.body.append('made')", SOON, b"made"),
    "never at rest": (AGAIN, Render(timeout=5.0), b"made"),
    "later": ("setTimeout(() => document.body.append('late'), 900); fetch('/slow')", SOON, b"late"),
    "leaves": ("location = 'http://elsewhere.example/'; document.body.append('made')", SOON, b"made"),
    "writes and asks": ("document.write('<p>writ' + 'ten'); alert('you'); prompt('x')", SOON, b"written"),
    "half a character": ("document.body.append('\\ud800half')", SOON, b"?half"),
    "stops": ("window.stop(); document.body.append('made')", SOON, b"made"),
    "breaks tools": ("delete window.requestIdleCallback; document.body.append('made')", SOON, b"made"),
    "keeps": (STORE, SOON, b"first"),
    "has nothing kept": (LOOK, SOON, b"[|]"),
}  # fmt: skip


@pytest.fixture(scope="module")
def made() -> dict[str, Rendering | NotRendered]:
    """All of them in one browser, in their order."""

    async def slow(url: str, _kind: str) -> Exchange | None:
        await asyncio.sleep(1.2 if url.endswith("/slow") else 0)
        return None

    pages = [(page(f"<body><script>{script}</script></body>"), wanted) for script, wanted, _ in MADE.values()]
    waits = [
        (page(LATE % 800), Render(wait=4.0)),
        (page(LATE % 800), Render(wait="body > hr")),
        (page(LATE % 1_000_000), Render(wait=0.0)),
    ]
    return dict(zip((*MADE, "patient", "named", "hasty"), shown(*pages, *waits, fetch=slow), strict=True))


@pytest.mark.parametrize("name", MADE)
def test_what_scripts_made_is_taken_and_nothing_is_kept(
    made: dict[str, Rendering | NotRendered], name: str
) -> None:
    rendering = made[name]
    assert isinstance(rendering, Rendering)
    assert MADE[name][2] in rendering.dom


@pytest.mark.parametrize(("name", "there"), [("patient", True), ("named", True), ("hasty", False)])
def test_it_waits_for_what_the_source_names(
    made: dict[str, Rendering | NotRendered], name: str, there: bool
) -> None:
    rendering = made[name]
    assert isinstance(rendering, Rendering)
    assert (b"<hr>" in rendering.dom) is there


def test_a_fault_of_ours_is_raised_and_not_swallowed() -> None:
    async def broken(_url: str, _kind: str) -> Exchange | None:
        raise OSError("the spool is full")

    with pytest.raises(OSError, match="the spool is full"):
        shown((page("<script src=/a.js></script>"), SOON), fetch=broken)
