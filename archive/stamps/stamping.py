"""Makes stamps, and holds all that there are against the journal that is there now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.catalog import journal_state
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.digest import sha256_hex
from archive.journal import JournalError, entries, read_entry
from archive.stamps.authority import (
    Authority,
    Token,
    TokenRefused,
    ask,
    check_token,
    names_statement,
    read_token,
)
from archive.stamps.stamp import (
    STATEMENT_TYPE,
    TOKEN_TYPE,
    StampDamaged,
    Statement,
    digest_in_key,
    heads,
    read_statement,
    statement_key,
    statement_keys,
    token_key,
)
from archive.stores.store import ObjectNotFound, ObjectStore
from archive.verify.findings import Problem
from config.errors import DatelineError

Digests = Callable[[str, int], str | None]  # of a writer's entry with a number; None if there is none


@dataclass(frozen=True, slots=True)
class Stamped:
    """A stamp: its statement's key, how many writers it names, and what its token says, if that is right."""

    key: str
    writers: int
    token: Token | None


@dataclass(frozen=True, slots=True)
class Checked:
    """All stamps, and what is wrong with them or with the journal."""

    stamps: tuple[Stamped, ...]
    problems: tuple[Problem, ...]


def stamp(store: ObjectStore, catalog: Catalog, authority: Authority, clock: Clock) -> tuple[Stamped, bool]:
    """Stamp the journal as it stands; the second value is False if the newest stamp says the same already.

    The token is checked before it is stored, and stored before its statement. Raises AuthorityUnreachable,
    TokenRefused, DatelineError for an empty journal, and what store and catalog raise.
    """
    standing = heads(store, catalog)
    if not standing:
        raise DatelineError("there is nothing to stamp: the journal is empty; crawl first")
    for key in reversed(statement_keys(store)):
        if (before := read_statement(store, key)).heads == standing:
            data, answer = before.encode(), store.read(token_key(key))
            return Stamped(key, len(standing), check_token(answer, data, authority.ca_file)), False
    statement = Statement(clock.now(), standing)
    data, key = statement.encode(), statement_key(statement)
    answer = ask(authority, data)
    token = check_token(answer, data, authority.ca_file, policy=authority.policy)
    store.put(token_key(key), answer, sha256=sha256_hex(answer), content_type=TOKEN_TYPE)
    store.put(key, data, sha256=sha256_hex(data), content_type=STATEMENT_TYPE)
    return Stamped(key, len(standing), token), True


def check_stamps(store: ObjectStore, ca_file: Path | None, progress: Callable[[int, int], None]) -> Checked:
    """Check every stamp, and that the journal in the store still holds all that they speak of.

    The whole journal is read; `progress(done, total)` counts its entries. Without `ca_file` no signature is
    checked.
    """
    stamps, problems = [], []
    chains = _Chains()
    problems += list(chains.read(store, progress))
    for key in statement_keys(store):
        try:
            statement = read_statement(store, key)
        except StampDamaged as error:
            problems.append(Problem("stamp", key, str(error), key))
            continue
        problems += list(_head_faults(key, statement, chains.digest))
        token, faults = _token(store, key, statement.encode(), ca_file)
        problems += faults
        stamps.append(Stamped(key, len(statement.heads), token))
    return Checked(tuple(stamps), tuple(problems))


def stamp_problems(store: ObjectStore, catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with stamps as far as the catalog's digests tell: for `verify`, which reads the journal.

    Signatures are not checked: that needs the authority's certificate, and is what `stamp --check` does.
    """
    keys = statement_keys(store)
    if not keys:
        return
    digests = _known_digests(store, catalog)
    for key in keys:
        try:
            statement = read_statement(store, key)
        except StampDamaged as error:
            yield Problem("stamp", key, str(error), key)
            continue
        yield from _head_faults(key, statement, lambda writer, number: digests.get((writer, number)))
        try:
            answer = store.read(token_key(key))
        except ObjectNotFound:
            yield Problem("stamp", token_key(key), "the token of a statement is not there", token_key(key))
            continue
        if not names_statement(answer, digest_in_key(key)):
            yield Problem("stamp", token_key(key), "the token is not about its statement", token_key(key))


def _known_digests(store: ObjectStore, catalog: Catalog) -> Mapping[tuple[str, int], str | None]:
    return {
        (entry.writer, entry.number): entry.digest or read_entry(store, key).digest
        for key, entry in journal_state.applied(catalog).items()
    }


def _head_faults(key: str, statement: Statement, digest: Digests) -> Iterator[Problem]:
    for head in statement.heads:
        found = digest(head.writer, head.number)
        if found is None:
            what = f"entry {head.number} of writer {head.writer} was stamped and is not in the journal"
            yield Problem("stamp", key, what)
        elif found != head.digest:
            what = (
                f"entry {head.number} of writer {head.writer} has digest {found}, stamped was {head.digest}"
            )
            yield Problem("stamp", key, what)


def _token(
    store: ObjectStore, key: str, statement: bytes, ca_file: Path | None
) -> tuple[Token | None, list[Problem]]:
    try:
        answer = store.read(token_key(key))
        return (
            read_token(answer, statement) if ca_file is None else check_token(answer, statement, ca_file)
        ), []
    except ObjectNotFound:
        return None, [
            Problem("stamp", token_key(key), "the token of a statement is not there", token_key(key))
        ]
    except TokenRefused as error:
        return None, [Problem("stamp", token_key(key), str(error), token_key(key))]


class _Chains:
    """The digests of a journal, and whether each entry follows the one before."""

    def __init__(self) -> None:
        self._digests: dict[tuple[str, int], str] = {}

    def digest(self, writer: str, number: int) -> str | None:
        return self._digests.get((writer, number))

    def read(self, store: ObjectStore, progress: Callable[[int, int], None]) -> Iterator[Problem]:
        keys = sorted(entries(store), key=lambda key: key.rpartition("/")[2])
        for done, key in enumerate(keys, 1):
            progress(done, len(keys))
            try:
                entry = read_entry(store, key)
            except JournalError as error:
                yield Problem("journal", key, str(error), key)
                continue
            before = self._digests.get((entry.writer, entry.number - 1))
            if entry.previous != before:
                yield Problem(
                    "journal", key, f"the entry before has digest {before}, expected {entry.previous}"
                )
            self._digests[entry.writer, entry.number] = entry.digest
