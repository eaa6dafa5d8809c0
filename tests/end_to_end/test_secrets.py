"""Thirty planted secrets: none is found in logs, errors, WARC files, the catalog, exports or backups."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.end_to_end.house import COMMAND, REPOSITORY, House
from tests.end_to_end.small_site import HTML, Page, SmallSite, Visit, feed, page, redirect, small_house, story

MOMENT = datetime(2026, 3, 20, 2, tzinfo=UTC)
NIGHT = ("--clock", MOMENT.isoformat())


def canary(name: str) -> str:
    return f"canary-{name}-5f2c"


HEADERS, COOKIES, FILES = (tuple(range(6)),) * 3
IN_LOGIN = tuple(f"{kind}{n}" for kind in ("header", "cookie", "file") for n in HEADERS)
ELSEWHERE = (
    "proxy-user", "proxy-password", "catalog-password", "aws-key", "aws-secret", "aws-session",
    "inline-header", "inline-cookie", "origin-password", "settings-password", "unknown-variable",
    "typed-password",
)  # fmt: skip


@dataclass
class Said:
    """An archive with secrets in every place that can hold one, and all that its commands said."""

    house: House
    site: SmallSite
    texts: list[str] = field(default_factory=list)

    def run(self, *words: str, expect: int = 0, **environment: str) -> str:
        """A command, with variables besides those of the log-in."""
        names = {"DATELINE_CONFIG": str(self.house.config), "DATELINE_LOG__LEVEL": "debug"} | environment
        done = subprocess.run(
            [*COMMAND, *words],
            env=os.environ | login_variables() | names,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        self.texts.append(done.stdout + done.stderr)
        return self.texts[-1]


def login_variables() -> dict[str, str]:
    return {
        f"CANARY_{kind}_{n}": canary(f"{kind.lower()}{n}") for kind in ("HEADER", "COOKIE") for n in HEADERS
    }


def echo(visit: Visit) -> Page:
    """A server that says back what it was told, as a careless one does."""
    told = {
        "Set-Cookie": visit.headers.get("Cookie", "none"),
        "X-You-Said": visit.headers.get("X-Key-0", "none"),
    }
    return 200, HTML | told, story("Echo").encode()


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    folder = tmp_path_factory.mktemp("secrets")
    for n in FILES:
        (folder / f"secret-{n}").write_text(canary(f"file{n}"))
    headers = [f"X-Key-{n}: 'Bearer ${{CANARY_HEADER_{n}}}'" for n in HEADERS[:5]]
    headers.append("Authorization: 'Basic ${CANARY_HEADER_5}'")
    cookies = [f"c{n}: '${{CANARY_COOKIE_{n}}}'" for n in COOKIES]
    cookies += [f"f{n}: 'file:{folder}/secret-{n}'" for n in FILES]
    login = f"login: {{headers: {{{', '.join(headers)}}}, cookies: {{{', '.join(cookies)}}}}}\n"
    with SmallSite() as site:
        paths = ["/news/echo", "/news/away", "/news/missing", "/news/good"]
        site.add("paid.test", {
            "/feed": feed(site.url("paid.test", path) for path in paths),
            "/news/echo": echo,
            "/news/away": redirect(site.url("other.test", "/landing")),
            "/news/good": page(story("Good", images=[site.url("other.test", "/p.jpg")])),
        })  # fmt: skip
        site.add("other.test", {"/landing": page(story("Landing"))})
        sources = {"paid": site.source("paid", "paid.test", login)}
        made = Said(small_house(folder / "house", sources, hosts=["paid.test", "other.test"]), site)
        work(made)
        yield made


def work(said: Said) -> None:
    """A night and everything that is usually done about it, then every kind of mistake."""
    house = said.house
    said.run("crawl", *NIGHT)
    good = said.site.url("paid.test", "/news/good")
    exported, saved = str(house.folder / "all.jsonl"), str(house.folder / "backup")
    for words in (
        ("status", "--json"), ("sources", "list", "--json"), ("sources", "check"), ("verify", "--json"),
        ("export", exported), ("backup", saved), ("get", good, "--as", "html"),
        ("--debug", "get", "http://paid.test/none"),
    ):  # fmt: skip
        said.run(*words, expect=1 if "--debug" in words else 0)
    proxy = f"http://{canary('proxy-user')}:{canary('proxy-password')}@127.0.0.1:9"
    said.run(
        "crawl", *NIGHT, "--night", "2026-03-21", DATELINE_NETWORK__PROXY=proxy, DATELINE_NETWORK__RETRIES="0"
    )
    catalog = f"postgresql+psycopg://dateline:{canary('catalog-password')}@127.0.0.1:9/none"
    said.run("--debug", "status", expect=3, DATELINE_CATALOG=catalog)
    said.run("doctor", expect=3, DATELINE_CATALOG=catalog)
    keys = {"AWS_ACCESS_KEY_ID": canary("aws-key"), "AWS_SECRET_ACCESS_KEY": canary("aws-secret")}
    keys |= {"AWS_SESSION_TOKEN": canary("aws-session"), "DATELINE_S3__ENDPOINT": "http://127.0.0.1:9"}
    said.run("--debug", "verify", expect=3, DATELINE_STORE="s3://bucket/none", **keys)
    said.run("status", expect=2, DATELINE_S3__SECRET_WORD=canary("unknown-variable"))
    said.run(
        "archive",
        f"{said.site.url('paid.test').replace('//', '//u:' + canary('typed-password') + '@')}x",
        expect=2,
    )
    paid = house.folder / "sources" / "paid.yaml"
    right = paid.read_text()
    wrong = [
        f"login: {{headers: {{X: {canary('inline-header')}}}}}\n",
        f"login: {{cookies: {{x: {canary('inline-cookie')}}}}}\n",
        f"login: {{origins: ['http://u:{canary('origin-password')}@paid.test']}}\n",
    ]
    for text in wrong:
        paid.write_text(right.partition("login:")[0] + text)
        said.run("sources", "check", expect=2)
    paid.write_text(right)
    settings = house.config.read_text()
    house.config.write_text(f"{settings}pasword: {canary('settings-password')}\n")
    said.run("status", expect=2)
    house.config.write_text(settings)


def test_there_are_thirty() -> None:
    assert len({canary(name) for name in (*IN_LOGIN, *ELSEWHERE)}) == 30


def test_the_site_was_told_what_lets_us_in_and_no_other_site(said: Said) -> None:
    asked = [visit for visit in said.site.visits("paid.test") if visit.path != "/robots.txt"]
    assert {visit.headers["X-Key-0"] for visit in asked} == {f"Bearer {canary('header0')}"}
    assert {visit.headers["Authorization"] for visit in asked} == {f"Basic {canary('header5')}"}
    expected = [f"c{n}={canary(f'cookie{n}')}" for n in COOKIES] + [
        f"f{n}={canary(f'file{n}')}" for n in FILES
    ]
    assert {visit.headers["Cookie"] for visit in asked} == {"; ".join(expected)}
    others = said.site.visits("other.test")
    assert {visit.path for visit in others} >= {"/landing", "/p.jpg"}
    assert "canary" not in str([visit.headers for visit in others])


def kept(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the archive, unpacked where it is packed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield str(path), gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    with sqlite3.connect(folder / "catalog.db") as connection:
        yield "the catalog", "\n".join(connection.iterdump()).encode()


@pytest.mark.parametrize("name", [*IN_LOGIN, *ELSEWHERE])
def test_it_is_nowhere(said: Said, name: str) -> None:
    secret = canary(name)
    assert [text for text in said.texts if secret in text] == []
    assert [where for where, data in kept(said.house.folder) if secret.encode() in data] == []


def test_the_record_says_that_something_was_sent(said: Said) -> None:
    records = b"".join(data for where, data in kept(said.house.folder) if where.endswith(".warc.gz"))
    assert b"\r\nAuthorization: ***\r\n" in records
    assert b"\r\nCookie: ***\r\n" in records
    assert b"X-You-Said: ***" in records or b"X-You-Said: Bearer ***" in records
    assert b"Quay of Echo closes" in records
