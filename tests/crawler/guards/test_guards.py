"""What the guards let through, seen from the servers and from the ledger."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.crawler.guards.conftest import CRAWL_DELAY, Town

ABSENT = "(absent)"  # the address that cannot exist, which each host with an article is asked for once
DOCUMENTS = {"/", "/feed"}  # in whichever order


def paths(town: Town, host: str) -> list[str]:
    """What a host was asked for, in order; a made-up address as `ABSENT`."""
    asked = [visit.path for visit in town.site.visits(host)]
    known = {"/", "/robots.txt", *(path.removeprefix(host) for path in town.site.pages)}
    return [path if path in known else ABSENT for path in asked]


# ── robots.txt ───────────────────────────────────────────────────────────────────────────────────────


def test_no_robots_txt_allows_everything(town: Town) -> None:
    assert town.outcomes("no-rules.test") == ["archived"]
    rules, first, second, *pages = paths(town, "no-rules.test")
    assert (rules, {first, second}, pages) == ("/robots.txt", DOCUMENTS, ["/news/0", ABSENT])


@pytest.mark.parametrize(
    ("host", "tries"),
    [
        pytest.param("never-up", 3, id="500"),
        pytest.param("hangs-up", 3, id="hangs up"),
        pytest.param("broken-off", 3, id="half a body, whose other half may say no"),
        pytest.param("bad-gzip", 1, id="broken gzip"),
    ],
)
def test_robots_txt_that_cannot_be_had_allows_nothing(town: Town, host: str, tries: int) -> None:
    assert town.documents[0][host] == "robots_unreachable"
    assert paths(town, f"{host}.test")[:tries] == ["/robots.txt"] * tries
    assert set(paths(town, f"{host}.test")) == {"/robots.txt"}


@pytest.mark.parametrize(
    ("source", "reason"), [("nowhere", "dns"), ("closed", "refused")], ids=["no such name", "closed port"]
)
def test_a_host_where_nobody_is_says_so(town: Town, source: str, reason: str) -> None:
    assert town.documents[0][source] == reason


def test_a_good_copy_of_the_day_stands_in(town: Town) -> None:
    """500 on the second crawl, 23 hours after a good answer; on the third that copy is three days old."""
    assert [town.documents[crawl]["down"] for crawl in range(3)] == ["ok", "ok", "robots_unreachable"]
    assert town.outcomes("down.test", 1) == ["unchanged"]
    assert town.outcomes("down.test", 2) == ["skipped(robots_unreachable)"]


def test_a_broken_copy_does_not_stand_in(town: Town) -> None:
    assert town.documents[1]["bad-gzip"] == "robots_unreachable"


def test_a_rule_holds_for_pages_and_behind_redirects(town: Town) -> None:
    assert town.outcome("rules.test", "/news/open") == "archived"
    assert town.outcome("rules.test", "/private/secret") == "skipped(robots)"
    assert town.outcome("rules.test", "/news/leads-in") == "skipped(robots)"
    asked = [visit.path for visit in town.site.visits("rules.test")]  # made-up ones included
    assert not [path for path in asked if path.startswith("/private/")]


def test_a_rule_holds_for_pictures(town: Town) -> None:
    assert paths(town, "pictures.test") == ["/robots.txt"]


def test_robots_txt_may_stand_elsewhere(town: Town) -> None:
    assert paths(town, "rules-there.test") == ["/moved-robots.txt"]
    assert town.outcome("elsewhere.test", "/news/0") == "archived"
    assert town.outcome("elsewhere.test", "/private/no") == "skipped(robots)"


def test_robots_txt_behind_too_many_hops_is_none(town: Town) -> None:
    """RFC 9309, 2.3.1.2: at least five hops are followed, then it may be taken as absent."""
    asked = [path for path in paths(town, "too-many-hops.test") if path.startswith("/robots.txt")]
    assert asked == [f"/robots.txt{'x' * hop}" for hop in range(6)]
    assert town.outcomes("too-many-hops.test") == ["archived"]


def test_robots_txt_is_asked_for_once_a_run(town: Town) -> None:
    for host in ("rules.test", "hops.test", "busy.test", "new-home.test"):
        assert paths(town, host).count("/robots.txt") == 1


# ── spacing ──────────────────────────────────────────────────────────────────────────────────────────


def test_crawl_delay_is_kept(town: Town) -> None:
    came = [visit.began for visit in town.site.visits("slow-down.test")]
    between = [later - earlier for earlier, later in pairwise(came)]
    assert len(between) == 7  # robots.txt, two documents, four pages, an absent one
    assert min(between) > CRAWL_DELAY - 0.1  # ours is kept at the sending end


def test_one_request_a_host_at_a_time(town: Town) -> None:
    assert town.outcomes("one-at-a-time.test")[0] == "archived"
    stories = [f"/news/{number}" for number in range(8)]
    assert sorted(paths(town, "one-at-a-time.test")) == sorted(["/robots.txt", *DOCUMENTS, *stories, ABSENT])
    assert town.one.most == 1


def test_a_source_may_allow_more_at_once(town: Town) -> None:
    assert 2 <= town.several.most <= 4


# ── when to come back ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("busy", 429, id="429 with seconds"),
        pytest.param("busy-unsaid", 429, id="429 without a word"),
        pytest.param("busy-503", 503, id="503 with a date far away"),
    ],
)
def test_a_host_that_asks_for_a_pause_gets_it(town: Town, host: str, status: int) -> None:
    """Also for the requests that waited in its slot already; and it is not asked again at once."""
    rules, first, second, *before, last = paths(town, f"{host}.test")
    assert (rules, {first, second}, last) == ("/robots.txt", DOCUMENTS, "/news/2")
    expected = {f"/news/{number}": "skipped(retry_after)" for number in range(12)}
    expected |= {path: "archived" for path in before if path != ABSENT} | {last: f"failed(http_{status})"}
    assert {path: town.outcome(f"{host}.test", path) for path in expected} == expected
    assert list(expected.values()).count("skipped(retry_after)") >= 6  # busy since its third page or so


def test_a_503_without_a_word_is_tried_again_and_is_that_pages_alone(town: Town) -> None:
    assert town.outcomes("one-bad-page.test") == ["archived", "failed(http_503)", "archived"]
    assert paths(town, "one-bad-page.test").count("/news/1") == 3


# ── redirects ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/news/loop", "failed(redirect_loop)"),
        ("/news/long", "failed(redirect_limit)"),
        ("/news/file", "failed(blocked_scheme)"),
        ("/news/ftp", "failed(blocked_scheme)"),
        ("/news/nonsense", "failed(blocked_url)"),
        ("/news/port", "failed(blocked_url)"),
        ("/news/far", "failed(dns)"),
        ("/news/long-address", "archived"),
        ("/news/moved", "skipped(robots)"),
        ("/news/moved-open", "archived"),
    ],
)
def test_where_a_redirect_ends(town: Town, path: str, outcome: str) -> None:
    assert town.outcome("hops.test", path) == outcome


def test_a_redirect_is_followed_eight_times(town: Town) -> None:
    assert [path for path in paths(town, "hops.test") if path.startswith("/hop/")] == [
        f"/hop/{hop}" for hop in range(1, 9)
    ]


def test_another_hosts_rules_hold_where_a_redirect_leads(town: Town) -> None:
    assert paths(town, "new-home.test") == ["/robots.txt", "/open"]


def test_every_account_is_closed_and_the_archive_is_whole(town: Town) -> None:
    assert all(row.outcome for ledger in town.ledgers for row in ledger.values())
    assert not [
        row.url for ledger in town.ledgers for row in ledger.values() if row.reason == "internal_error"
    ]
    assert town.house.problems() == []
