"""From what a person typed to an article of the archive, or to why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import typer

from cli.output import counted
from config.errors import DatelineError

if TYPE_CHECKING:
    from archive.catalog.catalog import Catalog
    from archive.catalog.standing import Removal, Standing
    from archive.rows import CaptureRow, LedgerRow, VersionRow
    from archive.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is known of an address without an article: how it last ended, its captures, and a like address."""

    url: str
    last_outcome: LedgerRow | None
    captures: tuple[CaptureRow, ...]
    meant: str | None

    def __str__(self) -> str:
        meant = f"; did you mean {self.meant} ?" if self.meant else ""
        row = self.last_outcome
        if row is None and not self.captures:
            advice = "" if self.meant else "; `dateline archive URL` saves a page now"
            return f"{self.url} is not in this archive: no run has met it{meant}{advice}"
        said = [f"no article is known at {self.url}"]
        if row is not None:
            reason = f"({row.reason})" if row.reason else ""
            said.append(f"in run {row.run_id} at {shown_moment(row.at)} it ended {row.outcome}{reason}")
        if self.captures:
            newest = self.captures[-1]
            said.append(
                f"{counted(len(self.captures), 'capture')}, the newest of {shown_moment(newest.at)} "
                f"with status {newest.status}"
            )
        return "; ".join(said) + meant


class NoArticle(DatelineError):  # noqa: N818 - named for what it says
    """An address has no article in this archive; `unknown` has what is known of it."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(str(unknown))
        self.unknown = unknown


def typed_url(typed: str) -> str:
    """The address as the crawler spells it; raises BadParameter for what is none."""
    from crawler.urls import Refusal, clean_url

    url = clean_url("", typed)
    if isinstance(url, Refusal):
        hint = f"; did you mean https://{typed.strip()} ?" if "://" not in typed and "." in typed else ""
        raise typer.BadParameter(f"{typed!r} is no address of a page ({url.value}){hint}")
    return url


def find_article(catalog: Catalog, typed: str) -> Timeline:
    """The article at an address, any of its history; raises NoArticle, TakenDown, BadParameter."""
    from archive.erasure.takedown import check_not_taken_down
    from archive.timeline import timeline_of

    url = typed_url(typed)
    check_not_taken_down(catalog, url)
    found = timeline_of(catalog, url)
    if found is None:
        raise NoArticle(_what_is_known(catalog, url))
    return found


def find_standing(catalog: Catalog, typed: str, moment: datetime | None, *, text: bool = False) -> Standing:
    """The version with content that stood at a moment (None: now), by one look-up.

    Raises NoArticle, TakenDown, BadParameter, DatelineError before the first version.
    """
    from archive.catalog.standing import standing

    url = typed_url(typed)
    found = standing(catalog, url, moment, text=text)
    if found is None:
        version_at(find_article(catalog, typed), moment)  # says what is known instead
        found = standing(catalog, url, moment, text=text)  # a commit came in between
    if found is None:
        raise DatelineError(f"{url}: the catalog changed while it was read; ask again")
    return found


def version_at(timeline: Timeline, moment: datetime | None) -> VersionRow:
    """The newest version with content at a moment (None: now); raises DatelineError before the first."""
    version = timeline.content_at(moment)
    if version is None:
        first = timeline.contents[0]
        raise DatelineError(
            f"{timeline.article.url} was first captured at {shown_moment(first.captured_at)} (version "
            f"{first.number}); nothing is known of it at {shown_moment(moment)}"
        )
    return version


def removal_note(tombstone: VersionRow | Removal) -> str:
    """What a tombstone says, in a sentence."""
    return (
        f"removed: last seen {shown_moment(tombstone.last_seen_at)}, missing since "
        f"{shown_moment(tombstone.first_missing_at)} ({tombstone.missing_how})"
    )


def shown_moment(moment: datetime | None) -> str:
    """A moment to the second, as `--at` takes it."""
    return "-" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _what_is_known(catalog: Catalog, url: str) -> Unknown:
    from archive.catalog import lookup

    meant = next((near for near in _alike(url) if lookup.article_of(catalog, near)), None)
    return Unknown(url, lookup.last_outcome(catalog, url), tuple(lookup.captures_of(catalog, url)), meant)


def _alike(url: str) -> Iterator[str]:
    """Addresses that people confuse with this one: the other scheme, with or without `www.` and end slash."""
    parts = urlsplit(url)
    hosts = [parts.netloc, parts.netloc.removeprefix("www.")]
    hosts.append(hosts[0] if hosts[0] != hosts[1] else f"www.{parts.netloc}")
    path = parts.path.rstrip("/")
    for scheme in (parts.scheme, "https" if parts.scheme == "http" else "http"):
        for host in dict.fromkeys(hosts):
            for ending in (path, f"{path}/"):
                for query in dict.fromkeys((parts.query, "")):
                    near = urlunsplit((scheme, host, ending, query, ""))
                    if near != url:
                        yield near
