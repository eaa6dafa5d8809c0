"""robots.txt as policy."""

from __future__ import annotations

import tarfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.robots import MAX_ROBOTS_BYTES, RobotsReason, product_token, robots_policy

US = "Dateline/0.1 (+https://archive.example/about)"
PAGE = "https://news.example/world/a.html"
HOUR = timedelta(hours=1)
NO_WORLD = b"User-agent: *\nDisallow: /world/\n"


@pytest.mark.parametrize(
    ("status", "failure", "last_good_age", "allowed", "reason"),
    [
        pytest.param(200, None, None, False, RobotsReason.ROBOTS, id="rules"),
        pytest.param(404, None, None, True, RobotsReason.ROBOTS, id="none"),
        pytest.param(403, None, None, True, RobotsReason.ROBOTS, id="forbidden"),
        pytest.param(429, None, None, True, RobotsReason.ROBOTS, id="other 4xx"),
        pytest.param(302, None, None, True, RobotsReason.ROBOTS, id="redirects without end"),
        pytest.param(500, None, None, False, RobotsReason.UNREACHABLE, id="5xx"),
        pytest.param(503, None, 23 * HOUR, False, RobotsReason.ROBOTS, id="5xx, good copy of today"),
        pytest.param(503, None, 25 * HOUR, False, RobotsReason.UNREACHABLE, id="5xx, good copy too old"),
        pytest.param(304, None, 90 * HOUR, False, RobotsReason.ROBOTS, id="not modified"),
        pytest.param(None, "timeout", None, False, RobotsReason.UNREACHABLE, id="timeout"),
        pytest.param(None, "tls", 1 * HOUR, False, RobotsReason.ROBOTS, id="TLS error, good copy"),
        pytest.param(200, "truncated", None, False, RobotsReason.UNREACHABLE, id="half a body"),
        pytest.param(None, None, None, False, RobotsReason.UNREACHABLE, id="nothing at all"),
        pytest.param(999, None, None, False, RobotsReason.UNREACHABLE, id="no HTTP status"),
    ],
)
def test_policy(
    status: int | None,
    failure: str | None,
    last_good_age: timedelta | None,
    allowed: bool,
    reason: RobotsReason,
) -> None:
    policy = robots_policy(
        status,
        NO_WORLD,
        failure=failure,
        last_good=NO_WORLD if last_good_age else None,
        last_good_age=last_good_age,
    )
    assert policy.allows(PAGE, US) is allowed
    assert policy.reason is reason
    # A copy that is still good allows what it allows; an unreachable one nothing.
    assert policy.allows("https://news.example/sport/", US) is (reason is RobotsReason.ROBOTS)


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        pytest.param("User-agent: dateline\nDisallow: /\n", False, id="named"),
        pytest.param("User-agent: DateLine\nDisallow: /\n", False, id="named, in another case"),
        pytest.param("User-agent: Dateline/2.0\nDisallow: /\n", False, id="named, with a version"),
        pytest.param("User-agent: Dateline  # archive\nDisallow: /\n", False, id="named, with a comment"),
        pytest.param("User-agent: date\nDisallow: /\n", True, id="a part of our name is not ours"),
        pytest.param("User-agent: line\nDisallow: /\n", True, id="the end of our name is not ours"),
        pytest.param("User-agent: dateline-images\nDisallow: /\n", True, id="a longer name is not ours"),
        pytest.param("User-agent: archive\nDisallow: /\n", True, id="a word of our contact is not ours"),
        pytest.param(
            "User-agent: *\nDisallow: /\n\nUser-agent: dateline\nAllow: /\n", True, id="ours before *"
        ),
        pytest.param(
            "User-agent: other\nUser-agent: dateline\nDisallow: /\n", False, id="one group, two names"
        ),
        pytest.param("User-agent: *\nDisallow: /\nAllow: /world/\n", True, id="longest match"),
        pytest.param("User-agent: *\nDisallow: /*.html$\n", False, id="wildcard and end"),
        pytest.param("User-agent: *\nDisallow:\n", True, id="empty rule"),
        pytest.param("Disallow: /\n", True, id="rule of no group"),
        pytest.param("User-agent: *\rDisallow: /\r", False, id="ends of line of old"),
        pytest.param("\ufeffUser-agent: *\nDisallow: /\n", False, id="BOM"),
        pytest.param("User-\x00agent: *\nDis\x00allow: /\n", False, id="NULs"),
        pytest.param("<!DOCTYPE html><html><body><h1>Not found</h1></body></html>", True, id="HTML"),
        pytest.param("", True, id="empty"),
    ],
)
def test_rules(body: str, allowed: bool) -> None:
    assert robots_policy(200, body.encode()).allows(PAGE, US) is allowed


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_encodings(encoding: str) -> None:
    body = "User-agent: *\nDisallow: /world/caf\u00e9\nDisallow: /world/a\n".encode(encoding)
    assert robots_policy(200, body).allows(PAGE, US) is False


