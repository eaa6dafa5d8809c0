"""The API: what its document promises, what it answers, and what it never tells."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
import schemathesis
from schemathesis.engine import events, from_schema
from starlette.types import ASGIApp

from config.settings import AccessRule, WebSettings
from tests.archive.material import NOON, SetClock
from tests.web.api_material import COPY, DAY, GONE, GONE_URL, HOME, SHA, STORY, URL, XSS, api_archive
from tests.web.visitor import Answer, Visitor, ask
from web.api.door import Buckets
from web.app import api_app
from web.origins import Origins

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
ORIGINS = Origins("http://testserver", "http://replay.test")  # the host that schemathesis asks
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    archive = api_archive(tmp_path_factory.mktemp("api"))
    yield Visitor(archive, WebSettings(rate=0), clock=SetClock(NOON + 40 * DAY))
    archive.close()


@pytest.fixture(scope="module")
def app(visitor: Visitor) -> ASGIApp:
    return api_app(visitor.archive, visitor.settings, ORIGINS, visitor.clock)


@pytest.fixture(scope="module")
def document(app: ASGIApp) -> Any:
    return got(app, "/openapi.json")


def answer(app: ASGIApp, path: str, method: str = "GET", /, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(app, ORIGINS.api, f"/api/v1{path}", named, method)


def got(app: ASGIApp, path: str) -> Any:
    found = answer(app, path)
    assert found.status == 200, found.text
    return json.loads(found.body)


def names(found: Any) -> list[str]:
    return [f"{hit['line']['article_id'][0]}{hit['line']['number']}" for hit in found["hits"]]


# ── the document ────────────────────────────────────────────────────────────────────────────────────


def test_the_document_holds_against_every_answer(app: ASGIApp, document: Any) -> None:
    """schemathesis: bounds and violations of every parameter; DATELINE_TEST_FULL adds thousands of others."""
    config = schemathesis.Config.from_dict(
        {
            "generation": {"max-examples": 300},
            "phases": {"fuzzing": {"enabled": FULL}, "stateful": {"enabled": False}},
            # A query in words may be wrong though its parameter is a text like any other.
            "checks": {"positive_data_acceptance": {"enabled": False}},
        }
    )
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = app
    if not FULL:  # which are asked with the same parameters as /search
        schema = schema.exclude(path_regex=r"/search\.")
    breaches, asked, errors = [], Counter[str](), []
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            errors.append(event)
        if isinstance(event, events.ScenarioFinished):
            for checks in event.recorder.checks.values():
                asked[event.recorder.label] += 1
                breaches += [str(c.failure_info.failure) for c in checks if c.failure_info is not None]
    assert (errors, breaches) == ([], [])
    assert asked.keys() == {f"GET {path}" for path in document["paths"] if FULL or "search." not in path}


def test_examples_are_what_is_promised(document: Any) -> None:
    for path, operations in document["paths"].items():
        content = operations["get"]["responses"]["200"]["content"]
        if "application/json" in content:
            promised = {**content["application/json"]["schema"], "components": document["components"]}
            jsonschema_rs.validator_for(promised).validate(content["application/json"]["example"])
        for parameter in operations["get"]["parameters"]:
            if "example" in parameter:
                validator = jsonschema_rs.validator_for(parameter["schema"])
                assert validator.is_valid(parameter["example"]), (path, parameter)


HOSTILE = {
    "NUL": "/search?q=%00",
    "a surrogate": "/search?q=%ED%A0%80",
    "SQL in a name": "/search?source=x'%20OR%201=1--",
    "far too long": f"/search?q={'a' * 1001}",
    "brackets without end": f"/search?q={'(' * 500}",
    "a list": "/search?limit=1&limit=2",
    "another base": "/search?limit=0x10",
    "digits of another script": "/search?limit=" + quote("\u0663"),
    "a day beyond all": "/pictures?day=9999-12-31",
    "a day that is none": "/today?night=2026-02-30",
    "a day in seconds": "/today?night=0",
    "a moment beyond all": "/fronts?at=99999999999999",
    "a file": "/sources/" + quote("../../etc/passwd", safe=""),
    "a scheme": "/lookup?url=" + quote("file:///etc/passwd"),
    "no host": "/lookup?url=" + quote("http://"),
    "an unknown parameter": "/runs?debug=1",
    "a cursor of ours no more": "/search?cursor=AAAA",
    "a cursor of nested lists": "/search?cursor=" + "W1tbW1tb" * 30,
    "another method's cursor": "/search?q=bridge&sort=oldest&cursor=WyJuZXdlc3QiLDIwMjYwMywxLDAuMF0",
    "numbers too large": f"/articles/{STORY}/versions/99999999999999999999",
}


@pytest.mark.parametrize("path", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_parameters_are_refused(app: ASGIApp, path: str) -> None:
    found = answer(app, path)
    assert found.status in {400, 404}
    assert found.headers["content-type"] == "application/problem+json"
    problem = json.loads(found.body)
    assert problem["status"] == found.status
    assert problem["detail"]


@pytest.mark.parametrize(
    "query", ['title : ^ NEAR("a" "b", 5)', "'zz' & !!", "a AND zz NOT c", "zz'; DROP TABLE search_doc"]
)
def test_the_databases_own_languages_are_words(app: ASGIApp, query: str) -> None:
    assert names(got(app, f"/search?q={quote(query)}")) == []


# ── answers ─────────────────────────────────────────────────────────────────────────────────────────

SEARCHES = {
    "/search?q=bridge": ["a2", "b1"],
    "/search?q=bridge&sort=oldest": ["a2", "b1"],
    "/search?q=noon&versions=past": ["a1"],
    "/search?q=noon&versions=all&source=times": ["a1"],
    "/search?event=title&versions=all": ["a2"],
    "/search?q=taken": [],
    f"/search?cluster={STORY}&lang=en": ["a2"],
    "/search?since=2026-03-30&until=2026-03-30&versions=all": ["b1", "a2"],
}


@pytest.mark.parametrize("path", SEARCHES)
def test_searches(app: ASGIApp, path: str) -> None:
    assert sorted(names(got(app, path))) == sorted(SEARCHES[path])


def test_pages_of_a_search(app: ASGIApp) -> None:
    first = got(app, "/search?q=bridge&limit=1")
    second = got(app, f"/search?q=bridge&limit=1&cursor={first['next']}")
    assert sorted([*names(first), *names(second)]) == ["a2", "b1"]
    assert second["next"] is None


def test_articles(app: ASGIApp) -> None:
    newest = got(app, f"/articles/{STORY}")
    assert (newest["version"]["number"], newest["version"]["title"]) == (2, "=1+1")
    assert newest["paragraphs"][0].endswith("?")  # a lone surrogate, which is no text
    assert [line["number"] for line in newest["versions"]] == [1, 2]
    assert got(app, f"/articles/{STORY}?at=20260329")["version"]["number"] == 1
    first = got(app, f"/articles/{STORY}/versions/1")
    assert first["pictures"][0]["caption"] == XSS  # as text
    assert [copy["article_id"] for copy in first["copies"]["others"]] == [COPY]
    diff = got(app, f"/articles/{STORY}/diff")
    assert (diff["before"]["number"], diff["after"]["number"], diff["edit"]["grade"]) == (1, 2, "major")
    assert answer(app, f"/articles/{STORY}/versions/3").status == 404


def test_what_else_pages_show(app: ASGIApp) -> None:
    assert got(app, f"/lookup?url={quote(URL)}")["standing"] == "article"
    assert got(app, "/lookup?url=news.example/none")["standing"] == "unknown"
    assert got(app, "/today")["night"] == "2026-03-29"
    assert [one["name"] for one in got(app, "/sources")["sources"]] == ["post", "times"]
    assert got(app, "/sources/times")["runs"][0]["outcomes"] == {"archived": 1, "failed": 1, "waiting": 1}
    assert [run["id"] for run in got(app, "/runs")["runs"]] == ["run-1"]
    failed = got(app, "/runs/run-1?outcome=failed&reason=timeout")["urls"]
    assert [(row["url"], row["reason"]) for row in failed] == [(f"{HOME}{XSS}", "timeout")]
    assert got(app, "/fronts/times")["leads"][0]["title"] == XSS
    assert got(app, "/fronts")["at"] is None
    assert got(app, "/pictures?day=2026-03-29")["pictures"][0]["picture"]["sha256"] == SHA
    assert [use["url"] for use in got(app, f"/pictures/{SHA}")["uses"]] == [URL]
    [story] = got(app, "/clusters")["stories"]
    assert [copy["article_id"] for copy in story["articles"]] == [STORY, COPY]
    assert got(app, "/alarms") == {"open": [], "newest": [], "next": None}
    assert got(app, "/service")["pending"] == 0


def test_a_feed_can_be_read_by_any_reader(app: ASGIApp) -> None:
    found = answer(app, "/search.atom?q=bridge&versions=all")
    assert found.headers["content-type"] == "application/atom+xml"
    feed = ET.fromstring(found.body)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 3
    titles = {entry.findtext(f"{ATOM}title") for entry in entries}
    assert f"Bridge {XSS}".replace("\x1b", "\ufffd") in titles
    assert {entry.findtext(f"{ATOM}id") for entry in entries} == {
        f"{ORIGINS.api}/article/{article}/{number}" for article, number in ((STORY, 1), (STORY, 2), (COPY, 1))
    }
    assert feed.findtext(f"{ATOM}title") == "Dateline: bridge"


def test_tables(app: ASGIApp) -> None:
    found = answer(app, "/search.csv?q=bridge")
    rows = list(csv.DictReader(io.StringIO(found.text)))
    assert {row["title"] for row in rows} == {"A copy", "'=1+1"}  # no formula
    assert found.headers["content-disposition"] == 'attachment; filename="dateline-search.csv"'
    lines = [json.loads(line) for line in answer(app, "/search.jsonl?q=bridge").text.splitlines()]
    assert {line["title"] for line in lines} == {"A copy", "=1+1"}


def test_an_answer_that_has_not_changed_is_not_sent_again(app: ASGIApp) -> None:
    first = answer(app, "/search?q=bridge")
    again = answer(app, "/search?q=bridge", if_none_match=f'W/{first.headers["etag"]}, "x"')
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert first.headers["cache-control"] == "private, no-cache"
    assert answer(app, "/search?q=noon", if_none_match=first.headers["etag"]).status == 200


# ── what is never told ──────────────────────────────────────────────────────────────────────────────


def test_what_was_taken_down_is_in_no_answer(app: ASGIApp) -> None:
    found = answer(app, f"/articles/{GONE}")
    assert (found.status, "court order" in found.text) == (451, True)
    for path in ("/search?q=bridge&versions=all", "/search?source=post", "/clusters", "/today"):
        assert GONE not in json.dumps(got(app, path))
    assert got(app, f"/lookup?url={quote(GONE_URL)}")["standing"] == "withheld"


def test_rules_and_embargoes_hold(visitor: Visitor) -> None:
    # The second version is under embargo; the first still stands for whoever may not see it.
    rules = (AccessRule(source="post", access="exclude"), AccessRule(embargo=86400 * 39.5))
    limited = WebSettings(rate=0, access=rules)
    app = api_app(visitor.archive, limited, ORIGINS, SetClock(NOON + 40 * DAY))
    assert names(got(app, "/search?q=bridge")) == ["a1"]
    assert names(got(app, "/search?q=evening&versions=all")) == []
    assert names(got(app, "/search?q=noon&versions=past")) == []
    assert got(app, f"/articles/{STORY}")["version"]["number"] == 1
    assert got(app, "/clusters")["stories"] == []
    assert answer(app, f"/articles/{COPY}").status == 404


# ── the door ────────────────────────────────────────────────────────────────────────────────────────


def test_buckets_fill_again() -> None:
    moments = iter([0.0, 0.0, 0.0, 15.0, 30.0, 30.0])
    buckets = Buckets(2, lambda: next(moments))
    assert [buckets.wait(client) for client in ("a", "a", "a", "a", "a", "b")] == [0, 0, 30, 15, 0, 0]


def test_too_many_requests(visitor: Visitor) -> None:
    app = api_app(visitor.archive, WebSettings(rate=2), ORIGINS)
    found = [answer(app, "/service") for _ in range(3)]
    assert [each.status for each in found] == [200, 200, 429]
    assert int(found[-1].headers["retry-after"]) in range(1, 61)
    assert ask(app, ORIGINS.api, "/", {}).status == 200  # pages are not the API


def test_other_sites_pages(visitor: Visitor) -> None:
    given = WebSettings(rate=0, cors=("https://desk.example",), token="0123456789abcdef")
    app = api_app(visitor.archive, given, ORIGINS)
    asked = {"origin": "https://desk.example", "access_control_request_method": "GET"}
    preflight = answer(app, "/service", "OPTIONS", **asked)
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-origin"] == "https://desk.example"
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    theirs = answer(app, "/service", authorization="Bearer 0123456789abcdef", origin="https://desk.example")
    assert (theirs.status, theirs.headers["access-control-allow-origin"]) == (200, "https://desk.example")
    others = answer(app, "/service", authorization="Bearer 0123456789abcdef", origin="https://evil.example")
    assert "access-control-allow-origin" not in others.headers
    assert answer(app, "/service", origin="https://desk.example").status == 401


def test_metrics_and_health(app: ASGIApp) -> None:
    text = ask(app, ORIGINS.api, "/metrics", {}).text
    assert 'dateline_last_run_urls{outcome="failed",reason="timeout",source="times"} 1.0' in text
    assert 'dateline_last_success_timestamp_seconds{source="times"} 1.7748' in text
    assert "dateline_versions_unindexed 0.0" in text
    asked = {"host": "10.0.0.7"}  # as an orchestrator asks
    assert ask(app, ORIGINS.api, "/healthz", asked).status == 200
    before = ask(app, ORIGINS.api, "/readyz", asked)  # the store has no FORMAT.json
    assert (before.status, json.loads(before.body)) == (503, {"catalog": "ok", "store": "failed"})
