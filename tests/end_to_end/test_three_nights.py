"""Criteria of the nightly crawl: what was planted is what is archived, on either kind of service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from archive.catalog import lookup, runs, schema, schema_links, versions
from archive.catalog.catalog import Catalog
from archive.opening import Archive
from archive.outcome import OutcomeKind
from archive.rows import RunRow
from archive.version import EventKind
from cli.demo_site import NIGHTS
from tests.end_to_end.conftest import ThreeNights
from tests.end_to_end.house import House


@pytest.fixture(params=["local", "scaled"])
def house(request: pytest.FixtureRequest, three_nights: ThreeNights) -> House:
    chosen: House = getattr(three_nights, request.param)
    return chosen


@pytest.fixture
def archive(house: House) -> Iterator[Archive]:
    opened = house.open()
    yield opened
    opened.close()


def run_of(archive: Archive, night: int) -> RunRow:
    return sorted(runs.newest_runs(archive.catalog), key=lambda run: run.started_at)[night - 1]


def events_in(archive: Archive, run: RunRow) -> dict[str, frozenset[EventKind]]:
    """What happened to articles that had a version before, by the address of the new version."""
    found = {}
    for version in versions.every_version(archive.catalog):
        if version.run_id == run.id and version.number > 1:
            kinds = (
                EventKind(event.kind)
                for event in versions.events_of(archive.catalog, version.article_id)
                if event.number == version.number
            )
            found[version.url] = frozenset(kinds)
    return found


@pytest.mark.parametrize("night", NIGHTS)
def test_a_night_archives_what_was_planted(archive: Archive, three_nights: ThreeNights, night: int) -> None:
    expected = three_nights.site.expected(night)
    run = run_of(archive, night)
    ledger = {row.url: (row.outcome, row.reason) for row in runs.ledger_of(archive.catalog, run.id)}
    made = {v.url: v.number for v in versions.every_version(archive.catalog) if v.run_id == run.id}
    removed = {url: frozenset({EventKind.REMOVED}) for url in expected.removed}

    assert run.status == "done"
    assert {url for url, number in made.items() if number == 1} == set(expected.new)
    assert events_in(archive, run) == {**expected.changed, **removed}
    for url in expected.unchanged:
        assert ledger.get(url, (OutcomeKind.UNCHANGED, None))[0] in {
            OutcomeKind.UNCHANGED,
            OutcomeKind.SKIPPED,
        }
    for url, status in expected.failing.items():
        assert ledger[url] == (OutcomeKind.FAILED, f"http_{status}")
    for url in expected.gone:
        assert ledger[url] == (OutcomeKind.GONE, "http_404")
    for url in expected.disallowed:
        assert ledger[url] == (OutcomeKind.SKIPPED, "robots")
    for url in expected.quarantined:
        assert ledger[url] == (OutcomeKind.QUARANTINED, "consent_wall")


@pytest.mark.parametrize("night", NIGHTS)
def test_the_account_of_a_night_is_closed(archive: Archive, night: int) -> None:
    run = run_of(archive, night)
    tallies = runs.tally(archive.catalog, run.id)
    assert all(tally.outcome is not None for tally in tallies)
    assert sum(tally.count for tally in tallies) == len(runs.ledger_of(archive.catalog, run.id))


def test_every_planted_article_reads_as_planted(archive: Archive, three_nights: ThreeNights) -> None:
    """Title, text, byline, date, captions and credits of all articles of the last night."""
    site = three_nights.site
    wrong = []
    for url in sorted(set().union(*(site.expected(night).new for night in NIGHTS))):
        try:
            planted = site.planted_text(url, 3)
        except KeyError:
            continue  # removed since
        article = lookup.article_of(archive.catalog, url)
        assert article is not None, url
        version = versions.newest_content(archive.catalog, article.id)
        assert version is not None
        pictures = versions.pictures_of(archive.catalog, article.id, version.number)
        text = versions.text_by_sha256(archive.catalog, version.text_sha256 or "")
        for what, found, truth in (
            ("title", version.title, planted.title),
            ("text", text, "\n\n".join(planted.paragraphs)),
            ("byline", version.byline, planted.byline),
            ("language", version.language, planted.language),
            ("captions", tuple(p.caption for p in pictures), planted.captions),
            ("credits", tuple(p.credit for p in pictures), planted.credits),
            ("pictures archived", [p.sha256 is not None for p in pictures], [True] * len(planted.pictures)),
        ):
            if found != truth:
                wrong.append((url, what, found, truth))
    assert wrong == []


def test_the_tombstone_tells_when(archive: Archive, three_nights: ThreeNights) -> None:
    (url,) = three_nights.site.expected(3).removed
    article = lookup.article_of(archive.catalog, url)
    assert article is not None
    newest = versions.newest_version(archive.catalog, article.id)
    assert newest is not None
    assert newest.removed
    assert newest.first_missing_at is not None
    assert newest.last_seen_at is not None
    assert (newest.last_seen_at.day, newest.first_missing_at.day, newest.captured_at.day) == (20, 21, 22)
    assert newest.missing_how == "http_404"


def test_a_wire_story_is_linked_to_its_first(archive: Archive, three_nights: ThreeNights) -> None:
    """Both ran on one night: the one that was fetched first is the first seen."""
    for pair in three_nights.site.expected(3).copies.items():
        seen = []
        for url in pair:
            article = lookup.article_of(archive.catalog, url)
            assert article is not None
            version = versions.newest_content(archive.catalog, article.id)
            assert version is not None
            seen.append(version)
        firsts = [versions.first_with_text(archive.catalog, version.text_sha256 or "") for version in seen]
        assert firsts == [min(seen, key=lambda version: (version.captured_at, version.url))] * 2


def test_verify_finds_nothing(house: House) -> None:
    assert house.problems() == []


def test_both_kinds_of_service_hold_the_same(three_nights: ThreeNights, tmp_path: Path) -> None:
    """The exports are equal but for times and names."""
    lines, clusters = {}, {}
    for name in ("local", "scaled"):
        out = tmp_path / f"{name}.jsonl"
        getattr(three_nights, name).run("export", "--format", "jsonl", str(out))
        exported = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        clusters[name] = clusters_in(exported)
        lines[name] = sorted(map(comparable, exported), key=lambda line: json.dumps(line, sort_keys=True))
    assert lines["local"] == lines["scaled"]
    assert len(lines["local"]) == 34
    assert clusters["local"] == clusters["scaled"]
    assert clusters["local"] == {frozenset(pair) for pair in three_nights.site.expected(3).copies.items()}


def clusters_in(lines: list[dict[str, Any]]) -> set[frozenset[str]]:
    """The addresses of each cluster's articles."""
    names = {line["cluster"] for line in lines} - {None}
    return {frozenset(line["url"] for line in lines if line["cluster"] == name) for name in names}


