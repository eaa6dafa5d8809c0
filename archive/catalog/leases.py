"""Live leases: who may talk to a host, or schedule, until when. Not journaled: they die with their holder."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.schema import lease
from archive.clock import Clock


def acquire(catalog: Catalog, names: list[str], holder: str, seconds: float, clock: Clock) -> set[str]:
    """Take or renew the named leases for `holder`; the result is those it holds now.

    A lease is free when nobody has it, when it ran out, or when `holder` has it already. The holder must
    stop before its lease ends, by its monotonic clock; it may renew at any time.
    """
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    insert = (sqlite.insert if catalog.backend == "sqlite" else postgresql.insert)(lease)
    take = insert.on_conflict_do_update(
        index_elements=[lease.c.name],
        set_={"holder": holder, "expires_at": until},
        where=sa.or_(lease.c.holder == holder, lease.c.expires_at <= now),
    )
    held = sa.select(lease.c.name).where(lease.c.holder == holder, lease.c.name.in_(names))

    def write() -> set[str]:
        with catalog.write() as connection:
            for name in sorted(names):  # one order for all, so that two holders cannot deadlock
                connection.execute(take, {"name": name, "holder": holder, "expires_at": until})
            return set(connection.execute(held).scalars())

    return once_more_if_cut(write)


def renew(catalog: Catalog, names: list[str], holder: str, seconds: float, clock: Clock) -> set[str]:
    """Prolong the leases among `names` that nobody has taken over since `holder` took them; those it has now.

    Also one that ran out, if it still stands there under `holder`'s name: unlike `acquire`, it tells an owner
    who stood still whether another one was there in between, even if that one has released it again.
    """
    until = clock.now() + timedelta(seconds=seconds)
    ours = sa.and_(lease.c.holder == holder, lease.c.name.in_(names))

    def write() -> set[str]:
        with catalog.write() as connection:
            connection.execute(sa.update(lease).where(ours).values(expires_at=until))
            return set(connection.execute(sa.select(lease.c.name).where(ours)).scalars())

    return once_more_if_cut(write)


def release(catalog: Catalog, holder: str) -> None:
    """Give back everything that `holder` holds."""
    with catalog.write() as connection:
        connection.execute(sa.delete(lease).where(lease.c.holder == holder))


def holder_of(catalog: Catalog, name: str, clock: Clock) -> str | None:
    """Who holds a lease now."""
    query = sa.select(lease.c.holder).where(lease.c.name == name, lease.c.expires_at > clock.now())
    with catalog.read() as connection:
        return connection.execute(query).scalar()


def last_holder(catalog: Catalog, name: str) -> tuple[str, datetime] | None:
    """Who had a lease last and until when, over or not; None if it was given back."""
    query = sa.select(lease.c.holder, lease.c.expires_at).where(lease.c.name == name)
    with catalog.read() as connection:
        found = connection.execute(query).first()
    return None if found is None else (str(found[0]), found[1])


def live(catalog: Catalog, prefix: str, clock: Clock) -> list[str]:
    """Names of the leases that begin like this and that somebody holds now."""
    query = sa.select(lease.c.name).where(
        lease.c.name.startswith(prefix, autoescape=True), lease.c.expires_at > clock.now()
    )
    with catalog.read() as connection:
        return sorted(connection.execute(query).scalars())
