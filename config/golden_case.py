"""Golden cases: pages kept beside a source's file, with what is to be read in them.

They lie in `golden/<source>/` beside the source files: `<case>.yaml`, and the page as `<case>.html` or
`<case>.html.gz`.
"""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from config.explain import Origin, explain
from config.part import Part
from config.problems import ConfigProblems, Loc, Problem, refuse
from config.web_address import WebAddress
from config.yaml_file import YamlFile, read_yaml_file

FOLDER = "golden"
PAGE, PACKED = ".html", ".html.gz"
_MOST_BYTES = 32 << 20  # of a page, unpacked


def _read_moment(value: Any) -> datetime:
    allowed = "a moment with its zone, such as 2026-03-21T18:30:00Z"
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise refuse(f"is no moment: {error}", allowed=allowed) from None
    if moment.tzinfo is None:
        raise refuse("names no zone", allowed=allowed)
    return moment.astimezone(UTC)


def _check_digest(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        raise refuse("is no SHA-256", allowed="64 hex digits, in small letters")
    return value


Moment = Annotated[datetime, BeforeValidator(_read_moment)]
Digest = Annotated[str, AfterValidator(_check_digest)]


class Expected(Part):
    """What is to be read in a page; what is left out is not looked at."""

    title: str | None = Field(default=None, description="The headline.")
    byline: tuple[str, ...] | None = Field(default=None, description="The people who wrote it, in order.")
    date: Moment | None = Field(default=None, description="When it was published, with its zone.")
    text: str | None = Field(default=None, description="The clean text, an empty line between paragraphs.")
    text_sha256: Digest | None = Field(default=None, description="The same as SHA-256 of its UTF-8.")
    contains: tuple[str, ...] = Field(default=(), description="Words that stand in the text.")
    lacks: tuple[str, ...] = Field(default=(), description="Words that do not stand in the text.")
    images: tuple[str, ...] | None = Field(default=None, description="Addresses of the pictures, in order.")


class GoldenCase(Part):
    """One page with what is to be read in it."""

    url: WebAddress = Field(description="The page's address.")
    captured_at: Moment = Field(description="When it was captured: the rules of that day are applied.")
    content_type: str | None = Field(default=None, description="Its Content-Type, as the server gave it.")
    expect: Expected = Field(description="What is to be read in it.")


@dataclass(frozen=True, slots=True)
class GoldenFile:
    """A golden case as it lies on the disk.

    Attributes:
        name: of the case.
        file: its YAML, for what is to be said of it.
        page: path of the page.
    """

    name: str
    file: YamlFile
    page: Path
    case: GoldenCase

    def read_page(self) -> bytes:
        """The page. Raises ConfigProblems if it cannot be read or is far too large."""
        try:
            if self.page.name.endswith(PACKED):
                with gzip.open(self.page) as packed:
                    data = packed.read(_MOST_BYTES + 1)
            else:
                data = self.page.read_bytes()
        except (OSError, EOFError, zlib.error) as error:
            raise ConfigProblems([Problem(f"cannot be read: {error}", file=self.page)]) from None
        if len(data) > _MOST_BYTES:
            allowed = f"at most {_MOST_BYTES >> 20} MiB"
            raise ConfigProblems([Problem("is too large for a golden case", file=self.page, allowed=allowed)])
        return data


def golden_folder(sources: Path, name: str) -> Path:
    """Where the golden cases of a source lie."""
    return sources / FOLDER / name


def load_golden(sources: Path, name: str) -> tuple[GoldenFile, ...]:
    """The golden cases of a source, by name of the case; none if there is no folder of them.

    Raises:
        ConfigProblems: with every problem of every file.
    """
    folder = golden_folder(sources, name)
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ConfigProblems([Problem(f"cannot be read: {error.strerror}", file=folder)]) from None
    problems: list[Problem] = []
    found: list[GoldenFile] = []
    pages = {_case_of(path): path for path in paths if path.name.endswith((PAGE, PACKED))}
    for path in (path for path in paths if path.suffix == ".yaml"):
        try:
            found.append(_load(path, pages.pop(path.stem, None)))
        except ConfigProblems as error:
            problems += error.problems
    problems += [
        Problem("has no expectation beside it", file=page, allowed=f"a file {case}.yaml in the same folder")
        for case, page in pages.items()
    ]
    if problems:
        raise ConfigProblems(problems)
    return tuple(found)


def _case_of(page: Path) -> str:
    return page.name.removesuffix(".gz").removesuffix(PAGE)


def _load(path: Path, page: Path | None) -> GoldenFile:
    if page is None:
        allowed = f"{path.stem}{PAGE} or {path.stem}{PACKED} in the same folder"
        raise ConfigProblems([Problem("has no page beside it", file=path, allowed=allowed)])
    file = read_yaml_file(path)

    def origin(loc: Loc) -> Origin:
        return Origin(file=path, line=file.line(loc))

    try:
        return GoldenFile(path.stem, file, page, GoldenCase.model_validate(file.data))
    except ValidationError as error:
        raise ConfigProblems(explain(error, GoldenCase, file.data, origin)) from None
