from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import structlog

from cli.logging_setup import mask_secrets, set_up_logging
from config.settings import LogSettings


@pytest.mark.parametrize(
    ("event", "masked"),
    [
        ({"event": "plain words", "count": 3}, {"event": "plain words", "count": 3}),
        ({"event": "to postgresql://me:hunter2@db/x"}, {"event": "to postgresql://me:***@db/x"}),
        ({"event": "x", "password": "hunter2"}, {"event": "x", "password": "***"}),
        (
            {"event": "x", "proxies": ["http://me:hunter2@p:1"]},
            {"event": "x", "proxies": ["http://me:***@p:1"]},
        ),
        ({"event": "x", "settings": {"api_key": "hunter2"}}, {"event": "x", "settings": {"api_key": "***"}}),
        ({"event": "x", "error": ValueError("a://b:hunter2@c")}, {"event": "x", "error": "a://b:***@c"}),
    ],
    ids=["nothing secret", "in words", "by its name", "in a list", "in a mapping", "in an exception"],
)
def test_secrets_are_masked(event: dict[str, Any], masked: dict[str, Any]) -> None:
    assert mask_secrets(None, "info", event) == masked


def test_json_has_one_object_a_line_of_both_kinds_of_loggers(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(LogSettings(level="info", format="json"))
    structlog.get_logger().info("picture not fetched", url="http://me:hunter2@site/x")
    logging.getLogger("some.library").warning("beware of %s", "a://b:hunter2@c")
    structlog.get_logger().debug("too quiet")
    logging.getLogger("scrapy.core").info("too chatty")
    try:
        int("a://b:hunter2@c")
    except ValueError:
        structlog.get_logger().exception("processing failed")
    out, err = capsys.readouterr()
    ours, foreign, failed = map(json.loads, err.splitlines())
    assert out == ""
    assert (ours["event"], ours["level"], ours["url"]) == (
        "picture not fetched",
        "info",
        "http://me:***@site/x",
    )
    assert (foreign["event"], foreign["logger"]) == ("beware of a://b:***@c", "some.library")
    assert ours["timestamp"].endswith("Z")
    assert "ValueError: invalid literal for int() with base 10: 'a://b:***@c" in failed["exception"]
    assert "hunter2" not in err


def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(LogSettings(level="warning", format="console"))
    structlog.get_logger().info("too quiet")
    structlog.get_logger().warning("a source is slow", source="site-a")
    err = capsys.readouterr().err
    assert "a source is slow" in err
    assert "source=site-a" in err
    assert "too quiet" not in err
    assert "\x1b" not in err


def test_debug_wins_over_the_level(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(LogSettings(level="error"), debug=True)
    structlog.get_logger().debug("a detail")
    assert "a detail" in capsys.readouterr().err
