from __future__ import annotations

from pathlib import Path

import pytest

from config.masked_file import left_out, values_in, with_values, without_secrets
from config.settings import load_settings

FILE = """\
# Our house. The old one: postgresql+psycopg://desk:0ld-secret@db/old
store: s3://news-archive/dateline   # the bucket
catalog: postgresql+psycopg://dateline:s3cr3t%40x@db.example.org/dateline?sslmode=require
spool: /var/lib/dateline/spool

network:
  contact: https://example.org/about-us
  proxy: "http://t0ken:pass@proxy.example.org:3128"
web: {token: 'a-token-of-ours-1234'}
"""
SECRETS = ("0ld-secret", "s3cr3t", "t0ken", "pass", "a-token-of-ours")


def test_no_secret_is_left_and_everything_else_is() -> None:
    masked = without_secrets(FILE)
    assert [secret for secret in SECRETS if secret in masked] == []
    for kept in (
        "# the bucket",
        "# Our house.",
        "spool: /var/lib/dateline/spool",
        "?sslmode=require",
        '"http://',
    ):
        assert kept in masked
    hidden = {"catalog", "network.proxy", "web.token"}
    assert left_out(masked).keys() == hidden
    before, after = values_in(FILE), values_in(masked)
    assert {key for key in before if before[key] != after[key]} == hidden
    assert before.keys() == after.keys()


def test_a_file_without_secrets_keeps_its_values() -> None:
    text = "store: file:///x\nnetwork: {contact: 'https://example.org/@desk'}\ncrawl:\n  revisit: [1, 2]\n"
    assert values_in(without_secrets(text)) == values_in(text)
    assert left_out(without_secrets(text)) == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("catalog: 'postgresql+psycopg://u:it''s@h/d'\n", id="quotes"),
        pytest.param('catalog: "postgresql+psycopg://u:its\\u0040@h/d"\n', id="escapes"),
        pytest.param("catalog: >-\n  postgresql+psycopg://u:its@h/d\n", id="folded"),
        pytest.param("web:\n  token:\n    its-a-secret-of-ours\n", id="on the next line"),
        pytest.param("network: &n {proxy: 'http://its@h:1'}\n", id="anchor"),
    ],
)
def test_however_it_is_written(text: str) -> None:
    assert "its" not in without_secrets(text)
    assert len(left_out(without_secrets(text))) == 1


def test_with_its_secrets_again_it_is_the_file_it_was(tmp_path: Path) -> None:
    values = {key: values_in(FILE)[key] for key in left_out(without_secrets(FILE))}
    again = with_values(without_secrets(FILE), values | {"sources": "sources"})
    for name, text in (("one", FILE), ("two", again)):
        (tmp_path / name).write_text(text)
    one, two = (load_settings(tmp_path / name) for name in ("one", "two"))
    assert two.sources == tmp_path / "sources"
    assert one.model_copy(update={"sources": two.sources}) == two


def test_an_empty_file() -> None:
    assert values_in(with_values("{}\n", {"sources": "sources"})) == {"sources": "sources"}
