"""Shows a run while it goes on, from a thread of its own: a live table, or a line now and then."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from cli.output import console, counted
from cli.watching import LINE_SECONDS, watching

if TYPE_CHECKING:
    from rich.table import Table

    from crawler.progress import Progress

_PROBLEMS = ("failed", "quarantined", "gone")


@contextmanager
def shown(progress: Progress) -> Iterator[None]:
    """Show `progress` on stderr until the block ends; the crawl only counts and never waits for this."""
    if sys.stderr.isatty():
        from rich.live import Live

        # Live refreshes from a thread of its own; log lines go above the table.
        with Live(
            get_renderable=lambda: live_table(progress),
            console=console(stderr=True),
            refresh_per_second=4,
            transient=True,
            redirect_stdout=False,
        ):
            yield
        return
    with watching(partial(_lines, progress)):
        yield


def _lines(progress: Progress, over: Event) -> None:
    last = ""
    while not over.wait(LINE_SECONDS):
        line = progress_line(progress)
        if progress.run_id and line != last:
            print(line, file=sys.stderr, flush=True)
            last = line


def progress_line(progress: Progress) -> str:
    """The run so far in one line."""
    counts = progress.outcomes.copy()
    done = sum(counts.values())
    parts = [f"{progress.run_id}: {done:,} of {counted(progress.discovered, 'address', 'addresses')} done"]
    parts += [f"{number:,} {kind}" for kind, number in sorted(counts.items())]
    return ", ".join(parts)


def live_table(progress: Progress) -> Table:
    """The run so far, a row for each source."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    title = f"{progress.run_id or 'starting'} · {counted(progress.documents_read, 'document')} read"
    caption = (
        f"{progress.discovered:,} discovered, {progress.done:,} done, {progress.in_flight:,} in flight "
        "· Ctrl-C ends cleanly"
    )
    table = Table(title=title, caption=caption, box=SIMPLE_HEAD, title_justify="left", caption_justify="left")
    table.add_column("source")
    for name in ("done", "archived", "unchanged", "skipped", "problems"):
        table.add_column(name, justify="right")
    for source, counter in sorted(progress.by_source.copy().items()):
        counts = counter.copy()
        problems = sum(counts[kind] for kind in _PROBLEMS)
        unchanged = counts["unchanged"] + counts["not_modified"]
        numbers = (sum(counts.values()), counts["archived"], unchanged, counts["skipped"], problems)
        table.add_row(source, *(f"{number:,}" for number in numbers))
    return table
