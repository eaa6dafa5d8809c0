"""What stands before both origins."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from pydantic import SecretStr

from config.errors import ConfigError
from config.settings import WebSettings
from tests.web.conftest import STORY
from tests.web.visitor import Visitor
from web.origins import Origins

TOKEN = "a-token-of-enough-characters"
PATHS = [("api", f"/web/2026id_/{STORY}"), ("replay", f"/web/2026mp_/{STORY}")]


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()


@pytest.mark.parametrize(("origin", "path"), PATHS)
@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (basic(TOKEN), 200),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        ("Bearer ", 401),
        (basic(""), 401),
        ("Basic !", 401),
        (f"Digest {TOKEN}", 401),
        (TOKEN, 401),
    ],
)
def test_a_token(visitor: Visitor, origin: str, path: str, authorization: str | None, status: int) -> None:
    guarded = replace(visitor, settings=WebSettings(token=SecretStr(TOKEN)))
    headers = {"Authorization": authorization} if authorization is not None else {}
    answer = getattr(guarded, origin)(path, **headers)
    assert answer.status == status
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(("origin", "path"), PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_reading_only(visitor: Visitor, origin: str, path: str, method: str) -> None:
    answer = getattr(visitor, origin)(path, method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(("origin", "path"), PATHS)
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
    ],
)
def test_only_our_own_host_is_served(
    visitor: Visitor, origin: str, path: str, host: str, status: int
) -> None:
    assert getattr(visitor, origin)(path, Host=host).status == status


@pytest.mark.parametrize(("origin", "path"), PATHS)
def test_head_is_get_without_the_body(visitor: Visitor, origin: str, path: str) -> None:
    got, headed = getattr(visitor, origin)(path), getattr(visitor, origin)(path, "HEAD")
    assert (headed.status, headed.headers.get("memento-datetime")) == (200, got.headers["memento-datetime"])


def test_the_addresses_that_are_given_out() -> None:
    assert Origins.of(WebSettings()) == Origins("http://127.0.0.1:8080", "http://127.0.0.1:8081")
    assert Origins.of(WebSettings(host="::1", port=1)).api == "http://[::1]:1"
    given = {"origin": "https://a.example/", "replay_origin": "https://b.example"}
    assert Origins.of(WebSettings(host="0.0.0.0", **given)) == Origins(
        "https://a.example", "https://b.example"
    )
    with pytest.raises(ConfigError, match=r"set web\.replay_origin too"):
        Origins.of(WebSettings(host="0.0.0.0", origin="https://a.example"))


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"port": 8081}, "is web.port too"),
        ({"origin": "https://a.example", "replay_origin": "https://a.example/"}, "is web.origin too"),
        ({"origin": "https://a.example/archive"}, "is more than an origin"),
        ({"token": "short"}, "is no token"),
        ({"host": "a b"}, "pattern"),
    ],
)
def test_settings_that_are_refused(settings: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        WebSettings.model_validate(settings)


def test_what_is_damaged_tells_nothing_of_the_inside(visitor: Visitor) -> None:
    class Damaged:
        def read(self, key: str, offset: int, length: int) -> bytes:
            return b"\0" * length + key.encode()[:0] + bytes(offset * 0)

    broken = replace(visitor, archive=replace(visitor.archive, store=Damaged()))
    answer = broken.api(f"/web/2026id_/{STORY}")
    assert answer.status == 500
    assert json.loads(answer.body)["detail"] == "this could not be read from the archive"
