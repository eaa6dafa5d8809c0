"""Whose a page is that several sources could claim."""

from __future__ import annotations

import pytest

from config.source import Source
from crawler.ownership import Ownership


def source(name: str, homepage: str, **articles: object) -> Source:
    return Source.model_validate({"name": name, "homepage": homepage, "discover": {"articles": articles}})


SPORT = source("a-sport", "https://www.paper.example/sport/", allow=["/sport/"])
PAPER = source("paper", "https://paper.example/")
WIRE = source("wire", "https://wire.example/")


@pytest.mark.parametrize(
    ("url", "found_by", "known", "owner"),
    [
        pytest.param(
            "https://paper.example/sport/1", "paper", None, "a-sport", id="the first whose it may be"
        ),
        pytest.param(
            "https://paper.example/news/1", "a-sport", None, "paper", id="not what its patterns refuse"
        ),
        pytest.param("https://wire.example/1", "paper", None, "wire", id="the host's own"),
        pytest.param("https://other.example/1", "paper", None, "paper", id="nobody's host: who found it"),
        pytest.param("https://wire.example/1", "wire", "paper", "paper", id="as it was decided once"),
        pytest.param("https://wire.example/1", "paper", "gone", "wire", id="of a source that is not there"),
    ],
)
def test_owners(url: str, found_by: str, known: str | None, owner: str) -> None:
    for order in ([SPORT, PAPER, WIRE], [SPORT, WIRE, PAPER]):
        assert Ownership(order).of(url, found_by, known) == owner


def test_sources_that_share_a_host() -> None:
    assert Ownership([SPORT, PAPER, WIRE]).shared() == {"paper": "a-sport"}
    assert Ownership([PAPER, SPORT]).shared() == {"a-sport": "paper"}
