"""Our pages in a real browser: both origins served on free ports, every request of the browser counted."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Request, sync_playwright
from pydantic import SecretStr

from archive.opening import Archive
from archive.views.source_files import SourceFiles
from config.settings import WebSettings
from web.app import api_app, replay_app
from web.origins import Origins
from web.serve import _server

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 300
TOKEN = SecretStr("a-token-for-operators")


@dataclass
class Served:
    """Both origins, until the block ends."""

    origins: Origins
    browser: Browser
    strangers: list[str] = field(default_factory=list)  # requests of the browser to anywhere else
    said: list[str] = field(default_factory=list)  # errors and warnings of the console

    @contextmanager
    def page(self, width: int = 1024, scheme: str = "light", *, scripts: bool = True) -> Iterator[Page]:
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            base_url=self.origins.api,
            bypass_csp=False,
        )
        context.set_default_timeout(SECONDS * 1000)
        page = context.new_page()
        page.on("request", self._count)
        page.on("console", lambda said: self.said.append(said.text) if said.type == "error" else None)
        yield page
        context.close()

    def _count(self, request: Request) -> None:
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in {self.origins.api, self.origins.replay} and parts.scheme not in {"data", "about"}:
            self.strangers.append(request.url)


@contextmanager
def served(archive: Archive, files: SourceFiles) -> Iterator[Served]:
    """Serve the pages of an archive to a browser."""
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        api, replay = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in listening)
        origins, settings = Origins(api, replay), WebSettings(host="127.0.0.1", operator_token=TOKEN)
        apps = [
            api_app(archive, settings, origins, sources=files.folder),
            replay_app(archive, settings, origins),
        ]
        servers = [_server(app) for app in apps]

        async def both() -> None:
            await asyncio.gather(
                *(server.serve(sockets=[each]) for server, each in zip(servers, listening, strict=True))
            )

        thread = threading.Thread(target=asyncio.run, args=(both(),))
        thread.start()
        try:
            with sync_playwright() as playwright:
                path = next(found for name in BROWSERS if (found := shutil.which(name)))
                browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
                yield Served(origins, browser)
                browser.close()
        finally:
            for server in servers:
                server.should_exit = True
            thread.join(SECONDS)
