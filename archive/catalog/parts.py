"""The parts of a run that several processes carry out: divided, claimed, done. Of the moment, as leases are.

A part is one process's while the lease `run:{id}/{shard}` is; the row beside it says what the part is and
whether it is done. Whoever claims one takes the place of the process that had it last, which has stopped by
then: it counts on its lease for less time than the lease lasts (`archive.held_leases`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.fetch import pieces
from archive.catalog.insert_new import insert_new
from archive.catalog.leases import acquire_in, let_go, moment_of, run_lease, run_out_in
from archive.catalog.packing import compress, decompress
from archive.catalog.schema import lease, run
from archive.catalog.schema_parts import part_url, run_part
from archive.clock import Clock

Definition = Mapping[str, Any]
WAITING, DONE = "waiting", "done"


@dataclass(frozen=True, slots=True)
class RunPart:
    """One part of a run.

    Attributes:
        run_id: of the run.
        shard: its number in it.
        sites: registrable domains whose pages are this part's, and no other's.
        sources: its sources, each as a source file says it: secrets are references.
        tries: how many processes have claimed it.
        discovered: it was done once, and has only taken up addresses that others handed to it.
    """

    run_id: str
    shard: int
    sites: tuple[str, ...]
    sources: tuple[Definition, ...]
    tries: int = 0
    discovered: bool = False

    @property
    def lease(self) -> str:
        """The name of its lease."""
        return run_lease(self.run_id, self.shard)


@dataclass(frozen=True, slots=True)
class PartState:
    """How far a part is; `holder`: who works on it now."""

    shard: int
    state: str
    holder: str | None
    tries: int


@dataclass(frozen=True, slots=True)
class HandedUrl:
    """An address that one part found and another one may have to fetch; `source` is the finder's."""

    url_key: str
    url: str
    source: str
    found_by: str
    found_in: str
    finder: int


def divide(catalog: Catalog, parts: Sequence[RunPart]) -> None:
    """Enter the parts of a run; those that are there stay as they are."""
    values = [
        {
            "run_id": part.run_id,
            "shard": part.shard,
            "sites": part.sites,
            "sources": compress(json.dumps(part.sources)),
            "state": WAITING,
            "holder": None,
            "tries": 0,
            "discovered": False,
        }
        for part in parts
    ]
    with catalog.write() as connection:
        if values:
            connection.execute(insert_new(catalog.backend, run_part), values)


