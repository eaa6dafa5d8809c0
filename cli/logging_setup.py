"""Where messages go: structlog and the standard library to stderr, one line each, secrets masked."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import IO, Any

import structlog

from config.secrets import MASK, is_secret_name, mask_url
from config.settings import LogSettings

# At `info` these tell of every request and every picture's chunks, which only a developer wants.
_CHATTY = ("scrapy", "twisted", "asyncio", "botocore", "boto3", "urllib3", "s3transfer", "PIL", "trafilatura",
           "htmldate", "apscheduler", "aiohttp", "alembic", "charset_normalizer")  # fmt: skip


class _Stderr(logging.StreamHandler[IO[str]]):
    """Writes to the present `sys.stderr`, which a live display exchanges while it is shown."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> IO[str]:  # type: ignore[override] # the base class has an attribute here
        return sys.stderr


def set_up_logging(log: LogSettings, *, debug: bool = False) -> None:
    """Send all logging to stderr as `log` says; can be called again."""
    level = logging.DEBUG if debug else logging.getLevelNamesMapping()[log.level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor]
    if log.format == "json":
        last = [structlog.processors.format_exc_info, mask_secrets, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        last = [structlog.processors.format_exc_info, mask_secrets, plain]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING) if not debug else logging.INFO)
    logging.captureWarnings(capture=True)


def mask_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Hide passwords in every value, and everything under a key that names a secret."""
    return {key: MASK if is_secret_name(key) else _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    match value:
        case str():
            return mask_url(value)
        case dict():
            return {key: MASK if is_secret_name(str(key)) else _masked(item) for key, item in value.items()}
        case list() | tuple():
            return [_masked(item) for item in value]
        case bool() | int() | float() | None:
            return value
        case _:
            return mask_url(str(value))
