"""Every verb over both back ends: the same answers, the same errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import pytest

import dateline
from tests.dateline.conftest import Demo

Verb = Callable[[dateline.Archive], Any]
BRIDGE = "old-railway-bridge"
NIGHT = "2026-03-21"


def listed(pages: dateline.Pages[Any]) -> list[Any]:
    return list(pages)


def a_picture(archive: dateline.Archive) -> str:
    return next(str(hung.picture.sha256) for hung in archive.pictures().pictures)


def an_article(archive: dateline.Archive) -> str:
    return next(hit.line.article_id for hit in archive.search(event="title", versions="all"))


VERBS: dict[str, Verb] = {
    "search": lambda a: listed(a.search("the", versions="all", sort="oldest")),
    "search by relevance": lambda a: listed(a.search("bridge OR town", sort="relevance")),
    "search in what was said": lambda a: listed(a.search("the", versions="past")),
    "search in nothing": lambda a: listed(a.search("zzzzz", until="2026-03-20")),
    "look up": lambda a: a.look_up(next(iter(a.search("the"))).line.url),
    "look up what is unknown": lambda a: a.look_up("news.example/never/seen"),
    "article": lambda a: a.article(an_article(a)),
    "article by its address": lambda a: a.article(next(iter(a.search(event="title"))).line.url),
    "article of a number": lambda a: a.article(an_article(a), version=1),
    "article at a moment": lambda a: a.article(an_article(a), at=datetime(2026, 12, 1, tzinfo=UTC)),
    "article at a day": lambda a: a.article(an_article(a), at=date(2026, 12, 1)),
    "compare": lambda a: a.compare(an_article(a)),
    "compare these": lambda a: a.compare(an_article(a), 1, 2),
    "night": lambda a: a.night(),
    "night of a day": lambda a: a.night(NIGHT),
    "sources": lambda a: list(a.sources()),
    "source": lambda a: a.source(a.sources()[0].name),
    "preview": lambda a: a.preview("el-mirador"),
    "runs": lambda a: listed(a.runs()),
    "run": lambda a: a.run(next(iter(a.runs())).id),
    "ledger": lambda a: listed(a.ledger(next(iter(a.runs())).id)),
    "ledger of one outcome": lambda a: listed(a.ledger(next(iter(a.runs())).id, outcome="skipped")),
    "alarms": lambda a: listed(a.alarms()),
    "every alarm": lambda a: listed(a.alarms(every=True)),
    "stories": lambda a: listed(a.stories()),
    "stories since then": lambda a: listed(a.stories(since="2026-03-20T00:00Z")),
    "fronts": lambda a: a.fronts(),
    "fronts at a moment": lambda a: a.fronts("2026-12-01T12:00+01:00"),
    "front": lambda a: a.front(a.fronts().pages[0].source),
    "front hours": lambda a: a.front_hours("2026-03-22", sources=["el-mirador", "harbour-courier"]),
    "front hours of the newest day": lambda a: a.front_hours(),
    "pictures": lambda a: a.pictures(),
    "pictures of a day": lambda a: a.pictures(date(2026, 3, 21)),
    "picture": lambda a: a.picture(a_picture(a)),
    "saved searches": lambda a: list(a.searches()),
    "finds": lambda a: listed(a.finds("everywhere")),
}
EMPTY = {"search in nothing", "alarms", "pictures of a day"}  # which the demo has none of


@pytest.mark.parametrize("verb", VERBS)
def test_both_say_the_same(here: dateline.Archive, there: dateline.Archive, verb: str) -> None:
    found = VERBS[verb](here)
    assert found == VERBS[verb](there)
    if isinstance(found, list):
        assert bool(found) == (verb not in EMPTY)


REFUSED: dict[str, tuple[Verb, type[dateline.ArchiveError], str]] = {
    "a query": (lambda a: a.search("(bridge"), dateline.WrongQuestion, "bracket"),
    "a field": (lambda a: a.search(event="explosion"), dateline.WrongQuestion, "allowed: new, title"),
    "versions": (lambda a: a.search(versions="some"), dateline.WrongQuestion, "standing"),  # type: ignore[arg-type]
    "a source": (lambda a: a.source("../../etc"), dateline.WrongQuestion, "name of a source"),
    "a source that is not there": (lambda a: a.source("none-such"), dateline.NotArchived, "sources()"),
    "a preview that nobody asked for": (
        lambda a: a.preview("harbour-courier"),
        dateline.NotArchived,
        "asked for a preview",
    ),
    "nine front pages": (lambda a: a.front_hours(sources=["a"] * 9), dateline.WrongQuestion, "allowed: 8"),
    "an address": (lambda a: a.look_up("ftp://news.example/"), dateline.WrongQuestion, "web address"),
    "a moment without a zone": (
        lambda a: a.article("a" * 32, at=datetime(2026, 1, 1)),  # noqa: DTZ001
        dateline.WrongQuestion,
        "zone",
    ),
    "a moment": (lambda a: a.fronts("yesterday"), dateline.WrongQuestion, "no moment"),
    "a day": (lambda a: a.night("21 March"), dateline.WrongQuestion, "no day"),
    "both at once": (
        lambda a: a.article("a" * 32, at="2026-03-21", version=1),
        dateline.WrongQuestion,
        "one of them",
    ),
    "an article": (lambda a: a.article("a" * 32), dateline.NotArchived, "look_up(url)"),
    "an address without article": (
        lambda a: a.article("https://news.example/never"),
        dateline.NotArchived,
        "(unknown)",
    ),
    "a version": (lambda a: a.article(an_article(a), version=99), dateline.NotArchived, "look_up"),
    "a version below one": (lambda a: a.article("a" * 32, version=0), dateline.WrongQuestion, "from 1 on"),
    "versions to compare": (lambda a: a.compare(an_article(a), 7, 8), dateline.NotArchived, "contents"),
    "a run": (lambda a: a.run("x"), dateline.NotArchived, "runs()"),
    "a run's name": (lambda a: a.run("../x"), dateline.WrongQuestion, "no id of a run"),
    "a ledger": (lambda a: listed(a.ledger("x")), dateline.NotArchived, "runs()"),
    "an outcome": (lambda a: a.ledger("x", outcome="\x00"), dateline.WrongQuestion, "no outcome"),
    "a picture": (lambda a: a.picture("0" * 64), dateline.NotArchived, "pictures(day)"),
    "a digest": (lambda a: a.picture("0"), dateline.WrongQuestion, "64 hexadecimal"),
    "a front page": (lambda a: a.front("none-such"), dateline.NotArchived, "fronts()"),
    "a saved search": (lambda a: listed(a.finds("none")), dateline.NotArchived, "searches()"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_both_refuse_the_same(archive: dateline.Archive, case: str) -> None:
    verb, kind, said = REFUSED[case]
    with pytest.raises(kind) as caught:
        verb(archive)
    assert type(caught.value) is kind
    assert said in str(caught.value)
    assert str(caught.value) == f"{caught.value.problem}; {caught.value.next}"


def test_pages_are_asked_for_as_they_are_read(
    archive: dateline.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = listed(archive.search("the", versions="all"))
    monkeypatch.setattr("dateline.client._PAGE", 2)
    assert listed(archive.search("the", versions="all")) == whole
    assert list(islice(archive.search("the", versions="all"), 3)) == whole[:3]
    assert [run.id for run in archive.runs()] == [run.id for run in archive.runs().first(100)]
    assert len(archive.runs().first(2)) == 2
    assert len({story.cluster for story in archive.stories()}) == len(listed(archive.stories()))
    finds = [(find.article.article_id, find.article.number) for find in archive.finds("everywhere")]
    assert len(finds) == len(set(finds)) > 2
    assert len({alarm.id for alarm in archive.alarms(every=True)}) == 1


def test_what_is_found_is_once_an_alarm(archive: dateline.Archive) -> None:
    [everywhere, nowhere] = archive.searches()
    assert everywhere.newest is not None
    assert (nowhere.finds, nowhere.newest) == (0, None)
    [alarm] = archive.alarms(every=True)
    assert (alarm.kind, alarm.subject) == ("found", "everywhere")
    assert alarm.message == f"{everywhere.finds} versions found"


def test_what_a_notebook_shows(archive: dateline.Archive, demo: Demo) -> None:
    hits = archive.search("the", versions="all")
    assert repr(hits) == "<search the: iterate, or ask for first(n)>"
    assert hits._repr_html_().count("<tr>") == min(20, len(listed(hits))) + 1
    table = hits.first(2)
    assert repr(table).startswith("search the (2)\n  <Hit ")
    assert table._repr_html_().endswith("<p>… and more</p>")
    view = archive.article(an_article(archive))
    assert repr(view).startswith(f"<ArticleView article_id='{view.article_id}', source=")
    page = view._repr_html_()  # type: ignore[attr-defined]
    assert f'<a href="{view.url}"' in page
    assert page.count("<table>") == page.count("</table>") > 2
    assert repr(archive) in {
        f"<dateline.Archive {demo.address}>",
        f"<dateline.Archive file://{demo.config.parent}/archive>",
    }
    assert str(demo.config.parent) in archive._repr_html_() or demo.address in archive._repr_html_()
