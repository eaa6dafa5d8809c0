"""The language of searches: what it means, and how it refuses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalog.search_postgres import written as to_tsquery
from archive.catalog.search_sqlite import written as to_fts5
from archive.search.expression import EVERY, AllOf, AnyOf, Expression, Facet, InCluster, Not, Phrase, resolve
from archive.search.query import QueryError, parse

A, B, C = Phrase(("aa",)), Phrase(("bb",)), Phrase(("cc",))
ID = "0" * 32
MEANINGS: dict[str, Expression] = {
    "aa bb": AllOf((A, B)),
    '"aa bb" cc': AllOf((Phrase(("aa", "bb")), C)),
    "aa-bb": Phrase(("aa", "bb")),
    "aa -bb": AllOf((A, Not(B))),
    "-aa": Not(A),
    "--aa": Not(Not(A)),
    "aa OR bb cc": AnyOf((A, AllOf((B, C)))),
    "(aa OR bb) cc": AllOf((AnyOf((A, B)), C)),
    "aa or bb": AllOf((A, Phrase(("or",)), B)),
    "aa \u2013 bb !": AllOf((A, B)),
    "aa*": Phrase(("aa",), begun=True),
    '"aa bb"*': Phrase(("aa", "bb"), begun=True),
    "title:aa": Phrase(("aa",), title=True),
    'title:"aa bb*"': Phrase(("aa", "bb"), begun=True, title=True),
    "source:example-times": Facet("source:example-times"),
    "lang:de event:new has:picture": AllOf((Facet("lang:de"), Facet("event:new"), Facet("has:picture"))),
    f"cluster:{ID}": InCluster(ID),
    "SOURCE:b": Facet("source:b"),
    "20:15": Phrase(("20", "15")),
    "": Facet(EVERY),
    "since:2026": Facet(EVERY),
}


@pytest.mark.parametrize("text", MEANINGS)
def test_meanings(text: str) -> None:
    assert parse(text).expression == MEANINGS[text]


def day(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


SPANS = {
    "since:2026": (day(2026, 1, 1), None),
    "until:2026": (None, day(2027, 1, 1)),
    "until:2026-12": (None, day(2027, 1, 1)),
    "aa since:2026-03-21 until:2026-03-21": (day(2026, 3, 21), day(2026, 3, 22)),
    "since:2026-03-21T18:30 bb": (day(2026, 3, 21, 18, 30), None),
    "until:2026-03-21T18:30+01:00": (None, day(2026, 3, 21, 17, 30)),
}


@pytest.mark.parametrize(("text", "expected"), SPANS.items())
def test_spans(text: str, expected: tuple[datetime | None, datetime | None]) -> None:
    found = parse(text)
    assert (found.since, found.until) == expected


REFUSALS = {
    "🌉 !": "no letters or digits",
    "aa OR": "OR stands at an end",
    "OR": "OR stands at an end",
    "(aa": "opened and not closed",
    "aa)": "closed that was never opened",
    "()": "nothing behind or in it",
    "aa -(": "nothing behind or in it|opened and not closed",
    "(" * 9 + "a" + ")" * 9: "at most 8 deep",
    '"aa': "no other one after it",
    "a*": "two letters or more",
    "colour:red": "field 'colour' is unknown; allowed: source",
    "https://news.example/a": "field 'https' is unknown",
    "source:Über": "the name of a source",
    "lang:german": "ISO 639",
    "event:born": "allowed: new, title, text",
    "has:video": "allowed: picture, text",
    "cluster:1": "32 hexadecimal digits",
    "since:yesterday": "since: 'yesterday' is no time; allowed: 2026",
    "since:2026-02-30": "is no time",
    "until:9999": "is no time",
    "since:2026 since:2027": "stands twice",
    "-since:2026": "without - or OR",
    "since:2027 until:2026": "not before until",
    "aa " * 65: "65 parts; allowed: 64",
    "a" * 1001: "1,001 characters; allowed: 1,000",
}


@pytest.mark.parametrize("text", REFUSALS)
def test_refusals(text: str) -> None:
    with pytest.raises(QueryError, match=REFUSALS[text]):
        parse(text)


def test_what_is_given_beside_a_query_holds_for_both_sides_of_an_or() -> None:
    found = parse("aa OR bb", {"source": "times", "until": "2026"})
    assert found.expression == AllOf((AnyOf((A, B)), Facet("source:times")))
    assert found.until == day(2027, 1, 1)
    with pytest.raises(QueryError, match="since: stands in the query and beside it"):
        parse("since:2026", {"since": "2026"})


WRITTEN = {
    "aa": ('"aa"', "('aa')"),
    '"aa bb"*': ('"aa bb" *', "('aa' <-> 'bb':*)"),
    "title:aa*": ('{title} : "aa" *', "('aa':*A)"),
    "-aa": ('("is:any" NOT "aa")', "('is:any' & !('aa'))"),
    "aa -bb -cc": ('(("aa") NOT ("bb" OR "cc"))', "(('aa') & ('is:any' & !('bb')) & ('is:any' & !('cc')))"),
    "aa OR source:b": ('("aa" OR "source:b")', "(('aa') | 'source:b')"),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_as_databases_read_it(text: str) -> None:
    expression = parse(text).expression
    assert (to_fts5(expression), to_tsquery(expression)) == WRITTEN[text]


def test_a_cluster_is_its_articles_and_one_without_any_is_nothing() -> None:
    expression = parse(f"aa cluster:{ID}").expression
    assert to_fts5(resolve(expression, {ID: ["x", "y"]})) == '("aa" AND ("article:x" OR "article:y"))'
    assert to_tsquery(resolve(expression, {})) == "(('aa') & 'is:none')"


@given(st.text(alphabet='ab"()-* OR:source中é', max_size=30) | st.text(max_size=30))
def test_whatever_is_typed_is_understood_or_refused(text: str) -> None:
    try:
        expression = resolve(parse(text).expression, {})
    except QueryError:
        return
    assert to_fts5(expression)
    assert to_tsquery(expression)