def comparable(line: dict[str, Any]) -> dict[str, Any]:
    """A line without what two crawls at different seconds cannot share."""
    line = {key: value for key, value in line.items() if key not in {"capture", "run", "captured_at"}}
    for key in ("last_seen_at", "first_missing_at"):
        line[key] = (line.get(key) or "")[:10]
    uses = [image.pop("first_use") for image in line["images"]]
    if line.pop("cluster"):  # copies of one night: the one fetched first is the first, and names the cluster
        return {key: value for key, value in line.items() if key not in {"duplicate_of", "likeness"}}
    return {**line, "first_uses": [use and {**use, "captured_at": use["captured_at"][:10]} for use in uses]}


def test_the_catalog_rebuilt_is_the_same_row_for_row(house: House) -> None:
    archive = house.open()
    before = everything(archive.catalog)
    archive.catalog.clear()
    archive.close()
    house.run("rebuild", "--yes")
    archive = house.open()
    assert everything(archive.catalog) == before
    assert len(before["version"]) == 34
    archive.close()


def everything(catalog: Catalog) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the journal, in an order of its own.

    Not leases, and not the index that copies are found by: both are caches, which a rebuild leaves empty.
    """
    caches = {schema.lease, *schema_links.DERIVED}
    with catalog.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in schema.metadata.sorted_tables
            if table not in caches
        }
