"""`stamp` and `cite` as a person runs them, over a copy of the demo's archive."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.time_authority import TimeAuthority, make_authority, serving
from tests.cli.conftest import Dateline, DemoArchive


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeAuthority]:
    with serving(make_authority(tmp_path_factory.mktemp("authority"))) as authority:
        yield authority


@pytest.fixture
def config(mine: DemoArchive, tsa: TimeAuthority) -> Path:
    """A copy of the archive whose settings name the authority, by a path relative to them."""
    shutil.copy(tsa.ca_file, mine.config.with_name("authority.pem"))
    with mine.config.open("a") as settings:
        settings.write(f"evidence: {{authority: '{tsa.address}', authority_ca_file: authority.pem}}\n")
    return mine.config


def test_from_the_stamp_to_the_checked_citation(
    dateline: Dateline, config: Path, demo_archive: DemoArchive, tsa: TimeAuthority
) -> None:
    url = min(demo_archive.site.expected(1).new)
    unstamped = dateline("cite", url, "--out", "before.wacz", config=config)
    assert (unstamped.status, "not stamped: `dateline stamp` first" in unstamped.text) == (0, True)
    done = dateline("stamp", config=config)
    assert (done.status, "Stamped: the journal of" in done.text, "CN=Test TSA" in done.text) == (
        0,
        True,
        True,
    )
    assert "Nothing is new since" in dateline("stamp", config=config).text
    checked = dateline("stamp", "--check", config=config)
    assert (checked.status, "1 stamp: all hold" in checked.text) == (0, True)
    assert dateline("verify", config=config).status == 0
    cited = dateline("cite", url, "--out", "page.wacz", "--json", config=config)
    about = cited.json["citation"]
    assert (cited.status, about["url"], about["stamped"] is not None) == (0, url, True)
    assert about["memento"].startswith("http://127.0.0.1:8080/web/")
    verdict = dateline("cite", "--check", "page.wacz", "--ca", tsa.ca_file)
    assert (verdict.status, "These bytes were in the archive not later than" in verdict.text) == (0, True)
    assert "Not proven:" in verdict.text
    for name in ("before.wacz", "page.wacz"):
        assert dateline("cite", "--check", name).status == 0
    data = Path("page.wacz").read_bytes()
    Path("page.wacz").write_bytes(data[:500] + bytes([data[500] ^ 1]) + data[501:])
    bad = dateline("cite", "--check", "page.wacz", "--json")
    assert (bad.status, bad.json["ok"], bad.json["verdict"]["proven"]) == (1, False, [])


def test_a_citation_is_named_after_what_it_cites_and_an_address_without_article_can_be_cited(
    dateline: Dateline, config: Path, demo_archive: DemoArchive
) -> None:
    robots = min(demo_archive.site.expected(1).new).split("/", 3)[:3]
    done = dateline("cite", "/".join([*robots, "robots.txt"]), "--json", config=config)
    assert done.status == 0
    assert done.json["citation"]["version"] is None
    assert Path(done.json["file"]).exists()
    assert done.json["file"].endswith(".wacz")
    assert dateline("cite", "https://nowhere.example/", config=config).status == 1


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (("cite",), 2, "name the address to cite"),
        (("cite", "https://a.example/", "--ca", "x"), 2, "--ca goes with --check"),
        (("cite", "https://a.example/", "--check", "x.wacz"), 2, "takes a file alone"),
        (("cite", "--check", "missing.wacz"), 2, "cannot read missing.wacz"),
        (("stamp",), 2, "no time-stamping authority is named"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_usage_is_named(
    reading: Dateline, arguments: tuple[str, ...], status: int, complaint: str
) -> None:
    done = reading(*arguments)
    assert (done.status, complaint in done.notes) == (status, True), done.notes


def test_an_authority_that_is_not_there_is_a_service_that_cannot_be_reached(
    dateline: Dateline, config: Path, tsa: TimeAuthority
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        there = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        config.write_text(config.read_text().replace(tsa.address, there))
        done = dateline("stamp", config=config)
    assert (done.status, "did not answer" in done.notes) == (3, True)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("{authority: 'https://tsa.example/'}", "authority_ca_file"),
        ("{authority: 'ftp://tsa.example/', authority_ca_file: authority.pem}", "evidence.authority"),
        ("{authority_policy: 'policy'}", "is no object identifier"),
        ("{authority_ca_file: dateline.yaml}", "holds no certificate"),
    ],
)
def test_settings_that_cannot_be_are_named(
    dateline: Dateline, config: Path, written: str, complaint: str
) -> None:
    text = config.read_text().partition("evidence:")[0]
    config.write_text(f"{text}evidence: {written}\n")
    done = dateline("stamp", "--check", config=config)
    assert (done.status, complaint in done.notes) == (2, True), done.notes
