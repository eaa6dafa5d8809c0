"""Sends one message by Apprise; what goes wrong is told without a word of the address."""

from __future__ import annotations

import logging
import re
import warnings
from urllib.parse import unquote

from config.alarm_settings import read_address
from crawler.watch.alarm import Severity
from crawler.watch.notices import Message

_SECONDS = 30.0  # for one message; Apprise's services have shorter limits of their own
_SHORTEST = 4  # letters of a part of an address that are hidden
_PARTS = re.compile(r"[/:@?&=+,;#\s]+")


def send(message: Message) -> str | None:
    """Send a message; None if the service took it, else what went wrong. Blocks for seconds."""
    try:
        address = read_address(message.to)
    except ValueError as error:
        return str(error)
    with warnings.catch_warnings():  # its services import what Python is about to drop
        warnings.simplefilter("ignore")
        return _send(message, address)


def _send(message: Message, address: str) -> str | None:
    import apprise  # noqa: PLC0415 - a second of CPU and 50 MB, with all its services, that sending alone pays

    log = logging.getLogger(apprise.LOGGER_NAME)
    heard, before = _Heard(), log.propagate
    log.propagate = False  # its own messages may hold parts of the address
    log.addHandler(heard)
    try:
        service = apprise.Apprise(asset=apprise.AppriseAsset(secure_logging=True))
        if not service.add(address):
            return f"{message.to} holds no address that Apprise knows{_because(heard, address)}"
        kind = {
            Severity.ERROR: apprise.NotifyType.FAILURE,
            Severity.WARNING: apprise.NotifyType.WARNING,
            None: apprise.NotifyType.INFO,
        }[message.severity]
        taken = service.notify(
            body=message.body,
            title=message.title,
            notify_type=kind,
            body_format=apprise.NotifyFormat.TEXT,
            timeout=_SECONDS,
        )
    finally:
        log.removeHandler(heard)
        log.propagate = before
    return None if taken else f"the service behind {message.to} did not take it{_because(heard, address)}"


def without_address(text: str, address: str) -> str:
    """`text` with every part of an address of four letters or more hidden, also as percent-encoded (pure)."""
    parts = {part for whole in (address, unquote(address)) for part in _PARTS.split(whole)}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= _SHORTEST:
            text = text.replace(part, "***")
    return text


class _Heard(logging.Handler):
    """Keeps what Apprise says of a failure."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _because(heard: _Heard, address: str) -> str:
    return f": {without_address(' '.join(heard.said), address)}" if heard.said else ""
