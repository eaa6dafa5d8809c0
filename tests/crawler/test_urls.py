"""What becomes of links."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.urls import MAX_URL_LENGTH, Refusal, clean_url, host_of

BASE = "https://news.example/world/index.html?page=2"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        pytest.param("/a", "https://news.example/a", id="path"),
        pytest.param("a/b.html", "https://news.example/world/a/b.html", id="relative"),
        pytest.param("../a", "https://news.example/a", id="dots"),
        pytest.param(
            "../../../../etc/passwd", "https://news.example/etc/passwd", id="more dots than folders"
        ),
        pytest.param("//cdn.example/a", "https://cdn.example/a", id="scheme of the page"),
        pytest.param("?page=3", "https://news.example/world/index.html?page=3", id="query only"),
        pytest.param("", BASE, id="empty is the page itself"),
        pytest.param("#top", BASE, id="fragment of the page"),
        pytest.param(" \n\t/a \r\n", "https://news.example/a", id="white space around"),
        pytest.param("/a#part", "https://news.example/a", id="fragment dropped"),
        pytest.param("/a#!/story/1", "https://news.example/a#!/story/1", id="hashbang kept"),
        pytest.param("/a#!/story/2", "https://news.example/a#!/story/2", id="hashbangs not merged"),
        pytest.param("/a?ref=home&ref=home", "https://news.example/a?ref=home&ref=home", id="query kept"),
        pytest.param("/a;jsessionid=1", "https://news.example/a;jsessionid=1", id="parameters kept"),
        pytest.param("/A/", "https://news.example/A/", id="case and slash kept"),
        pytest.param("HTTPS://News.Example/A", "https://news.example/A", id="scheme and host lower-case"),
        pytest.param("https://news.example", "https://news.example/", id="empty path"),
        pytest.param("https://news.example?x=1", "https://news.example/?x=1", id="empty path with query"),
        pytest.param("https://news.example/a?", "https://news.example/a?", id="empty query kept"),
        pytest.param("https://news.example:443/a", "https://news.example/a", id="default port"),
        pytest.param("http://news.example:443/a", "http://news.example:443/a", id="other port"),
        pytest.param("https://news.example:/a", "https://news.example/a", id="empty port"),
        pytest.param("/caf\u00e9", "https://news.example/caf%C3%A9", id="NFC"),
        pytest.param("/cafe\u0301", "https://news.example/cafe%CC%81", id="NFD is another address"),
        pytest.param("/caf%c3%a9", "https://news.example/caf%c3%a9", id="escapes kept as they are"),
        pytest.param("/100%zz", "https://news.example/100%zz", id="broken escapes kept"),
        pytest.param("/a b", "https://news.example/a%20b", id="space"),
        pytest.param('/a"<>^`{|}', "https://news.example/a%22%3C%3E%5E%60%7B%7C%7D", id="never in a URL"),
        pytest.param("/a?u=\\x", "https://news.example/a?u=%5Cx", id="backslash in a query"),
        pytest.param("https://m\u00fcnchen.example/", "https://xn--mnchen-3ya.example/", id="IDN"),
        pytest.param(
            "https://\u0430pple.example/", "https://xn--pple-43d.example/", id="homoglyph shows as punycode"
        ),
        pytest.param("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/", id="IPv6"),
        pytest.param("http://foo_bar.example/", "http://foo_bar.example/", id="underscore, as DNS allows"),
        pytest.param("javascript:alert(1)", Refusal.SCHEME, id="javascript"),
        pytest.param("mailto:desk@news.example", Refusal.SCHEME, id="mailto"),
        pytest.param("data:text/html,hi", Refusal.SCHEME, id="data"),
        pytest.param("file:///etc/hostname", Refusal.SCHEME, id="file"),
        pytest.param("ftp://news.example/a", Refusal.SCHEME, id="ftp"),
        pytest.param("s3://bucket/a", Refusal.SCHEME, id="s3"),
        pytest.param("gopher://news.example/", Refusal.SCHEME, id="gopher"),
        pytest.param("/a\r\nSet-Cookie: x=1", Refusal.CONTROL, id="header injection"),
        pytest.param("/a\x00b", Refusal.CONTROL, id="NUL"),
        pytest.param("/a\x85b", Refusal.CONTROL, id="next line"),
        pytest.param("/a\ud800b", Refusal.CONTROL, id="lone surrogate"),
        pytest.param("http://in\\@out.example/", Refusal.BACKSLASH, id="parsers disagree on the host"),
        pytest.param("https://user:pass@news.example/", Refusal.CREDENTIALS, id="password"),
        pytest.param("https://user@news.example/", Refusal.CREDENTIALS, id="user"),
        pytest.param("https:///a", Refusal.HOST, id="no host"),
        pytest.param("https:a", Refusal.HOST, id="no slashes"),
        pytest.param("https://a b.example/", Refusal.HOST, id="space in host"),
        pytest.param("https://%6eews.example/", Refusal.HOST, id="escape in host"),
        pytest.param("https://.../", Refusal.HOST, id="dots for a host"),
        pytest.param("https://\U0001f4f0\u200d.example/", Refusal.HOST, id="not in IDNA"),
        pytest.param("https://news.example:0/", Refusal.PORT, id="port 0"),
        pytest.param("https://news.example:65536/", Refusal.PORT, id="port too high"),
        pytest.param("https://news.example:x/", Refusal.HOST, id="port no number"),
        pytest.param("http://[::1/", Refusal.HOST, id="bracket open"),
        pytest.param("//[::1/", Refusal.SYNTAX, id="bracket open, relative"),
        pytest.param("/" + "a" * MAX_URL_LENGTH, Refusal.LENGTH, id="too long"),
        pytest.param("/" + "\u00e9" * 500, Refusal.LENGTH, id="too long once encoded"),
        pytest.param("/" + "a" * 10_000_000, Refusal.LENGTH, id="ten megabytes"),
    ],
)
def test_clean_url(href: str, expected: str | Refusal) -> None:
    assert clean_url(BASE, href) == expected


def test_an_absolute_link_needs_no_base() -> None:
    assert clean_url("", "http://news.example/a") == "http://news.example/a"


@pytest.mark.parametrize("base", ["", "news.example", "mailto:x@news.example"])
def test_a_relative_link_needs_one(base: str) -> None:
    assert isinstance(clean_url(base, "a"), Refusal)


@settings(deadline=None)
@given(
    st.text(max_size=80), st.sampled_from(["", "/", "https://", "http://h/", "//", "https://news.example/a?"])
)
def test_what_is_cleaned_stays_as_it_is_and_can_be_sent(tail: str, head: str) -> None:
    cleaned = clean_url(BASE, head + tail)
    if isinstance(cleaned, Refusal):
        return
    assert clean_url(BASE, cleaned) == cleaned
    assert cleaned.isascii()
    assert cleaned.isprintable()
    assert " " not in cleaned
    assert urlsplit(cleaned).scheme in {"http", "https"}
    assert urlsplit(cleaned).hostname


@settings(deadline=None)
@given(st.from_regex(r"/[A-Za-z0-9/._~!$&'()*+,;=:@%?-]{0,60}", fullmatch=True))
def test_allowed_characters_are_never_rewritten(path: str) -> None:
    assert clean_url("", f"https://news.example{path}") == f"https://news.example{path}"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.Example/a", "news.example"),
        ("https://news.example:443/", "news.example"),
        ("http://news.example:8080/", "news.example:8080"),
        ("http://m\u00fcnchen.example/", "xn--mnchen-3ya.example"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("http://127.0.0.1/", "127.0.0.1"),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize("url", ["", "/a", "mailto:a@news.example", "https:///a"])
def test_host_of_nothing(url: str) -> None:
    with pytest.raises(ValueError, match="no host in"):
        host_of(url)
