"""Runs that several processes carry out: who starts them, and what each of them does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.child import child_arguments, child_environment
from cli.options import archive_of

if TYPE_CHECKING:
    from archive.catalog.parts import Definition
    from archive.clock import Clock
    from config.resolve import ResolvedSource
    from config.settings import Settings
    from crawler.engines.engine import Engine
    from crawler.parts.drive import Division

PARTS_A_PROCESS = 4  # a part that ends early leaves its process to the next one


@dataclass(frozen=True, slots=True)
class Words:
    """Options of a command that crawls a part of a run.

    Attributes:
        before: those before `crawl`, which are this machine's.
        after: those after it, which hold everywhere.
    """

    before: Sequence[str]
    after: Sequence[str]


def divided(settings: Settings) -> bool:
    """Whether other processes crawl what this one begins."""
    return settings.engine != "local" or settings.crawl.processes > 1


@contextmanager
def division(
    settings: Settings, words: Words, resolved: Sequence[ResolvedSource]
) -> Iterator[Division | None]:
    """How runs are divided among processes, if the settings say so; else None.

    Args:
        settings: the settings.
        words: of the commands that crawl parts.
        resolved: the sources as their files say them.
    """
    if not divided(settings):
        yield None
        return
    from crawler.parts.drive import Division

    engine, shards = _ray(settings, words) if settings.engine == "ray" else _here(settings, words)
    try:
        yield Division(engine, shards, definitions_of(resolved))
    finally:
        engine.close()


def definitions_of(resolved: Sequence[ResolvedSource]) -> dict[str, Definition]:
    """Sources by name, each as a file says it that builds on no other."""
    return {
        one.source.name: {key: value for key, value in one.merged.data.items() if key != "extends"}
        for one in resolved
    }


def _here(settings: Settings, words: Words) -> tuple[Engine, int]:
    from crawler.engines.local import LocalEngine
    from crawler.schedule.children import Command

    def command(run_id: str) -> Command:
        arguments = [*words.before, "crawl", *words.after, "--part-of", run_id]
        return Command(child_arguments(arguments), child_environment())

    return LocalEngine(settings.crawl.processes, command), PARTS_A_PROCESS * settings.crawl.processes


def _ray(settings: Settings, words: Words) -> tuple[Engine, int]:
    from crawler.engines.ray import RayEngine

    return RayEngine(settings.cluster, ["crawl", *words.after], {}), settings.cluster.shards


def fetch_parts(settings: Settings, run_id: str, clock: Clock) -> None:
    """Carry out parts of a run, as long as there are any that nobody works on."""
    from crawler.warm import warm_workers

    warm_workers()
    from crawler.parts.carry import carry_out_parts
    from crawler.progress import Progress

    with archive_of(settings) as archive:
        carry_out_parts(run_id, settings, archive, clock, progress=Progress())
