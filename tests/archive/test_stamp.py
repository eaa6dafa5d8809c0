"""Stamps: made by a real authority, checked by us and by openssl, and held against the journal."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.digest import sha256_hex
from archive.journal import JournalError, decode, entries
from archive.journal_lines import line_digest, purged_line, split_lines
from archive.stamps.authority import Authority, AuthorityUnreachable, TokenRefused, ask, check_token
from archive.stamps.stamp import Head, StampDamaged, Statement, decode_statement, statement_keys, token_key
from archive.stamps.stamping import Checked, check_stamps, stamp, stamp_problems
from config.errors import ConfigError, DatelineError
from tests.archive.material import NOON, House, SetClock, fill, house, ledger_row, silent
from tests.archive.time_authority import POLICY, TimeAuthority, make_authority, openssl, serving

STATEMENT = Statement(NOON, (Head("w-1", 3, "a" * 64), Head("w-2", 1, "b" * 64))).encode()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeAuthority]:
    with serving(make_authority(tmp_path_factory.mktemp("authority"))) as authority:
        yield authority


@pytest.fixture
def tsa(made: TimeAuthority) -> Iterator[TimeAuthority]:
    made.queries.clear()
    yield made
    made.answer = None


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    one = house(tmp_path)
    fill(one)
    yield one
    one.die()
    one.catalog.close()


def authority(tsa: TimeAuthority, policy: str | None = None) -> Authority:
    return Authority(tsa.address, tsa.ca_file, policy)


def checked(home: House, tsa: TimeAuthority) -> Checked:
    """`stamp --check`; what `verify` says of the stamps is the same as far as it looks."""
    found = check_stamps(home.store, tsa.ca_file, silent)
    cheap = {problem.where for problem in stamp_problems(home.store, home.catalog)}
    assert cheap <= {problem.where for problem in found.problems}
    return found


def test_a_stamp_is_made_kept_and_holds_as_the_journal_grows(home: House, tsa: TimeAuthority) -> None:
    first, new = stamp(home.store, home.catalog, authority(tsa, POLICY), SetClock())
    assert new
    assert first.token is not None
    assert (first.token.authority, first.token.policy) == ("CN=Test TSA,O=Test Authority", POLICY)
    again, new = stamp(home.store, home.catalog, authority(tsa), SetClock())
    assert (again, new, len(tsa.queries)) == (first, False, 1)
    home.committer.commit_rows([ledger_row("https://news.example/a", 1)])
    assert stamp(home.store, home.catalog, authority(tsa), SetClock())[1]
    found = checked(home, tsa)
    assert (len(found.stamps), found.problems) == (2, ())
    assert {each.token and each.token.authority for each in found.stamps} == {"CN=Test TSA,O=Test Authority"}


def test_openssl_verifies_what_we_keep(home: House, tsa: TimeAuthority, tmp_path: Path) -> None:
    made, _ = stamp(home.store, home.catalog, authority(tsa), SetClock())
    statement = tmp_path / "store" / made.key
    assert tsa.verifies(statement, tmp_path / "store" / token_key(made.key))
    statement.write_bytes(statement.read_bytes().replace(b'"number":', b'"number": '))
    assert not tsa.verifies(statement, tmp_path / "store" / token_key(made.key))


def test_we_verify_what_openssl_asked_for(tsa: TimeAuthority, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(STATEMENT)
    openssl(tmp_path, "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query.tsq")
    answer = tsa.stamp((tmp_path / "query.tsq").read_bytes())
    assert check_token(answer, STATEMENT, tsa.ca_file).policy == POLICY


def test_the_query_has_a_nonce_and_asks_for_the_certificate(tsa: TimeAuthority, tmp_path: Path) -> None:
    ask(authority(tsa), STATEMENT)
    (tmp_path / "query.tsq").write_bytes(tsa.queries[0])
    said = openssl(tmp_path, "ts", "-query", "-in", "query.tsq", "-text").stdout
    assert "Hash Algorithm: sha256" in said
    assert "Certificate required: yes" in said
    assert "Nonce: 0x" in said


def other_root(tsa: TimeAuthority) -> Path:
    folder = tsa.folder / "other"
    return make_authority(folder).ca_file if not (folder / "ca.pem").exists() else folder / "ca.pem"


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        pytest.param(
            lambda _: (200, "text/html", b"<p>hi"), "is no application/timestamp-reply", id="a page"
        ),
        pytest.param(
            lambda _: (404, "text/html", b""), "is `evidence.authority` the address", id="not there"
        ),
        pytest.param(lambda _: (302, "text/html", b""), "answered 302", id="a redirect"),
        pytest.param(
            lambda _: (200, "application/timestamp-reply", b"0\x03"), "is no answer of", id="no whole answer"
        ),
        pytest.param(
            lambda _: (200, "application/timestamp-reply", bytes.fromhex("300530030201023001")),
            "is no answer of",
            id="garbage behind",
        ),
        pytest.param(
            lambda _: (200, "application/timestamp-reply", bytes.fromhex("30053003020102")),
            "the authority said rejection",
            id="rejected",
        ),
        pytest.param(
            lambda _: (200, "application/timestamp-reply", b"x" * ((1 << 20) + 1)),
            "answered 1048577",
            id="long",
        ),
    ],
)
def test_a_bad_answer_is_named(
    tsa: TimeAuthority, answer: Callable[[bytes], tuple[int, str, bytes]], complaint: str
) -> None:
    tsa.answer = answer
    with pytest.raises(TokenRefused, match=complaint):
        ask(authority(tsa), STATEMENT)


def test_the_token_of_another_query_is_refused(tsa: TimeAuthority) -> None:
    """Of the same statement, but with another nonce; and of another statement."""
    before = tsa.stamp(_query(tsa, STATEMENT))
    tsa.answer = lambda _: (200, "application/timestamp-reply", before)
    with pytest.raises(TokenRefused, match="Nonce mismatch"):
        ask(authority(tsa), STATEMENT)
    with pytest.raises(TokenRefused, match="Mismatch between messages"):
        check_token(before, STATEMENT + b" ", tsa.ca_file)


def _query(tsa: TimeAuthority, statement: bytes) -> bytes:
    tsa.answer = None
    ask(authority(tsa), statement)
    return tsa.queries[-1]


def test_a_token_of_another_policy_or_another_root_is_refused(tsa: TimeAuthority) -> None:
    with pytest.raises(TokenRefused, match="Policy ID mismatch"):
        ask(authority(tsa, "1.2.3.4.9"), STATEMENT)
    with pytest.raises(TokenRefused, match="verifying certificates"):
        ask(Authority(tsa.address, other_root(tsa)), STATEMENT)
    with pytest.raises(ConfigError, match="has no root certificate"):
        ask(Authority(tsa.address, tsa.folder / "tsa.pem"), STATEMENT)


def test_an_authority_that_does_not_answer_is_unreachable(tsa: TimeAuthority) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(AuthorityUnreachable, match=r"did not answer.*check `evidence.authority`"):
            ask(Authority(address, tsa.ca_file), STATEMENT)
    tsa.answer = lambda _: (503, "text/plain", b"")
    with pytest.raises(AuthorityUnreachable, match="answered 503"):
        ask(authority(tsa), STATEMENT)


def test_nothing_is_stored_of_a_bad_answer(home: House, tsa: TimeAuthority) -> None:
    tsa.answer = lambda _: (200, "application/timestamp-reply", bytes.fromhex("30053003020102"))
    with pytest.raises(TokenRefused):
        stamp(home.store, home.catalog, authority(tsa), SetClock())
    assert list(home.store.list("stamps/")) == []


def test_an_empty_journal_is_not_stamped(tmp_path: Path, tsa: TimeAuthority) -> None:
    empty = house(tmp_path)
    with pytest.raises(DatelineError, match="nothing to stamp"):
        stamp(empty.store, empty.catalog, authority(tsa), SetClock())
    empty.die()
    empty.catalog.close()


# ── the journal afterwards ───────────────────────────────────────────────────────────────────────


def test_a_purged_row_does_not_break_a_stamp(home: House, tsa: TimeAuthority, tmp_path: Path) -> None:
    stamp(home.store, home.catalog, authority(tsa), SetClock())
    for key in entries(home.store):
        path = tmp_path / "store" / key
        header, *lines = split_lines(path.read_bytes())
        path.write_bytes(
            b"".join(line + b"\n" for line in (header, *(purged_line(line_digest(x)) for x in lines)))
        )
    assert checked(home, tsa).problems == ()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: None, id="gone"),
        pytest.param(lambda data: data.replace(b'"at":"2026-03-29', b'"at":"2026-03-28', 1), id="altered"),
        pytest.param(lambda data: data[:-20], id="torn"),
    ],
)
@pytest.mark.parametrize("which", [0, 5, -1])
def test_any_change_of_a_stamped_entry_is_found(
    home: House, tsa: TimeAuthority, tmp_path: Path, which: int, change: Callable[[bytes], bytes | None]
) -> None:
    stamp(home.store, home.catalog, authority(tsa), SetClock())
    path = tmp_path / "store" / list(entries(home.store))[which]
    changed = change(path.read_bytes())
    if changed is None:
        path.unlink()
    else:
        path.write_bytes(changed)
    assert check_stamps(home.store, tsa.ca_file, silent).problems


def test_a_journal_written_again_from_the_start_is_found(
    home: House, tsa: TimeAuthority, tmp_path: Path
) -> None:
    """Every entry is right by itself and in its chain; only the stamp knows that there was another one."""
    stamp(home.store, home.catalog, authority(tsa), SetClock())
    forged = house(tmp_path / "forged") if (tmp_path / "forged").mkdir() is None else home
    fill(forged)
    for key in list(entries(home.store)):
        (tmp_path / "store" / key).unlink()
    for key in entries(forged.store):
        data = forged.store.read(key)
        home.store.put(key, data, sha256=sha256_hex(data), content_type="application/jsonl")
        decode(data, key)
    found = check_stamps(home.store, tsa.ca_file, silent).problems
    assert len(found) == 1
    assert "was stamped and is not in the journal" in found[0].what
    forged.die()
    forged.catalog.close()


def test_a_changed_stamp_is_found_by_check_and_by_verify(
    home: House, tsa: TimeAuthority, tmp_path: Path
) -> None:
    made, _ = stamp(home.store, home.catalog, authority(tsa), SetClock())
    statement, token = (tmp_path / "store" / key for key in (made.key, token_key(made.key)))
    data, answer = statement.read_bytes(), token.read_bytes()
    assert list(stamp_problems(home.store, home.catalog)) == []
    for n in range(0, len(data), 7):
        statement.write_bytes(data[:n] + bytes([data[n] ^ 1]) + data[n + 1 :])
        assert [each.where for each in checked(home, tsa).problems] == [made.key], n
    statement.write_bytes(data)
    # Outside the signature are version numbers, and an algorithm's name where the key says it already.
    unsigned = answer.rindex(bytes.fromhex("2a8648ce3d040302"))
    missed = []
    for n in {*range(0, len(answer), 5)} - {*range(unsigned, unsigned + 8)}:
        token.write_bytes(answer[:n] + bytes([answer[n] ^ 1]) + answer[n + 1 :])
        if not checked(home, tsa).problems:
            missed.append(answer[n - 2 : n])
    assert set(missed) <= {bytes.fromhex("0201")}
    token.unlink()
    assert [each.where for each in checked(home, tsa).problems] == [token_key(made.key)]
    assert [each.where for each in stamp_problems(home.store, home.catalog)] == [token_key(made.key)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}\n",
        b"[]\n",
        STATEMENT[:-1],
        STATEMENT.replace(b",", b", "),
        STATEMENT.replace(b'p":1', b'p":2'),
    ],
)
def test_what_is_no_statement(data: bytes) -> None:
    with pytest.raises(StampDamaged, match="stamps/x"):
        decode_statement(data, "stamps/x")


def test_statements_are_read_back_as_they_were_written(home: House, tsa: TimeAuthority) -> None:
    assert decode_statement(STATEMENT, "k").encode() == STATEMENT
    stamp(home.store, home.catalog, authority(tsa), SetClock())
    [key] = statement_keys(home.store)
    assert key == f"stamps/2026-03-29/{sha256_hex(home.store.read(key))}.json"
    with pytest.raises(JournalError):
        decode(home.store.read(key), key)
