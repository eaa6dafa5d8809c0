"""Signals reach whoever listens, whenever they began to."""

from __future__ import annotations

import asyncio

from crawler.fetch.signals import HeardSignals


def test_what_is_heard_is_sent() -> None:
    signals, signal, other, heard = HeardSignals(object()), object(), object(), []

    def hear(word: str) -> str:
        heard.append(word)
        return word.upper()

    async def hear_later(word: str) -> str:
        await asyncio.sleep(0)
        return hear(word)

    async def send() -> list[object]:
        return [each[1] for each in await signals.send_catch_log_async(other, word="three")]

    assert signals.send_catch_log(signal, word="nobody") == []
    signals.connect(hear, signal)
    assert signals.send_catch_log(signal, word="one") == [(hear, "ONE")]
    assert asyncio.run(send()) == []
    signals.connect(hear_later, other)
    assert asyncio.run(send()) == ["THREE"]
    signals.disconnect(hear, signal)
    assert signals.send_catch_log(signal, word="two") == []
    assert heard == ["one", "three"]
