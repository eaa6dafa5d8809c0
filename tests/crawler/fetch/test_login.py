"""A log-in goes to its own origin alone, and into no record."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from config.login import Login
from config.source import Source
from crawler.fetch.login import login_fields, masked_fields, secrets_in, without_secrets

TOKEN, SESSION = "canary-token-1", "canary-session-1"


def source(*origins: str) -> Source:
    plain = Source(name="times", homepage="https://www.example.org/")
    login = Login.model_construct(
        headers={"Authorization": SecretStr(f"Bearer {TOKEN}")},
        cookies={"session": SecretStr(SESSION), "edition": SecretStr("eu")},
        origins=origins,
    )
    return plain.model_copy(update={"login": login})


FIELDS = {"Authorization": f"Bearer {TOKEN}", "Cookie": f"session={SESSION}; edition=eu"}


@pytest.mark.parametrize(
    ("url", "origins", "sent"),
    [
        pytest.param("https://www.example.org/a?b", (), True, id="the home page's"),
        pytest.param("https://www.example.org:443/a", (), True, id="with its port"),
        pytest.param("https://WWW.example.org/a", (), True, id="in capitals"),
        pytest.param("http://www.example.org/a", (), False, id="another scheme"),
        pytest.param("https://www.example.org:8443/a", (), False, id="another port"),
        pytest.param("https://example.org/a", (), False, id="another host"),
        pytest.param("https://www.example.org.evil.net/a", (), False, id="a longer host"),
        pytest.param("https://evil.net/https://www.example.org/", (), False, id="in a path"),
        pytest.param("https://evil.net\\@www.example.org/", (), False, id="behind a backslash"),
        pytest.param("https://api.example.org/a", ("https://api.example.org",), True, id="named"),
        pytest.param("https://www.example.org/a", ("https://api.example.org",), False, id="only those named"),
    ],
)
def test_which_requests_carry_it(url: str, origins: tuple[str, ...], sent: bool) -> None:
    assert login_fields(source(*origins), url) == (FIELDS if sent else {})


def test_a_source_without_one_sends_nothing() -> None:
    plain = Source(name="times", homepage="https://www.example.org/")
    assert login_fields(plain, plain.homepage) == {}
    assert secrets_in(plain) == ()


def test_what_is_withheld_is_recorded_as_a_mask() -> None:
    asked = [("Host", "www.example.org"), ("AUTHORIZATION", f"Bearer {TOKEN}"), ("Accept", "*/*")]
    kept = [("Host", "www.example.org"), ("AUTHORIZATION", "***"), ("Accept", "*/*")]
    assert masked_fields(asked, FIELDS) == kept


def test_an_answer_that_repeats_a_secret_is_masked_and_short_values_stay() -> None:
    head = f"HTTP/1.1 200 OK\r\nSet-Cookie: session={SESSION}; edition=eu\r\nX-You: {TOKEN}\r\n\r\n".encode()
    expected = b"HTTP/1.1 200 OK\r\nSet-Cookie: session=***; edition=eu\r\nX-You: ***\r\n\r\n"
    assert without_secrets(head, secrets_in(source())) == expected