def claim(
    catalog: Catalog,
    run_id: str | None,
    holder: str,
    seconds: float,
    clock: Clock,
    *,
    succeed: Callable[[str, datetime], None],
) -> RunPart | None:
    """Take a part that nobody works on, with its lease; None if there is none. `run_id` None: of any run.

    Of several processes that ask at once each gets another part: rows that somebody else is about to take are
    skipped, not waited for (PostgreSQL; on SQLite one writes at a time). Hosts of the process that had the
    part last are free for the new one when their distance is over. If that process has not given its lease
    back, `succeed` is called with its name and the end of the lease, outside of any transaction, and sees to
    it that it writes nothing any more and that the lease is gone (`archive.succession`).
    """
    gone: dict[str, datetime] = {}  # whose lease on the part that we are about to take has run out

    def write() -> tuple[RunPart | None, bool]:
        gone.clear()
        with catalog.write() as connection:
            now = moment_of(connection, clock)
            name = sa.literal("run:") + run_part.c.run_id + "/" + sa.cast(run_part.c.shard, sa.Text)
            live = sa.exists().where(lease.c.name == name, lease.c.expires_at > now)
            free = sa.and_(run_part.c.state != DONE, sa.not_(live))
            if run_id is not None:
                free = sa.and_(free, run_part.c.run_id == run_id)
            found = connection.execute(
                sa.select(run_part)
                .where(free)
                .order_by(run_part.c.tries, run_part.c.run_id, run_part.c.shard)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if found is None:
                return None, True
            part = _part(found)
            gone.update(run_out_in(connection, [part.lease], holder, now))
            if gone:
                return None, False
            if not acquire_in(connection, [part.lease], holder, seconds, now):
                return None, False  # it went to another one between our look and our lock: look again
            if found.holder is not None:
                let_go(connection, found.holder, now)
            this = sa.and_(run_part.c.run_id == part.run_id, run_part.c.shard == part.shard)
            connection.execute(sa.update(run_part).where(this).values(holder=holder, tries=part.tries))
            return part, True

    looked = False
    while not looked:
        part, looked = once_more_if_cut(write)
        for other, until in gone.items():
            succeed(other, until)
    return part


def leave(catalog: Catalog, part: RunPart, holder: str, *, done: bool) -> bool:
    """End the work on a part, unless another one has it by now; whether it is done.

    It is not if others have handed it addresses that it has not taken up: it is then claimed again.
    """
    this = sa.and_(run_part.c.run_id == part.run_id, run_part.c.shard == part.shard)
    handed = sa.select(part_url.c.url_key).where(
        part_url.c.run_id == part.run_id, part_url.c.shard == part.shard, sa.not_(part_url.c.taken)
    )

    def write() -> bool:
        with catalog.write() as connection:
            connection.execute(sa.select(run_part.c.shard).where(this).with_for_update())
            ended = done and connection.execute(handed.limit(1)).first() is None
            values: dict[str, Any] = {"state": DONE if ended else WAITING, "holder": None}
            if done:
                values["discovered"] = True
            connection.execute(sa.update(run_part).where(this, run_part.c.holder == holder).values(**values))
            return ended

    return once_more_if_cut(write)


def states(catalog: Catalog, run_id: str, clock: Clock) -> list[PartState]:
    """How far the parts of a run are, by number."""
    query = sa.select(run_part.c.shard, run_part.c.state, run_part.c.holder, run_part.c.tries)

    def read() -> list[PartState]:
        with catalog.read() as connection:
            now = moment_of(connection, clock)
            names = sa.select(lease.c.name).where(
                lease.c.name.startswith(f"{run_lease(run_id)}/", autoescape=True), lease.c.expires_at > now
            )
            live = set(connection.execute(names).scalars())
            rows = connection.execute(query.where(run_part.c.run_id == run_id).order_by(run_part.c.shard))
            return [
                PartState(shard, state, holder if run_lease(run_id, shard) in live else None, tries)
                for shard, state, holder, tries in rows
            ]

    return once_more_if_cut(read)


def divided_runs(catalog: Catalog) -> list[str]:
    """Ids of the runs that have parts."""
    with catalog.read() as connection:
        return sorted(connection.execute(sa.select(run_part.c.run_id).distinct()).scalars())


def shards_of_sites(catalog: Catalog, run_id: str) -> dict[str, int]:
    """Whose each site is, in a run."""
    query = sa.select(run_part.c.shard, run_part.c.sites).where(run_part.c.run_id == run_id)
    with catalog.read() as connection:
        return {site: shard for shard, sites in connection.execute(query) for site in sites}


def forget(catalog: Catalog, run_id: str | None = None) -> None:
    """The run has ended, or is divided anew; None: every run.

    Nothing of it may be live. Who had a part and is gone has its leases no more: should it come back, it
    finds that and ends.
    """
    with catalog.write() as connection:
        _forget(connection, run_part.c.run_id == run_id if run_id is not None else sa.true())


def forget_ended(catalog: Catalog) -> None:
    """Whatever is left of runs that have ended, or that the catalog does not know."""
    with catalog.write() as connection:
        going = sa.select(run.c.id).where(run.c.finished_at.is_(None))
        _forget(connection, run_part.c.run_id.not_in(going))


def _forget(connection: sa.Connection, these: sa.ColumnElement[bool]) -> None:
    found = connection.execute(sa.select(run_part.c.run_id, run_part.c.shard, run_part.c.holder).where(these))
    for run_id, shard, holder in found.all():
        connection.execute(sa.delete(lease).where(lease.c.name == run_lease(run_id, shard)))
        if holder is not None:
            let_go(connection, holder, None)
        connection.execute(sa.delete(part_url).where(part_url.c.run_id == run_id))
    connection.execute(sa.delete(run_part).where(these))


def found_first(catalog: Catalog, run_id: str, shard: int, found: Iterable[HandedUrl]) -> set[str]:
    """Keys of the addresses, of sites that are no part's, that this part has found before all others."""
    values = [_values(run_id, one, shard, taken=True) for one in found]
    keys = sorted(str(value["url_key"]) for value in values)
    ours: set[str] = set()

    def write() -> None:
        with catalog.write() as connection:
            connection.execute(insert_new(catalog.backend, part_url), values)
            for piece in pieces(keys):
                query = sa.select(part_url.c.url_key).where(
                    part_url.c.run_id == run_id, part_url.c.shard == shard, part_url.c.url_key.in_(piece)
                )
                ours.update(connection.execute(query).scalars())

    if values:
        once_more_if_cut(write)
    return ours


def hand(catalog: Catalog, run_id: str, shard: int, found: Sequence[HandedUrl]) -> None:
    """Leave addresses to another part, which is claimed again if it was done."""
    values = [_values(run_id, one, shard, taken=False) for one in found]

    def write() -> None:
        with catalog.write() as connection:
            _lock(connection, run_id, shard)
            connection.execute(insert_new(catalog.backend, part_url), values)

    if values:
        once_more_if_cut(write)


def handed(catalog: Catalog, run_id: str, shard: int) -> list[HandedUrl]:
    """Addresses that others have left to this part and that it has not taken up, in no order."""
    columns = [part_url.c[name] for name in HandedUrl.__slots__]
    query = sa.select(*columns).where(
        part_url.c.run_id == run_id, part_url.c.shard == shard, sa.not_(part_url.c.taken)
    )

    def read() -> list[HandedUrl]:
        with catalog.read() as connection:
            return [HandedUrl(*row) for row in connection.execute(query)]

    return once_more_if_cut(read)


def take_up(catalog: Catalog, run_id: str, keys: Sequence[str]) -> None:
    """Addresses that were handed over are in the ledger."""

    def write() -> None:
        with catalog.write() as connection:
            for piece in pieces(keys):
                these = sa.and_(part_url.c.run_id == run_id, part_url.c.url_key.in_(piece))
                connection.execute(sa.update(part_url).where(these).values(taken=True))

    if keys:
        once_more_if_cut(write)


def hand_back(catalog: Catalog, run_id: str, found: Sequence[HandedUrl]) -> None:
    """Leave addresses to the parts that found them: no source of this one claims them."""

    def write() -> None:
        with catalog.write() as connection:
            for finder in sorted({one.finder for one in found}):
                _lock(connection, run_id, finder)
            for one in found:
                this = sa.and_(part_url.c.run_id == run_id, part_url.c.url_key == one.url_key)
                connection.execute(sa.update(part_url).where(this).values(shard=one.finder))

    if found:
        once_more_if_cut(write)


def _lock(connection: sa.Connection, run_id: str, shard: int) -> None:
    """Nobody ends a part while something is handed to it; one that has ended is open again."""
    this = sa.and_(run_part.c.run_id == run_id, run_part.c.shard == shard)
    connection.execute(sa.select(run_part.c.shard).where(this).with_for_update())
    connection.execute(sa.update(run_part).where(this, run_part.c.state == DONE).values(state=WAITING))


def _part(row: sa.Row[Any]) -> RunPart:
    return RunPart(
        row.run_id,
        row.shard,
        row.sites,
        tuple(json.loads(decompress(row.sources))),
        row.tries + 1,
        row.discovered,
    )


def _values(run_id: str, one: HandedUrl, shard: int, *, taken: bool) -> dict[str, object]:
    return {name: getattr(one, name) for name in HandedUrl.__slots__} | {
        "run_id": run_id,
        "shard": shard,
        "taken": taken,
    }
