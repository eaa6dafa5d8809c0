"""`dateline stamp`: an authority's word that the journal stood so at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, print_json, reporter
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.stamps.authority import Authority
    from config.settings import Settings


def stamp(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Hold every stamp against the journal that is there now.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Have the journal's head stamped by the authority that `evidence.authority` names (RFC 3161).

    The stamp proves that what the journal says was not said later. It is kept in the store. With --check
    every stamp is checked: its signature, and that the journal still holds all that was stamped; the status
    is 1 if not.
    """
    settings = settings_of(context)
    with archive_to_read(context) as archive:
        if check:
            _check(archive, settings, as_json=as_json)
        else:
            _stamp(archive, _authority(settings), as_json=as_json)


def _stamp(archive: Archive, authority: Authority, *, as_json: bool) -> None:
    from archive.clock import SystemClock
    from archive.stamps.stamping import stamp as stamp_journal

    made, new = stamp_journal(archive.store, archive.catalog, authority, SystemClock())
    if as_json:
        print_json({"store": archive.store.address, "new": new, "stamp": made})
        return
    assert made.token is not None  # noqa: S101 - a stamp that is made is checked
    how = "Stamped" if new else "Nothing is new since the last stamp"
    writers = counted(made.writers, "writer")
    print(
        f"{how}: the journal of {writers}, at {made.token.at:%Y-%m-%d %H:%M:%S} UTC by {made.token.authority}"
        f" ({made.key})"
    )


def _check(archive: Archive, settings: Settings, *, as_json: bool) -> None:
    from archive.stamps.stamping import check_stamps

    ca_file = settings.evidence.authority_ca_file
    found = check_stamps(archive.store, ca_file, reporter("Reading journal entries"))
    if as_json:
        print_json({"store": archive.store.address, "ok": not found.problems, "checked": found})
    else:
        out = console()
        for each in found.stamps:
            if each.token is not None:
                by = each.token.authority or "not checked: set `evidence.authority_ca_file`"
                out.print(f"{each.token.at:%Y-%m-%d %H:%M:%S} UTC  {each.key}  ({by})", soft_wrap=True)
        for problem in found.problems:
            out.print(str(problem), soft_wrap=True)
        verdict = counted(len(found.problems), "problem") if found.problems else "all hold"
        out.print(
            f"{archive.store.address}: {counted(len(found.stamps), 'stamp')}: {verdict}", soft_wrap=True
        )
    if found.problems:
        raise typer.Exit(1)


def _authority(settings: Settings) -> Authority:
    from archive.stamps.authority import Authority

    evidence, network = settings.evidence, settings.network
    if evidence.authority is None or evidence.authority_ca_file is None:
        raise ConfigError(
            "no time-stamping authority is named: set `evidence.authority` to its address and "
            "`evidence.authority_ca_file` to its root certificate"
        )
    return Authority(
        evidence.authority,
        evidence.authority_ca_file,
        evidence.authority_policy,
        network.proxy.get_secret_value() if network.proxy else None,
        network.ca_file,
    )
