"""The golden cases of sources, as `dateline sources check` runs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import counted
from config.problems import Problem, shown

if TYPE_CHECKING:
    from config.golden_case import GoldenFile
    from config.source import Source
    from pipelines.rules.golden import Difference

_SHOWN = 60  # characters around the place where two texts part


@dataclass(frozen=True, slots=True)
class GoldenResult:
    """What the golden cases of some sources say.

    Attributes:
        cases: how many were read.
        failed: those read otherwise than expected: file, line and field, expected and found.
        warnings: rules that no case would miss, and rules that find nothing in a case of their days.
    """

    cases: int = 0
    failed: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        return f"{counted(self.cases, 'golden case')} read as expected."


def run_golden(folder: Path, sources: Iterable[Source]) -> GoldenResult:
    """Read every golden case of these sources; raises ConfigProblems for files that are wrong."""
    from config.golden_case import load_golden

    cases, failed, warnings = 0, list[Problem](), list[Problem]()
    for source in sources:
        files = load_golden(folder, source.name)
        cases += len(files)
        for file in files:
            differing, unmatched = _run(source, file)
            failed += differing
            warnings += unmatched
        warnings += _uncovered(folder, source, files)
    return GoldenResult(cases, tuple(failed), tuple(warnings))


def _run(source: Source, file: GoldenFile) -> tuple[list[Problem], list[Problem]]:
    from pipelines.rules.golden import differences, read_golden

    extraction = read_golden(source, file.case, file.read_page())
    failed = [_problem(file, difference) for difference in differences(file.case.expect, extraction)]
    unmatched = [
        Problem(
            f"the rule of {source.name} for {field!r} finds nothing in this page, which is read without it",
            file=file.page,
        )
        for field in extraction.unmatched
    ]
    return failed, unmatched


def _problem(file: GoldenFile, difference: Difference) -> Problem:
    expected, found = _parting(difference.expected, difference.found)
    line = file.file.line(("expect", difference.field))
    key = "expect" if difference.field == "outcome" else f"expect.{difference.field}"
    return Problem(f"expected {expected}, found {found}", file=file.file.path, line=line, key=key)


def _parting(expected: object, found: object) -> tuple[str, str]:
    """Both as a person reads them; of two long texts, from a little before the place where they part."""
    if isinstance(expected, str) and isinstance(found, str) and max(len(expected), len(found)) > _SHOWN:
        pairs = enumerate(zip(expected, found, strict=False))
        at = next((n for n, (one, other) in pairs if one != other), min(len(expected), len(found)))
        start = max(0, at - _SHOWN // 2)
        mark = "…" if start else ""
        return repr(mark + expected[start : at + _SHOWN]), repr(mark + found[start : at + _SHOWN])
    return _shown(expected), _shown(found)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return value.isoformat() if isinstance(value, datetime) else shown(value)


def _uncovered(folder: Path, source: Source, files: Iterable[GoldenFile]) -> list[Problem]:
    from pipelines.rules.golden import uncovered

    path = folder / f"{source.name}.yaml"
    what = "has no golden case that would notice if it found something else"
    return [
        Problem(
            f"{what}: {', '.join(fields)}",
            file=path,
            key=f"extract[{index}]",
            allowed=f"`dateline sources golden {source.name} URL` makes one of an archived page",
        )
        for index, fields in uncovered(source, [file.case for file in files])
    ]
