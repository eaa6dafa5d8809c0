"""Sites that say "not found" with a 200: a new page is none, a known article is missing, others stay."""
# ruff: noqa: E501 - pages are easier to read unbroken

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from archive.catalog import lookup, runs, versions
from archive.opening import Archive
from tests.end_to_end.house import House
from tests.end_to_end.small_site import (
    Answer,
    Page,
    SmallSite,
    Visit,
    crawl_words,
    feed,
    page,
    redirect,
    robots,
    small_house,
    story,
)

NIGHTS = tuple(datetime(2026, 3, 20, 2, tzinfo=UTC) + timedelta(days=n) for n in range(4))
NAMES = ("arles", "basel", "cork", "dover")
HEAVY = "".join(
    f"<p>Paragraph {'abcdefgh'[n]} of what every page of this site says about its house.</p>"
    for n in range(8)
)
WORDS = ("bridge", "tunnel", "market", "museum", "school", "church", "ferry", "tower", "mill", "canal")


def path(name: str) -> str:
    return f"/2026/03/{name}-quay-closes"


def brief(name: str) -> str:
    return (
        f"<html><head><title>The Example Times</title></head><body><h1>The Example Times</h1>"
        f"<article><h2>Ferry of {name}</h2><p>The ferry of {name} to the northern pier does not sail on Tuesday, "
        f"the harbour office of {name} said. Tickets stay valid until the dredger is back.</p></article>"
        f"{HEAVY}</body></html>"
    )


@dataclass
class SoftSite(SmallSite):
    """Answers what a host has no page for as that host does; the `n`-th such answer offers other articles."""

    soft: dict[str, Answer] = field(default_factory=dict)
    absent: list[Visit] = field(default_factory=list)

    def answer(self, visit: Visit) -> Page:
        status, headers, body = super().answer(visit)
        if status == 404 and visit.host in self.soft and not visit.path.startswith("/robots"):
            self.absent.append(visit)
            found = self.soft[visit.host]
            return found(visit) if callable(found) else found
        return status, headers, body

    def strange(self, host: str) -> list[str]:
        """The addresses of a host that nobody ever named: what was asked to see the answer."""
        named = {
            "/",
            *(path(name) for name in (*NAMES, "elba")),
        }  # and the front page, which each night looks at
        return [visit.path for visit in self.absent if visit.host == host and visit.path not in named]


def sorry(site: SoftSite) -> Answer:
    def answer(_: Visit) -> Page:
        start = len(site.absent) % len(WORDS)
        offered = (WORDS + WORDS)[start : start + 5]
        cards = "".join(
            f"<div class=card><a href=/{word}><h3>The {word} has been opened again this spring</h3></a>"
            f"<p>What the people of the {word} say about it, and what it costs them.</p></div>"
            for word in offered
        )
        text = "<p>There is no story at this address. Perhaps it has moved to another berth.</p>"
        return page(
            f"<html><head><title>Lost at sea</title></head><body><h1>Lost at sea</h1>{text}<div>{cards}</div></body></html>"
        )

    return answer


HOSTS = ("soft.test", "led.test", "wall.test", "heavy.test", "off.test", "closed.test")


@dataclass
class Nights:
    site: SoftSite
    house: House


def build(site: SoftSite) -> dict[str, str]:
    for host in HOSTS:
        pages: dict[str, Answer] = {path(name): page(story(f"{name} {host}")) for name in NAMES}
        site.add(host, {"/feed": feed(site.url(host, path(name)) for name in NAMES), **pages})
        site.soft[host] = sorry(site)
    site.add("heavy.test", {path(name): page(brief(name)) for name in NAMES})
    nothing = "<html><head><title>The Example Times</title></head><body><h1>The Example Times</h1><p>Nothing here.</p>"
    site.soft["heavy.test"] = page(f"{nothing}{HEAVY}</body></html>")
    site.soft["led.test"] = redirect("/elsewhere.html")
    moment = (
        "<p>This is the place where stories end up when they have left. Look around as you please.</p>" * 3
    )
    site.add("led.test", {"/elsewhere.html": page(story("elsewhere", extra=moment))})
    site.add(
        "closed.test",
        {
            "/robots.txt": robots(
                "User-agent: *\nAllow: /feed\n"
                + "".join(f"Allow: {path(name)}\n" for name in NAMES)
                + "Disallow: /\n"
            )
        },
    )
    extra = {"off.test": "judge: {probe: false}\n"}
    return {
        host.partition(".")[0]: site.source(host.partition(".")[0], host, extra.get(host, ""))
        for host in HOSTS
    }


