"""References to a version in the forms that people paste (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from archive.rows import VersionRow

_BRACES = re.compile(r"[{}\\]")
_SPACES = re.compile(r"\s+")


def citations(version: VersionRow, site: str, permanent: str, memento: str) -> list[tuple[str, str, str]]:
    """(short name, label, text) of each form: plain text, BibTeX, RIS, and a wiki's template."""
    return [
        ("plain", "Reference", _plain(version, site, permanent)),
        ("bibtex", "BibTeX", "\n".join(_bibtex(version, site, permanent, memento))),
        ("ris", "RIS", "\n".join(_ris(version, site, permanent))),
        ("wiki", "Wikipedia", _wiki(version, site, memento)),
    ]


def _plain(version: VersionRow, site: str, permanent: str) -> str:
    people = f"{'; '.join(map(_line, version.byline))}: " if version.byline else ""
    published = f", {_day(version.published_at)}" if version.published_at else ""
    captured = f"version {version.number}, captured {version.captured_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{people}“{_title(version)}”. {site}{published}. {version.url} ({captured}: {permanent})"


def _bibtex(version: VersionRow, site: str, permanent: str, memento: str) -> Iterator[str]:
    yield f"@online{{dateline-{version.article_id[:12]}-v{version.number},"
    if version.byline:
        yield f"  author = {{{' and '.join(_braced(name) for name in version.byline)}}},"
    yield f"  title = {{{{{_braced(_title(version))}}}}},"
    yield f"  organization = {{{_braced(site)}}},"
    if version.published_at:
        yield f"  date = {{{_day(version.published_at)}}},"
    yield f"  url = {{{_braced(version.url)}}},"
    yield f"  urldate = {{{_day(version.captured_at)}}},"
    yield f"  note = {{Version {version.number}, archived at {_braced(permanent)}; {_braced(memento)}}},"
    yield "}"


def _ris(version: VersionRow, site: str, permanent: str) -> Iterator[str]:
    yield "TY  - NEWS"
    for name in version.byline:
        yield f"AU  - {_line(name)}"
    yield f"TI  - {_title(version)}"
    yield f"T2  - {_line(site)}"
    if version.published_at:
        yield f"DA  - {version.published_at:%Y/%m/%d}"
    yield f"UR  - {version.url}"
    yield f"L2  - {permanent}"
    yield f"Y2  - {version.captured_at:%Y/%m/%d}"
    yield "ER  - "


def _wiki(version: VersionRow, site: str, memento: str) -> str:
    pairs = {
        "title": _title(version),
        "author": ", ".join(map(_line, version.byline)),
        "website": _line(site),
        "date": _day(version.published_at) if version.published_at else "",
        "url": version.url,
        "archive-url": memento,
        "archive-date": _day(version.captured_at),
        "language": version.language or "",
    }
    written = (f" |{name}={value.replace('|', '{{!}}')}" for name, value in pairs.items() if value)
    return "{{cite news" + "".join(written) + "}}"


def _title(version: VersionRow) -> str:
    return _line(version.title or version.url)


def _line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _braced(text: str) -> str:
    return _BRACES.sub("", _line(text))


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
