"""Live leases: who may talk to a host, or schedule, until when. Not journaled: they die with their holder.

Several hosts share a catalog, and their clocks differ. So where the catalog is a server and the clock is
the machine's own, the server's clock tells which leases live; one that `--clock` has set stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.fetch import pieces
from archive.catalog.schema import lease
from archive.clock import Clock, SystemClock

FREED = ""  # the holder of a host that somebody has left just now
LEAST_SPACING = 0.05  # seconds; less is none


def moment_of(connection: sa.Connection, clock: Clock) -> datetime:
    """The present moment by the clock that counts for leases."""
    if connection.dialect.name == "postgresql" and isinstance(clock, SystemClock):
        found: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return found.astimezone(UTC)
    return clock.now()


def acquire(
    catalog: Catalog,
    names: list[str],
    holder: str,
    seconds: float,
    clock: Clock,
    *,
    spacing: Mapping[str, float] | None = None,
) -> set[str]:
    """Take or renew the named leases for `holder`; the result is those it holds now.

    A lease is free when nobody has it, when it ran out, or when `holder` has it already. The holder must
    stop before its lease ends, by its monotonic clock; it may renew at any time. `spacing`: seconds for which
    some of them, when they are given back, are left alone by everybody.
    """

    def write() -> set[str]:
        with catalog.write() as connection:
            now = moment_of(connection, clock)
            return acquire_in(connection, names, holder, seconds, now, spacing=spacing)

    return once_more_if_cut(write)


def acquire_in(
    connection: sa.Connection,
    names: list[str],
    holder: str,
    seconds: float,
    now: datetime,
    *,
    spacing: Mapping[str, float] | None = None,
) -> set[str]:
    """What `acquire` does, within a transaction."""
    insert = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(lease)
    take = insert.on_conflict_do_update(
        index_elements=[lease.c.name],
        set_={name: insert.excluded[name] for name in ("holder", "expires_at", "spacing")},
        where=sa.or_(lease.c.holder == holder, lease.c.expires_at <= now),
    )
    until, apart = now + timedelta(seconds=seconds), spacing or {}
    for name in sorted(names):  # one order for all, so that two holders cannot deadlock
        values = {"name": name, "holder": holder, "expires_at": until}
        connection.execute(take, {**values, "spacing": _milliseconds(apart.get(name, 0.0))})
    held: set[str] = set()
    for piece in pieces(names):
        query = sa.select(lease.c.name).where(lease.c.holder == holder, lease.c.name.in_(piece))
        held.update(connection.execute(query).scalars())
    return held


def run_out(catalog: Catalog, names: list[str], holder: str, clock: Clock) -> dict[str, datetime]:
    """Others whose leases, among `names`, ended without being given back, and when the first of them did."""

    def read() -> dict[str, datetime]:
        with catalog.read() as connection:
            return run_out_in(connection, names, holder, moment_of(connection, clock))

    return once_more_if_cut(read)


def run_out_in(
    connection: sa.Connection, names: list[str], holder: str, now: datetime
) -> dict[str, datetime]:
    """What `run_out` does, within a transaction."""
    found: dict[str, datetime] = {}
    for piece in pieces(names):
        _note_run_out(connection, lease.c.name.in_(piece), holder, now, found)
    return found


def run_out_under(catalog: Catalog, prefix: str, holder: str, clock: Clock) -> dict[str, datetime]:
    """What `run_out` says, of the leases whose names begin like this."""

    def read() -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        with catalog.read() as connection:
            these = lease.c.name.startswith(prefix, autoescape=True)
            _note_run_out(connection, these, holder, moment_of(connection, clock), found)
        return found

    return once_more_if_cut(read)


def _note_run_out(
    connection: sa.Connection,
    these: sa.ColumnElement[bool],
    holder: str,
    now: datetime,
    found: dict[str, datetime],
) -> None:
    theirs = sa.and_(these, lease.c.expires_at <= now, lease.c.holder.not_in([holder, FREED]))
    for other, until in connection.execute(sa.select(lease.c.holder, lease.c.expires_at).where(theirs)):
        found[other] = min(until, found.get(other, until))


def renew(catalog: Catalog, names: list[str], holder: str, seconds: float, clock: Clock) -> set[str]:
    """Prolong the leases among `names` that nobody has taken over since `holder` took them; those it has now.

    Also one that ran out, if it still stands there under `holder`'s name: unlike `acquire`, it tells an owner
    who stood still whether another one was there in between, even if that one has released it again.
    """

    def write() -> set[str]:
        kept: set[str] = set()
        with catalog.write() as connection:
            until = moment_of(connection, clock) + timedelta(seconds=seconds)
            for piece in pieces(names):
                ours = sa.and_(lease.c.holder == holder, lease.c.name.in_(piece))
                prolong = sa.update(lease).where(ours).values(expires_at=until).returning(lease.c.name)
                kept.update(connection.execute(prolong).scalars())
        return kept

    return once_more_if_cut(write)


def space(catalog: Catalog, holder: str, spacing: Mapping[str, float]) -> None:
    """Note for how many seconds hosts that `holder` has are left alone when it gives them back."""

    def write() -> None:
        with catalog.write() as connection:
            for name, apart in sorted(spacing.items()):
                this = sa.and_(lease.c.holder == holder, lease.c.name == name)
                connection.execute(sa.update(lease).where(this).values(spacing=_milliseconds(apart)))

    once_more_if_cut(write)


def release(
    catalog: Catalog, holder: str, clock: Clock | None = None, names: list[str] | None = None
) -> None:
    """Give back everything that `holder` holds, or only `names` of it.

    With a `clock`, hosts that want a distance between requests stay closed to everybody for as long.
    """

    def write() -> None:
        with catalog.write() as connection:
            let_go(connection, holder, None if clock is None else moment_of(connection, clock), names)

    once_more_if_cut(write)


def drop_run_out(catalog: Catalog, holder: str, clock: Clock) -> None:
    """Give back, in its place, what `holder` let run out: should it come back, it finds that and ends."""

    def write() -> None:
        with catalog.write() as connection:
            now = moment_of(connection, clock)
            over = sa.select(lease.c.name).where(lease.c.holder == holder, lease.c.expires_at <= now)
            let_go(connection, holder, now, list(connection.execute(over).scalars()))

    once_more_if_cut(write)


def let_go(
    connection: sa.Connection, holder: str, now: datetime | None, names: list[str] | None = None
) -> None:
    """What `release` does, within a transaction."""
    if names is None:
        _let_go(connection, lease.c.holder == holder, now)
    for piece in pieces(names or ()):
        _let_go(connection, sa.and_(lease.c.holder == holder, lease.c.name.in_(piece)), now)


def _let_go(connection: sa.Connection, theirs: sa.ColumnElement[bool], now: datetime | None) -> None:
    if now is not None:
        spaced = sa.select(lease.c.name, lease.c.spacing).where(theirs, lease.c.spacing > 0)
        for name, apart in connection.execute(spaced).all():
            freed = sa.update(lease).where(lease.c.name == name)
            connection.execute(
                freed.values(holder=FREED, expires_at=now + timedelta(milliseconds=int(apart)))
            )
        connection.execute(sa.delete(lease).where(lease.c.holder == FREED, lease.c.expires_at <= now))
    connection.execute(sa.delete(lease).where(theirs))


def free_in(catalog: Catalog, name: str, clock: Clock) -> float | None:
    """Seconds after which a lease that somebody has given back may be taken; None if somebody has it."""
    query = sa.select(lease.c.holder, lease.c.expires_at, lease.c.spacing).where(lease.c.name == name)
    with catalog.read() as connection:
        found = connection.execute(query).first()
        now = moment_of(connection, clock)
    if found is None or found.expires_at <= now:
        return 0.0
    if found.holder != FREED:
        return None
    # No longer than the distance, also where a clock was put back.
    return float(min((found.expires_at - now).total_seconds(), int(found.spacing) / 1000))


def holder_of(catalog: Catalog, name: str, clock: Clock) -> str | None:
    """Who holds a lease now."""
    with catalog.read() as connection:
        query = sa.select(lease.c.holder).where(
            lease.c.name == name, lease.c.expires_at > moment_of(connection, clock), lease.c.holder != FREED
        )
        return connection.execute(query).scalar()


def last_holder(catalog: Catalog, name: str) -> tuple[str, datetime] | None:
    """Who had a lease last and until when, over or not; None if it was given back."""
    query = sa.select(lease.c.holder, lease.c.expires_at).where(lease.c.name == name)
    with catalog.read() as connection:
        found = connection.execute(query).first()
    return None if found is None else (str(found[0]), found[1])


def live(catalog: Catalog, prefix: str, clock: Clock) -> list[str]:
    """Names of the leases that begin like this and that somebody holds now."""
    with catalog.read() as connection:
        query = sa.select(lease.c.name).where(
            lease.c.name.startswith(prefix, autoescape=True),
            lease.c.expires_at > moment_of(connection, clock),
            lease.c.holder != FREED,
        )
        return sorted(connection.execute(query).scalars())


def run_lease(run_id: str, shard: int | None = None) -> str:
    """The lease on a run, or on one of the parts into which it is divided."""
    return f"run:{run_id}" if shard is None else f"run:{run_id}/{shard}"


def works_on(catalog: Catalog, run_id: str, clock: Clock) -> bool:
    """Whether a live process works on a run, or on a part of it."""
    whole = run_lease(run_id)
    return any(name == whole or name.startswith(f"{whole}/") for name in live(catalog, whole, clock))


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000) if seconds >= LEAST_SPACING else 0
