"""The system's Chromium: where it is, how it starts, and that it reaches nothing by itself.

Playwright drives it; both are the extra `dateline[render]`. Every request that a page makes is handed to us
before it is sent (`traffic`). What is not handed over (preconnections, WebRTC, WebTransport, sockets of
workers) meets two walls: no name and no address resolves, and the only way out is a proxy that is none.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Final

from config.errors import ConfigError
from config.source import Source

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOWHERE: Final = "http://proxy.invalid:9"  # a name that is none (RFC 6761, 6.4)
_HEAP_MB = 512  # of one page's JavaScript

FLAGS: Final = (
    f"--proxy-server={NOWHERE}",
    "--proxy-bypass-list=<-loopback>",  # without it, addresses of this machine are asked directly
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--disable-quic",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-file-system",
    "--disable-sync",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-first-run",
    "--no-pings",
    f"--js-flags=--max-old-space-size={_HEAP_MB}",
)


def chromium_path() -> str | None:
    """The Chromium or Chrome on the PATH."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def sandboxed() -> bool:
    """Chromium's sandbox needs a user of its own: for root it refuses to start with it."""
    return os.geteuid() != 0


def missing_for_rendering() -> str | None:
    """What keeps pages from being rendered here, and what to do; None if all is there."""
    if find_spec("playwright") is None:
        return "Playwright is not installed; install the extra: pip install 'dateline[render]'"
    if chromium_path() is None:
        return f"there is no Chromium on the PATH ({', '.join(NAMES)}); on Debian: apt install chromium"
    return None


def check_rendering(sources: Iterable[Source]) -> None:
    """Raise ConfigError if one of these sources is to be rendered and nothing here can."""
    asking = sorted(source.name for source in sources if source.render.enabled)
    if asking and (missing := missing_for_rendering()) is not None:
        raise ConfigError(f"render: true in source {', '.join(asking)}: {missing}; or set render: false")
