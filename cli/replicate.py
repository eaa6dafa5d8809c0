"""`dateline replicate`: keeps a second store."""

from __future__ import annotations

import typer

from cli.open import archive_to_read
from cli.output import AsJson, console, counted, print_json, reporter


def replicate(context: typer.Context, as_json: AsJson = False) -> None:
    """Copy every object that `replica` lacks, each checked on the way; erase there what was erased here.

    May be stopped at any moment and run again, also while crawls go on: the replica is a whole archive
    throughout. Ends with status 1 if an object is damaged here and so was not copied, or could not be erased.
    """
    from archive.replicate import replicate as copy_all

    with archive_to_read(context) as archive:
        replica = archive.to_read(replica=True)
        replica.check()
        done = copy_all(archive.store, replica, archive.catalog, reporter("Replicating objects"))
        store = archive.store.address
    if as_json:
        ok = not done.problems
        print_json({"store": store, "replica": replica.address, "ok": ok, "replicated": done})
    else:
        out = console()
        for problem in done.problems:
            out.print(str(problem), soft_wrap=True)
            out.print(f"  → {problem.advice}", soft_wrap=True)
        for key in done.strangers:
            out.print(
                f"stranger: {key}: nothing in the catalog names this object of the replica", soft_wrap=True
            )
        out.print(
            f"{replica.address}: {counted(done.copied, 'object')} copied, {done.replaced:,} replaced "
            f"({done.size:,} bytes), {done.erased:,} erased, {done.there:,} there already"
            + (f", {counted(len(done.problems), 'problem')}" if done.problems else ""),
            soft_wrap=True,
        )
    if done.problems:
        raise typer.Exit(1)
