"""Scrapy's signals, of which only those are sent that somebody listens to."""

from __future__ import annotations

from typing import Any

from scrapy.signalmanager import SignalManager


class HeardSignals(SignalManager):
    """Each request sends half a dozen signals; to find that nobody hears one costs as much as to be heard.

    It was a twentieth of what the event loop did in a night of unchanged pages. Receivers that went past this
    to `pydispatch` are not seen; Scrapy's own and ours all come here.
    """

    def __init__(self, sender: Any) -> None:
        super().__init__(sender)
        self._heard: set[Any] = set()

    def connect(self, receiver: Any, signal: Any, **kwargs: Any) -> None:
        self._heard.add(signal)
        super().connect(receiver, signal, **kwargs)

    def send_catch_log(self, signal: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        return super().send_catch_log(signal, **kwargs) if signal in self._heard else []

    async def send_catch_log_async(self, signal: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        return await super().send_catch_log_async(signal, **kwargs) if signal in self._heard else []
