"""Rules and embargoes: what may not be seen is in no answer of any endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from archive.catalog.cdx_reads import Span, captures_of_urls
from archive.catalog.visible import EVERYTHING, NOTHING, Visible
from archive.digest import url_key
from archive.opening import Archive
from archive.rows import TakedownRow
from config.settings import AccessRule, WebSettings
from tests.archive.material import NOON, SetClock, exchange, house
from tests.web.visitor import ORIGINS, Visitor
from web.access import Access

OLD, NEW = NOON, NOON + timedelta(days=10)
TODAY = NOON + timedelta(days=12)
TIMES, POST = "https://times.example/a", "https://post.example/b"
LETTER = "https://times.example/letters/c"

HIDE_TIMES = AccessRule(source="times", access="exclude")
BLOCK_LETTERS = AccessRule(prefix="https://times.example/letters/", access="block")
WEEK = AccessRule(embargo=7 * 86400)
TIMES_WEEK = AccessRule(source="times", embargo=7 * 86400)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    home = house(tmp_path_factory.mktemp("access"))
    for at in (OLD, NEW):
        for source, url in (("times", TIMES), ("times", LETTER), ("post", POST)):
            home.recorder.record(exchange(url, f"{url} {at}".encode(), at=at), source).result(300)
    home.committer.commit_segments(home.recorder, [])
    yield Archive(home.store, home.catalog)
    home.die()
    home.catalog.close()


def visitor(archive: Archive, *rules: AccessRule) -> Visitor:
    return Visitor(archive, WebSettings(access=rules), clock=SetClock(TODAY))


TABLE = {
    "no rule": ((), {TIMES: [OLD, NEW], LETTER: [OLD, NEW], POST: [OLD, NEW]}),
    "a source excluded": ((HIDE_TIMES,), {TIMES: 404, LETTER: 404, POST: [OLD, NEW]}),
    "a prefix blocked": ((BLOCK_LETTERS,), {TIMES: [OLD, NEW], LETTER: 451, POST: [OLD, NEW]}),
    "everything embargoed": ((WEEK,), {TIMES: [OLD], LETTER: [OLD], POST: [OLD]}),
    "a source embargoed": ((TIMES_WEEK,), {TIMES: [OLD], LETTER: [OLD], POST: [OLD, NEW]}),
    "the first rule wins": ((TIMES_WEEK, HIDE_TIMES), {TIMES: [OLD], LETTER: [OLD], POST: [OLD, NEW]}),
    "an exception first": (
        (AccessRule(prefix=LETTER), HIDE_TIMES),
        {TIMES: 404, LETTER: [OLD, NEW], POST: [OLD, NEW]},
    ),
    "only one source": (
        (AccessRule(source="post"), AccessRule(access="exclude")),
        {TIMES: 404, LETTER: 404, POST: [OLD, NEW]},
    ),
}
NAMED = pytest.mark.parametrize(("rules", "expected"), list(TABLE.values()), ids=list(TABLE))


@NAMED
def test_every_endpoint_shows_the_same(
    archive: Archive, rules: tuple[AccessRule, ...], expected: dict[str, object]
) -> None:
    reader = visitor(archive, *rules)
    seen: dict[str, object] = {}
    for url in expected:
        timemap = reader.api(f"/timemap/json/{url}")
        shown = [at for at in (OLD, NEW) if f"{at:%Y-%m-%dT%H:%M:%SZ}".encode() in timemap.body]
        seen[url] = shown or timemap.status
        newest = f"{ORIGINS.api}/web/{shown[-1]:%Y%m%d%H%M%S}id_/{url}" if shown else None
        gate = reader.api(f"/timegate/{url}")
        assert gate.headers.get("location") == newest
        for answer in (gate, reader.api(f"/web/2027id_/{url}"), reader.replay(f"/web/2027mp_/{url}")):
            assert answer.status in ({200, 302} if shown else {seen[url]})
        if shown:
            assert reader.api(f"/web/2027id_/{url}").body == f"{url} {shown[-1]}".encode()
        assert reader.api(f"/cdx?url={url}").body.count(b"\n") == len(shown)
    assert seen == expected
    shown_in_all = sum(len(at) for at in expected.values() if isinstance(at, list))
    assert reader.api("/cdx?url=*.example").body.count(b"\n") == shown_in_all


@NAMED
def test_the_rule_in_sql_and_in_python_say_the_same(
    archive: Archive, rules: tuple[AccessRule, ...], expected: dict[str, object]
) -> None:
    access = Access(rules, SetClock(TODAY, timedelta()))
    sources = {row.url: row.source for row in captures_of_urls(archive.catalog, list(expected), Span(), 9)}
    assert len(sources) == 3
    for url, source in sources.items():
        shown = expected[url] if isinstance(expected[url], list) else []
        assert [at for at in (OLD, NEW) if access.visible(url).shows(source, at)] == shown


def test_visible_without_rules_asks_for_nothing_more() -> None:
    assert Visible().conditions() == []
    assert Access((), SetClock()).visible(TIMES) == Visible(EVERYTHING)
    assert Access((HIDE_TIMES,), SetClock()).visible(TIMES) == Visible(EVERYTHING, (("times", NOTHING),))


def test_what_was_taken_down_is_told_of_whatever_the_rules_say(tmp_path: Path) -> None:
    home = house(tmp_path)
    for at in (OLD, NEW):
        home.recorder.record(exchange(TIMES, b"gone", at=at), "times").result(300)
        home.recorder.record(exchange(POST, b"there", at=at), "post").result(300)
    row = TakedownRow(url_key=url_key(TIMES), url=TIMES, subject=TIMES, reason="court order 7", at=NEW)
    home.committer.commit_segments(home.recorder, [row])
    reader = visitor(Archive(home.store, home.catalog), HIDE_TIMES)
    for path in (
        f"/timegate/{TIMES}",
        f"/timemap/link/{TIMES}",
        f"/web/2027id_/{TIMES}",
        f"/web/2027/{TIMES}",
    ):
        answer = reader.api(path)
        assert (answer.status, b"court order 7" in answer.body) == (451, True)
    replayed = reader.replay(f"/web/2027mp_/{TIMES}")
    assert (replayed.status, b"court order 7" in replayed.body) == (451, True)
    assert reader.api(f"/cdx?url={TIMES}").body == b""
    assert reader.api("/cdx?url=*.example").body.count(b"\n") == 2
    assert reader.api(f"/web/2027id_/{POST}").body == b"there"
    home.die()
    home.catalog.close()


@pytest.mark.parametrize(
    "rule",
    [
        {"access": "deny"},
        {"embargo": "soon"},
        {"access": "block", "embargo": "7d"},
        {"prefix": "letters/"},
        {"url": "x"},
    ],
)
def test_a_rule_that_means_nothing_is_refused(rule: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        AccessRule.model_validate(rule)


def test_rules_in_a_variable_are_json() -> None:
    given = WebSettings.model_validate({"access": '[{"source": "times", "embargo": "7d"}]'})
    assert given.access == (TIMES_WEEK,)
    with pytest.raises(ValidationError, match="JSON"):
        WebSettings.model_validate({"access": "times"})


def test_time_passes_under_an_embargo(archive: Archive) -> None:
    reader = visitor(archive, WEEK)
    assert reader.api(f"/cdx?url={TIMES}").body.count(b"\n") == 1
    later = replace(reader, clock=SetClock(NEW + timedelta(days=7)))
    assert later.api(f"/cdx?url={TIMES}").body.count(b"\n") == 2
