"""`dateline compact`: older segments packed with zstd, or with gzip again."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actor import user_name
from cli.expire import keep_policies, print_let_go
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, print_json, reporter
from cli.pool import WorkersHere, pool_for
from config.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.catalog.catalog import Catalog
    from archive.erasure.keep import Keep
    from archive.rewrite.compact import Compacted, Compaction
    from config.settings import Settings


class Encoding(StrEnum):
    """What segments are packed with."""

    ZST = "zst"
    GZIP = "gzip"


def compact(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Only segments with captures of these sources.", show_default=False
        ),
    ] = None,
    *,
    older_than: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION", help="Only segments sealed so long ago, such as 7d; else `compact.after`."
        ),
    ] = None,
    to: Annotated[Encoding, typer.Option(help="What they are packed with.")] = Encoding.ZST,
    level: Annotated[
        int | None, typer.Option(min=1, max=19, help="Of zstd, 1 to 19; else `compact.level`.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be packed; change nothing.")
    ] = False,
    workers: WorkersHere = None,
    as_json: AsJson = False,
) -> None:
    """Pack older segments with zstd and a dictionary of their own pages (`.warc.zst`), losing nothing.

    Captures of one source lie together then, by address and time, and recaptures of a page take little room.
    Every record is read back and held against what it was made from before the old segment goes.
    `--to gzip` packs them with gzip again. What `policy: {keep: changed}` does not keep goes first.
    """
    from archive.clock import SystemClock
    from archive.erasure.let_go import let_all_go, plan_letting_go
    from archive.erasure.takedown import Request
    from archive.rewrite.compact import compact as pack
    from archive.rewrite.compact import plan_compaction
    from archive.rewrite.opening import rewriting

    settings, clock = settings_of(context), SystemClock()
    how = _how(settings, names or (), older_than, to, level)
    keep = _policies(settings, names or ())
    with archive_to_read(context) as archive:
        _check_names(archive.catalog, names or ())
        if dry_run:
            gone = plan_letting_go(archive.catalog, keep, clock.now())
            done = plan_compaction(archive.catalog, how, clock.now())
        else:
            by = Request(user_name(), "compaction")
            with (
                pool_for(settings, archive, workers, here=True) as pool,
                rewriting(archive, settings.spool, clock, pool) as engine,
            ):
                gone = let_all_go(engine, keep, by)
                done = pack(engine, how, by, reporter("Packing bytes"))
    if as_json:
        print_json({"dry_run": dry_run, "to": how.to, "let_go": gone, "compaction": done})
        return
    if gone.captures:
        print_let_go(gone, dry_run=dry_run)
    _print(done, how)


def _how(
    settings: Settings, names: Sequence[str], older_than: str | None, to: Encoding, level: int | None
) -> Compaction:
    from archive.rewrite.compact import Compaction
    from config.units import parse_duration

    own = settings.compact
    try:
        after = own.after if older_than is None else parse_duration(older_than)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--older-than") from None
    return Compaction(
        "zst" if to is Encoding.ZST else "gzip",
        timedelta(seconds=after),
        own.level if level is None else level,
        own.dictionary,
        own.segment_bytes,
        frozenset(names),
    )


def _policies(settings: Settings, names: Sequence[str]) -> dict[str, Keep]:
    every = keep_policies(settings)
    return {name: keep for name, keep in every.items() if not names or name in names}


def _check_names(catalog: Catalog, names: Sequence[str]) -> None:
    from archive.catalog import segments

    for name in names:
        if not segments.of_sources(catalog, [name]):
            raise ConfigError(
                f"the archive holds no capture of a source {name!r}; `dateline sources list` names them"
            )


def _print(done: Compacted, how: Compaction) -> None:
    out = console()
    if not done.segments:
        out.print(
            f"No segment is older than {how.after.total_seconds() / 86_400:g} days and not {how.to} yet."
        )
        return
    before = f"{counted(done.segments, 'segment')} with {counted(done.records, 'record')}"
    if done.bytes_after is None:
        out.print(f"{before} would be packed: {done.bytes_before:,} bytes", soft_wrap=True)
        return
    share = 100 * done.bytes_after / done.bytes_before
    after = f"{counted(done.written, 'segment')}: {done.bytes_before:,} bytes are {done.bytes_after:,} now"
    out.print(f"{before} are {after} ({share:.0f} %)", soft_wrap=True)
