"""Every command of `dateline`: where it lies, and what the overview says of it.

A row names a function with typer's annotations, or a `typer.Typer` for a command with subcommands. Its
module is imported when the command is called and not before, so that `dateline --help` imports nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

START, WATCH, READ, KEEP = "Start here", "Watch", "Read the archive", "Look after it"


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        name: what a person types.
        target: `module:attribute` of its function, or of its `typer.Typer`.
        panel: the heading of the overview under which it stands.
        help: its line in the overview.
    """

    name: str
    target: str
    panel: str
    help: str


COMMANDS: tuple[Command, ...] = (
    Command(
        "demo", "cli.demo:demo", START, "A local news site, three nights, what changed, how to look at it."
    ),
    Command("doctor", "cli.doctor:doctor", START, "Is everything in place here, and what to do if not?"),
    Command(
        "crawl", "cli.crawl:crawl", WATCH, "One run of the sources now; a summary of outcomes at the end."
    ),
    Command("archive", "cli.archive:archive", WATCH, "Save these pages now, whatever their source."),
    Command(
        "import", "cli.import_:import_", WATCH, "Take in WARC and WACZ files made by others; fetches nothing."
    ),
    Command("sources", "cli.sources:sources", WATCH, "List, check and describe the sources."),
    Command("serve", "cli.serve:serve", WATCH, "Run the schedule until told to stop."),
    Command("cluster", "cli.cluster:app", WATCH, "Many machines that crawl together."),
    Command("schedule", "cli.schedule:schedule", WATCH, "What runs next, what is paused or asked for."),
    Command("run-now", "cli.orders:run_now", WATCH, "Ask the schedule for a run of sources now."),
    Command("pause", "cli.orders:pause", WATCH, "Hold the schedule of sources, or all of it."),
    Command("resume", "cli.orders:resume", WATCH, "Go on with what was paused."),
    Command("simulate", "cli.simulate:simulate", WATCH, "Dry runs of the schedule; fetches nothing."),
    Command("plan", "cli.plan:plan", WATCH, "How large a machine, store and catalog so many sources need."),
    Command("runs", "cli.runs:runs", WATCH, "The ledger: how each discovered address ended, and why."),
    Command("alarms", "cli.alarms:alarms", WATCH, "What is amiss, since when, and who was told."),
    Command("status", "cli.status:status", WATCH, "The health of each source, to be read at breakfast."),
    Command("versions", "cli.versions:versions", READ, "Every version of an article: time, events, title."),
    Command("front", "cli.front:front", READ, "What a front page led with, at any time."),
    Command("get", "cli.get:get", READ, "An article as text, JSON, HTML, WARC or pictures, at any time."),
    Command("diff", "cli.diff:diff", READ, "What changed between two versions, word by word."),
    Command("search", "cli.search:search", READ, "What articles say, and said: words, phrases, filters."),
    Command("searches", "cli.searches:searches", READ, "Saved searches, and what each found."),
    Command("clusters", "cli.clusters:clusters", READ, "Stories that ran more than once, and who was first."),
    Command("similar", "cli.similar:similar", READ, "What is like an article, or where else a picture ran."),
    Command(
        "extract", "cli.extract:extract", READ, "What the pipeline reads out of a page; archives nothing."
    ),
    Command(
        "export", "cli.export:export", READ, "Versions as JSON Lines or Parquet, captures as WARC or WACZ."
    ),
    Command("cite", "cli.cite:cite", READ, "One capture as a citation that anyone can check."),
    Command("web", "cli.web:web", READ, "Over HTTP: Memento, CDX, raw captures, and replay in a browser."),
    Command(
        "verify",
        "cli.verify:verify",
        KEEP,
        "Hold every byte against its digest, and the catalog against both.",
    ),
    Command(
        "replicate", "cli.replicate:replicate", KEEP, "Copy the archive to a second store, and keep it so."
    ),
    Command(
        "takedown",
        "cli.takedown:takedown",
        KEEP,
        "Answer an address with 451 from now on; purge it for good.",
    ),
    Command("link", "cli.link:link", KEEP, "Compare stories and pictures that no run has compared yet."),
    Command("compact", "cli.compact:compact", KEEP, "Pack older segments with zstd, or with gzip again."),
    Command("expire", "cli.expire:expire", KEEP, "Delete what is past the time that its source keeps it."),
    Command(
        "reprocess",
        "cli.reprocess:reprocess",
        KEEP,
        "Read archived captures again with today's extractor and rules.",
    ),
    Command("rebuild", "cli.rebuild:rebuild", KEEP, "Make the catalog again from the bucket alone."),
    Command("stamp", "cli.stamp:stamp", KEEP, "Have the journal time-stamped (RFC 3161); check stamps."),
    Command("backup", "cli.backup:backup", KEEP, "Catalog and configuration in one file, without secrets."),
    Command("restore", "cli.restore:restore", KEEP, "Fill an empty catalog from a backup."),
)


def command_named(name: str) -> Command | None:
    """The command of that name."""
    return next((command for command in COMMANDS if command.name == name), None)
