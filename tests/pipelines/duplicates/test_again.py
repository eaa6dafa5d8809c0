"""Texts that are read otherwise: links that no longer hold go, those that hold now come, the rest stays."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from archive.catalog import clusters
from archive.catalog.catalog import Catalog
from archive.catalog.versions import versions_of
from archive.digest import sha256_hex, url_key
from archive.erasure.copies_without import stories_without
from archive.rebuild.run import rebuild
from archive.rows import RecompareRow, Row
from archive.verify.run import verify
from pipelines.duplicates.link import Linker
from tests.archive.material import everything, silent, text_of
from tests.pipelines.duplicates.stories import Dies, Stories, stories_over, story

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
A, B, C, D = (f"https://{name}.example/1" for name in ("alpha", "beta", "gamma", "delta"))
WIRE, OTHER = story(1), story(2)


def mark(url: str, said: str) -> RecompareRow:
    return RecompareRow(article_id=url_key(url), mark=sha256_hex(said.encode()))


def read_otherwise(stories: Stories, texts: Mapping[str, str]) -> None:
    """Let the newest versions of these addresses say other texts, as a promoted reading does."""
    rows: list[Row] = []
    for url, text in texts.items():
        newest = versions_of(stories.catalog, url_key(url))[-1]
        capture = stories.captures[url]
        stories.home.recorder.derive(text_of(capture, text)).result(300)
        rows += [replace(newest, text_sha256=sha256_hex(text.encode())), mark(url, text)]
    stories.home.committer.commit_segments(stories.home.recorder, rows)


CHANGES = [
    pytest.param({B: story(9)}, {frozenset({A, C})}, 1, id="the one between two others leaves"),
    pytest.param({A: story(9)}, {frozenset({B, C})}, 1, id="the first leaves"),
    pytest.param({B: OTHER}, {frozenset({A, C}), frozenset({B, D})}, 0, id="one goes over to another story"),
    pytest.param({D: WIRE}, {frozenset({A, B, C, D})}, 0, id="one more turns out to be a copy"),
    pytest.param({A: story(7), B: story(8)}, set(), 3, id="nothing is left"),
    pytest.param({C: f"{WIRE} {story(9, 5)}"}, {frozenset({A, B, C})}, 0, id="a copy stays a copy"),
]


@pytest.mark.parametrize(("texts", "together", "unlinked"), CHANGES)
def test_links_are_those_of_what_texts_say_now(
    local: Stories, texts: Mapping[str, str], together: set[frozenset[str]], unlinked: int
) -> None:
    for day, (url, text) in enumerate({A: WIRE, B: WIRE, C: f"{WIRE} {story(5, 10)}", D: OTHER}.items()):
        local.publish(url, text, day)
    local.link()
    assert local.clusters() == {frozenset({A, B, C})}
    read_otherwise(local, texts)
    done = local.link()
    assert local.clusters() == together
    assert (done.versions, done.withdrawn) == (0, unlinked)
    assert done.again == len({A, B, C} if set(texts) != {D} else {D})
    for row in local.members().values():
        linked = row.linked_to is not None
        assert linked == any(row.article_id in map(url_key, group) for group in together)
        assert row.number == 1
    assert clusters.to_recompare(local.catalog, 1) == []
    assert local.link().again == 0


def test_what_comes_later_finds_what_texts_say_now(local: Stories) -> None:
    for day, (url, text) in enumerate({A: WIRE, B: WIRE, C: OTHER}.items()):
        local.publish(url, text, day)
    local.link()
    read_otherwise(local, {B: story(3), C: story(4)})
    local.link()
    local.publish(D, story(3), 3)
    local.publish("https://epsilon.example/1", OTHER, 3)
    local.link()
    assert local.clusters() == {frozenset({B, D})}


def test_it_is_the_same_on_both_databases_and_after_a_rebuild(stories: Stories, tmp_path: Path) -> None:
    for day, (url, text) in enumerate({A: WIRE, B: WIRE, C: WIRE, D: OTHER}.items()):
        stories.publish(url, text, day, agency=("dpa",) if url == B else ())
    stories.link()
    read_otherwise(stories, {B: OTHER, D: story(4)})
    read_otherwise(stories, {D: OTHER})  # twice before anybody links
    stories.link()
    assert stories.clusters() == {frozenset({A, C}), frozenset({B, D})}
    assert stories.members()[B].agency == "dpa"
    assert [row for row in _problems(stories) if "cluster" in row or "recompare" in row] == []
    again = Catalog.open(f"sqlite:///{tmp_path}/again.db")
    rebuild(stories.home.store, again, silent)
    tables = everything(again)
    assert tables["cluster_member"] == everything(stories.catalog)["cluster_member"]
    assert tables["recompare"] == []
    again.close()


def _problems(stories: Stories) -> list[str]:
    return [str(finding) for finding in verify(stories.home.store, stories.catalog, silent).problems]


@pytest.mark.parametrize("seed", range(6 if FULL else 1))
def test_what_was_linked_again_is_what_linking_afresh_gives(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    wires = [story(n) for n in range(4)]
    urls = [f"https://s{n}.example/{n}" for n in range(14)]

    def told() -> str:
        return f"{story(chance.randrange(10**6), 20)} {chance.choice(wires)}"

    first = {url: told() for url in urls}
    later = {url: told() for url in chance.sample(urls, 6)}
    found = []
    for name, steps in (("again", (first, later)), ("afresh", ({**first, **later},))):
        folder = tmp_path / name
        folder.mkdir()
        with stories_over(f"sqlite:///{folder}/catalog.db", folder) as stories:
            for day, (url, text) in enumerate(steps[0].items()):
                stories.publish(url, text, day)
            stories.link()
            for texts in steps[1:]:
                read_otherwise(stories, texts)
                stories.link()
            found.append((stories.clusters(), {url: row.cluster for url, row in stories.members().items()}))
    assert found[0] == found[1]


@pytest.mark.parametrize(("after", "late"), [(0, False), (1, True)])
def test_what_a_kill_left_is_compared_again_by_the_next(
    local: Stories, monkeypatch: pytest.MonkeyPatch, after: int, late: bool
) -> None:
    monkeypatch.setattr("pipelines.duplicates.link._BATCH", 1)  # an entry for each cluster
    pairs = [(f"https://a{n}.example/{n}", f"https://b{n}.example/{n}") for n in range(3)]
    for n, pair in enumerate(pairs):
        for url in pair:
            local.publish(url, story(n), n)
    local.link()
    assert local.clusters() == set(map(frozenset, pairs))
    read_otherwise(local, {one: story(50 + n) for n, (one, _) in enumerate(pairs)})
    dying = Dies(local.home.committer, after, late=late)
    with pytest.raises(KeyboardInterrupt):
        Linker(local.catalog, dying, local.home.clock, 30).link()
    left = 3 - after - late
    assert len(clusters.to_recompare(local.catalog, 9)) == left
    assert len(local.clusters()) == left  # taken apart and put together in one entry
    local.link()
    assert local.clusters() == set()


def test_a_mark_that_comes_in_meanwhile_stays(local: Stories) -> None:
    local.publish(A, WIRE, 0)
    local.publish(B, WIRE, 1)
    local.link()
    read_otherwise(local, {B: OTHER})

    class Overtaken(Dies):
        def commit_rows(self, rows: Sequence[Row]) -> None:  # type: ignore[override]
            if meanwhile:
                read_otherwise(local, meanwhile.pop())
            self._inner.commit_rows(rows)

    meanwhile = [{B: WIRE}]
    Linker(local.catalog, Overtaken(local.home.committer, 0, late=False), local.home.clock, 30).link()
    assert local.clusters() == {frozenset({A, B})}


def test_an_article_that_goes_takes_its_mark_along(local: Stories) -> None:
    local.publish(A, WIRE, 0)
    local.publish(B, WIRE, 1)
    local.link()
    read_otherwise(local, {B: OTHER})
    gone = stories_without(local.catalog, {url_key(B)}).removed
    assert mark(B, OTHER) in gone
    assert {row.table for row in gone} == {"cluster_member", "recompare"}
