"""A source's log-in: by reference, checked, never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.load_sources import SourceErrors, load_source_file
from config.source import Source

SECRET = "canary-7f3a91"


def written(folder: Path, login: str) -> Path:
    path = folder / "times.yaml"
    path.write_text(f"name: times\nhomepage: https://www.example.org/\nlogin: {login}\n")
    return path


def test_references_stand_for_what_the_environment_and_files_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWS_TOKEN", SECRET)
    (tmp_path / "session").write_text(f"{SECRET}-2\n")
    login = "{headers: {Authorization: 'Bearer ${NEWS_TOKEN}'}, cookies: {session: 'file:%s/session'}}"
    source = load_source_file(written(tmp_path, login % tmp_path))
    assert source.login.headers["Authorization"].get_secret_value() == f"Bearer {SECRET}"
    assert source.login.cookies["session"].get_secret_value() == f"{SECRET}-2"
    assert SECRET not in repr(source) + str(source) + source.model_dump_json()


def test_a_source_without_one_has_an_empty_one() -> None:
    login = Source(name="times", homepage="https://www.example.org/").login
    assert (login.headers, login.cookies, login.origins) == ({}, {}, ())


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        pytest.param(f"{{headers: {{X-Key: {SECRET}}}}}", "holds the secret itself", id="inline"),
        pytest.param("{headers: {X-Key: '${NOT_THERE_AT_ALL}'}}", "NOT_THERE_AT_ALL, which is", id="unset"),
        pytest.param("{cookies: {s: 'file:relative/x'}}", "by a relative path", id="relative"),
        pytest.param("{cookies: {s: 'file:/nowhere/x'}}", "cannot be read: No such file", id="missing"),
        pytest.param("{cookies: {s: 'file:/dev/null'}}", "empty or too large", id="empty"),
        pytest.param("{cookies: {s: 5}}", "is no reference to a secret", id="a number"),
        pytest.param("{headers: {Cookie: '${KEY}'}}", "cookies stand under login.cookies", id="Cookie"),
        pytest.param("{headers: {host: '${KEY}'}}", "sets 'host'", id="Host"),
        pytest.param("{headers: {'a b': '${KEY}'}}", "has the name 'a b'", id="no token"),
        pytest.param("{headers: {X: '${LINES}'}}", "what no header field can hold", id="two lines"),
        pytest.param("{cookies: {x: '${COOKIES}'}}", "what no cookie can hold", id="two cookies"),
        pytest.param("{origins: ['https://example.org/a']}", "mean 'https://example.org'?", id="a path"),
        pytest.param(f"{{origins: ['https://u:{SECRET}@example.org']}}", "holds a user", id="a user"),
    ],
)  # fmt: skip
def test_what_is_refused_is_named_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str, expected: str
) -> None:
    for name, value in {"KEY": SECRET, "LINES": f"{SECRET}\r\nX: y", "COOKIES": f"{SECRET}; b=c"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SourceErrors) as caught:
        load_source_file(written(tmp_path, login))
    message = str(caught.value)
    assert f"{tmp_path}/times.yaml:3" in message
    assert expected in message
    assert SECRET not in message
