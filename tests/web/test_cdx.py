"""The CDX server API against the CDXJ files in the store, and its parameters by table."""

from __future__ import annotations

import json

import pytest

from tests.web.conftest import STORY
from tests.web.visitor import Visitor

STORY_CDX = f"/cdx?url={STORY.replace('&', '%26').replace('%2F', '%252F')}"


def test_the_lines_are_those_of_the_store(demo_visitor: Visitor) -> None:
    store = demo_visitor.archive.store
    keys = [found.key for found in store.list("captures/") if found.key.endswith(".cdxj")]
    lines = sorted(line for key in keys for line in store.read(key).decode().splitlines())
    urls = {json.loads(line.split(" ", 2)[2])["url"] for line in lines}
    given = {line for url in urls for line in demo_visitor.api(f"/cdx?url={url}").text.splitlines()}
    assert len(lines) > 100
    assert sorted(given) == lines
    hosts = {url.split("/")[2] for url in urls}
    by_host = [demo_visitor.api(f"/cdx?url={host}&matchType=host").text.splitlines() for host in hosts]
    assert sorted(line for each in by_host for line in each) == lines


def timestamps(visitor: Visitor, query: str) -> list[str]:
    return visitor.api(f"{STORY_CDX}&fl=timestamp&output=text{query}").text.split()


NOON, TEN, MINUTE = "20260329120000", "20260329120010", "20260329120100"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [NOON, TEN, MINUTE]),
        ("&limit=2", [NOON, TEN]),
        ("&sort=reverse", [MINUTE, TEN, NOON]),
        ("&reverse=true&limit=1", [MINUTE]),
        ("&closest=20260329120009&sort=closest", [TEN, NOON, MINUTE]),
        ("&closest=20260329120005", [NOON, TEN, MINUTE]),
        ("&from=20260329120010", [TEN, MINUTE]),
        ("&to=20260329120010", [NOON, TEN]),
        ("&from=2026&to=2026", [NOON, TEN, MINUTE]),
        ("&to=202602", []),
        ("&to=202603291200", [NOON, TEN]),
        ("&filter=mime:revisit", [MINUTE]),
        ("&filter=!mime:revisit", [NOON, TEN]),
        ("&filter==status:200&filter=~timestamp:.*0000$", [NOON]),
        ("&filter=!~timestamp:.*0000$", [TEN, MINUTE]),
        ("&pageSize=2&page=0", [NOON, TEN]),
        ("&pageSize=2&page=1", [MINUTE]),
        ("&pageSize=2&page=2", []),
    ],
)
def test_parameters(visitor: Visitor, query: str, expected: list[str]) -> None:
    assert timestamps(visitor, query) == expected


@pytest.mark.parametrize(
    ("query", "urls"),
    [
        ("url=news.example/a/*", ["https://www.news.example/a/b"]),
        ("url=http://news.example/a/b", ["https://www.news.example/a/b"]),
        ("url=https://news.example/n&matchType=prefix", ["/new?a=1", "/none"]),
        ("url=other.example&matchType=host", ["https://other.example/"]),
        ("url=img.news.example/whatever&matchType=host", ["https://img.news.example/p.png"]),
        ("url=*.img.news.example", ["https://img.news.example/p.png"]),
        ("url=nothing.example&matchType=domain", []),
        ("url=ews.example&matchType=domain", []),
    ],
)
def test_which_addresses_are_meant(visitor: Visitor, query: str, urls: list[str]) -> None:
    lines = visitor.api(f"/cdx?{query}&output=json&fl=url").text.splitlines()
    whole = [url if "//" in url else f"https://news.example{url}" for url in urls]
    assert [json.loads(line)["url"] for line in lines] == whole


def test_a_domain_has_its_subdomains(visitor: Visitor) -> None:
    hosts = set(
        visitor.api("/cdx?url=news.example&matchType=domain&fl=url&output=text").text.split("/")[2::4]
    )
    assert {"news.example", "img.news.example"} <= hosts
    domain = visitor.api("/cdx?url=*.news.example").text.splitlines()
    host = visitor.api("/cdx?url=news.example&matchType=host").text.splitlines()
    assert len(domain) == len(host) + 1


def test_json_and_pages(visitor: Visitor) -> None:
    answer = visitor.api(f"{STORY_CDX}&output=json&limit=1")
    line = json.loads(answer.text)
    assert answer.headers["content-type"] == "text/x-ndjson; charset=utf-8"
    assert line | {"length": "", "offset": "", "filename": ""} == {
        "urlkey": "example,news)/story?id=1&x=/",
        "timestamp": NOON,
        "url": STORY,
        "mime": "text/html",
        "status": "200",
        "digest": line["digest"],
        "length": "",
        "offset": "",
        "filename": "",
    }
    pages = json.loads(visitor.api(f"{STORY_CDX}&showNumPages=true&pageSize=2").text)
    assert pages == {"pages": 2, "pageSize": 2, "blocks": 2}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "url= is missing"),
        ("url=ftp://x/", "no web address"),
        ("url=x.example&matchType=all", "matchType: 'all'; allowed: exact, prefix, host, domain"),
        ("url=x.example&limit=0", "limit: '0'; allowed: a number from 1 to 10000"),
        ("url=x.example&limit=-1", "limit: '-1'"),
        ("url=x.example&from=yesterday", "from: 'yesterday' is no timestamp"),
        ("url=x.example&to=20261301", "to: '20261301'"),
        ("url=x.example&sort=closest", "sort=closest needs closest="),
        ("url=x.example&fl=url,colour", "field 'colour' is unknown"),
        ("url=x.example&filter=nofield", "names no field"),
        ("url=x.example&filter=~url:(a%2B)%2B$", "could take too long"),
        ("url=x.example&filter=~url:.*.*.*", "could take too long"),
        ("url=x.example&filter=~url:" + "(a|aa)" * 9, "could take too long"),
        ("url=x.example&filter=~url:(.)\\1", "could take too long"),
        ("url=x.example&filter=~url:[", "regular expression '['"),
        ("url=x.example&output=xml", "output: 'xml'; allowed: cdxj, json, text"),
        ("url=x.example&page=x", "page: 'x'"),
        ("url=x.example&matchtype=host", "parameter 'matchtype' is unknown"),
        ("url=x.example" + "&filter=url:a" * 11, "11 filters; allowed: at most 10"),
    ],
)
def test_what_is_refused(visitor: Visitor, query: str, reason: str) -> None:
    answer = visitor.api(f"/cdx?{query}")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    assert reason in json.loads(answer.body)["detail"]