def remove(site: SoftSite, host: str, name: str) -> None:
    del site.pages[f"{host}{path(name)}"]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    with SoftSite() as site:
        sources = build(site)
        house = small_house(tmp_path_factory.mktemp("soft") / "house", sources, hosts=HOSTS)
        house.run(*crawl_words(NIGHTS[0]))
        for host in ("soft.test", "led.test", "off.test", "closed.test"):
            remove(site, host, "arles")
        named = (*NAMES, "elba")  # elba was never there
        site.add("soft.test", {"/feed": feed(site.url("soft.test", path(name)) for name in named)})
        strike = page(
            "<html><head><title>On strike</title></head><body><h1>On strike</h1><p>The typesetters have laid down their work.</p></body></html>"
        )
        kept = {name: site.pages.pop(f"wall.test{path(name)}") for name in NAMES}
        site.soft["wall.test"] = strike
        house.run(*crawl_words(NIGHTS[1]))
        house.run(*crawl_words(NIGHTS[2]))
        site.add("wall.test", {path(name): answer for name, answer in kept.items()})
        house.run(*crawl_words(NIGHTS[3]))
        yield Nights(site, house)


def ended(archive: Archive, source: str, name: str) -> list[str]:
    """How a page of a source ended, night by night; nights without it are left out."""
    found = sorted(runs.newest_runs(archive.catalog, 9), key=lambda run: run.started_at)
    rows = [row for run in found for row in runs.ledger_of(archive.catalog, run.id)]
    mine = [row for row in rows if row.source == source and row.url.endswith(path(name))]
    return [f"{row.outcome}({row.reason})" if row.reason else str(row.outcome) for row in mine]


def removed(archive: Archive, nights: Nights, host: str, name: str) -> list[bool]:
    article = lookup.article_of(archive.catalog, nights.site.url(host, path(name)))
    assert article is not None
    return [version.removed for version in versions.versions_of(archive.catalog, article.id)]


@pytest.mark.parametrize(
    ("source", "name", "how"),
    [
        ("soft", "arles", ["archived", "gone(soft_404)", "gone(soft_404)", "gone(soft_404)"]),
        ("soft", "elba", ["quarantined(soft_404)"] * 3),
        ("led", "arles", ["archived", "gone(soft_404)", "gone(soft_404)", "gone(soft_404)"]),
        ("off", "arles", ["archived", *["quarantined(listing)"] * 3]),
        ("closed", "arles", ["archived", *["quarantined(listing)"] * 3]),
        # A wall that nobody has a name for stands before every page: nothing is known to be gone.
        ("wall", "arles", ["archived", "quarantined(soft_404)", "quarantined(soft_404)", "unchanged"]),
    ],
    ids=["a known article", "a new page", "led elsewhere", "no probe wanted", "no probe allowed", "a wall"],
)
def test_what_is_not_there_ends_as_it_should(
    archive: Archive, source: str, name: str, how: list[str]
) -> None:
    assert ended(archive, source, name) == how


@pytest.mark.parametrize("source", ["soft", "led", "heavy", "off", "closed"])
def test_articles_are_untouched(archive: Archive, source: str) -> None:
    for name in NAMES[1:]:
        assert ended(archive, source, name) == ["archived", "unchanged", "unchanged", "unchanged"]


@pytest.mark.parametrize(
    ("host", "gone"), [("soft.test", True), ("led.test", True), ("off.test", False), ("wall.test", False)]
)
def test_two_nights_of_it_make_a_tombstone(archive: Archive, nights: Nights, host: str, gone: bool) -> None:
    assert removed(archive, nights, host, "arles") == ([False, True] if gone else [False])


def test_one_request_a_host_and_night_and_none_where_it_may_not_be(nights: Nights) -> None:
    asked = {host: len(nights.site.strange(host)) for host in HOSTS}
    assert asked == {
        "soft.test": 4,
        "led.test": 4,
        "wall.test": 4,
        "heavy.test": 4,
        "off.test": 0,
        "closed.test": 0,
    }


def test_the_answer_is_archived_like_any_document_and_is_in_no_account(
    archive: Archive, nights: Nights
) -> None:
    for host in ("soft.test", "heavy.test"):
        for strange in nights.site.strange(host):
            [capture] = lookup.captures_of(archive.catalog, nights.site.url(host, strange))
            assert (capture.status, capture.source) == (200, host.partition(".")[0])
            assert lookup.last_outcome(archive.catalog, capture.url) is None
