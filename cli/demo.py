"""`dateline demo`: a local news site, three nights, what changed, and how to look at it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.child import child_arguments, child_environment, typed
from cli.demo_folder import DemoFolder, furnish, make_folder
from cli.output import AsJson, print_json
from config.errors import DatelineError

if TYPE_CHECKING:
    from cli.demo_facts import Facts
    from cli.demo_site import DemoSite

NIGHTS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class _Told:
    """Says where the demo is: on stdout, or on stderr where that belongs to JSON."""

    as_json: bool

    def __call__(self, line: str) -> None:
        print(line, file=sys.stderr if self.as_json else sys.stdout, flush=True)


def demo(
    keep: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where its data stay; emptied if it is a former demo's.")
    ] = Path("demo-data"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the news sites on 127.0.0.1; 0 takes a free one.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """See it work in less than a minute: three local news sites, crawled on three nights.

    Prints what each night brought, the versions of an edited article, its diff, and what to try next. The
    archive stays in the folder, so that the commands it prints can be tried.
    """
    began = time.monotonic()
    folder, tell = make_folder(keep), _Told(as_json)
    accounts = _three_nights(folder, port, tell)
    facts = _facts(folder)
    commands = commands_to_try(folder, facts)
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        from cli.demo_facts import facts_as_data

        print_json(
            {
                "folder": folder.root,
                "config": folder.config,
                "seconds": seconds,
                "nights": accounts,
                **facts_as_data(facts),
                "commands": [{"shows": what, "command": command} for what, command in commands],
            }
        )
        return
    from cli.demo_print import print_commands, print_facts, print_night

    for number, account in zip(NIGHTS, accounts, strict=True):
        print_night(number, account)
    print_facts(facts, _shortest(folder.store))
    print_commands(commands)
    tell(f"Three nights in {seconds:.0f} seconds; everything is in {folder.root}")


def _three_nights(folder: DemoFolder, port: int, tell: _Told) -> list[dict[str, Any]]:
    from cli.demo_site import DemoSite

    site = DemoSite(port)
    try:
        site.start()
    except OSError as error:
        raise DatelineError(
            f"the demo's news sites cannot listen on port {port}: {error.strerror}; --port 0 takes a free one"
        ) from error
    try:
        furnish(folder, site)
        names = ", ".join(site.hosts)
        tell(f"Three news sites live on 127.0.0.1:{site.port} while this runs: {names}.")
        return [_night(folder, site, number, tell) for number in NIGHTS]
    finally:
        site.stop()


def _night(folder: DemoFolder, site: DemoSite, number: int, tell: _Told) -> dict[str, Any]:
    """Crawl one night with the normal command, in a process of its own; its account."""
    from cli.demo_site import crawl_moment

    site.set_night(number)
    moment = crawl_moment(number)
    tell(f"Night {number} of {len(NIGHTS)}: crawling as on {moment:%Y-%m-%d}, {moment:%H:%M} UTC …")
    arguments = ["--config", str(folder.config), "crawl", "--json"]
    arguments += ["--night", moment.date().isoformat(), "--clock", moment.isoformat()]
    # Variables such as DATELINE_STORE would win over the demo's file; its progress goes to our stderr.
    ended = subprocess.run(
        child_arguments(arguments),
        env=child_environment(without="DATELINE_"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if ended.returncode != 0:
        raise DatelineError(
            f"the crawl of night {number} ended with status {ended.returncode}; its messages stand above, "
            f"`{typed(['--config', str(folder.config), 'runs', 'last', '--urls'])}` shows how far it came"
        )
    account: dict[str, Any] = json.loads(ended.stdout)["runs"][-1]
    return account


def _facts(folder: DemoFolder) -> Facts:
    from cli.demo_facts import gather
    from cli.options import archive_of

    with archive_of(folder.settings()) as archive:
        return gather(archive.catalog)


def commands_to_try(folder: DemoFolder, facts: Facts) -> list[tuple[str, str]]:
    """(what it shows, command line) that work as they stand while the folder is there."""
    commands: list[tuple[str, list[str]]] = []
    if facts.edited is not None:
        url = facts.edited.url
        first = f"{facts.edited.steps[0].captured_at:%Y-%m-%d}"  # `--at` takes the end of a day
        commands += [
            ("every version of the edited article", ["versions", url]),
            ("what it said on the first night", ["get", url, "--at", first]),
            ("what changed last, word by word", ["diff", url]),
        ]
    if facts.removed is not None:
        commands.append(("what is known of the removed one", ["versions", facts.removed.url]))
    commands += [
        (
            "all versions as JSON Lines",
            ["export", "--format", "jsonl", _shortest(folder.root / "export.jsonl")],
        ),
        ("every digest of the archive", ["verify"]),
        ("how each address of the last night ended", ["runs", "last", "--urls"]),
    ]
    config = _shortest(folder.config)
    return [(what, typed(["--config", config, *arguments])) for what, arguments in commands]


def _shortest(path: Path) -> str:
    """A path as seen from the current folder, if it lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