def test_only_the_first_500_kib_count_and_no_cut_line() -> None:
    filler = b"# " + b"x" * 97 + b"\n"
    head = b"User-agent: *\nDisallow: /world/a\n"
    cut = (MAX_ROBOTS_BYTES - len(head) - 12) // 100
    padding = filler * cut
    padding += b"#" * (MAX_ROBOTS_BYTES - len(head) - len(padding) - 13) + b"\n"
    body = head + padding + b"Disallow: /sport/cricket\nDisallow: /late\n" + filler * 100_000
    assert len(body) > 10_000_000
    policy = robots_policy(200, body)
    assert not policy.allows(PAGE, US)
    assert policy.allows("https://news.example/sport/", US)
    assert policy.allows("https://news.example/late", US)


def test_one_endless_line() -> None:
    assert robots_policy(200, b"Disallow: /" + b"a" * 10_000_000).allows(PAGE, US)


def test_500_kib_of_wildcards_are_matched_in_linear_time() -> None:
    body = b"User-agent: *\n" + (b"Disallow: /" + b"*a" * 40 + b"b\n") * 5000
    policy = robots_policy(200, body)
    started = time.process_time()
    assert policy.allows("https://news.example/" + "a" * 2000, US)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10", 10.0),
        ("0.5", 0.5),
        ("0", 0.0),
        ("-1", None),
        ("inf", None),
        ("nan", None),
        ("3600", 60.0),
        ("soon", None),
    ],
)
def test_crawl_delay(value: str, expected: float | None) -> None:
    assert robots_policy(200, f"User-agent: *\nCrawl-delay: {value}\n".encode()).crawl_delay(US) == expected


def test_a_delay_for_others_is_not_ours() -> None:
    assert robots_policy(200, b"User-agent: other\nCrawl-delay: 30\n").crawl_delay(US) is None
    assert robots_policy(404, b"").crawl_delay(US) is None


def test_sitemaps_as_found_each_once() -> None:
    body = b"Sitemap: https://news.example/a.xml\nUser-agent: *\nSitemap: /b.xml\nsitemap: https://news.example/a.xml\n"
    assert robots_policy(200, body).sitemaps == ("https://news.example/a.xml", "/b.xml")
    assert robots_policy(None, None, failure="timeout").sitemaps == ()


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        (US, "dateline"),
        ("Dateline", "dateline"),
        ("Mozilla/5.0 (compatible; Dateline/0.1; +https://archive.example/)", "dateline"),
        ("123", ""),
    ],
)
def test_product_token(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"User-agent: *\n{text}".encode()))
def test_no_body_crashes(body: bytes) -> None:
    policy = robots_policy(200, body)
    assert policy.allows(PAGE, US) in {True, False}
    assert policy.crawl_delay(US) is None or 0 <= policy.crawl_delay(US) <= 60


def test_all_robots_of_the_corpus_can_be_read(corpus: Path) -> None:
    read = sitemaps = delays = 0
    with tarfile.open(corpus / "robots_protego" / "test_data_4231_robots.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is None:
                continue
            policy = robots_policy(200, file.read())
            assert policy.allows(PAGE, US) in {True, False}
            delay = policy.crawl_delay(US)
            assert delay is None or 0 <= delay <= 60
            read += 1
            sitemaps += bool(policy.sitemaps)
            delays += delay is not None
    assert read == 4231
    assert sitemaps > 2000
    assert delays > 200
