"""`dateline cluster`: many machines that crawl together."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import archive_of, options_of, settings_of
from cli.output import AsJson, console, print_json
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.catalog.catalog import Catalog
    from archive.catalog.parts import PartState
    from config.settings import Settings

app = typer.Typer(help="Many machines that crawl together (engine: ray).", no_args_is_help=True)


@app.command()
def up(
    context: typer.Context,
    *,
    join: Annotated[
        bool, typer.Option("--join", help="Join the cluster that cluster.address names.")
    ] = False,
) -> None:
    """Make this machine part of the cluster until it is told to stop; without --join, its first machine.

    Stays in the foreground, for systemd or another keeper. On the first machine the token file is made if it
    is missing; copy it to the others. What is going on when a machine stops goes on elsewhere.
    """
    from crawler.engines.ray import WORDS, check_token, ports_of, ray_environment, require_ray, start_words

    settings = _of_cluster(context)
    require_ray()
    cluster = settings.cluster
    token = cluster.token_file
    if token is None:
        raise ConfigError("cluster.token_file is missing")
    see_to_token(token, make=not join)
    if join:
        check_token(cluster, there=False)
    out = console(stderr=True)
    place = f"port {str(cluster.address).rpartition(':')[2]}" if not join else f"{cluster.address}"
    out.print(f"{'Joining the cluster at' if join else 'First machine of a cluster, on'} {place}")
    for name, value in ports_of(cluster).items():
        out.print(f"  {name.replace('-', ' ')}: {value}")
    words = start_words(cluster, head=not join)
    from cli.child import child_environment
    from crawler.engines.keeper import Keeper

    environment = child_environment() | ray_environment(cluster) | {WORDS: "\n".join(own_options(context))}
    Keeper(words, environment).run()


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the machines of the cluster, the runs that go on, and who has which part and which host."""
    settings = _of_cluster(context)
    from crawler.engines.ray import connect, nodes

    with redirect_stdout(sys.stderr):  # Ray tells there of machines that it has lost
        ray = connect(settings.cluster)
        machines = nodes(ray)
        ray.shutdown()
    with archive_of(settings) as archive:
        held = standing_of(archive.catalog)
    if as_json:
        print_json({"machines": machines, "runs": held.runs, "hosts": held.hosts})
        return
    out = console()
    for machine in machines:
        life = "alive" if machine.alive else "gone"
        out.print(f"{machine.address} ({machine.id[:12]}): {life}, room for {machine.fetchers} fetchers")
    for run_id, parts in held.runs.items():
        done = sum(part.state == "done" for part in parts)
        out.print(f"run {run_id}: {done} of {len(parts)} parts done")
        for part in parts:
            if part.state != "done":
                who = part.holder or "nobody: it is claimed next"
                out.print(f"  part {part.shard}: {who}" + (f", try {part.tries}" if part.tries > 1 else ""))
    out.print(f"{len(held.hosts)} hosts have a fetcher")


@dataclass(frozen=True, slots=True)
class Standing:
    """Runs in parts with how far each part is, and the hosts that somebody talks to."""

    runs: Mapping[str, Sequence[PartState]]
    hosts: Sequence[str]


def standing_of(catalog: Catalog) -> Standing:
    """What the catalog says of now."""
    from archive.catalog import leases, parts
    from archive.clock import SystemClock

    clock = SystemClock()
    runs = {run_id: parts.states(catalog, run_id, clock) for run_id in parts.divided_runs(catalog)}
    hosts = [name.removeprefix("host:") for name in leases.live(catalog, "host:", clock)]
    return Standing(runs, hosts)


def own_options(context: typer.Context) -> list[str]:
    """The options of this command line that hold for every command, with paths from the root."""
    options = options_of(context)
    config = options.config or (Path(named) if (named := os.environ.get("DATELINE_CONFIG")) else None)
    before = [] if config is None else ["--config", str(config.absolute())]
    return [*before, *(["--debug"] if options.debug else [])]


def see_to_token(path: Path, *, make: bool) -> None:
    """Make sure that there is a token that nobody else can read; `make`: write one if there is none."""
    try:
        if make and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                stream.write(secrets.token_hex(32))
        mode, size = path.stat().st_mode, path.stat().st_size
    except OSError as error:
        hint = "" if make else "; copy it from the cluster's first machine"
        raise ConfigError(f"cluster.token_file {path}: {error.strerror}{hint}") from error
    if mode & 0o077 or not size:
        raise ConfigError(f"cluster.token_file {path} is empty or can be read by others; allowed: mode 600")


def _of_cluster(context: typer.Context) -> Settings:
    settings = settings_of(context)
    if settings.engine != "ray":
        raise ConfigError("engine is local: a cluster needs engine: ray, see docs/cluster.md")
    return settings
